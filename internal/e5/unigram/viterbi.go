package unigram

import "unicode/utf8"

// node is the best way to cut the text up to one byte offset.
type node struct {
	score float32 // sum of the pieces' scores
	from  int32   // where the last piece starts; -1: no way leads here
	id    int32   // the last piece
}

type lattice struct {
	text  []byte
	nodes []node // by byte offset, one more than text has bytes
}

// lattice finds, from left to right, the best cut that ends at each offset
// (Viterbi). At each offset that a cut reaches it walks the trie along the
// text: every piece on the way is a candidate for the offset where it ends.
//
// The sums are float32 and an equal sum doesn't replace an earlier one: a
// tokeniser with fewer pieces then still cuts as the full one does wherever it
// has all pieces of the full one's cut.
func (t *Tokeniser) lattice(text []byte) lattice {
	nodes := make([]node, len(text)+1)
	for i := range nodes {
		nodes[i].from = -1
	}
	nodes[0].from = 0
	for at := 0; at < len(text); {
		_, size := utf8.DecodeRune(text[at:])
		if nodes[at].from >= 0 {
			t.extend(nodes, text, at)
			nodes[at+size].offer(nodes[at].score+t.unknown, at, Unknown)
		}
		at += size
	}
	return lattice{text, nodes}
}

// extend offers every piece that starts at offset at to the node where it ends.
func (t *Tokeniser) extend(nodes []node, text []byte, at int) {
	state := root
	for end := at; end < len(text); end++ {
		var ok bool
		if state, ok = t.trie.child(state, text[end]); !ok {
			return
		}
		if id := t.trie.ids[state]; id >= 0 {
			nodes[end+1].offer(nodes[at].score+t.scores[id-FirstPiece], at, id)
		}
	}
}

func (n *node) offer(score float32, from int, id int32) {
	if n.from < 0 || score > n.score {
		*n = node{score, int32(from), id}
	}
}
