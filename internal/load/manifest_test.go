package load

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
)

func TestReadManifest(t *testing.T) {
	m, err := ReadManifest(strings.NewReader(`# comment
documents:
  a.b/c.txt:
    title: "Brief : een"
    date: 2020-11-18
    dossier: 28 638, nr. 184
    source_url: https://example.org/c
  d.txt:
    groups: [kern, " kern", opsporing]
    supersedes: oud/d.txt
questions:
  - Wat is dit?
  - " En dat? "
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Manifest{
		Documents: map[string]docs.Meta{
			"a.b/c.txt": {Title: "Brief : een", Date: "2020-11-18", Dossier: "28 638, nr. 184", SourceURL: "https://example.org/c"},
			"d.txt":     {Groups: []string{"kern", "opsporing"}, Supersedes: []string{"oud/d.txt"}},
		},
		Questions: []string{"Wat is dit?", "En dat?"},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	doc := docs.Document{Path: "a.b/c.txt", Meta: docs.Meta{Title: "Anders", Language: "nl"}}
	m.Apply(&doc)
	if doc.Title != "Brief : een" || doc.Language != "nl" {
		t.Errorf("applied: %+v", doc.Meta)
	}
}

func TestReadManifestEmpty(t *testing.T) {
	for _, s := range []string{"", "# niets\n", "documents:\nquestions:\n", "{}"} {
		m, err := ReadManifest(strings.NewReader(s))
		if err != nil || len(m.Documents)+len(m.Questions) != 0 {
			t.Errorf("%q: %v, %v", s, m, err)
		}
		if err == nil {
			m.Apply(&docs.Document{Path: "a.txt"})
		}
	}
}

func TestReadManifestErrors(t *testing.T) {
	for _, c := range []struct {
		in   string
		line int
		key  string
	}{
		{"documenten:\n", 1, "documenten"},
		{"documents:\n  a.txt:\n    titel: x\n", 3, "documents.a.txt.titel"},
		{"documents:\n  a.txt:\n    date: 18 november 2020\n", 3, "documents.a.txt.date"},
		{"documents:\n  a.txt:\n    date: 2020-02-31\n", 3, "documents.a.txt.date"},
		{"documents:\n  a.txt:\n    title: [x]\n", 3, "documents.a.txt.title"},
		{"documents:\n  a.txt:\n    source_url: ftp://x\n", 3, "documents.a.txt.source_url"},
		{"documents:\n  a.txt: x\n", 2, "documents.a.txt"},
		{"documents:\n  a.txt:\n    title: x\n  a.txt:\n    title: y\n", 4, "documents.a.txt"},
		{"documents: [a]\n", 1, "documents"},
		{"questions: Wat?\n", 1, "questions"},
		{"questions:\n  - [a]\n", 2, "questions"},
		{"questions:\n  - ''\n", 2, "questions"},
		{"- a\n", 1, ""},
		{"a: [\n", 0, ""},
		{"\x00", 0, ""},
	} {
		_, err := ReadManifest(strings.NewReader(c.in))
		var got *ManifestError
		if !errors.As(err, &got) {
			t.Errorf("%q: error %v", c.in, err)
			continue
		}
		if got.Line != c.line || got.Key != c.key || got.Problem == "" || got.Message() == "" {
			t.Errorf("%q: line %d, key %q: %v", c.in, got.Line, got.Key, err)
		}
	}
}

// TestCorpusManifest: the manifest of the corpus names its documents.
func TestCorpusManifest(t *testing.T) {
	f, err := os.Open("../../corpus/" + ManifestName)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := ReadManifest(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Questions) != 6 {
		t.Errorf("%d questions, want 6", len(m.Questions))
	}
	entries, err := os.ReadDir("../../corpus")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if meta, ok := m.Documents[e.Name()]; ok != Supported(e.Name()) || ok && meta.Title == "" {
			t.Errorf("%s: %+v", e.Name(), meta)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add("documents:\n  a.txt:\n    title: x\nquestions: [a]\n")
	f.Add("a: &a [*a]\n? b\n: c\n--- d")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ReadManifest(strings.NewReader(s))
		if (m == nil) == (err == nil) {
			t.Errorf("manifest %v, error %v", m, err)
		}
	})
}
