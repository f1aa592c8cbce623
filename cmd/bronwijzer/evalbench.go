package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/eval"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/tokens"
	"bronwijzer/internal/trial"
)

// benchmarkGC is the garbage collector's target while a benchmark runs.
const benchmarkGC = 30

// benchmark searches a collection made of a folder in BEIR's form, with the
// embedder of the settings, and reports. Nothing is stored. Where more than one
// thing is evaluated, it has a folder of its own in --out and --baseline.
func (c *evalCmd) benchmark(ctx context.Context, v *invocation, dir string) error {
	out, earlier := c.Out, c.Baseline
	if len(c.Paths) > 1 {
		out, earlier = filepath.Join(out, filepath.Base(dir)), filepath.Join(earlier, filepath.Base(dir))
	}
	fsys := os.DirFS(dir)
	if !eval.IsBEIR(fsys) {
		return &inputError{fmt.Errorf("%s: a folder without corpus.jsonl, queries.jsonl and qrels is no benchmark", dir)}
	}
	before, err := c.baseline(earlier)
	if err != nil {
		return err
	}
	b, err := eval.OpenBEIR(fsys, c.Split)
	if err != nil {
		return &inputError{fmt.Errorf("%s: %w", dir, err)}
	}
	rep, err := c.search(ctx, v, b, filepath.Base(dir))
	if err != nil {
		return err
	}
	if before != nil {
		rep.Comparison = eval.Compare(before, &rep.Scored, resamples)
	}
	if err := rep.Write(out); err != nil {
		return err
	}
	if err := printFigures(v.stdout, rep.Summary.Metrics, out); err != nil {
		return err
	}
	printComparison(v.stdout, rep.Comparison)
	return c.limits(rep.Summary.Metrics)
}

// search takes a benchmark in and searches for its queries.
func (c *evalCmd) search(ctx context.Context, v *invocation, b *eval.BEIR, name string) (*eval.BEIRReport, error) {
	embedder, err := newEmbedder(ctx, v.logger(), v.settings)
	if err != nil {
		return nil, err
	}
	// Nearly all that lives are the indexes, and at the default the garbage may
	// take as much again: 500 MB with 30,000 passages of 70 words, now 330, for
	// a third more time.
	defer debug.SetGCPercent(debug.SetGCPercent(benchmarkGC))
	p := newProgress(v.stderr)
	defer p.end()
	counter, err := tokens.New("")
	if err != nil {
		return nil, err
	}
	collection, shown := newCollection(embedder), 0
	err = trial.Benchmark{
		Collection: collection, Embedder: embedder, Count: counter.Count, Chunk: chunk.Config{Tokens: v.settings.ChunkTokens},
		Progress: func(n int) {
			p.line(fmt.Sprintf("%d passages opgenomen", n), n/1000 > shown/1000)
			shown = n
		},
	}.Load(ctx, inputs(b.Passages()))
	if err != nil {
		return nil, err
	}
	searcher := trial.Searcher{Retriever: retrieve.New(collection, embedder, retrieve.DefaultWeights())}
	about := []eval.Setting{
		{Name: "benchmark", Value: name},
		{Name: "embedder", Value: nameOf(embedder)},
		{Name: eval.DateSetting, Value: time.Now().Format(dateForm)},
	}
	return eval.RunBEIR(ctx, searcher, b, eval.Config{Jobs: c.Jobs, Progress: p.asked}, eval.Options{Settings: about})
}

// inputs says of a benchmark's own faults that they are.
func inputs(passages iter.Seq2[eval.BEIRPassage, error]) iter.Seq2[eval.BEIRPassage, error] {
	return func(yield func(eval.BEIRPassage, error) bool) {
		for p, err := range passages {
			if err != nil {
				err = &inputError{err}
			}
			if !yield(p, err) {
				return
			}
		}
	}
}
