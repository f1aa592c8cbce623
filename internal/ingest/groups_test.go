package ingest

import (
	"errors"
	"strings"
	"testing"

	"bronwijzer/internal/docs"
)

// seen reports where a reader finds a document or its text, at present: in the
// store, in the index.
func (b *bench) seen(t *testing.T, r docs.Reader, path string) string {
	t.Helper()
	var places []string
	id := docs.NewID("map", path)
	if _, err := b.store.Document(t.Context(), r, id); err == nil {
		places = append(places, "document")
	}
	if may, err := b.store.May(t.Context(), r, []string{id}); err != nil {
		t.Fatal(err)
	} else if may {
		places = append(places, "records")
	}
	for _, e := range b.index.entries {
		if e.Document.ID == id && r.May(e.Document.Groups) {
			places = append(places, "index")
			break
		}
	}
	return strings.Join(places, " ")
}

const everywhere = "document records index"

// TestGroupsTakeEffect: what the manifest says of who may read a document holds
// from the next run on, whatever becomes of the file, the others and the embedder.
func TestGroupsTakeEffect(t *testing.T) {
	away := errors.New("away")
	for name, happens := range map[string]func(t *testing.T, b *bench, e *embedder){
		"nothing else": func(*testing.T, *bench, *embedder) {},
		"file changes": func(t *testing.T, b *bench, _ *embedder) {
			t.Helper()
			b.write(t, map[string]string{"brief.txt": letter("vuur", 2)})
		},
		"file can't be read": func(t *testing.T, b *bench, _ *embedder) {
			t.Helper()
			b.write(t, map[string]string{"brief.txt": "\x00\x01"})
		},
		"embedder is away": func(t *testing.T, b *bench, e *embedder) {
			t.Helper()
			b.write(t, map[string]string{"aanvang.txt": letter("iets nieuws", 1)})
			e.fail = func() error { return away }
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, e := newBench(t), &embedder{name: "fake", dim: 4}
			b.write(t, map[string]string{"brief.txt": letter("water", 2), "open.txt": letter("land", 1)})
			b.run(t, e)
			outside, member := docs.Reader{Groups: []string{"x"}}, docs.Reader{Groups: []string{"kern"}}
			if got := b.seen(t, outside, "brief.txt"); got != everywhere {
				t.Fatalf("before: seen in %q", got)
			}
			b.write(t, map[string]string{"manifest.yaml": "documents:\n  brief.txt: {groups: [kern]}\n"})
			happens(t, b, e)
			_, err := ingester(t, b.store, b.index, e).Run(t.Context(), []Root{{Dir: b.dir}}, nil)
			if !errors.Is(err, e.failure()) {
				t.Fatal(err)
			}
			if got := b.seen(t, outside, "brief.txt"); got != "" {
				t.Errorf("outside the group: seen in %q", got)
			}
			if got := b.seen(t, member, "brief.txt"); got != everywhere {
				t.Errorf("in the group: seen in %q", got)
			}
			if got := b.seen(t, outside, "open.txt"); got != everywhere {
				t.Errorf("the other document: seen in %q", got)
			}
			e.fail = nil
			b.compare(t, e)
		})
	}
}

// failure is what the embedder fails with, if it does.
func (e *embedder) failure() error {
	if e.fail == nil {
		return nil
	}
	return e.fail()
}

// TestGoneDocumentKeepsItsGroups: its texts and records stay limited when the
// manifest forgets it with the file.
func TestGoneDocumentKeepsItsGroups(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{
		"brief.txt": letter("water", 1), "ander.txt": letter("land", 1),
		"manifest.yaml": "documents:\n  brief.txt: {groups: [kern]}\n  ander.txt: {groups: [kern]}\n",
	})
	b.run(t, nil)
	b.write(t, map[string]string{"brief.txt": "", "manifest.yaml": "documents:\n  ander.txt: {groups: [kern]}\n"})
	b.run(t, nil)
	if got := b.seen(t, docs.Reader{}, "brief.txt"); got != "" {
		t.Errorf("seen in %q", got)
	}
}

// TestBrokenManifestOpensNothing: a manifest that is gone, empty or no manifest
// is refused, and nobody sees more for it. One that says nothing of documents says
// that everybody may read them.
func TestBrokenManifestOpensNothing(t *testing.T) {
	for name, manifest := range map[string]string{
		"gone": "", "empty": "\n", "cut off": "documents:\n  brief.txt: {groups: [ke", "not a list": "documents: [",
		"without names": "documents:\n  brief.txt: {groups: []}\n", "misspelt": "documents:\n  brief.txt: {group: [kern]}\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.write(t, map[string]string{"brief.txt": letter("water", 1), "manifest.yaml": "documents:\n  brief.txt: {groups: [kern]}\n"})
			b.run(t, nil)
			b.write(t, map[string]string{"manifest.yaml": manifest, "brief.txt": letter("water", 2)})
			report := b.run(t, nil)
			if len(report.Refused) != 1 || report.Refused[0].Path != "map/manifest.yaml" || !strings.Contains(report.Refused[0].Reason, "anifest") {
				t.Errorf("got %+v", report)
			}
			if got := b.seen(t, docs.Reader{}, "brief.txt"); got != "" {
				t.Errorf("seen in %q", got)
			}
			b.write(t, map[string]string{"manifest.yaml": "documents:\n"})
			b.run(t, nil)
			if got := b.seen(t, docs.Reader{}, "brief.txt"); got != everywhere {
				t.Errorf("opened again: seen in %q", got)
			}
		})
	}
	b := newBench(t)
	b.write(t, map[string]string{"brief.txt": letter("water", 1)})
	b.run(t, nil) // a folder that never had a manifest needs none
}
