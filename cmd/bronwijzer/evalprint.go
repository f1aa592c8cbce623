package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"bronwijzer/internal/eval"
)

func printFigures(w io.Writer, f eval.Figures, out string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "maat\twaarde\t95 %\tvan")
	for _, name := range f.Names() {
		fig := f[name]
		interval := ""
		if fig.CI95 != nil {
			interval = fmt.Sprintf("%.3f – %.3f", fig.CI95[0], fig.CI95[1])
		}
		fmt.Fprintf(t, "%s\t%.3f\t%s\t%d\n", name, fig.Value, interval, fig.Den)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print figures: %w", err)
	}
	_, err := fmt.Fprintf(w, "\nUitkomsten: %s\n", out)
	return err
}

// printChanged tells how many citations nothing can be said of.
func printChanged(w io.Writer, n int) {
	if n > 0 {
		fmt.Fprintf(w, "Citaten die niet meetellen: %d. Hun tekst is sinds het antwoord veranderd, en de geciteerde versie is niet bewaard.\n", n)
	}
}

// printComparison tells what changed for certain, and which questions did; of no
// comparison it says nothing.
func printComparison(w io.Writer, c *eval.Comparison) {
	if c == nil {
		return
	}
	fmt.Fprintf(w, "\nVergeleken met de vorige uitkomsten (%d vragen):\n", c.N)
	verdict := map[bool]string{true: "slechter", false: "beter"}
	changed := false
	for _, d := range c.Deltas {
		if d.Better() || d.Worse() {
			changed = true
			fmt.Fprintf(w, "  %s: %s, %.3f → %.3f (p = %.3f)\n", verdict[d.Worse()], d.Metric, d.Before, d.After, d.P)
		}
	}
	if !changed {
		fmt.Fprintln(w, "  geen maat is zeker veranderd")
	}
	for _, f := range c.Flips {
		fmt.Fprintf(w, "  %s: %s %s, %s\n", verdict[f.Worse], f.ID, f.Question, f.Fault)
	}
}

// asked shows how far the questions are: one line that is written over on a
// terminal, ten lines elsewhere.
func (p *progress) asked(at eval.Progress) {
	line := fmt.Sprintf("%d/%d gevraagd, %s", at.Done, at.Total, at.Elapsed.Round(time.Second))
	if at.Failed > 0 {
		line += fmt.Sprintf(", %d mislukt", at.Failed)
	}
	if at.Done < at.Total {
		line += fmt.Sprintf(", nog %s", at.Left.Round(time.Second))
	}
	p.line(line, milestone(at.Done, at.Total))
}

// milestone tells each tenth of the way.
func milestone(done, total int) bool { return done*10/total > (done-1)*10/total }

// line writes over the last one on a terminal; elsewhere it is only written when
// it is a milestone.
func (p *progress) line(s string, milestone bool) {
	switch {
	case p.terminal:
		fmt.Fprint(p.w, "\r\033[K"+s)
	case milestone:
		fmt.Fprintln(p.w, s)
	}
	p.last = s
}
