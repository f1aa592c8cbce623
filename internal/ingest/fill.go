package ingest

import (
	"context"
	"fmt"
	"iter"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/store"
)

// whole is a document with its passages.
type whole struct {
	doc      docs.Document
	passages []docs.Passage
}

// Fill brings everything that is stored into the index, which should be empty.
// It embeds nothing that has a vector of the present embedder; what has none, as
// after a change of embedder, it embeds and stores. progress may be nil.
func (g *Ingester) Fill(ctx context.Context, progress func(Progress)) error {
	g.running.Lock()
	defer g.running.Unlock()
	r := &run{Ingester: g, progress: progress}
	if r.progress == nil {
		r.progress = func(Progress) {}
	}
	// Both have to be there before the first change: read them side by side.
	vectors := make(chan error, 1)
	known := make(map[store.Key]llm.Vector)
	go func() { vectors <- g.known(ctx, known) }()
	var all []whole
	err := g.store.Each(ctx, func(doc docs.Document, passages []docs.Passage) error {
		all = append(all, whole{doc, passages})
		return nil
	})
	if failed := <-vectors; err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("fill index: %w", err)
	}
	r.at.Total = len(all)
	if err := g.index.Load(ctx, r.changes(ctx, all, known)); err != nil {
		return fmt.Errorf("fill index: %w", err)
	}
	return nil
}

// known reads all vectors of the present embedder.
func (g *Ingester) known(ctx context.Context, into map[store.Key]llm.Vector) error {
	if g.embedder == nil {
		return nil
	}
	return g.store.EachVector(ctx, g.model(), func(k store.Key, v llm.Vector) error {
		into[k] = v
		return nil
	})
}

// changes are the documents as changes of an empty index.
func (r *run) changes(ctx context.Context, all []whole, known map[store.Key]llm.Vector) iter.Seq2[index.Change, error] {
	find := func(_ context.Context, keys []store.Key) ([]llm.Vector, error) {
		found := make([]llm.Vector, len(keys))
		for i, k := range keys {
			found[i] = known[k]
		}
		return found, nil
	}
	return func(yield func(index.Change, error) bool) {
		for i := range all {
			w := &all[i]
			r.at.Path = w.doc.Root + "/" + w.doc.Path
			var vectors []vectorsOf
			var err error
			if r.embedder != nil {
				vectors, err = r.complete(ctx, &w.doc, w.passages, find)
			}
			if !yield(index.Change{DocumentID: w.doc.ID, Add: entries(&w.doc, w.passages, vectors)}, err) {
				return
			}
			r.at.Done++
			r.progress(r.at)
		}
	}
}
