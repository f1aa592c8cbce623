package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// fill stores n small documents.
func fill(tb testing.TB, s *Store, n int) {
	tb.Helper()
	if err := s.SetRoot(tb.Context(), "corpus", "/corpus"); err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		put(tb, s, fmt.Sprintf("%04d.txt", i), 3, 4)
	}
}

func put(tb testing.TB, s *Store, path string, sections, n int) docs.Document {
	tb.Helper()
	doc, passages := made(path, sections, n)
	if _, err := s.PutDocument(tb.Context(), doc, passages, fmt.Sprint("f", sections)); err != nil {
		tb.Fatal(err)
	}
	return doc
}

// contents is everything that Each gives, printed.
func contents(tb testing.TB, s *Store) string {
	tb.Helper()
	var b strings.Builder
	err := s.Each(tb.Context(), func(d docs.Document, p []docs.Passage) error {
		fmt.Fprintf(&b, "%+v\n%+v\n", d, p)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestDocumentComesBack(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	if err := s.SetRoot(ctx, "corpus", "/corpus"); err != nil {
		t.Fatal(err)
	}
	doc, passages := made("b/één.txt", 5, 30)
	empty, _ := made("a.txt", 0, 0)
	odd, oddPassages := made("c.txt", 1, 1)
	odd.Text = "\ufeff\x00" + odd.Text
	odd.Version = docs.Version(odd.Text)
	oddPassages[0].Span = docs.Span{Start: 0, End: 3}
	oddPassages[0].Text, oddPassages[0].Plain, oddPassages[0].Version = odd.Text[:5], "", odd.Version
	oddPassages[0].Section, oddPassages[0].Sentences = nil, []docs.Sentence{}
	for _, d := range []struct {
		doc      docs.Document
		passages []docs.Passage
	}{{doc, passages}, {empty, nil}, {odd, oddPassages}} {
		if replaced, err := s.PutDocument(ctx, d.doc, d.passages, "fp "+d.doc.Path); err != nil || len(replaced) != 0 {
			t.Fatal(replaced, err)
		}
	}
	got := map[string][]docs.Passage{}
	var order []string
	err := s.Each(ctx, func(d docs.Document, p []docs.Passage) error {
		order, got[d.Path] = append(order, d.Path), p
		if want := map[string]docs.Document{"a.txt": empty, "b/één.txt": doc, "c.txt": odd}[d.Path]; !cmp.Equal(d, want) {
			t.Errorf("%s: %s", d.Path, cmp.Diff(want, d))
		}
		for _, p := range p {
			if text, ok := p.Span.Slice(d.Text); !ok || text != p.Text {
				t.Errorf("%s: passage %d isn't its span", d.Path, p.Ordinal)
			}
			for _, s := range p.Sentences {
				if text, ok := s.Span.Slice(d.Text); !ok || text != s.Text {
					t.Errorf("%s: sentence %d isn't its span", d.Path, s.N)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]docs.Passage{"a.txt": {}, "b/één.txt": passages, "c.txt": oddPassages}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a.txt", "b/één.txt", "c.txt"}, order); diff != "" {
		t.Error(diff)
	}
	prints, err := s.Fingerprints(ctx, "corpus")
	if diff := cmp.Diff(map[string]string{"a.txt": "fp a.txt", "b/één.txt": "fp b/één.txt", "c.txt": "fp c.txt"}, prints); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestPutDocumentRefuses(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*docs.Document, []docs.Passage)
	}{
		{"version of another text", func(d *docs.Document, _ []docs.Passage) { d.Text += "." }},
		{"passage that isn't its span", func(_ *docs.Document, p []docs.Passage) { p[1].Span.Start++ }},
		{"sentence that isn't its span", func(_ *docs.Document, p []docs.Passage) { p[1].Sentences[2].Text += " " }},
		{"span beyond the text", func(_ *docs.Document, p []docs.Passage) { p[2].Span.End += 1000 }},
		{"span before the text", func(_ *docs.Document, p []docs.Passage) { p[0].Span.Start = -1 }},
		{"same id twice", func(_ *docs.Document, p []docs.Passage) { p[1].ID = p[0].ID }},
		{"unknown root", func(d *docs.Document, _ []docs.Passage) { d.Root = "elders" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, t.TempDir(), Owner)
			fill(t, s, 2)
			before := contents(t, s)
			doc, passages := made("0001.txt", 4, 4)
			tt.spoil(&doc, passages)
			if _, err := s.PutDocument(t.Context(), doc, passages, "new"); err == nil {
				t.Error("got no error")
			}
			if contents(t, s) != before {
				t.Error("a refused document changed something")
			}
		})
	}
}

func TestReplaceAndRemove(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	fill(t, s, 2)
	old, oldPassages := made("0001.txt", 3, 4)
	doc, passages := made("0001.txt", 2, 9)
	replaced, err := s.PutDocument(ctx, doc, passages, "new")
	if err != nil || len(replaced) != 3 || replaced[0] != oldPassages[0].ID {
		t.Fatalf("replaced: got %v, %v", replaced, err)
	}
	for version, want := range map[string]string{"": doc.Text, doc.Version: doc.Text, old.Version: old.Text} {
		if got, err := s.Text(ctx, docs.Reader{}, doc.ID, version); got != want || err != nil {
			t.Errorf("version %q: got %.20q, %v", version, got, err)
		}
	}
	other, _ := made("0000.txt", 3, 4)
	if _, err := s.Text(ctx, docs.Reader{}, doc.ID, other.Version); !errors.Is(err, ErrNotFound) {
		t.Errorf("text of another document: got %v, want ErrNotFound", err)
	}
	info, err := s.Document(ctx, docs.Reader{}, doc.ID)
	doc.Text = ""
	want := DocumentInfo{Document: doc, Characters: passages[1].Span.End + 1, Passages: 2}
	if diff := cmp.Diff(want, info); diff != "" || err != nil {
		t.Error(diff, err)
	}
	removed, err := s.RemoveDocument(ctx, doc.ID)
	if err != nil || len(removed) != 2 {
		t.Fatalf("removed: got %v, %v", removed, err)
	}
	if _, err := s.RemoveDocument(ctx, doc.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("remove again: got %v, want ErrNotFound", err)
	}
	if _, err := s.Document(ctx, docs.Reader{}, doc.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("document: got %v, want ErrNotFound", err)
	}
	if _, err := s.Text(ctx, docs.Reader{}, doc.ID, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("current text of a removed document: got %v, want ErrNotFound", err)
	}
	if got, err := s.Text(ctx, docs.Reader{}, doc.ID, old.Version); got != old.Text || err != nil {
		t.Errorf("old text of a removed document: got %.20q, %v", got, err)
	}
}

func TestDocumentPage(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	fill(t, s, 5)
	for _, tt := range []struct {
		page, perPage int
		want          []string
	}{
		{1, 2, []string{"0000.txt", "0001.txt"}},
		{3, 2, []string{"0004.txt"}},
		{4, 2, nil},
		{1, 50, []string{"0000.txt", "0001.txt", "0002.txt", "0003.txt", "0004.txt"}},
	} {
		list, total, err := s.DocumentPage(t.Context(), docs.Reader{}, tt.page, tt.perPage)
		var got []string
		for _, d := range list {
			got = append(got, d.Path)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || total != 5 || err != nil {
			t.Errorf("page %d: total %d, %v %s", tt.page, total, err, diff)
		}
	}
}

func TestCurrentVersions(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	fill(t, s, 2)
	want := map[string]string{}
	ids := []string{"doc_unknown"}
	for _, path := range []string{"0000.txt", "0001.txt"} {
		doc, _ := made(path, 3, 4)
		want[doc.ID], ids = doc.Version, append(ids, doc.ID)
	}
	for len(ids) < 2*maxIDs+1 {
		ids = append([]string{"doc_none"}, ids...)
	}
	got, err := s.CurrentVersions(t.Context(), ids)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if got, err := s.CurrentVersions(t.Context(), nil); len(got) != 0 || err != nil {
		t.Errorf("of nothing: got %v, %v", got, err)
	}
}

func TestRoots(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	for _, r := range [][2]string{{"a", "/x"}, {"b", "/y"}, {"a", "/z"}} {
		if err := s.SetRoot(t.Context(), r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Roots(t.Context())
	if diff := cmp.Diff(map[string]string{"a": "/z", "b": "/y"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := s.SetRoot(t.Context(), "c", "/y"); err == nil {
		t.Error("one folder under two names: got no error")
	}
}

func TestCollect(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	fill(t, s, 1)
	path := "0000.txt"
	cited := put(t, s, path, 1, 1)
	if err := s.SaveAnswer(ctx, "", record.Answer{ID: "a", ConversationID: "c", Citations: []record.Citation{
		{Number: 1, DocumentID: cited.ID, Version: cited.Version},
	}}); err != nil {
		t.Fatal(err)
	}
	uncited, current := put(t, s, path, 1, 2), put(t, s, path, 1, 3)
	readable := func() (got [3]bool) {
		for i, d := range []docs.Document{cited, uncited, current} {
			text, err := s.Text(ctx, docs.Reader{}, d.ID, d.Version)
			if err != nil && !errors.Is(err, ErrNotFound) {
				t.Fatal(err)
			}
			got[i] = text == d.Text
		}
		return got
	}
	collect := func(want int) {
		t.Helper()
		if n, err := s.Collect(ctx); n != want || err != nil {
			t.Errorf("collected %d, %v; want %d", n, err, want)
		}
	}
	collect(0)
	if got := readable(); got != [3]bool{true, true, true} {
		t.Errorf("within the hour: %v", got)
	}
	// The hour passes.
	if _, err := s.writer.ExecContext(ctx, `UPDATE versions SET superseded_at = $1 WHERE superseded_at > 0`,
		micros(time.Now().Add(-keepFor-time.Second))); err != nil {
		t.Fatal(err)
	}
	collect(2) // uncited, and the one that fill stored
	if got := readable(); got != [3]bool{true, false, true} {
		t.Errorf("after the hour: %v", got)
	}
	if n, err := s.Expire(ctx, time.Now()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	collect(1)
	if got := readable(); got != [3]bool{false, false, true} {
		t.Errorf("after the record is gone: %v", got)
	}
}

func TestReadersBesideWriter(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	fill(t, s, 3)
	var written atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !written.Load() {
				seen := 0
				err := s.Each(t.Context(), func(d docs.Document, passages []docs.Passage) error {
					seen++
					if docs.Version(d.Text) != d.Version || len(passages) == 0 || passages[len(passages)-1].Span.End+1 != docs.Characters(d.Text) {
						return errors.New("a document in halves")
					}
					_, err := s.Text(t.Context(), docs.Reader{}, d.ID, d.Version)
					return err
				})
				if err != nil || seen != 3 {
					t.Errorf("saw %d documents, %v", seen, err)
					return
				}
			}
		})
	}
	for i := range 30 {
		put(t, s, fmt.Sprintf("%04d.txt", i%3), 1+i%7, 1+i%5)
	}
	written.Store(true)
	wg.Wait()
}

func TestCancelledWriteChangesNothing(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	fill(t, s, 1)
	before := contents(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	doc, passages := made("0000.txt", 2, 2)
	if _, err := s.PutDocument(ctx, doc, passages, "new"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if contents(t, s) != before {
		t.Error("a cancelled write changed something")
	}
}

func TestSettings(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	if _, err := s.Setting(t.Context(), "a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown: got %v, want ErrNotFound", err)
	}
	for _, value := range []string{"1", "", "2"} {
		if err := s.SetSetting(t.Context(), "a", value); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Setting(t.Context(), "a"); got != value || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, value)
		}
	}
}
