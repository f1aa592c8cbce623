package retrieve

import (
	"strings"

	"bronwijzer/internal/dutch"
)

// evidence sums up how well what was found speaks to the question.
func (s *search) evidence(found Result) (Evidence, error) {
	if len(found.Sentences) == 0 {
		return Evidence{}, nil
	}
	var e Evidence
	e.Cosine = max(0, found.Sentences[0].Cosine)
	coverage, err := s.view.Grams().Coverage(s.ctx, s.query.Text, found.Pool[found.Sentences[0].Passage].ID)
	if err != nil {
		return Evidence{}, err
	}
	e.Coverage = coverage
	e.Named = named(s.query.Text, found)
	return e, nil
}

// evidenceSentences is how many of the best sentences' passages have to hold the
// question's names.
const evidenceSentences = 3

// named is the share of the question's numbers and names that stand in the
// passages of the best sentences, or in what stands above them.
func named(question string, found Result) float64 {
	asked := namesAndNumbers(question)
	if len(asked) == 0 {
		return 1
	}
	held := map[string]bool{}
	for _, u := range found.Sentences[:min(evidenceSentences, len(found.Sentences))] {
		p := found.Pool[u.Passage]
		for _, text := range append([]string{p.Document.Title, p.Document.Publisher, p.Document.Date, p.Document.Dossier, p.Plain}, p.Section...) {
			for _, t := range dutch.Terms(text) {
				held[t.Text] = true
			}
		}
	}
	n := 0
	for term := range asked {
		if held[term] {
			n++
		}
	}
	return float64(n) / float64(len(asked))
}

// namesAndNumbers are the folded terms of a text that begin with a digit or, but
// for its first word, with a capital.
func namesAndNumbers(text string) map[string]bool {
	out := map[string]bool{}
	for i, t := range dutch.Terms(text) {
		if t.Alt {
			continue
		}
		word := text[t.Start:t.End]
		capital := i > 0 && !t.Stop && strings.ToLower(word[:1]) != word[:1]
		if t.Number || capital || allUpper(word) {
			out[t.Text] = true
		}
	}
	return out
}
