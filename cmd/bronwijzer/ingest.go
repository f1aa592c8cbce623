package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"bronwijzer/internal/access"
	"bronwijzer/internal/ingest"
)

// ingestCmd takes documents in without serving.
type ingestCmd struct {
	Folders []string `arg:"" optional:"" name:"map" help:"Mappen met documenten; anders die van --corpus."`
	Watch   bool     `help:"Blijf de mappen volgen en neem over wat er verandert."`
}

// Run ends with a table of what was added, changed, removed and refused. A
// refused file makes it fail, after the rest was taken in.
func (c *ingestCmd) Run(ctx context.Context, v *invocation) error {
	if len(c.Folders) > 0 {
		v.settings.Corpus = c.Folders
	}
	v.deed.Action = access.ActionIngest
	lg := v.logger()
	a, err := open(ctx, lg, v.settings, front{})
	if err != nil {
		return err
	}
	defer a.close(lg)
	if c.Watch {
		err := a.follow(ctx, lg, v.stdout, func(report ingest.Report) error { return report.Print(v.stdout) })
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
	report, err := a.update(ctx, v.stderr)
	if err != nil && ctx.Err() != nil {
		return errors.Join(&hintError{err, "Onderbroken; dezelfde opdracht gaat verder waar dit ophield."}, report.Print(v.stdout))
	}
	if err != nil {
		return err
	}
	if err := report.Print(v.stdout); err != nil {
		return err
	}
	if n := len(report.Refused); n > 0 {
		return &hintError{fmt.Errorf("%d file(s) refused", n), "De tabel noemt de reden van elk; de andere documenten zijn opgenomen."}
	}
	return nil
}

// openCurrent opens the app with the collection up to date, for a command that
// answers in its own process.
func openCurrent(ctx context.Context, v *invocation) (*app, error) {
	lg := v.logger()
	a, err := open(ctx, lg, v.settings, front{})
	if err != nil {
		return nil, err
	}
	if err := a.current(ctx, v.stderr); err != nil {
		a.readers.Close()
		return nil, errors.Join(err, a.store.Close())
	}
	return a, nil
}

// current fills the index and brings it up to date; it only speaks of files
// that were refused.
func (a *app) current(ctx context.Context, w io.Writer) error {
	if err := a.fill(ctx, w); err != nil {
		return err
	}
	report, err := a.update(ctx, w)
	if err != nil || len(report.Refused) == 0 {
		return err
	}
	return report.Print(w)
}

// progress shows how far a run is: one line that is written over on a terminal,
// a line a file elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	last     string
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) show(at ingest.Progress) {
	switch {
	case p.terminal:
		fmt.Fprintf(p.w, "\r\033[K%d/%d %s", at.Done, at.Total, at.Path)
		if at.Pending > 0 {
			fmt.Fprintf(p.w, " (%d/%d ingebed)", at.Embedded, at.Pending)
		}
		p.last = at.Path
	case at.Pending > 0 && at.Path != p.last:
		fmt.Fprintf(p.w, "%d/%d %s: %d teksten inbedden\n", at.Done, at.Total, at.Path, at.Pending)
		p.last = at.Path
	}
}

func (p *progress) end() {
	if p.terminal && p.last != "" {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
