package eval

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Set is a question set of one or more files. The zero value is empty and ready
// to use.
type Set struct {
	// Questions are those with an id that none before them has, and a question.
	Questions []Question

	files    []string
	lines    []setLine
	first    map[string]int // id → index in lines
	problems []Problem
}

// setLine is a line that could be read, whatever else is wrong with it.
type setLine struct {
	Question
	file string
}

// Problem is one fault of a question set.
type Problem struct {
	// File is the name that Read was given; Line counts from 1 and is 0 for a
	// fault of the whole file.
	File string
	Line int
	// ID is the question's, empty where it couldn't be read.
	ID      string
	Message string
}

func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.ID != "" {
		where += ": " + p.ID
	}
	return where + ": " + p.Message
}

// SetError holds everything that is wrong with a question set, in the order of
// files and lines.
type SetError struct{ Problems []Problem }

func (e *SetError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// ReadSet reads one question set without looking at the documents. An error is
// a *SetError with all of its problems, or one of reading; the questions that
// could be read are returned with it.
func ReadSet(r io.Reader, name string) ([]Question, error) {
	var s Set
	if err := s.Read(r, name); err != nil {
		return s.Questions, err
	}
	return s.Questions, s.Err()
}

// Read adds the questions of a file. Its faults are kept for Err; the error is
// one of reading.
func (s *Set) Read(r io.Reader, name string) error {
	if s.first == nil {
		s.first = make(map[string]int)
	}
	s.files = append(s.files, name)
	seen := 0
	err := readLines(r, func(n int, line []byte) error {
		seen++
		s.add(name, n, line)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read questions %s: %w", name, err)
	}
	if seen == 0 {
		s.report(name, 0, "", "no questions")
	}
	return nil
}

func (s *Set) add(name string, n int, line []byte) {
	if !utf8.Valid(line) {
		s.report(name, n, "", "not UTF-8")
		return
	}
	q, err := parseQuestion(line)
	if err != nil {
		s.report(name, n, "", err.Error())
		return
	}
	q.Line = n
	i, used := s.first[q.ID]
	switch {
	case q.ID == "":
		s.report(name, n, "", "no id")
	case used:
		s.report(name, n, q.ID, fmt.Sprintf("id is used before, at %s:%d", s.lines[i].file, s.lines[i].Line))
	default:
		s.first[q.ID] = len(s.lines)
		if q.Question != "" {
			s.Questions = append(s.Questions, q)
		}
	}
	s.lines = append(s.lines, setLine{q, name})
	for _, m := range slices.Concat(misspelt(line), checkQuestion(&q)) {
		s.report(name, n, q.ID, m)
	}
}

// Sources lists the texts that Check needs.
func (s *Set) Sources() []Source {
	all := make([]Question, len(s.lines))
	for i := range s.lines {
		all[i] = s.lines[i].Question
	}
	return Sources(all, nil)
}

// Check compares the gold with the documents: each quote has to stand in its
// document, and at its span, white space collapsed. Its findings are kept for
// Err.
func (s *Set) Check(texts Texts) {
	lib := library{texts: texts}
	for _, l := range s.lines {
		for _, g := range l.Gold {
			if m := checkGold(g, &lib); m != "" {
				s.report(l.file, l.Line, l.ID, m)
			}
		}
	}
}

// Err returns what Read and Check found, as a *SetError; nil when the set is
// fine.
func (s *Set) Err() error {
	if len(s.problems) == 0 {
		return nil
	}
	problems := slices.Clone(s.problems)
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(slices.Index(s.files, a.File), slices.Index(s.files, b.File)),
			cmp.Compare(a.Line, b.Line))
	})
	return &SetError{Problems: problems}
}

func (s *Set) report(file string, line int, id, message string) {
	s.problems = append(s.problems, Problem{File: file, Line: line, ID: id, Message: message})
}

// checkQuestion returns what is wrong with a question in itself.
func checkQuestion(q *Question) []string {
	var out []string
	if q.Question == "" {
		out = append(out, "no question")
	}
	if q.Answerable && len(q.Gold) == 0 {
		out = append(out, "answerable, but without gold")
	}
	if !q.Answerable && len(q.Gold) > 0 {
		out = append(out, "unanswerable, but with gold")
	}
	for _, t := range q.History {
		if t.Role != "user" && t.Role != "assistant" {
			out = append(out, fmt.Sprintf("history has the role %q; it knows user and assistant", t.Role))
		}
	}
	for i, entry := range slices.Concat(q.MustInclude, q.MustNotInclude) {
		required := i < len(q.MustInclude)
		if _, err := parsePattern(entry); err != nil {
			out = append(out, err.Error())
		} else if q.Answer != "" && contains(entry, q.Answer) != required {
			verb := "has"
			if required {
				verb = "lacks"
			}
			out = append(out, fmt.Sprintf("the example answer %s %q", verb, entry))
		}
	}
	return out
}

// checkGold returns what is wrong with a gold passage, or nothing.
func checkGold(g Gold, lib *library) string {
	quote := collapse(g.Quote)
	if quote == "" {
		return "gold without a quote"
	}
	if g.Doc == "" {
		return fmt.Sprintf("gold without a doc: %q", cut(quote, 60))
	}
	v := lib.volume(g.Doc, "")
	if v == nil {
		return fmt.Sprintf("unknown document %q", g.Doc)
	}
	if !strings.Contains(v.collapsed, quote) {
		return fmt.Sprintf("quote not found in %s: %q", g.Doc, cut(quote, 60))
	}
	if g.Start == 0 && g.End == 0 {
		return ""
	}
	if text, ok := v.slice(g.Start, g.End); !ok || collapse(text) != quote {
		return fmt.Sprintf("the span %d-%d of %s isn't the quote %q", g.Start, g.End, g.Doc, cut(quote, 60))
	}
	return ""
}

// cut shortens a text to n code points.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
