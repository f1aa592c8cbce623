package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bronwijzer/internal/eval"
)

const (
	// defaultSet is asked when no other is named.
	defaultSet = "corpus/questions.jsonl"
	// dateForm is how reports say when they were made.
	dateForm = "2006-01-02 15:04"
)

// evalCmd measures answers against question sets, or a search against
// benchmarks.
type evalCmd struct {
	Paths []string `arg:"" optional:"" name:"bestand" help:"Vragensets (JSONL), samen één set, of mappen in de vorm van BEIR. Standaard corpus/questions.jsonl."`

	remoteSettings

	Mode string `help:"auto, extractive of generated." enum:"auto,extractive,generated" default:"auto"`
	Jobs int    `help:"Vragen tegelijk; 0 is één per processor." default:"0" least:"0"`

	Out      string `help:"Map voor de uitkomsten; anders eval in de gegevensmap." placeholder:"MAP"`
	Resume   bool   `help:"Stel alleen de vragen zonder uitkomst in die map; de instellingen moeten dezelfde zijn." xor:"how"`
	Rescore  bool   `help:"Waardeer de uitkomsten in die map opnieuw, zonder iets te vragen, onder de instellingen van toen." xor:"how"`
	Baseline string `help:"Vergelijk met de uitkomsten in deze map." placeholder:"MAP"`
	Min      string `help:"Grenzen, zoals hit@5=0.8,false_refusal=0.1; wie er een mist, eindigt met 1." placeholder:"MAAT=GETAL"`

	Judge  string `help:"Wie oordeelt of citaten een zin dragen: words, embedder of model." enum:"words,embedder,model" default:"words"`
	Probes bool   `help:"Haal ook bronnen weg en verander getallen: volgt het antwoord?"`
	Init   bool   `help:"Schrijf een eerste vragenset uit het oordeel van lezers, naar BESTAND of het scherm." xor:"how"`
	Split  string `help:"Bestand in qrels van een BEIR-map, zonder .tsv; anders test." placeholder:"NAAM"`
}

// Validate refuses what doesn't go together.
func (c *evalCmd) Validate() error {
	if c.Probes && (c.URL != "" || c.Rescore) {
		return errors.New("--probes changes the collection, which goes with neither --url nor --rescore")
	}
	if c.Init && len(c.Paths) > 1 {
		return errors.New("--init writes one file")
	}
	_, err := eval.ParseLimits(c.Min)
	return err
}

// inputError is a fault of what the command was given: exit code 2.
type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

// Run evaluates: all question sets as one, and every benchmark by itself, in a
// folder of its own where there is more than one thing to do.
func (c *evalCmd) Run(ctx context.Context, v *invocation) error {
	if c.Init {
		return c.draft(ctx, v)
	}
	if c.Out == "" {
		c.Out = filepath.Join(v.settings.Data, "eval")
	}
	var benchmarks, files []string
	for _, path := range c.Paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			benchmarks = append(benchmarks, path)
		} else {
			files = append(files, path)
		}
	}
	if err := c.fits(benchmarks); err != nil {
		return err
	}
	if len(c.Paths) == 0 {
		files = []string{defaultSet}
	}
	var errs []error
	for _, dir := range benchmarks {
		errs = append(errs, c.benchmark(ctx, v, dir))
	}
	if len(files) > 0 {
		errs = append(errs, c.questions(ctx, v, files))
	}
	return errors.Join(errs...)
}

// fits refuses settings that say nothing to what is evaluated.
func (c *evalCmd) fits(benchmarks []string) error {
	if len(benchmarks) == 0 {
		if c.Split != "" {
			return &inputError{errors.New("--split names a part of a benchmark, and there is none")}
		}
		return nil
	}
	var idle []string
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"--url", c.URL != ""},
		{"--mode", c.Mode != "auto"},
		{"--resume", c.Resume},
		{"--rescore", c.Rescore},
		{"--judge", c.Judge != "words"},
		{"--probes", c.Probes},
	} {
		if f.set {
			idle = append(idle, f.name)
		}
	}
	if len(idle) > 0 {
		return &inputError{fmt.Errorf("%s: a benchmark is searched in this program, from the beginning; it doesn't go with %s",
			strings.Join(benchmarks, ", "), strings.Join(idle, ", "))}
	}
	return nil
}

// baseline reads an earlier run; nil where none is asked for. It is read before
// anything is written: it may be the same folder.
func (c *evalCmd) baseline(dir string) (*eval.Scored, error) {
	if c.Baseline == "" {
		return nil, nil
	}
	before, err := eval.ReadBaseline(dir)
	if err != nil {
		return nil, &inputError{err}
	}
	return before, nil
}

// questions asks the sets and reports.
func (c *evalCmd) questions(ctx context.Context, v *invocation, files []string) error {
	set, err := readSets(files)
	if err != nil {
		return err
	}
	before, err := c.baseline(c.Baseline)
	if err != nil {
		return err
	}
	s, err := c.subject(ctx, v)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.Load(ctx, set.Sources()); err != nil {
		return err
	}
	set.Check(s)
	if err := set.Err(); err != nil {
		return &inputError{err}
	}
	rep, err := c.report(ctx, v, s, set.Questions)
	if err != nil {
		return err
	}
	if before != nil {
		rep.Comparison = eval.Compare(before, &rep.Scored, resamples)
	}
	if err := rep.Write(c.Out); err != nil {
		return err
	}
	return c.conclude(v.stdout, rep)
}

// resamples is how often a comparison draws the questions anew.
const resamples = 1000

// readSets reads files into one set. What is wrong with any of them is kept in
// the set, unless there is nothing left to check.
func readSets(files []string) (*eval.Set, error) {
	var set eval.Set
	var missing []eval.Problem
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			missing = append(missing, eval.Problem{File: name, Message: reasonOf(err)})
			continue
		}
		err = set.Read(f, name)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
	if len(missing) == 0 && len(set.Questions) > 0 {
		return &set, nil
	}
	var wrong *eval.SetError
	if errors.As(set.Err(), &wrong) {
		missing = append(missing, wrong.Problems...)
	}
	return nil, &inputError{&eval.SetError{Problems: missing}}
}

// reasonOf is an error of the file system without the name of the file.
func reasonOf(err error) string {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return failed.Err.Error()
	}
	return err.Error()
}

// results asks the questions that have no result yet, or reads those of an
// earlier run.
func (c *evalCmd) results(ctx context.Context, v *invocation, s subject, qs []eval.Question) (eval.Kept, error) {
	now := eval.Setting{Name: eval.DateSetting, Value: time.Now().Format(dateForm)}
	if c.Rescore {
		kept, err := eval.ReadKept(c.Out)
		if errors.Is(err, fs.ErrNotExist) {
			err = &hintError{err, "Er zijn nog geen uitkomsten om opnieuw te waarderen; wijs met --out hun map aan."}
		}
		kept.Settings = append(kept.Settings, eval.Setting{Name: "rescored", Value: now.Value})
		return kept, err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return eval.Kept{}, err
	}
	log, err := eval.OpenLog(c.Out, append(s.settings(), now), c.Resume)
	var other *eval.SettingsError
	if errors.As(err, &other) {
		return eval.Kept{}, &inputError{err}
	}
	if err != nil {
		return eval.Kept{}, err
	}
	p := newProgress(v.stderr)
	results, err := eval.Run(ctx, s, qs, eval.Config{
		Jobs: c.Jobs, Path: s.Path, Done: log.Results, Save: log.Add, Progress: p.asked,
	})
	p.end()
	if err := errors.Join(err, log.Close()); err != nil {
		return eval.Kept{}, &hintError{err, "Wat beantwoord was, is bewaard: ga verder met --resume."}
	}
	return eval.Kept{Settings: log.Settings, Results: results}, nil
}

// report asks and scores, with a judge and with probes. What a judge or prober
// lacks is found before anything is asked.
func (c *evalCmd) report(ctx context.Context, v *invocation, s subject, qs []eval.Question) (*eval.Report, error) {
	var opt eval.Options
	var err error
	if opt.Limits, err = eval.ParseLimits(c.Min); err != nil {
		return nil, err
	}
	if opt.Judge, err = c.judge(ctx, v); err != nil {
		return nil, err
	}
	var prober eval.Prober
	if c.Probes {
		if prober, err = s.prober(ctx, v); err != nil {
			return nil, err
		}
	}
	kept, err := c.results(ctx, v, s, qs)
	if err != nil {
		return nil, err
	}
	opt.Settings = kept.Settings
	in := eval.Asked{Questions: qs, Results: kept.Results, Texts: s}
	if err := s.Load(ctx, eval.Sources(qs, in.Results)); err != nil {
		return nil, err
	}
	switch {
	case c.Rescore:
		opt.Probes, err = eval.ReadProbes(c.Out)
	case c.Probes:
		opt.Probes, err = runProbes(ctx, v, prober, in)
	}
	if err != nil {
		return nil, err
	}
	return eval.Evaluate(ctx, in, opt)
}

func runProbes(ctx context.Context, v *invocation, prober eval.Prober, in eval.Asked) ([]eval.Probe, error) {
	p := newProgress(v.stderr)
	defer p.end()
	return eval.RunProbes(ctx, prober, in, func(done, total int) {
		p.line(fmt.Sprintf("%d/%d beproefd", done, total), milestone(done, total))
	})
}

// conclude tells the figures and whether they are good enough.
func (c *evalCmd) conclude(w io.Writer, rep *eval.Report) error {
	if err := printFigures(w, rep.Summary.Metrics, c.Out); err != nil {
		return err
	}
	printChanged(w, rep.Summary.Changed)
	printComparison(w, rep.Comparison)
	err := c.limits(rep.Summary.Metrics)
	if n := rep.Summary.Errors + rep.Summary.Missing; n > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d questions have no answer", n, rep.Summary.N))
	}
	return err
}

// limits holds figures against --min.
func (c *evalCmd) limits(f eval.Figures) error {
	limits, err := eval.ParseLimits(c.Min)
	if err != nil {
		return err
	}
	if broken := eval.Broken(limits, f); len(broken) > 0 {
		return errors.New(strings.Join(broken, "\n"))
	}
	return nil
}

// What a judge asks for: the share of words, and the cosine between quotes and
// statement. Both were set on pairs of which most wrong ones differ from their
// quote in a name, a number or a "niet": words accept 66 % of the right and
// 47 % of the wrong ones, e5 53 % and 34 %. So these judges find what has
// another subject than its source; for what twists it, ask a model.
const (
	judgeShare  = 0.7
	judgeCosine = 0.94
)

// judge is the one that the command names.
func (c *evalCmd) judge(ctx context.Context, v *invocation) (eval.Judge, error) {
	switch c.Judge {
	case "embedder":
		e, err := newEmbedder(ctx, v.logger(), v.settings)
		if err != nil {
			return nil, err
		}
		if e == nil {
			return nil, &hintError{errors.New("--judge embedder: there is no embedder"), "Kies met --embedder builtin of openai, of een andere --judge."}
		}
		return eval.EmbedJudge{Embedder: e, Threshold: judgeCosine}, nil
	case "model":
		g, err := newGenerator(v.logger(), v.settings)
		if err != nil {
			return nil, err
		}
		if g == nil {
			return nil, &hintError{errors.New("--judge model: there is no model"), "Wijs met --llm-base-url en --llm-model een taalmodel aan, of kies een andere --judge."}
		}
		return eval.ModelJudge{Generator: g}, nil
	}
	return eval.WordJudge(judgeShare), nil
}
