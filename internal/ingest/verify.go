package ingest

import (
	"context"
	"errors"
	"fmt"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/store"
)

// Verify checks a store against itself, as its Verify says, and that every
// document has the vectors of the embedder that all of them were last embedded
// with. It embeds nothing.
func Verify(ctx context.Context, st *store.Store) (store.Verification, error) {
	var expected store.Expected
	name, err := st.Setting(ctx, embedderSetting)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Verification{}, fmt.Errorf("verify: %w", err)
	}
	if m, ok := parseModel(name); ok {
		expected = store.Expected{Model: m, Keys: func(doc *docs.Document, passages []docs.Passage) []store.Key {
			return keysOf(inputs(doc, passages))
		}}
	}
	return st.Verify(ctx, expected)
}
