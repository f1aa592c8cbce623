package index

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
	"bronwijzer/internal/llm"
)

// check reports what is wrong with a change, for all indexes alike, so that
// what fails in one was taken in by none.
func check(c Change) error {
	seen := make(map[string]bool, len(c.Add))
	for i := range c.Add {
		e := &c.Add[i]
		switch {
		case e.Passage.ID == "":
			return fmt.Errorf("index document %s: passage %d has no id", c.DocumentID, i)
		case e.Document == nil:
			return fmt.Errorf("index passage %s: no document", e.Passage.ID)
		case seen[e.Passage.ID]:
			return fmt.Errorf("index passage %s: twice in one change", e.Passage.ID)
		}
		seen[e.Passage.ID] = true
	}
	return nil
}

// read returns the terms of a passage that aren't stop words: of its title and
// headings, which say what it is about, and of its text.
func (e *Entry) read() []dutch.Term {
	terms := dutch.Terms(e.Document.Title)
	for _, h := range e.Passage.Section {
		terms = append(terms, dutch.Terms(h)...)
	}
	terms = append(terms, dutch.Terms(e.Passage.Plain)...)
	return slices.DeleteFunc(terms, func(t dutch.Term) bool { return t.Stop })
}

// read returns the terms of each passage of a change.
func (c Change) read() [][]dutch.Term {
	terms := make([][]dutch.Term, len(c.Add))
	for i := range c.Add {
		terms[i] = c.Add[i].read()
	}
	return terms
}

// owner is what a filter asks of the document that a passage belongs to. The
// passages of one change share it.
type owner struct {
	id   string
	meta docs.Meta
}

// owners makes one owner for each document of a change.
type owners map[*docs.Document]*owner

func (o owners) of(d *docs.Document) *owner {
	if o[d] == nil {
		o[d] = &owner{id: d.ID, meta: d.Meta}
	}
	return o[d]
}

// gate applies a filter, asking it once for each document.
type gate struct {
	filter docs.Filter
	open   bool // everything passes
	asked  map[*owner]bool
}

func newGate(f docs.Filter) *gate {
	return &gate{filter: f, open: f.Empty() && f.Reader.All, asked: make(map[*owner]bool)}
}

func (g *gate) pass(o *owner) bool {
	if g.open {
		return true
	}
	ok, known := g.asked[o]
	if !known {
		ok = g.filter.Match(o.id, &o.meta)
		g.asked[o] = ok
	}
	return ok
}

// compareHits orders hits: higher score first, then lower id.
func compareHits(a, b Hit) int {
	if c := cmp.Compare(b.Score, a.Score); c != 0 {
		return c
	}
	return cmp.Compare(a.ID, b.ID)
}

// top keeps the k best of the hits it is given. It sorts only when it holds
// twice as many, so that most of a long list costs one comparison each.
type top struct {
	k    int
	hits []Hit
	full bool // hits[k-1] was the worst that counted when last cut
	last Hit
}

func (t *top) add(h Hit) {
	if t.full && compareHits(h, t.last) > 0 {
		return
	}
	t.hits = append(t.hits, h)
	if len(t.hits) >= 2*t.k {
		t.cut()
	}
}

// cut sorts and keeps the best k.
func (t *top) cut() []Hit {
	slices.SortFunc(t.hits, compareHits)
	if len(t.hits) >= t.k {
		t.hits = t.hits[:t.k]
		t.full, t.last = true, t.hits[t.k-1]
	}
	return t.hits
}

// unit returns a copy of v at length 1; an error when it hasn't dim finite
// numbers or is zero.
func unit(v llm.Vector, dim int) (llm.Vector, error) {
	return appendUnit(make(llm.Vector, 0, dim), v, dim)
}

// appendUnit is unit into a slice that there is already.
func appendUnit(dst, v llm.Vector, dim int) (llm.Vector, error) {
	if len(v) != dim {
		return nil, fmt.Errorf("vector has %d dimensions, want %d", len(v), dim)
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	norm := math.Sqrt(sum)
	if norm == 0 || math.IsNaN(norm) || math.IsInf(norm, 0) {
		return nil, fmt.Errorf("vector of length %v has no direction", norm)
	}
	for _, x := range v {
		dst = append(dst, float32(float64(x)/norm))
	}
	return dst, nil
}

// cosine keeps the rounding of float32 from leaving [-1, 1].
func cosine(dot float32) float64 {
	return min(1, max(-1, float64(dot)))
}
