package eval

import (
	"fmt"
	"strings"
)

// Fault is a sort of failure.
type Fault string

// The faults, in the order in which they are reported.
const (
	// Unasked: there is no result, or an error in its place.
	Unasked Fault = "error"
	// Refusal: refused though answerable, or the other way round.
	Refusal Fault = "refusal"
	// Retrieval: a gold group isn't matched by the first ten passages.
	Retrieval Fault = "retrieval"
	// Answering: the answer lacks something, or has what it must not have.
	Answering Fault = "answer"
	// Leak: an answer to an unanswerable question has what it must not have.
	Leak Fault = "leak"
	// Citing: a gold group isn't cited, or a citation is beside the gold.
	Citing Fault = "citation"
	// Quoting: a quote isn't the document's text at its span.
	Quoting Fault = "quote"
	// Unsupported: a judge found a statement without support.
	Unsupported Fault = "support"
	// Unfaithful: the answer didn't follow its source in a probe.
	Unfaithful Fault = "probe"
)

// misleads reports whether a reader is worse off for it: by a wrong answer, a
// wrong refusal, a leak or a quote that isn't the document's. The other faults
// are of use to whoever improves the program.
func (f Fault) misleads() bool {
	return f == Refusal || f == Answering || f == Leak || f == Quoting
}

// Failure is one thing that was wrong with one answer.
type Failure struct {
	Fault   Fault  `json:"fault"`
	Message string `json:"message"`
}

// Failures lists what was wrong with an answer; none for a perfect one. Of a
// question that wasn't answered at all, that is all there is to say.
func Failures(q *Question, r *Result, s *Score) []Failure {
	var f failures
	switch {
	case r.ID == "":
		return []Failure{{Unasked, "no result"}}
	case r.Error != "":
		return []Failure{{Unasked, r.Error}}
	case r.Refused && q.Answerable:
		f.add(Refusal, "refused, though the documents hold the answer")
	case !r.Refused && !q.Answerable:
		f.add(Refusal, "answered, though the documents don't hold the answer")
	}
	f.groups(s)
	if len(s.Missing) > 0 && !r.Refused {
		f.add(Answering, "the answer lacks %s", strings.Join(s.Missing, ", "))
	}
	if len(s.Leaked) > 0 {
		fault := Answering
		if !q.Answerable {
			fault = Leak
		}
		f.add(fault, "the answer has %s", strings.Join(s.Leaked, ", "))
	}
	f.citations(q, s)
	for _, st := range s.Statements {
		if !st.Supported {
			f.add(Unsupported, "not supported: %s", cut(collapse(st.Text), 120))
		}
	}
	for _, p := range s.Probes {
		if p.Skipped == "" && !p.Passed {
			f.add(Unfaithful, "%s", p.Message())
		}
	}
	return f
}

type failures []Failure

func (f *failures) add(fault Fault, format string, args ...any) {
	*f = append(*f, Failure{fault, fmt.Sprintf(format, args...)})
}

// groups reports the gold groups that were missed.
func (f *failures) groups(s *Score) {
	var unseen, uncited int
	for _, g := range s.Groups {
		unseen += int(one(g.Rank == 0))
		uncited += int(one(!g.Cited && !g.Unknown))
	}
	if unseen > 0 {
		f.add(Retrieval, "%d of %d gold groups not in the first ten passages", unseen, len(s.Groups))
	}
	if uncited > 0 {
		f.add(Citing, "%d of %d gold groups not cited", uncited, len(s.Groups))
	}
}

// citations reports the citations that don't hold.
func (f *failures) citations(q *Question, s *Score) {
	var beside, invented, inexact int
	for _, c := range s.Citations {
		if c.Changed {
			continue
		}
		beside += int(one(c.Verbatim && !c.Correct && len(s.Groups) > 0))
		invented += int(one(!c.Verbatim && q.Answerable))
		inexact += int(one(!c.Exact))
	}
	if beside > 0 {
		f.add(Citing, "%d of %d citations beside the gold", beside, len(s.Citations))
	}
	if invented > 0 {
		f.add(Quoting, "%d of %d quotes not in their document", invented, len(s.Citations))
	}
	if inexact > 0 {
		f.add(Quoting, "%d of %d quotes differ from the text at their span", inexact, len(s.Citations))
	}
}
