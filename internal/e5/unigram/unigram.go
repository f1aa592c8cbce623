// Package unigram cuts text into the pieces of a SentencePiece unigram model.
//
// It owns the normalisation of the text, the trie of pieces and the search for
// the likeliest cut. It never fails: bytes that aren't UTF-8 are read as
// Latin-1, and a character that no piece covers becomes [Unknown]. The cut is
// exact: of all ways to write the normalised text as pieces it is the one with
// the highest sum of scores; among equals the one whose last piece is longest,
// then the one before, and so on.
//
// The model is described in Kudo, "Subword Regularization" (2018), the
// normalisation and the mark for a space in Kudo and Richardson,
// "SentencePiece" (2018).
package unigram

import "slices"

// The pieces that aren't text. They have no characters, so no text contains
// them: "<s>" in a document is cut like any other three characters.
const (
	Begin   int32 = iota // Begin opens every input of the model.
	Padding              // Padding is never produced here.
	End                  // End closes every input of the model.
	Unknown              // Unknown stands for one character without a piece.
	// FirstPiece is the id of the first piece that has characters.
	FirstPiece
)

// Space is what a space becomes before the text is cut; a piece that starts
// with it starts a word.
const Space = '▁'

// penalty is how much worse than the worst piece an unknown character scores,
// as in SentencePiece (kUnkPenalty).
const penalty = 10

// Tokeniser cuts text. It doesn't change once made and is safe for concurrent
// use.
type Tokeniser struct {
	trie    Trie
	scores  []float32 // of piece id - FirstPiece: its log probability
	unknown float32   // score of an unknown character
	norm    Normaliser
}

// New makes a tokeniser of the pieces in trie, their scores by id - FirstPiece,
// the score of the worst piece of the model that they are a part of, and the
// normalisation of that model.
func New(trie Trie, scores []float32, worst float32, norm Normaliser) *Tokeniser {
	return &Tokeniser{trie: trie, scores: scores, unknown: worst - penalty, norm: norm}
}

// Encode appends the ids of the pieces of text to dst and returns it, without
// Begin and End. Text without a visible character still gives the piece of a
// space, or Unknown.
func (t *Tokeniser) Encode(dst []int32, text string) []int32 {
	return t.encode(dst, t.norm.Apply(text))
}

// EncodeInner is Encode for text inside a word: no space is put before it.
func (t *Tokeniser) EncodeInner(dst []int32, text string) []int32 {
	return t.encode(dst, t.norm.inner(text))
}

func (t *Tokeniser) encode(dst []int32, normal []byte) []int32 {
	l := t.lattice(normal)
	first := len(dst)
	for at := len(l.text); at > 0; at = int(l.nodes[at].from) {
		dst = append(dst, l.nodes[at].id)
	}
	slices.Reverse(dst[first:])
	return dst
}

// Split returns the pieces of text as strings; an unknown character as
// "<unk>".
func (t *Tokeniser) Split(text string) []string {
	l := t.lattice(t.norm.Apply(text))
	var out []string
	for at := len(l.text); at > 0; at = int(l.nodes[at].from) {
		piece := "<unk>"
		if l.nodes[at].id != Unknown {
			piece = string(l.text[l.nodes[at].from:at])
		}
		out = append(out, piece)
	}
	slices.Reverse(out)
	return out
}

// Has reports whether the model has the piece.
func (t *Tokeniser) Has(piece string) bool {
	state := root
	for i := range len(piece) {
		var ok bool
		if state, ok = t.trie.child(state, piece[i]); !ok {
			return false
		}
	}
	return t.trie.ids[state] >= 0
}
