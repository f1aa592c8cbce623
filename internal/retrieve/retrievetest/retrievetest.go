// Package retrievetest puts a folder of documents into a collection in memory,
// for tests and for the comparison of rankings. It does what ingesting does, in
// the same order, without a store.
package retrievetest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/load"
)

// Library is a collection and what it was made of.
type Library struct {
	Collection *index.Collection
	// Documents are by id, Passages too, by the id of their document.
	Documents map[string]docs.Document
	Passages  map[string][]docs.Passage
	// Refused are the errors of files that couldn't be read.
	Refused []error
}

// Folder reads, cuts, embeds and indexes the documents of a folder, with its
// manifest where it has one. The embedder may be nil; count is the length of a
// text in tokens.
func Folder(ctx context.Context, fsys fs.FS, embedder llm.Embedder, count func(string) int) (*Library, error) {
	manifest, err := readManifest(fsys)
	if err != nil {
		return nil, err
	}
	lib := &Library{Documents: map[string]docs.Document{}, Passages: map[string][]docs.Passage{}}
	lib.Collection = index.NewCollection(nil, 0)
	if embedder != nil {
		lib.Collection = index.NewCollection(index.NewChromem(embedder.Dim()), embedder.Dim())
	}
	err = fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == load.ManifestName || !load.Supported(path) {
			return err
		}
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		doc, err := load.Read(path, data)
		if err != nil {
			lib.Refused = append(lib.Refused, err)
			return nil
		}
		doc.Root, doc.Path = "corpus", path
		doc.ID, doc.Version = docs.NewID(doc.Root, path), docs.Version(doc.Text)
		manifest.Apply(&doc)
		passages := chunk.Split(&doc, count, chunk.Config{})
		change, err := Entries(ctx, &doc, passages, embedder)
		if err != nil {
			return err
		}
		lib.Documents[doc.ID], lib.Passages[doc.ID] = doc, passages
		return lib.Collection.Apply(ctx, change)
	})
	return lib, err
}

func readManifest(fsys fs.FS) (*load.Manifest, error) {
	data, err := fs.ReadFile(fsys, load.ManifestName)
	if err != nil {
		data = nil // a folder needs none
	}
	m, err := load.ReadManifest(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", load.ManifestName, err)
	}
	return m, nil
}

// Letters is a count of tokens that is about right and costs nothing.
func Letters(text string) int { return len(text) / 4 }

// Entries is the change that adds a document's passages, embedded unless
// embedder is nil.
func Entries(ctx context.Context, doc *docs.Document, passages []docs.Passage, embedder llm.Embedder) (index.Change, error) {
	change := index.Change{DocumentID: doc.ID}
	var inputs []string
	for i := range passages {
		change.Add = append(change.Add, index.Entry{Document: doc, Passage: passages[i]})
		inputs = append(inputs, index.PassageInput(doc, &passages[i]))
		for j := range passages[i].Sentences {
			inputs = append(inputs, index.SentenceInput(doc, &passages[i], &passages[i].Sentences[j]))
		}
	}
	if embedder == nil {
		return change, nil
	}
	vectors, err := embedder.Embed(ctx, llm.Passage, inputs)
	if err != nil {
		return change, err
	}
	for i := range change.Add {
		n := len(passages[i].Sentences)
		change.Add[i].Vector, change.Add[i].Sentences = vectors[0], slices.Clone(vectors[1:n+1])
		vectors = vectors[n+1:]
	}
	return change, nil
}
