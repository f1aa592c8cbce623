package cite

import (
	"context"
	"slices"

	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// claim is a generated sentence that is being checked.
type claim struct {
	*reading
	text string
	// thin says that the sentence says little without the question, which is then
	// a part of the reading.
	thin   bool
	vector llm.Vector // nil until it is needed
}

// minContent is how much a sentence has to say by itself. What says less
// ("In 2015.") is read together with the question that it answers.
const minContent = 1.5

// claim reads a sentence.
func (c *Checker) claim(sentence string) *claim {
	r := read(sentence)
	if r.content() >= minContent || r.content() == 0 && len(r.facts) == 0 {
		return &claim{reading: r, text: sentence}
	}
	// Without a question this reads the same again, and is thin all the same.
	whole := read(c.question.text + " " + sentence)
	for i := range min(len(c.question.tokens), len(whole.tokens)) {
		whole.tokens[i].weight /= 2
	}
	whole.language = r.language
	return &claim{reading: whole, text: sentence, thin: true}
}

// search looks for the quotes of one claim.
type search struct {
	checker *Checker
	claim   *claim
	reason  Reason
	denied  float64 // the largest share of the claim in evidence that contradicts it
	agreed  map[*reading][]float64
}

// verdict tries the cited sources, shorter runs first and last two sentences that
// support half each, then all others. A sentence elsewhere that says every word
// goes before a longer quote of the cited sources, or one that says less.
func (s *search) verdict(ctx context.Context, cited []int) (Verdict, error) {
	named, others := s.checker.divide(cited)
	found, err := s.shortest(ctx, named)
	if err == nil && found == nil {
		found, err = s.pair(ctx, named)
	}
	if err != nil {
		return Verdict{}, err
	}
	if len(found.readings()) == 1 && s.share(found) >= everyWord {
		return found.verdict(record.Verified), nil
	}
	better, err := s.elsewhere(ctx, others, found)
	switch {
	case err != nil:
		return Verdict{}, err
	case better != nil:
		return better.verdict(record.Corrected), nil
	case found != nil:
		return found.verdict(record.Verified), nil
	}
	return Verdict{Reason: s.reason}, nil
}

// everyWord is the share of a sentence that says all of it, but for rounding.
const everyWord = 0.999

// elsewhere looks in the sources that weren't cited: for anything that supports
// the claim, or, where something was found, for a sentence that says every word.
func (s *search) elsewhere(ctx context.Context, sources []*source, found evidence) (evidence, error) {
	if found == nil {
		return s.shortest(ctx, sources)
	}
	var whole []evidence
	for _, src := range sources {
		for _, r := range src.runs(1) {
			if e := (evidence{r}); s.share(e) >= everyWord {
				whole = append(whole, e)
			}
		}
	}
	return s.best(ctx, whole)
}

// share is how much of the claim's words some evidence says.
func (s *search) share(e evidence) float64 {
	return s.claim.cover(s.agreement(e.readings())).all
}

// divide parts the cited sources from the others.
func (c *Checker) divide(cited []int) (named, others []*source) {
	for i, src := range c.sources {
		if slices.Contains(cited, i) {
			named = append(named, src)
		} else {
			others = append(others, src)
		}
	}
	return named, others
}

func (e evidence) verdict(status record.CitationStatus) Verdict {
	var v Verdict
	for _, r := range e {
		v.Quotes = append(v.Quotes, Quote{Source: r.source.index, Span: r.span(), Status: status})
	}
	return v
}

// shortest is the best of the shortest runs that support the claim.
func (s *search) shortest(ctx context.Context, sources []*source) (evidence, error) {
	for n := 1; n <= maxRun; n++ {
		var all []evidence
		for _, src := range sources {
			for _, r := range src.runs(n) {
				all = append(all, evidence{r})
			}
		}
		if e, err := s.best(ctx, all); e != nil || err != nil {
			return e, err
		}
	}
	return nil, nil
}

// best is the evidence that supports the claim best, nil when none does.
func (s *search) best(ctx context.Context, all []evidence) (evidence, error) {
	var found evidence
	top := 0.0
	for _, e := range all {
		score, err := s.support(ctx, e)
		if err != nil {
			return nil, err
		}
		if score > top {
			found, top = e, score
		}
	}
	return found, nil
}

// Limits of the search for two sentences.
const (
	// maxHalves is how many sentences are tried as half of a pair.
	maxHalves = 6
	// leastHalf is the share of the claim's words that each half has to add to the
	// other.
	leastHalf = 0.2
)

// pair looks for two sentences of the cited passages that aren't neighbours and
// support the claim together.
func (s *search) pair(ctx context.Context, sources []*source) (evidence, error) {
	var single []run
	for _, src := range sources {
		for _, r := range src.runs(1) {
			if !r.units[0].joint {
				single = append(single, r)
			}
		}
	}
	slices.SortStableFunc(single, func(a, b run) int {
		switch x, y := s.share(evidence{a}), s.share(evidence{b}); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	single = single[:min(len(single), maxHalves)]
	var all []evidence
	for i, a := range single {
		for _, b := range single[i+1:] {
			both := evidence{a, b}
			if whole := s.share(both); whole-s.share(both[:1]) >= leastHalf && whole-s.share(both[1:]) >= leastHalf {
				all = append(all, both)
			}
		}
	}
	return s.best(ctx, all)
}
