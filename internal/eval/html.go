package eval

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed report.html.tmpl
var templates embed.FS

// WriteHTML writes report.html: one file without anything from elsewhere, which
// its content security policy enforces.
func (rep *Report) WriteHTML(w io.Writer) error {
	t, err := template.New("report.html.tmpl").Funcs(template.FuncMap{"three": three, "breaks": func(s string) []string { return strings.SplitAfter(s, "_") }}).
		ParseFS(templates, "report.html.tmpl")
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	return t.Execute(w, rep.page())
}

// page is what the template shows. The text in it is escaped there.
type page struct {
	Summary    Summary
	Passed     int
	Metrics    []pageMetric
	Plot       plot
	Latency    *latencyPlot
	Columns    []string
	Parts      []pageParts
	Comparison *Comparison
	Types      []string
	Faults     []Fault
	Questions  []pageQuestion
}

type pageMetric struct {
	Name, Value, Interval, Judge, Meaning string
	Den                                   int
}

type pageParts struct {
	Title string
	Rows  []pagePart
}

type pagePart struct {
	Name   string
	N      int
	Values []string
}

type pageQuestion struct {
	Question
	Result    Result
	Failures  []Failure
	Faults    string // separated by spaces, for the filter
	Answer    []piece
	Citations []pageCitation
	Groups    []GroupScore
	Retrieved []pagePassage
	Score     Score
	Latency   string
}

// piece is a stretch of an answer: text, or a marker and the index of its
// citation, which is nil for text.
type piece struct {
	Text     string
	Citation *int
}

type pageCitation struct {
	Citation
	CitationScore
	// Before, Marked and After are the passage around the citation's span.
	Before, Marked, After string
	Status                string
	Fault                 bool // Status is one
}

type pagePassage struct {
	Retrieved
	Shown string
	Gold  bool
}

func (rep *Report) page() *page {
	p := &page{
		Summary: rep.Summary, Passed: len(rep.Questions) - rep.Failed(),
		Plot: newPlot(rep.Summary.Metrics), Latency: newLatencyPlot(rep.Scores),
		Columns: partColumns, Comparison: rep.Comparison,
		Parts: []pageParts{{"By type", partRows(rep.Summary.ByType)}, {"By document", partRows(rep.Summary.ByDocument)}},
	}
	for _, name := range rep.Summary.Metrics.Names() {
		f := rep.Summary.Metrics[name]
		m := pageMetric{Name: name, Value: three(f.Value), Interval: "–", Judge: f.Judge, Meaning: meaning(name), Den: f.Den}
		if f.CI95 != nil {
			m.Interval = three(f.CI95[0]) + " – " + three(f.CI95[1])
		}
		p.Metrics = append(p.Metrics, m)
	}
	for i := range rep.Questions {
		q := rep.pageQuestion(i)
		p.Questions = append(p.Questions, q)
		if !slices.Contains(p.Types, q.Type) {
			p.Types = append(p.Types, q.Type)
		}
		for _, f := range q.Failures {
			if !slices.Contains(p.Faults, f.Fault) {
				p.Faults = append(p.Faults, f.Fault)
			}
		}
	}
	slices.Sort(p.Types)
	slices.Sort(p.Faults)
	return p
}

func partRows(parts []Part) []pagePart {
	var out []pagePart
	for _, part := range parts {
		row := pagePart{Name: part.Name, N: part.N}
		for _, c := range partColumns {
			row.Values = append(row.Values, part.Figures.show(c))
		}
		out = append(out, row)
	}
	return out
}

func (rep *Report) pageQuestion(i int) pageQuestion {
	q, s := rep.Questions[i], rep.Scores[i]
	r := rep.Results[q.ID]
	out := pageQuestion{Question: q, Result: r, Failures: rep.Failures[i], Groups: s.Groups, Score: s}
	for _, f := range out.Failures {
		if out.Faults != "" {
			out.Faults += " "
		}
		out.Faults += string(f.Fault)
	}
	if s.Latency > 0 {
		out.Latency = round(s.Latency) + " ms"
	}
	text := r.Text
	if text == "" {
		text = r.Answer
	}
	out.Answer = pieces(text, r.Citations)
	for j, c := range r.Citations {
		out.Citations = append(out.Citations, rep.pageCitation(&r, c, s.Citations[j], len(s.Groups) > 0))
	}
	for j, p := range r.Retrieved {
		shown := ""
		if p.Text != nil {
			shown = *p.Text
		} else if v := rep.lib.volume(p.Doc, ""); v != nil {
			shown, _ = v.slice(p.Start, p.End)
		}
		gold := slices.ContainsFunc(s.Groups, func(g GroupScore) bool { return g.Rank == j+1 })
		out.Retrieved = append(out.Retrieved, pagePassage{p, shown, gold})
	}
	return out
}

// marker is a citation in a text.
var marker = regexp.MustCompile(`\[([0-9]+)\]`)

// pieces cuts an answer at its markers.
func pieces(text string, citations []Citation) []piece {
	var out []piece
	from := 0
	for _, m := range marker.FindAllStringSubmatchIndex(text, -1) {
		i := slices.IndexFunc(citations, func(c Citation) bool { return strconv.Itoa(c.Number) == text[m[2]:m[3]] })
		if i < 0 {
			continue
		}
		out = append(out, piece{Text: text[from:m[0]]}, piece{Text: text[m[0]:m[1]], Citation: &i})
		from = m[1]
	}
	return append(out, piece{Text: text[from:]})
}

// pageCitation shows a citation in the retrieved passage that holds it, or else
// in the part of its document around it.
func (rep *Report) pageCitation(r *Result, c Citation, s CitationScore, gold bool) pageCitation {
	out := pageCitation{Citation: c, CitationScore: s}
	switch {
	case s.Changed:
		out.Status = "the text changed since, this version isn't kept"
	case !s.Verbatim:
		out.Status = "not in the document"
	case !s.Exact:
		out.Status = "differs from the text at its span"
	case gold && s.Correct:
		out.Status = "exact, on the gold"
	case gold:
		out.Status = "exact, beside the gold"
	default:
		out.Status = "exact"
	}
	out.Fault = !s.Changed && (!s.Exact || gold && !s.Correct)
	v := rep.lib.volume(c.Doc, c.Version)
	if v == nil {
		return out
	}
	const around = 300
	start, end := c.Start-around, c.End+around
	for _, p := range r.Retrieved {
		if sameDoc(p.Doc, c.Doc) && p.Start <= c.Start && c.End <= p.End {
			start, end = p.Start, p.End
			break
		}
	}
	out.Before, _ = v.slice(max(0, start), c.Start)
	out.Marked, _ = v.slice(c.Start, c.End)
	out.After, _ = v.slice(c.End, end)
	return out
}
