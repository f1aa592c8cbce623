package answer

import (
	"slices"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
	"bronwijzer/internal/retrieve"
)

const (
	// maxBack is how many sentences an answer goes back for one, each pointing at
	// the one before it.
	maxBack = 2
	// early is within how many words from its beginning a sentence points back.
	early = 5
)

// company is a sentence with what it doesn't make sense without: the one that
// it points back at ("Dit is …", "In beide steden …"), the one that this points
// back at if there is room, and the lists that they announce.
func (c *choice) company(s retrieve.Sentence) []retrieve.Sentence {
	all := c.withItems([]retrieve.Sentence{s})
	for n := range maxBack {
		before, ok := c.antecedent(s)
		if !ok || c.overlapsChosen(before) {
			break
		}
		more := c.withItems(append(slices.Clone(all), before))
		if n > 0 && c.words+wordCount(more) > maxWords {
			break
		}
		all, s = more, before
	}
	return all
}

// antecedent is the sentence of prose before one that points back, in a passage
// that holds both: before the first of a section stands none.
func (c *choice) antecedent(s retrieve.Sentence) (retrieve.Sentence, bool) {
	if !pointsBack(s.Plain) {
		return retrieve.Sentence{}, false
	}
	if before, ok := c.previous(s.Passage, s); ok {
		return before, true
	}
	for i, p := range c.found.Pool {
		if p.DocumentID == c.document(s) && p.Span.Contains(s.Span) {
			if before, ok := c.previous(i, s); ok {
				return before, true
			}
		}
	}
	return retrieve.Sentence{}, false
}

// previous is the sentence of prose before s in a passage.
func (c *choice) previous(passage int, s retrieve.Sentence) (retrieve.Sentence, bool) {
	for _, other := range slices.Backward(c.found.Pool[passage].Sentences) {
		before := retrieve.Sentence{Sentence: other, Passage: passage, Score: s.Score}
		if other.Kind == docs.Prose && other.Span.End <= s.Span.Start {
			return before, !leadsIn(other) || len(c.by.items(c.found, before)) > 0
		}
	}
	return retrieve.Sentence{}, false
}

// backward are first words with which a sentence leans on the one before it, and
// pointers those with which it does anywhere near its beginning.
var (
	backward = dutch.WordSet(`dit dat deze die hij zij ze hiervan daarvan hierbij daarbij hiermee daarmee hierin daarin
		hierdoor daardoor hiervoor daarvoor daarom hierover hiertoe daartoe hieruit daaruit hieraan daaraan hierop daarop daarna
		terwijl enerzijds anderzijds beide zulke dergelijke this that these those he she they`)
	pointers = dutch.WordSet("dit deze daarvan hiervan beide toen zulke dergelijke")
	// present are what "dit" and "deze" needn't have been told of: now, and the
	// text itself.
	present = dutch.WordSet(`jaar maand week moment kabinet kabinetsperiode brief actieplan rapport notitie document wet regeling
		verordening artikel hoofdstuk paragraaf bijlage pagina`)
)

// pointsBack reports whether a sentence leans on the one before it: with its
// first word, or soon after that ("Een voorbeeld daarvan …").
func pointsBack(sentence string) bool {
	words := strings.Fields(strings.ToLower(sentence))
	for i := range words {
		words[i] = strings.Trim(words[i], "‘’“”\"'«»(),.;:")
	}
	for i, w := range words[:min(len(words), early)] {
		if i+1 < len(words) && present[words[i+1]] {
			continue
		}
		if i == 0 && backward[w] || i > 0 && pointers[w] {
			return true
		}
	}
	return false
}
