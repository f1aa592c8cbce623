package retrieve

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
)

// evidence sums up how well what was found speaks to the question.
func (s *search) evidence(found Result) (Evidence, error) {
	if len(found.Sentences) == 0 {
		return Evidence{Known: s.known}, nil
	}
	e := Evidence{Known: s.known}
	if best := found.Sentences[:min(cosineSentences, len(found.Sentences))]; s.judged {
		for _, u := range best {
			e.Cosine += max(0, u.Cosine) / float64(len(best))
		}
	}
	coverage, err := s.view.Grams().Coverage(s.ctx, s.query.Text, found.Pool[found.Sentences[0].Passage].ID, s.query.Filter.Reader)
	if err != nil {
		return Evidence{}, err
	}
	e.Coverage = coverage
	e.Named = named(s.query.Text, found)
	return e, nil
}

// cosineSentences is how many of the best sentences' cosines are averaged: one
// alone is at times a chance likeness.
const cosineSentences = 3

// evidenceSentences is how many of the best sentences' passages have to hold the
// question's names.
const evidenceSentences = 5

// named is the share of the question's numbers and names that stand in the
// passages of the best sentences, or in what stands above them.
func named(question string, found Result) float64 {
	asked := namesAndNumbers(question)
	if len(asked) == 0 {
		return 1
	}
	var held []string
	seen := map[int]bool{}
	for _, u := range found.Sentences[:min(evidenceSentences, len(found.Sentences))] {
		if seen[u.Passage] {
			continue
		}
		seen[u.Passage] = true
		p := found.Pool[u.Passage]
		above := []string{p.Document.Title, p.Document.Publisher, p.Document.Date, p.Document.Dossier, p.Document.Path}
		for _, text := range append(append(above, p.Section...), p.Plain) {
			for _, t := range dutch.Terms(text) {
				held = append(held, t.Text)
			}
		}
	}
	n := 0
	for _, a := range asked {
		if slices.ContainsFunc(held, a.in) {
			n++
		}
	}
	return float64(n) / float64(len(asked))
}

// wanted is a number or the stem of a name that a question asks about.
type wanted struct {
	text   string
	number bool
}

// in reports whether a term of a passage is what is wanted: the same number, or
// a word that begins with the name ("Nigeria" in "nigeriaanse", "OM" in
// "omverdachten").
func (w wanted) in(term string) bool {
	return term == w.text || !w.number && strings.HasPrefix(term, w.text)
}

// namesAndNumbers are the terms of a text that begin with a digit or, but for
// its first word, with a capital. The parts of a word with a hyphen are words
// here: of "WODC-onderzoek" that is "WODC".
func namesAndNumbers(text string) []wanted {
	text = hyphens.Replace(text)
	var out []wanted
	for i, t := range dutch.Terms(text) {
		word := text[t.Start:t.End]
		first, _ := utf8.DecodeRuneInString(word)
		name := unicode.IsUpper(first) && !t.Stop && (i > 0 || allUpper(word))
		if !t.Alt && (t.Number || name) {
			out = append(out, wanted{t.Text, t.Number})
		}
	}
	return out
}

// hyphens takes joined words apart. A comma keeps "5-100" from becoming five
// thousand one hundred.
var hyphens = strings.NewReplacer("-", ", ", "\u2010", ", ", "\u2011", ", ", "–", ", ")
