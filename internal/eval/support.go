package eval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"bronwijzer/internal/record"
)

// Statement is one statement of an answer and the citations that it carries.
type Statement struct {
	Text string
	// Citations are indexes into Result.Citations.
	Citations []int
	// Supported is the judgement on all citations together.
	Supported bool
}

// Statements cuts an answer into what its citations support, and the sentences
// between that nothing supports. An answer without Text or AnswerSpans, which
// another system may have made, has none that are cited.
func Statements(r *Result) []Statement {
	text := []rune(r.Text)
	var spans []record.Span
	cited := make(map[record.Span][]int)
	for i, c := range r.Citations {
		for _, s := range c.AnswerSpans {
			if s.Start < 0 || s.Start >= s.End || s.End > len(text) {
				continue
			}
			if len(cited[s]) == 0 {
				spans = append(spans, s)
			}
			cited[s] = append(cited[s], i)
		}
	}
	slices.SortFunc(spans, func(a, b record.Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var out []Statement
	end := 0
	for _, s := range spans {
		if s.Start > end {
			out = append(out, uncited(text[end:s.Start])...)
		}
		out = append(out, Statement{Text: string(text[s.Start:s.End]), Citations: cited[s]})
		end = max(end, s.End)
	}
	return append(out, uncited(text[end:])...)
}

// uncited cuts at line and sentence ends and leaves out what has no letter or
// digit: markers, bullets. A line that ends in a colon leads in a list and says
// nothing itself.
func uncited(text []rune) []Statement {
	var out []Statement
	for line := range strings.Lines(markers.ReplaceAllString(string(text), "")) {
		line = strings.TrimSpace(line)
		if strings.HasSuffix(line, ":") {
			continue
		}
		for _, s := range sentences(line) {
			if strings.ContainsFunc(strings.TrimLeft(s, "0123456789. "), isWord) {
				out = append(out, Statement{Text: s})
			}
		}
	}
	return out
}

// sentences cuts a line after ".", "!" or "?" where white space and a capital
// follow. That cuts after an abbreviation before a name as well, which makes
// two unsupported statements of one; the program's own answers leave no text
// without a citation.
func sentences(line string) []string {
	var out []string
	runes := []rune(line)
	from := 0
	for i := 0; i+2 < len(runes); i++ {
		if strings.ContainsRune(".!?", runes[i]) && isSpace(runes[i+1]) && unicode.IsUpper(runes[i+2]) {
			out = append(out, strings.TrimSpace(string(runes[from:i+1])))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(string(runes[from:])))
}

// Support judges the statements of a result and adds support_recall and
// support_precision to its score. A refusal, and an answer without statements,
// adds nothing.
func Support(ctx context.Context, j Judge, r *Result, s *Score) error {
	if r.Refused || r.Text == "" {
		return nil
	}
	statements := Statements(r)
	var claims []Claim
	for _, st := range statements {
		claims = append(claims, claimsOf(r, st)...)
	}
	if len(statements) == 0 {
		return nil
	}
	verdicts, err := j.Supports(ctx, claims)
	if err != nil {
		return fmt.Errorf("judge %s: %w", r.ID, err)
	}
	if len(verdicts) != len(claims) {
		return fmt.Errorf("judge %s: got %d judgements for %d claims", r.ID, len(verdicts), len(claims))
	}
	var recall, precision Ratio
	for i := range statements {
		st := &statements[i]
		n := len(claimsOf(r, *st))
		supported, needed := judged(verdicts[:n], len(st.Citations))
		verdicts = verdicts[n:]
		st.Supported = supported
		recall = Ratio{recall.Num + one(supported), recall.Den + 1}
		precision = Ratio{precision.Num + float64(needed), precision.Den + float64(len(st.Citations))}
	}
	s.Statements = statements
	s.Metrics["support_recall"] = recall
	if precision.Den > 0 {
		s.Metrics["support_precision"] = precision
	}
	return nil
}

// claimsOf are the questions that a judge gets about a statement: all citations
// together; where there are several, also each alone and all but each.
func claimsOf(r *Result, st Statement) []Claim {
	if len(st.Citations) == 0 {
		return nil
	}
	evidence := func(skip, only int) Claim {
		var quotes []string
		for i, c := range st.Citations {
			if i != skip && (only < 0 || i == only) {
				quotes = append(quotes, r.Citations[c].Quote)
			}
		}
		return Claim{Evidence: strings.Join(quotes, "\n"), Statement: st.Text}
	}
	out := []Claim{evidence(-1, -1)}
	if len(st.Citations) > 1 {
		for i := range st.Citations {
			out = append(out, evidence(-1, i), evidence(i, -1))
		}
	}
	return out
}

// judged reads the verdicts on claimsOf: whether the statement is supported,
// and how many of its citations are needed. One isn't when it doesn't support
// the statement by itself and the others do without it.
func judged(verdicts []bool, citations int) (supported bool, needed int) {
	if len(verdicts) == 0 || !verdicts[0] {
		return false, 0
	}
	if citations == 1 {
		return true, 1
	}
	for i := range citations {
		alone, without := verdicts[1+2*i], verdicts[2+2*i]
		needed += int(one(alone || !without))
	}
	return true, needed
}
