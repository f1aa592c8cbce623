package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
)

// open opens a data folder for the length of the test.
func open(tb testing.TB, dir string, mode Mode) *Store {
	tb.Helper()
	s, err := Open(context.Background(), slog.New(slog.DiscardHandler), dir, mode)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// made is a document of one passage a section, each of n sentences with
// characters of one to four bytes.
func made(path string, sections, n int) (docs.Document, []docs.Passage) {
	doc := docs.Document{ID: docs.NewID("corpus", path), Root: "corpus", Path: path, IngestedAt: time.Unix(1_700_000_000, 0).UTC()}
	doc.Title, doc.Publisher, doc.Kind, doc.Date = "Titel “"+path+"”", "Ministerie", "kamerbrief", "2023-10-18"
	doc.Dossier, doc.SourceURL, doc.Language = "28 638, nr. 184", "https://example.org/"+path, "nl"
	var text strings.Builder
	var passages []docs.Passage
	at, number := 0, 0
	for i := range sections {
		p := docs.Passage{Ordinal: i, Section: []string{"Hoofdstuk", fmt.Sprintf("§ %d", i)}, Page: i % 3, Tokens: 20 * n}
		p.Span.Start = at
		for range n {
			s := docs.Sentence{N: number, Kind: docs.SentenceKind(number % 5)}
			s.Text = fmt.Sprintf("Zin %d uit %s:\r\nhet café kost € %d in jaar%d 🙂.", number, path, number*7, number%9)
			s.Plain = s.Text
			if number%2 == 0 {
				s.Plain = strings.ReplaceAll(s.Text, "\r\n", " ")
			}
			s.Span = docs.Span{Start: at, End: at + docs.Characters(s.Text)}
			text.WriteString(s.Text + " ")
			at = s.Span.End + 1
			number++
			p.Sentences = append(p.Sentences, s)
		}
		p.Span.End = at - 1
		passages = append(passages, p)
	}
	doc.Text = text.String()
	doc.Version = docs.Version(doc.Text)
	for i := range passages {
		p := &passages[i]
		p.DocumentID, p.Version = doc.ID, doc.Version
		p.Text, _ = p.Span.Slice(doc.Text)
		p.Plain = strings.ReplaceAll(p.Text, "\r\n", " ")
		p.ID = docs.PassageID(doc.ID, p.Span, p.Text)
	}
	return doc, passages
}

func key(text string) Key { return sha256.Sum256([]byte(text)) }

// vector is some vector of unit length that depends on the text.
func vector(text string, dim int) llm.Vector {
	v := make(llm.Vector, dim)
	v[int(key(text)[0])%dim] = 1
	return v
}

// What BenchmarkStart and BenchmarkVerify read: 10,000 passages of 8 sentences
// and the vectors of both.
const benchDocuments, benchSections, benchSentences, benchDim = 400, 25, 8, 384

// fillForStart stores that and returns the model of the vectors.
func fillForStart(b *testing.B, s *Store) Model {
	b.Helper()
	ctx := b.Context()
	if err := s.SetRoot(ctx, "corpus", "/corpus"); err != nil {
		b.Fatal(err)
	}
	m := Model{Name: "fake", Dim: benchDim}
	for i := range benchDocuments {
		doc, passages := made(fmt.Sprintf("%04d.txt", i), benchSections, benchSentences)
		if _, err := s.PutDocument(ctx, doc, passages, "f"); err != nil {
			b.Fatal(err)
		}
		keys := testKeys(&doc, passages)
		vectors := make([]llm.Vector, len(keys))
		for i := range keys {
			vectors[i] = vector(string(keys[i][:]), m.Dim)
		}
		if err := s.PutVectors(ctx, m, keys, vectors); err != nil {
			b.Fatal(err)
		}
	}
	return m
}

func BenchmarkStart(b *testing.B) {
	s := open(b, b.TempDir(), Owner)
	m := fillForStart(b, s)
	ctx := b.Context()
	b.Run("documents", func(b *testing.B) {
		for b.Loop() {
			n := 0
			if err := s.Each(ctx, func(_ docs.Document, p []docs.Passage) error { n += len(p); return nil }); err != nil || n != benchDocuments*benchSections {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("vectors", func(b *testing.B) {
		for b.Loop() {
			n := 0
			if err := s.EachVector(ctx, m, func(Key, llm.Vector) error { n++; return nil }); err != nil || n != benchDocuments*benchSections*(benchSentences+1) {
				b.Fatal(n, err)
			}
		}
	})
}
