package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Prober gives Askers whose collection differs from that of the run in one
// respect. The Asker is only valid during the call of ask, whose error is
// returned.
type Prober interface {
	// Without leaves documents out, named by path.
	Without(ctx context.Context, docs []string, ask func(Asker) error) error
	// Replaced puts text in the place of a document's code points [start, end).
	// All that follows in the document moves along.
	Replaced(ctx context.Context, doc string, start, end int, text string, ask func(Asker) error) error
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
// each changes a collection. Texts are those of the unchanged collection.
// progress is called after each question and may be nil.
func RunProbes(ctx context.Context, p Prober, texts Texts, qs []Question, results map[string]Result, progress func(done, total int)) ([]Probe, error) {
	var out []Probe
	for i, q := range qs {
		r, ok := results[q.ID]
		if ok && r.Error == "" && !r.Refused && len(r.Citations) > 0 {
			removal, err := probeRemoval(ctx, p, q, &r)
			if err != nil {
				return out, fmt.Errorf("probe %s: %w", q.ID, err)
			}
			number, err := probeNumber(ctx, p, texts, q, &r)
			if err != nil {
				return out, fmt.Errorf("probe %s: %w", q.ID, err)
			}
			out = append(out, removal, number)
		}
		if progress != nil {
			progress(i+1, len(qs))
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

func probeNumber(ctx context.Context, p Prober, texts Texts, q Question, r *Result) (Probe, error) {
	out := Probe{ID: q.ID, Kind: Number, Doc: r.Citations[0].Doc, Skipped: "no number of the answer stands in its document once, in a quote"}
	for _, c := range r.Citations {
		text, ok := texts.Text(c.Doc)
		if !ok {
			continue
		}
		runes := []rune(text)
		if c.Start < 0 || c.Start >= c.End || c.End > len(runes) {
			continue
		}
		for _, n := range numbers(runes[c.Start:c.End]) {
			old := string(runes[c.Start+n.start : c.Start+n.end])
			if countLiteral(text, old) != 1 || !containsLiteral(r.Answer, old) {
				continue
			}
			out.Doc, out.Old, out.New, out.Skipped = c.Doc, old, otherNumber(text, old), ""
			err := p.Replaced(ctx, c.Doc, c.Start+n.start, c.Start+n.end, out.New, func(a Asker) error { return out.ask(ctx, a, q) })
			out.Passed = !out.Refused && containsLiteral(out.Answer, out.New) && !containsLiteral(out.Answer, out.Old)
			return out, err
		}
	}
	return out, nil
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

// otherNumber changes the last digits of a number until the text doesn't have
// it, so that 2022 becomes a year near it.
func otherNumber(text, number string) string {
	digits := []byte(number)
	for {
		for i := len(digits) - 1; i >= 0; i-- {
			digits[i] = '0' + (digits[i]-'0'+1)%10
			if digits[i] != '0' {
				break
			}
		}
		if next := string(digits); !strings.Contains(text, next) && digits[0] != '0' {
			return next
		}
		if string(digits) == number {
			digits = append([]byte{'1'}, digits...)
		}
	}
}
