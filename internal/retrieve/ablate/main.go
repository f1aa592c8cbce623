// Command ablate shows what each part of the ranking is worth: it answers a
// question set over a folder of documents with the weights in use and with
// variants of them, and prints a row of figures for each.
//
//	go run ./internal/retrieve/ablate -docs corpus -questions corpus/questions.jsonl
//
// Everything happens in memory; the metrics are those of package eval.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/e5"
	"bronwijzer/internal/eval"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/retrieve/retrievetest"
	"bronwijzer/internal/tokens"
)

func main() {
	folder := flag.String("docs", "corpus", "folder of documents")
	questions := flag.String("questions", "corpus/questions.jsonl", "question set")
	words := flag.Bool("words", false, "without an embedder")
	trace := flag.String("trace", "", "print the answer and the best passages of the question with this id, or of all")
	only := flag.String("only", "", "only variants whose name contains this")
	flag.Parse()
	if err := run(context.Background(), *folder, *questions, *words, *trace, *only); err != nil {
		fmt.Fprintln(os.Stderr, "ablate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folder, questions string, words bool, trace, only string) error {
	var embedder llm.Embedder
	if !words {
		model, err := e5.New()
		if err != nil {
			return err
		}
		embedder = model
	}
	set, err := readSet(questions)
	if err != nil {
		return err
	}
	counter, err := tokens.New("")
	if err != nil {
		return err
	}
	library, err := retrievetest.Folder(ctx, os.DirFS(folder), embedder, counter.Count)
	if err != nil {
		return err
	}
	for _, err := range library.Refused {
		fmt.Fprintln(os.Stderr, "ablate:", err)
	}
	texts, err := eval.NewFolder(os.DirFS(folder))
	if err != nil {
		return err
	}
	fmt.Printf("%d questions, %d documents\n\n", len(set), len(library.Documents))
	fmt.Printf("%-28s %s\n", "", strings.Join(shown, "  "))
	for _, v := range variants() {
		if !strings.Contains(v.name, only) {
			continue
		}
		t := &trial{embedder: embedder, library: library, texts: texts, trace: trace}
		if err := t.run(ctx, v, set); err != nil {
			return err
		}
	}
	return nil
}

// shown are the metrics of a row.
var shown = []string{
	"hit@1", "hit@5", "hit@10", "mrr@10", "group_recall@5", "answer_correct_100w", "citation_recall", "citation_precision",
	"refusal_recall", "false_refusal",
}

type variant struct {
	name    string
	weights retrieve.Weights
}

// variants are the weights in use, then each part left out or changed.
func variants() []variant {
	out := []variant{{"in use", retrieve.DefaultWeights()}}
	add := func(name string, change func(*retrieve.Weights)) {
		w := retrieve.DefaultWeights()
		change(&w)
		out = append(out, variant{name, w})
	}
	add("no words", func(w *retrieve.Weights) { w.Words = 0 })
	add("no 4-grams", func(w *retrieve.Weights) { w.Grams, w.SentenceGrams = 0, 0 })
	add("no passage vector", func(w *retrieve.Weights) { w.Vector = 0 })
	add("no sentence vector", func(w *retrieve.Weights) { w.BestSentence, w.Meaning = 0, 0 })
	add("no lift", func(w *retrieve.Weights) { w.Lift = 0 })
	add("no sentence 4-grams", func(w *retrieve.Weights) { w.SentenceGrams = 0 })
	add("no passage in sentence", func(w *retrieve.Weights) { w.InPassage = 0 })
	add("no reference", func(w *retrieve.Weights) { w.Referred = 0 })
	add("no kind of answer", func(w *retrieve.Weights) { w.Kind, w.Counted = 0, 0 })
	return out
}

type trial struct {
	embedder llm.Embedder
	library  *retrievetest.Library
	texts    eval.Texts
	trace    string
}

func (t *trial) run(ctx context.Context, v variant, set []eval.Question) error {
	answerer := answer.NewExtractive(retrieve.New(t.library.Collection, t.embedder, v.weights))
	scorer := eval.NewScorer(t.texts)
	var all []eval.Metrics
	for _, q := range set {
		var history []llm.Message
		for _, turn := range q.History {
			history = append(history, llm.Message{Role: llm.Role(turn.Role), Content: turn.Content})
		}
		rec, err := answerer.Answer(ctx, answer.Question{
			Text: q.Question, Search: chat.SearchQuestion(history, q.Question), TopK: chat.DefaultTopK,
		}, func(record.Event) error { return nil })
		if err != nil {
			return err
		}
		result := eval.NewResult(q, &rec, func(id string) string { return t.library.Documents[id].Path })
		score := scorer.Score(q, result)
		all = append(all, score.Metrics)
		if t.trace == "all" || t.trace == q.ID {
			show(q, rec, score)
		}
	}
	figures := eval.Aggregate(all)
	row := fmt.Sprintf("%-28s", v.name)
	for _, m := range shown {
		row += fmt.Sprintf(" %*.3f ", len(m), figures[m].Value)
	}
	fmt.Println(row)
	return nil
}

// show prints one question's answer.
func show(q eval.Question, rec record.Answer, score eval.Score) {
	fmt.Printf("--- %s %s: %s\n    gold: %s\n    %s: %s\n    %v\n", q.ID, q.Type, q.Question, q.Answer, rec.Status, rec.Text, score.Metrics)
	for i, p := range rec.Passages[:min(3, len(rec.Passages))] {
		fmt.Printf("    %d. %.3f %+v %s\n", i+1, p.Score, p.Scores, strings.Join(strings.Fields(p.Text), " "))
	}
}

func readSet(path string) ([]eval.Question, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return eval.ReadSet(f, path)
}
