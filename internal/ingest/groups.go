package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
)

// errManifestGone says that a folder's manifest limits documents to groups, and
// isn't there or is empty. An editor that replaces it may have it so for a moment,
// and nobody means to open documents by that.
var errManifestGone = errors.New("it is gone or empty, but documents are limited to groups; put it back, or write \"documents:\" in it to let everybody read them")

// limit has the groups of every document that stays be those of the manifests. It
// comes before anything else: who may read a document doesn't wait for files that
// take long, or can't be read, or for an embedder that is away.
func (r *run) limit(ctx context.Context, f *folder) error {
	held, err := r.store.Groups(ctx, f.root.Name)
	if err != nil || f.broken != nil {
		return err
	}
	wanted := func(path string) []string { return slices.Sorted(slices.Values(f.manifest.Documents[path].Groups)) }
	var changed []string
	for _, path := range slices.Sorted(maps.Keys(held)) {
		// One that goes keeps its groups, for the records that rest on it.
		if !f.has(path) || slices.Equal(held[path], wanted(path)) {
			continue
		}
		if f.blank {
			f.broken = fmt.Errorf("read %s: %w", f.manifestPath(), errManifestGone)
			return nil
		}
		changed = append(changed, path)
	}
	for _, path := range changed {
		if err := r.regroup(ctx, docs.NewID(f.root.Name, path), wanted(path)); err != nil {
			return fmt.Errorf("limit %s: %w", f.name(path), err)
		}
	}
	return nil
}

// regroup says who may read a document from now on. The index comes first: were
// it the other way around, a failure between the two would leave it as it was for
// good.
func (r *run) regroup(ctx context.Context, id string, groups []string) error {
	if r.index != nil {
		doc, passages, err := r.store.Whole(ctx, id)
		if err != nil {
			return err
		}
		doc.Groups = groups
		vectors, err := r.vectors(ctx, &doc, passages)
		if err != nil {
			return err
		}
		change := index.Change{DocumentID: id, Add: entries(&doc, passages, vectors)}
		for i := range passages {
			change.Remove = append(change.Remove, passages[i].ID)
		}
		if err := r.apply(ctx, change); err != nil {
			return err
		}
	}
	return r.store.SetGroups(ctx, id, groups)
}
