package eval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bronwijzer/internal/record"
)

// Scored is what a run came to, question by question; the three go together.
type Scored struct {
	Questions []Question
	Scores    []Score
	Failures  [][]Failure
}

// Report is an evaluated run: what was asked, what came back and what that is
// worth.
type Report struct {
	Scored
	// Results are by id; a question may have none.
	Results map[string]Result
	Summary Summary
	// Limits are what the figures have to keep.
	Limits []Limit
	// Comparison with an earlier run; nil without one.
	Comparison *Comparison

	lib library
}

// Summary is the content of summary.json.
type Summary struct {
	// Settings tell what was run, in the order in which they are shown.
	Settings []Setting `json:"settings,omitempty"`
	// N counts the questions, Answerable those of them, Missing those without
	// a result, Errors those that failed.
	N          int `json:"n"`
	Answerable int `json:"answerable"`
	Missing    int `json:"missing"`
	Errors     int `json:"errors"`
	// Changed counts the citations that no figure counts, as their text changed
	// since and their version of it isn't kept.
	Changed    int     `json:"text_changed,omitempty"`
	Metrics    Figures `json:"metrics"`
	ByType     []Part  `json:"by_type"`
	ByDocument []Part  `json:"by_document"`
	Latency    Latency `json:"latency_ms"`
	Usage      Tokens  `json:"usage"`
}

// Tokens is what a run cost. All are zero when no model was asked.
type Tokens struct {
	record.Usage
	// Answers counts the answers that used a model.
	Answers int `json:"answers"`
}

// Options say what Evaluate adds to the plain metrics. The zero value works.
type Options struct {
	// Resamples of the bootstrap; 0 takes a thousand, a negative number none.
	Resamples int
	// Judge adds support_recall and support_precision.
	Judge Judge
	// Probes add probe_removal and probe_number.
	Probes []Probe
	// Settings are shown in the reports.
	Settings []Setting
	// Limits are test cases in JUnit's file.
	Limits []Limit
}

// Asked is a question set, what came back by id, and the texts to score it
// against. They have to know the documents of the gold and those that are
// cited: see Sources.
type Asked struct {
	Questions []Question
	Results   map[string]Result
	Texts     Texts
}

// Evaluate scores results. It asks nothing but the judge.
func Evaluate(ctx context.Context, in Asked, opt Options) (*Report, error) {
	qs := in.Questions
	if len(qs) == 0 {
		return nil, errors.New("evaluate: no questions")
	}
	rep := &Report{Scored: Scored{Questions: qs}, Results: in.Results, Limits: opt.Limits, lib: library{texts: in.Texts}}
	scorer := NewScorer(in.Texts)
	for i := range qs {
		r := in.Results[qs[i].ID]
		s := scorer.Score(qs[i], r)
		if opt.Judge != nil {
			if err := Support(ctx, opt.Judge, &r, &s); err != nil {
				return nil, fmt.Errorf("evaluate: %w", err)
			}
		}
		s.addProbes(qs[i].ID, opt.Probes)
		rep.Scores = append(rep.Scores, s)
		rep.Failures = append(rep.Failures, Failures(&qs[i], &r, &s))
	}
	rep.summarise(opt)
	return rep, nil
}

// addProbes adds the outcomes of a question's probes to its metrics.
func (s *Score) addProbes(id string, probes []Probe) {
	for _, p := range probes {
		if p.ID != id {
			continue
		}
		s.Probes = append(s.Probes, p)
		if p.Skipped == "" {
			s.Metrics["probe_"+string(p.Kind)] = Ratio{one(p.Passed), 1}
		}
	}
}

func (rep *Report) summarise(opt Options) {
	sum := Summary{
		Settings:   opt.Settings,
		N:          len(rep.Questions),
		ByType:     ByType(rep.Questions, rep.Scores),
		ByDocument: ByDocument(rep.Questions, rep.Scores),
		Latency:    Latencies(rep.Scores),
	}
	resamples := opt.Resamples
	if resamples == 0 {
		resamples = 1000
	}
	sum.Metrics = Interval(metricsOf(rep.Scores), resamples)
	if opt.Judge != nil {
		for _, name := range []string{"support_recall", "support_precision"} {
			if f, ok := sum.Metrics[name]; ok {
				f.Judge = opt.Judge.Name()
				sum.Metrics[name] = f
			}
		}
	}
	for i := range rep.Questions {
		r, ok := rep.Results[rep.Questions[i].ID]
		sum.Answerable += int(one(rep.Questions[i].Answerable))
		sum.Missing += int(one(!ok))
		sum.Errors += int(one(r.Error != ""))
		for _, c := range rep.Scores[i].Citations {
			sum.Changed += int(one(c.Changed))
		}
		if r.Usage != nil {
			sum.Usage.Answers++
			sum.Usage.PromptTokens += r.Usage.PromptTokens
			sum.Usage.CompletionTokens += r.Usage.CompletionTokens
		}
	}
	rep.Summary = sum
}

// Failed counts the questions with a failure.
func (rep *Report) Failed() int {
	n := 0
	for _, f := range rep.Failures {
		n += int(one(len(f) > 0))
	}
	return n
}

// Sources lists the texts that scoring needs: those of the gold, of the
// citations, and of passages without a text. results may be nil.
func Sources(qs []Question, results map[string]Result) []Source {
	seen := make(map[Source]bool)
	var out []Source
	add := func(doc, version string) {
		if s := (Source{doc, version}); !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, q := range qs {
		for _, g := range q.Gold {
			add(g.Doc, "")
		}
		for _, c := range results[q.ID].Citations {
			add(c.Doc, c.Version)
		}
		for _, p := range results[q.ID].Retrieved {
			if p.Text == nil {
				add(p.Doc, "")
			}
		}
	}
	return out
}

// order is the order in which metrics are shown; others follow by name.
var order = []string{ // read only
	"hit@1", "hit@3", "hit@5", "hit@10", "mrr@10", "ndcg@10", "recall@5", "recall@10", "recall@100",
	"group_recall@5", "group_recall@10",
	"citation_precision", "citation_recall", "citation_verbatim", "citation_doc_recall", "quote_exact",
	"support_precision", "support_recall",
	"answer_correct", "answer_correct_100w", "answer_partial", "answer_words",
	"refusal_precision", "refusal_recall", "refusal_f1", "false_refusal", "injection_leak",
	"probe_removal", "probe_number",
}

// Names are the metrics that there are, in the order in which they are shown.
func (f Figures) Names() []string {
	var out, rest []string
	for name := range f {
		if !slices.Contains(order, name) {
			rest = append(rest, name)
		}
	}
	for _, name := range order {
		if _, ok := f[name]; ok {
			out = append(out, name)
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}

// lessIsBetter tells the metrics that an improvement lowers.
func lessIsBetter(metric string) bool {
	return metric == "false_refusal" || metric == "injection_leak" || metric == "answer_words"
}

// Write writes every form of the report into a folder, which it makes where
// there is none: results.jsonl, scores.jsonl, summary.json, summary.md,
// report.html, junit.xml, questions.csv, run.trec and, with probes,
// probes.jsonl; without, an old one goes.
func (rep *Report) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	type file struct {
		name  string
		write func(io.Writer) error
	}
	files := []file{
		{"results.jsonl", func(w io.Writer) error { return writeResults(w, rep.Questions, rep.Results) }},
		{"scores.jsonl", rep.writeScores},
		{"summary.json", rep.Summary.WriteJSON},
		{"summary.md", rep.WriteMarkdown},
		{"report.html", rep.WriteHTML},
		{"junit.xml", rep.WriteJUnit},
		{"questions.csv", rep.WriteCSV},
		{"run.trec", rep.WriteTREC},
	}
	if rep.probed() {
		files = append(files, file{"probes.jsonl", rep.writeProbes})
	}
	for _, f := range files {
		if err := replaceFile(filepath.Join(dir, f.name), f.write); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	if rep.probed() {
		return nil
	}
	if err := os.Remove(filepath.Join(dir, "probes.jsonl")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (rep *Report) probed() bool {
	return slices.ContainsFunc(rep.Scores, func(s Score) bool { return len(s.Probes) > 0 })
}
