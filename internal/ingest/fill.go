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
	r.known = make(map[store.Key]llm.Vector)
	go func() { vectors <- r.readVectors(ctx) }()
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
	if err := g.index.Load(ctx, r.changes(ctx, all)); err != nil {
		return fmt.Errorf("fill index: %w", err)
	}
	return nil
}

// readVectors reads all vectors of the present embedder.
func (r *run) readVectors(ctx context.Context) error {
	if r.embedder == nil {
		return nil
	}
	return r.store.EachVector(ctx, r.model(), func(k store.Key, v llm.Vector) error {
		r.known[k] = v
		return nil
	})
}

// changes are the documents as changes of an empty index.
func (r *run) changes(ctx context.Context, all []whole) iter.Seq2[index.Change, error] {
	return func(yield func(index.Change, error) bool) {
		for i := range all {
			w := &all[i]
			r.at.Path = w.doc.Root + "/" + w.doc.Path
			vectors, err := r.vectors(ctx, &w.doc, w.passages)
			if !yield(index.Change{DocumentID: w.doc.ID, Add: entries(&w.doc, w.passages, vectors)}, err) {
				return
			}
			r.at.Done++
			r.progress(r.at)
		}
	}
}
