package cite

import "strings"

// How well two words agree, between 0 and 1. Of the partial agreements only the
// order matters much: moving each by 0.1 changes two verdicts of the labelled
// set with the embedder, at most.
const (
	sameWord     = 1.0
	sameMeaning  = 0.9
	sameCompound = 0.7
	alikeWord    = 0.5
)

// agreement is how well two tokens agree.
func agreement(a, b *token) float64 {
	switch {
	case a.folded == b.folded || a.stem == b.stem:
		return sameWord
	case synonyms[a.folded] > 0 && synonyms[a.folded] == synonyms[b.folded]:
		return sameMeaning
	case joined(a.stem, b.stem) || joined(a.folded, b.folded):
		return sameCompound
	case alike(a.folded, b.folded):
		return alikeWord
	}
	return 0
}

// joined reports whether one word is the beginning or the end of the other:
// "rechercheurs" and "mensenhandelrechercheurs".
func joined(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 4 && len(b)-len(a) >= 2 && (strings.HasPrefix(b, a) || strings.HasSuffix(b, a))
}

// alike reports whether two long words share most of their pairs of letters:
// "geconfronteerd" and "confrontatie" don't, "prioritaire" and "prioriteit" do.
func alike(a, b string) bool {
	if len(a) < 6 || len(b) < 6 || a[:3] != b[:3] {
		return false
	}
	common := 0
	for i := 0; i+2 <= len(a); i++ {
		if strings.Contains(b, a[i:i+2]) {
			common++
		}
	}
	return float64(2*common)/float64(len(a)+len(b)-2) >= 0.6
}

// best is the agreement of a token with the token of r that agrees most.
func (r *reading) best(t *token) float64 {
	best := 0.0
	for i := range r.tokens {
		if best = max(best, agreement(t, &r.tokens[i])); best == sameWord {
			break
		}
	}
	return best
}

// coverage is how much of the words of a sentence a run of sentences says.
type coverage struct {
	// all is the share of the whole sentence, weakest that of its worst clause,
	// both in [0, 1].
	all, weakest float64
}

// cover adds up the agreement of each word of a sentence with a source.
func (r *reading) cover(agreed []float64) coverage {
	var c coverage
	said, content := 0.0, r.content()
	type sum struct{ said, all float64 }
	clauses := make([]sum, len(r.clauses))
	for i, t := range r.tokens {
		said += t.weight * agreed[i]
		clauses[t.clause].all += t.weight
		clauses[t.clause].said += t.weight * agreed[i]
	}
	c.all, c.weakest = 1, 1
	if content > 0 {
		c.all = said / content
	}
	c.weakest = c.all
	for _, s := range clauses {
		if s.all >= 2 {
			c.weakest = min(c.weakest, s.said/s.all)
		}
	}
	return c
}

// content is the weight of all words of a reading.
func (r *reading) content() float64 {
	sum := 0.0
	for i := range r.tokens {
		sum += r.tokens[i].weight
	}
	return sum
}
