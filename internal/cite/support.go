package cite

import (
	"context"
	"fmt"
	"math"

	"bronwijzer/internal/llm"
)

// What a quote has to reach, chosen on one half of testdata/pairs.jsonl and
// measured on the other; TestPairs prints the figures of both.
const (
	// leastCovered is the share of a sentence's words that its quote has to say
	// when there is no embedder.
	leastCovered = 0.65
	// leastMeant is what the share and meaningWeight times the cosine's distance
	// from usualCosine have to reach together with one: a paraphrase may use other
	// words when its meaning is near, and the same words aren't enough when it is
	// far. On the half for choosing, 0.65 and 0.70 show the same 88 of 91 right
	// sentences and nothing invented; 0.60 shows two that are.
	leastMeant    = 0.65
	meaningWeight = 2.0
	usualCosine   = 0.92
	// leastClause is the share of its words that every clause of the sentence has
	// to be covered by: half a sentence may not be made up.
	leastClause = 0.3
	// perSentence is added to what is wanted for each sentence of the quote after
	// the first: long quotes hold many words by chance.
	perSentence = 0.05
	// leastForeign is the cosine that a sentence in another language than its
	// quote has to reach. Right ones of the labelled set lie between 0.868 and
	// 0.945; sentences of another document come as near as 0.845.
	leastForeign = 0.865
)

// evidence is what one sentence is held against: mostly one run, or two that
// support half each.
type evidence []run

func (e evidence) readings() []*reading {
	var out []*reading
	for _, r := range e {
		for _, u := range r.units {
			out = append(out, u.reading)
		}
	}
	return out
}

// language is that of the first sentence that tells one, or of its passage.
func (e evidence) language() language {
	for _, u := range e.readings() {
		if u.language != unknown {
			return u.language
		}
	}
	return e[0].source.language
}

// support is how well some evidence supports the claim, above 0, or 0 when it
// doesn't; then it remembers why. It takes the cheap tests first.
func (s *search) support(ctx context.Context, e evidence) (float64, error) {
	readings := e.readings()
	foreign := s.claim.language.foreignTo(e.language())
	c := s.claim.cover(s.agreement(readings))
	extra := perSentence * float64(len(readings)-1)
	switch {
	case foreign && (s.checker.embedder == nil || s.claim.thin):
		return 0, nil
	case !foreign && (c.weakest < leastClause || c.all < s.leastShare()+extra):
		return 0, nil
	case !s.factsIn(e, foreign) || !foreign && s.borrows(e):
		s.fail(WrongFact)
		return 0, nil
	case contradicts(s.claim.reading, readings, foreign):
		s.denied = max(s.denied, c.all)
		s.fail(Contradicted)
		return 0, nil
	case c.all <= s.denied && len(readings) > 1:
		return 0, nil // a shorter quote that says as much says the opposite
	case displaces(s.claim.reading, readings, e[0].source.year, foreign):
		s.denied = max(s.denied, c.all)
		s.fail(Swapped)
		return 0, nil
	case s.checker.embedder == nil || s.claim.thin:
		return c.all, nil
	}
	cosine, err := s.cosine(ctx, e)
	switch {
	case err != nil:
		return 0, err
	case foreign && cosine >= leastForeign:
		return cosine, nil
	case foreign || c.all+meaningWeight*(cosine-usualCosine) < leastMeant+extra:
		s.fail(Unfounded)
		return 0, nil
	}
	return c.all + meaningWeight*(cosine-usualCosine), nil
}

// leastShare is the least share of words with which a quote can still support
// the claim. The vector of a few words, or of a question, tells nothing.
func (s *search) leastShare() float64 {
	if s.checker.embedder == nil || s.claim.thin {
		return leastCovered
	}
	return leastMeant - meaningWeight*(1-usualCosine)
}

// reasons are in the order of the tests.
var reasons = map[Reason]int{Unfounded: 0, WrongFact: 1, Contradicted: 2, Swapped: 3}

// fail remembers the reason of the evidence that came furthest.
func (s *search) fail(r Reason) {
	if reasons[r] > reasons[s.reason] {
		s.reason = r
	}
}

// agreement is, for each word of the claim, that with the best word of the
// evidence.
func (s *search) agreement(readings []*reading) []float64 {
	out := make([]float64, len(s.claim.tokens))
	for _, r := range readings {
		agreed, ok := s.agreed[r]
		if !ok {
			agreed = make([]float64, len(s.claim.tokens))
			for i := range s.claim.tokens {
				if s.claim.tokens[i].weight > 0 {
					agreed[i] = r.best(&s.claim.tokens[i])
				}
			}
			s.agreed[r] = agreed
		}
		for i, v := range agreed {
			out[i] = max(out[i], v)
		}
	}
	return out
}

// cosine is that of the claim and the evidence. What isn't embedded yet is.
func (s *search) cosine(ctx context.Context, e evidence) (float64, error) {
	if s.claim.vector == nil {
		vectors, err := s.checker.embedder.Embed(ctx, llm.Passage, []string{s.claim.text})
		if err != nil {
			return 0, fmt.Errorf("check sentence: %w", err)
		}
		s.claim.vector = vectors[0]
	}
	sum := make(llm.Vector, len(s.claim.vector))
	for _, r := range e {
		if err := r.source.embed(ctx, s.checker.embedder); err != nil {
			return 0, fmt.Errorf("check sentence: %w", err)
		}
		for _, u := range r.units {
			for i := range min(len(sum), len(u.vector)) {
				sum[i] += u.vector[i]
			}
		}
	}
	length := math.Sqrt(dot(sum, sum))
	if length == 0 {
		return 0, nil
	}
	return dot(s.claim.vector, sum) / length, nil
}

func dot(a, b llm.Vector) float64 {
	sum := 0.0
	for i := range min(len(a), len(b)) {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
