package eval

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"
)

// WriteMarkdown writes summary.md, short enough for a pull request.
func (rep *Report) WriteMarkdown(w io.Writer) error {
	bw := bufio.NewWriter(w)
	p := func(format string, args ...any) { fmt.Fprintf(bw, format, args...) } // Flush reports its error
	s := rep.Summary
	p("# Evaluation\n\n")
	for _, x := range s.Settings {
		p("- %s: %s\n", plain(x.Name), plain(x.Value))
	}
	p("- questions: %d, of which %d answerable, %d without result, %d failed to answer\n", s.N, s.Answerable, s.Missing, s.Errors)
	if s.Changed > 0 {
		p("- citations left out of the figures, as their text changed since and that version isn't kept: %d\n", s.Changed)
	}
	p("- without any fault: %d\n\n", s.N-rep.Failed())
	p("%s", s.table())
	if s.Latency.N > 0 {
		p("\nLatency in ms: p50 %.0f, p95 %.0f, max %.0f (n = %d).\n", s.Latency.P50, s.Latency.P95, s.Latency.Max, s.Latency.N)
	}
	if s.Usage.Answers > 0 {
		p("\nTokens: %d prompt, %d completion, in %d answers.\n", s.Usage.PromptTokens, s.Usage.CompletionTokens, s.Usage.Answers)
	}
	if rep.Comparison != nil {
		p("%s", rep.Comparison.markdown())
	}
	p("\n## By type\n\n%s\n## By document\n\n%s", partTable(s.ByType), partTable(s.ByDocument))
	p("\n## Faults\n\n")
	for i, q := range rep.Questions {
		for _, f := range rep.Failures[i] {
			p("- %s, %s: %s\n", plain(q.ID), f.Fault, plain(f.Message))
		}
	}
	return bw.Flush()
}

// table is the metrics with their intervals.
func (s Summary) table() string {
	var b strings.Builder
	b.WriteString("| metric | value | 95 % interval | of |\n| --- | ---: | --- | ---: |\n")
	for _, name := range s.Metrics.Names() {
		f := s.Metrics[name]
		ci := "–"
		if f.CI95 != nil {
			ci = three(f.CI95[0]) + " – " + three(f.CI95[1])
		}
		if f.Judge != "" {
			name += " (judge: " + plain(f.Judge) + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %d |\n", name, three(f.Value), ci, f.Den)
	}
	return b.String()
}

// partColumns are the metrics shown for a part of the set.
var partColumns = []string{ // read only
	"hit@1", "hit@5", "mrr@10", "citation_precision", "citation_recall", "quote_exact",
	"answer_correct_100w", "refusal_recall", "false_refusal",
}

func partTable(parts []Part) string {
	var b strings.Builder
	b.WriteString("| part | n | " + strings.Join(partColumns, " | ") + " |\n| --- | ---:" + strings.Repeat(" | ---:", len(partColumns)) + " |\n")
	for _, p := range parts {
		fmt.Fprintf(&b, "| %s | %d |", plain(p.Name), p.N)
		for _, c := range partColumns {
			fmt.Fprintf(&b, " %s |", p.Figures.show(c))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (c *Comparison) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Compared with the baseline\n\n%d questions in both runs; paired bootstrap.\n\n", c.N)
	b.WriteString("| metric | before | after | difference, 95 % | p | |\n| --- | ---: | ---: | --- | ---: | --- |\n")
	for _, d := range c.Deltas {
		fmt.Fprintf(&b, "| %s | %s | %s | %+.3f to %+.3f | %.3f | %s |\n",
			d.Metric, three(d.Before), three(d.After), d.CI95[0], d.CI95[1], d.P, d.verdict())
	}
	if len(c.Flips) == 0 {
		b.WriteString("\nNo question flipped.\n")
		return b.String()
	}
	b.WriteString("\n")
	for _, f := range c.Flips {
		fmt.Fprintf(&b, "- %s: %s, %s: %s\n", f.verdict(), plain(f.ID), f.Fault, plain(f.Message))
	}
	return b.String()
}

func (d Delta) verdict() string {
	switch {
	case d.Better():
		return "better"
	case d.Worse():
		return "worse"
	}
	return ""
}

func (f Flip) verdict() string {
	if f.Worse {
		return "worse"
	}
	return "better"
}

// show is the value of a metric, a dash where there is none.
func (f Figures) show(name string) string {
	fig, ok := f[name]
	if !ok {
		return "–"
	}
	return three(fig.Value)
}

func three(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}

// plain keeps a text from being read as Markdown or HTML.
func plain(s string) string {
	var b strings.Builder
	for _, r := range collapse(s) {
		if strings.ContainsRune("\\`*_{}[]<>|#&!~$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
