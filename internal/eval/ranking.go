package eval

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"bronwijzer/internal/record"
)

// BEIRReport is what a search made of a benchmark.
type BEIRReport struct {
	// Scored has the queries; none has a failure.
	Scored
	Summary Summary
	// Rankings are the passages found for each query, best first, in the order
	// of BEIR.Queries.
	Rankings [][]string
	// Comparison with an earlier run; nil without one.
	Comparison *Comparison
}

// RunBEIR searches for every query, as Run asks questions: cfg's Jobs and
// Progress hold. An error of the search ends it.
func RunBEIR(ctx context.Context, s Searcher, b *BEIR, cfg Config, opt Options) (*BEIRReport, error) {
	qs := make([]Question, len(b.Queries))
	for i, q := range b.Queries {
		qs[i] = Question{ID: q.ID, Question: q.Text}
	}
	cfg.Path, cfg.Done, cfg.Save = nil, nil, nil
	results, err := Run(ctx, searchAsker{s}, qs, cfg)
	if err != nil {
		return nil, err
	}
	rep := &BEIRReport{Scored: Scored{Questions: qs, Scores: make([]Score, len(qs)), Failures: make([][]Failure, len(qs))}}
	for i, q := range b.Queries {
		r := results[q.ID]
		if r.Error != "" {
			return nil, fmt.Errorf("search %s: %s", q.ID, r.Error)
		}
		ranked := make([]string, len(r.Retrieved))
		for j, p := range r.Retrieved {
			ranked[j] = p.Doc
		}
		ranked = unique(ranked)
		rep.Rankings = append(rep.Rankings, ranked)
		rep.Scores[i] = Score{Metrics: ScoreRanking(q.Relevant, ranked), Latency: r.LatencyMS}
	}
	resamples := cmp.Or(opt.Resamples, 1000)
	rep.Summary = Summary{
		Settings: opt.Settings, N: len(qs), Answerable: len(qs),
		Metrics: Interval(metricsOf(rep.Scores), resamples), Latency: Latencies(rep.Scores),
	}
	return rep, nil
}

// searchAsker asks a Searcher as if it were a question: Run does the rest.
type searchAsker struct{ searcher Searcher }

func (a searchAsker) Ask(ctx context.Context, q Question) (record.Answer, error) {
	ids, err := a.searcher.Search(ctx, q.Question, depthBEIR)
	out := record.Answer{Passages: make([]record.Passage, len(ids))}
	for i, id := range ids {
		out.Passages[i].DocumentID = id
	}
	return out, err
}

// depthBEIR is how many passages the deepest metric, recall@100, looks at.
const depthBEIR = 100

// ScoreRanking scores a ranking of passage ids. Several pieces of one passage
// count once, at their best rank.
func ScoreRanking(relevant map[string]float64, found []string) Metrics {
	ranked := unique(found)
	first := 0
	for i, id := range ranked {
		if ranked[i] = docKey(id); first == 0 && relevant[ranked[i]] > 0 {
			first = i + 1
		}
	}
	m := make(Metrics)
	for _, k := range depths {
		m[metricAt("hit", k)] = Ratio{one(0 < first && first <= k), 1}
	}
	m["mrr@10"] = Ratio{0, 1}
	if first <= 10 {
		m["mrr@10"] = Ratio{reciprocal(first), 1}
	}
	for _, k := range []int{5, 10, depthBEIR} {
		n := 0.0
		for _, id := range ranked[:min(k, len(ranked))] {
			n += one(relevant[id] > 0)
		}
		m[metricAt("recall", k)] = Ratio{n / float64(len(relevant)), 1}
	}
	m["ndcg@10"] = Ratio{ndcg(relevant, ranked, 10), 1}
	return m
}

// unique keeps the first of each passage.
func unique(found []string) []string {
	out := make([]string, 0, len(found))
	seen := make(map[string]bool, len(found))
	for _, id := range found {
		if key := docKey(id); !seen[key] {
			seen[key] = true
			out = append(out, id)
		}
	}
	return out
}

// ndcg discounts the grade at rank i by log2(i+1) and divides by the best that
// is possible.
func ndcg(relevant map[string]float64, ranked []string, k int) float64 {
	var gain, ideal float64
	for i, id := range ranked[:min(k, len(ranked))] {
		gain += relevant[id] / math.Log2(float64(i+2))
	}
	grades := make([]float64, 0, len(relevant))
	for _, g := range relevant {
		grades = append(grades, g)
	}
	slices.SortFunc(grades, func(a, b float64) int { return cmp.Compare(b, a) })
	for i, g := range grades[:min(k, len(grades))] {
		ideal += g / math.Log2(float64(i+2))
	}
	if ideal == 0 {
		return 0
	}
	return gain / ideal
}

// WriteTREC writes the rankings as a TREC run.
func (rep *BEIRReport) WriteTREC(w io.Writer) error {
	bw := bufio.NewWriter(w)
	for i, q := range rep.Questions {
		writeTREC(bw, q.ID, rep.Rankings[i])
	}
	return bw.Flush()
}

// WriteMarkdown writes summary.md.
func (rep *BEIRReport) WriteMarkdown(w io.Writer) error {
	s := rep.Summary
	bw := bufio.NewWriter(w)
	fmt.Fprintf(bw, "# Retrieval benchmark\n\n") // Flush reports its error
	for _, x := range s.Settings {
		fmt.Fprintf(bw, "- %s: %s\n", plain(x.Name), plain(x.Value))
	}
	fmt.Fprintf(bw, "- queries: %d\n\n%s", s.N, s.table())
	if rep.Comparison != nil {
		fmt.Fprint(bw, rep.Comparison.markdown())
	}
	return bw.Flush()
}

// Write writes summary.json, summary.md, scores.jsonl and run.trec into a
// folder, which it makes where there is none.
func (rep *BEIRReport) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	for name, write := range map[string]func(io.Writer) error{
		"summary.json": rep.Summary.WriteJSON, "summary.md": rep.WriteMarkdown, "scores.jsonl": rep.writeScores, "run.trec": rep.WriteTREC,
	} {
		if err := replaceFile(filepath.Join(dir, name), write); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}
