package eval

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Prober gives Askers whose collection differs from that of the run in one
// respect. The Asker is only valid during the call of ask, whose error is
// returned.
type Prober interface {
	// Without leaves documents out, named by path.
	Without(ctx context.Context, docs []string, ask func(Asker) error) error
	// Replaced makes one replacement. All that follows it in the document moves
	// along.
	Replaced(ctx context.Context, r Replacement, ask func(Asker) error) error
}

// Replacement puts Text in the place of a document's code points [Start, End).
type Replacement struct {
	Doc        string
	Start, End int
	Text       string
}

// ProbeKind says what was changed in the collection.
type ProbeKind string

// The probes.
const (
	// Removal takes the cited documents out: the answer must change or be
	// refused.
	Removal ProbeKind = "removal"
	// Number changes a number of the answer in the passage that is cited for
	// it: the answer must have the new number, and no longer the old one.
	Number ProbeKind = "number"
)

// Probe is the outcome of one change of the collection.
type Probe struct {
	ID   string    `json:"id"` // of the question
	Kind ProbeKind `json:"kind"`
	// Doc is the changed document; of a Removal the first.
	Doc string `json:"doc"`
	// Old and New are the number before and after.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// Answer is what was answered then; Refused whether it was refused.
	Answer  string `json:"answer"`
	Refused bool   `json:"refused"`
	Passed  bool   `json:"passed"`
	// Skipped says why there was nothing to probe.
	Skipped string `json:"skipped,omitempty"`
}

// Message says what a failed probe found.
func (p Probe) Message() string {
	if p.Kind == Removal {
		return "the answer is the same without its source " + p.Doc
	}
	if p.Refused {
		return fmt.Sprintf("%s changed to %s in %s: refused", p.Old, p.New, p.Doc)
	}
	return fmt.Sprintf("%s changed to %s in %s: the answer doesn't follow", p.Old, p.New, p.Doc)
}

// RunProbes probes every answer that cites something, one after the other, as
// each changes a collection. The texts are those of the unchanged collection.
// progress is called after each question and may be nil.
func RunProbes(ctx context.Context, p Prober, in Asked, progress func(done, total int)) ([]Probe, error) {
	var out []Probe
	for i, q := range in.Questions {
		r, ok := in.Results[q.ID]
		if ok && r.Error == "" && !r.Refused && len(r.Citations) > 0 {
			removal, err := probeRemoval(ctx, p, q, &r)
			if err != nil {
				return out, fmt.Errorf("probe %s: %w", q.ID, err)
			}
			number := Probe{ID: q.ID, Kind: Number, Doc: r.Citations[0].Doc, Skipped: "no number of the answer stands in its document once, in a quote"}
			if change, old, ok := numberToChange(in.Texts, &r); ok {
				if number, err = probeNumber(ctx, p, q, change, old); err != nil {
					return out, fmt.Errorf("probe %s: %w", q.ID, err)
				}
			}
			out = append(out, removal, number)
		}
		if progress != nil {
			progress(i+1, len(in.Questions))
		}
	}
	return out, nil
}

func probeRemoval(ctx context.Context, p Prober, q Question, r *Result) (Probe, error) {
	var docs []string
	for _, c := range r.Citations {
		if !slices.Contains(docs, c.Doc) {
			docs = append(docs, c.Doc)
		}
	}
	out := Probe{ID: q.ID, Kind: Removal, Doc: docs[0]}
	err := p.Without(ctx, docs, func(a Asker) error { return out.ask(ctx, a, q) })
	out.Passed = out.Refused || normalise(out.Answer) != normalise(r.Answer)
	return out, err
}

func probeNumber(ctx context.Context, p Prober, q Question, change Replacement, old string) (Probe, error) {
	out := Probe{ID: q.ID, Kind: Number, Doc: change.Doc, Old: old, New: change.Text}
	err := p.Replaced(ctx, change, func(a Asker) error { return out.ask(ctx, a, q) })
	out.Passed = !out.Refused && containsLiteral(out.Answer, out.New) && !containsLiteral(out.Answer, out.Old)
	return out, err
}

// numberToChange finds a number of the answer that stands in a quote, and
// nowhere else in the document.
func numberToChange(texts Texts, r *Result) (change Replacement, old string, ok bool) {
	for _, c := range r.Citations {
		text, ok := texts.Text(c.Doc, c.Version)
		runes := []rune(text)
		if !ok || c.Start < 0 || c.Start >= c.End || c.End > len(runes) {
			continue
		}
		for _, n := range numbers(runes[c.Start:c.End]) {
			start, end := c.Start+n.start, c.Start+n.end
			old := string(runes[start:end])
			value, err := strconv.Atoi(old)
			if err != nil || countLiteral(text, old) != 1 || !containsLiteral(r.Answer, old) {
				continue // also where it is too long for an int
			}
			return Replacement{c.Doc, start, end, otherNumber(text, value)}, old, true
		}
	}
	return Replacement{}, "", false
}

func (p *Probe) ask(ctx context.Context, a Asker, q Question) error {
	ans, err := a.Ask(ctx, q)
	if err != nil {
		return err
	}
	r := NewResult(q, &ans, nil)
	p.Answer, p.Refused = r.Answer, r.Refused
	return nil
}

// numbers finds the runs of digits that don't stand next to a letter or in a
// longer number, such as 87 or 2022 but not 1.580, 58,5 or the 3 of "bakken3".
func numbers(text []rune) []span {
	at := func(i int) rune {
		if i < 0 || i >= len(text) {
			return ' '
		}
		return text[i]
	}
	joins := func(sep, digit rune) bool { return strings.ContainsRune(".,", sep) && isDigit(digit) }
	var out []span
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		start := i
		for isDigit(at(i)) {
			i++
		}
		glued := isWord(at(start-1)) || isWord(at(i))
		if !glued && !joins(at(start-1), at(start-2)) && !joins(at(i), at(i+1)) {
			out = append(out, span{start, i})
		}
	}
	return out
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// countLiteral counts the places of a number in a text, up to two.
func countLiteral(text, number string) int {
	i := strings.Index(text, number)
	switch {
	case i < 0:
		return 0
	case strings.Contains(text[i+len(number):], number):
		return 2
	}
	return 1
}

// otherNumber is the next number that the text doesn't have, so that 2022
// becomes a year near it.
func otherNumber(text string, number int) string {
	for {
		number++
		if s := strconv.Itoa(number); !strings.Contains(text, s) {
			return s
		}
	}
}
