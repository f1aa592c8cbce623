package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/e5/unigram"
)

// How many words of each list are cut, and how long a word may be to be cut in
// capitals as well (in runes).
const (
	dutchWords   = 200_000
	englishWords = 100_000
	shortWord    = 5
)

// Dutch writes compounds as one word, and a piece may span the joint. The most
// frequent words of four letters and more, so many, are cut with so many others
// behind each of them.
const (
	compoundHeads = 300
	compoundTails = 50_000
	compoundPart  = 4
)

// vocabulary is all pieces of the source and which of them are used.
type vocabulary struct {
	full   *unigram.Tokeniser
	pieces []string // by id of full, less unigram.FirstPiece
	used   []bool   // the same
}

// trim returns the pieces to keep.
func trim(src *source, nl, en []string) ([]string, error) {
	v, err := newVocabulary(src)
	if err != nil {
		return nil, err
	}
	nl = nl[:min(len(nl), dutchWords)]
	for _, list := range [][]string{nl, en[:min(len(en), englishWords)]} {
		for _, word := range list {
			v.use(word)
		}
	}
	v.useCompounds(nl)
	var kept []string
	for i, p := range v.pieces {
		if p != "<mask>" && (v.used[i] || always(p)) {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

func newVocabulary(src *source) (*vocabulary, error) {
	packed, order := unigram.Pack(src.pieces[unigram.FirstPiece:])
	scores := make([]float32, len(order))
	for i, p := range order {
		scores[i] = src.scores[src.ids[p]]
	}
	trie, _, err := unigram.Unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("trim vocabulary: %w", err)
	}
	norm, err := unigram.ReadNormaliser(string(src.norm), src.norms)
	if err != nil {
		return nil, fmt.Errorf("trim vocabulary: %w", err)
	}
	return &vocabulary{
		full:   unigram.New(trie, scores, src.worst(), norm),
		pieces: order,
		used:   make([]bool, len(order)),
	}, nil
}

// worst is the lowest score of a piece.
func (s *source) worst() float32 {
	low := s.scores[0]
	for _, v := range s.scores {
		low = min(low, v)
	}
	return low
}

// use marks the pieces of a word in each of its spellings, at the start of a
// word and inside one (after a bracket or a hyphen).
func (v *vocabulary) use(word string) {
	for _, s := range spellings(word) {
		mark(v.used, v.full.Encode(nil, s))
		mark(v.used, v.full.EncodeInner(nil, s))
	}
}

func mark(used []bool, ids []int32) {
	for _, id := range ids {
		if id != unigram.Unknown {
			used[id-unigram.FirstPiece] = true
		}
	}
}

// useCompounds marks the pieces of compounds of two words; nl is sorted by
// frequency. That is 15 million words, so all cores cut them.
func (v *vocabulary) useCompounds(nl []string) {
	var parts []string
	for _, w := range nl {
		if utf8.RuneCountInString(w) >= compoundPart && len(parts) < compoundTails {
			parts = append(parts, w)
		}
	}
	heads := parts[:min(len(parts), compoundHeads)]
	found := make([][]bool, runtime.NumCPU())
	var workers sync.WaitGroup
	for i := range found {
		found[i] = make([]bool, len(v.used))
		workers.Go(func() {
			var ids []int32
			for h := i; h < len(heads); h += len(found) {
				for _, tail := range parts {
					ids = v.full.Encode(ids[:0], heads[h]+tail)
					mark(found[i], ids)
				}
			}
		})
	}
	workers.Wait()
	for _, marks := range found {
		for i, m := range marks {
			v.used[i] = v.used[i] || m
		}
	}
}

// spellings are the word as it is listed (in small letters), with a capital
// (Dutch "ij" is one letter), and in capitals if it is short.
func spellings(word string) []string {
	r, size := utf8.DecodeRuneInString(word)
	out := []string{word, string(unicode.ToUpper(r)) + word[size:]}
	if rest, ok := strings.CutPrefix(word, "ij"); ok {
		out = append(out, "IJ"+rest)
	}
	if utf8.RuneCountInString(word) <= shortWord {
		out = append(out, strings.ToUpper(word))
	}
	return out
}

// always reports whether a piece is kept whatever words there are: nothing but
// digits and punctuation, or a single character of Latin script.
func always(piece string) bool {
	text := strings.TrimPrefix(piece, string(unigram.Space))
	if utf8.RuneCountInString(text) == 1 {
		r, _ := utf8.DecodeRuneInString(text)
		if unicode.Is(unicode.Latin, r) {
			return true
		}
	}
	return strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0
}

// plain reports whether r is a digit or a sign that occurs in European text.
func plain(r rune) bool {
	return r == unigram.Space || r >= '0' && r <= '9' ||
		(unicode.IsPunct(r) || unicode.IsSymbol(r)) && r < 0x3000
}
