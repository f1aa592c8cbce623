package ingest

import (
	"context"
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
)

// says is how a file is refused for a reason.
func says(r load.Reason) string { return (&load.Error{Reason: r}).Message() }

// plan compares a report but for what an embedder has to do with it.
func plan(t *testing.T, step string, want, got Report) {
	t.Helper()
	ignore := cmpopts.IgnoreFields(Report{}, "Embedded", "Model", "ModelBefore", "Questions")
	if diff := cmp.Diff(want, got, ignore, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s: %s", step, diff)
	}
}

func TestRunTakesOverWhatChanged(t *testing.T) {
	for name, e := range map[string]llm.Embedder{"words alone": nil, "embedder": &embedder{name: "fake", dim: 4}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.write(t, map[string]string{
				"a.txt": letter("water", 3), "b/c.md": "# Kop\n\n" + letter("land", 2), "leeg.txt": " \n", "x.csv": "1,2",
				"manifest.yaml": "documents:\n  a.txt: {title: Eerste}\n  weg.txt: {title: Weg}\n", ".verborgen/d.txt": letter("niets", 1),
				".e.txt": letter("niets", 1),
			})
			empty := Refusal{Path: "map/leeg.txt", Reason: says(load.Empty)}
			missing := []string{"map/weg.txt"}
			plan(t, "first", Report{
				Added: []string{"map/a.txt", "map/b/c.md"}, Refused: []Refusal{empty}, Skipped: []string{"map/x.csv"}, Missing: missing,
			}, b.run(t, e))
			plan(t, "again", Report{Unchanged: 2, Refused: []Refusal{empty}, Skipped: []string{"map/x.csv"}, Missing: missing}, b.run(t, e))

			b.write(t, map[string]string{"a.txt": letter("water", 2), "leeg.txt": "", "n.txt": letter("nieuw", 1)})
			plan(t, "changed file", Report{
				Added: []string{"map/n.txt"}, Changed: []string{"map/a.txt"}, Unchanged: 1, Skipped: []string{"map/x.csv"}, Missing: missing,
			}, b.run(t, e))

			b.write(t, map[string]string{"manifest.yaml": "documents:\n  a.txt: {title: Tweede}\nquestions:\n  - Wat?\n  - Wie?\n"})
			report := b.run(t, e)
			plan(t, "changed manifest", Report{Changed: []string{"map/a.txt"}, Unchanged: 2, Skipped: []string{"map/x.csv"}}, report)
			if !slices.Equal(report.Questions, []string{"Wat?", "Wie?"}) {
				t.Errorf("questions: got %q", report.Questions)
			}
			doc, err := b.store.Document(t.Context(), docs.Reader{}, docs.NewID("map", "a.txt"))
			if doc.Title != "Tweede" || doc.IngestedAt.IsZero() || err != nil {
				t.Errorf("got title %q, time %v, %v", doc.Title, doc.IngestedAt, err)
			}

			b.write(t, map[string]string{"a.txt": "\x00\x01\x02", "b/c.md": ""})
			refused := Refusal{Path: "map/a.txt", Kept: true, Reason: says(load.NotText)}
			plan(t, "broken and removed", Report{
				Removed: []string{"map/b/c.md"}, Refused: []Refusal{refused}, Unchanged: 1, Skipped: []string{"map/x.csv"},
			}, b.run(t, e))
			if got := slices.Sorted(maps.Keys(contents(t, b.store))); !slices.Equal(got, []string{"a.txt", "n.txt"}) {
				t.Errorf("documents: got %v", got)
			}

			b.write(t, map[string]string{"a.txt": ""})
			plan(t, "broken one removed", Report{
				Removed: []string{"map/a.txt"}, Unchanged: 1, Skipped: []string{"map/x.csv"}, Missing: []string{"map/a.txt"},
			}, b.run(t, e))
		})
	}
}

// TestRunKeepsWhatSupersedes: paths of the manifest become ids, and a change of
// them is taken over.
func TestRunKeepsWhatSupersedes(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{
		"oud.txt": letter("water", 1), "sub/nieuw.txt": letter("water", 2), "manifest.yaml": "documents:\n  sub/nieuw.txt: {supersedes: oud.txt}\n",
	})
	b.run(t, nil)
	old := docs.NewID("map", "oud.txt")
	superseded := func() bool {
		found, err := b.store.Superseded(t.Context(), docs.Reader{}, []string{old})
		if err != nil {
			t.Fatal(err)
		}
		return found[old]
	}
	if !superseded() {
		t.Error("the old one isn't superseded")
	}
	b.write(t, map[string]string{"manifest.yaml": "documents:\n  sub/nieuw.txt: {title: Nieuw}\n"})
	b.run(t, nil)
	if superseded() {
		t.Error("the old one is still superseded")
	}
}

func TestRunDoesNotLeaveTheFolder(t *testing.T) {
	b := newBench(t)
	outside := t.TempDir()
	writeFiles(t, outside, map[string]string{"geheim.txt": letter("geheim", 1), "sub/ook.txt": letter("geheim", 1)})
	b.write(t, map[string]string{"echt/a.txt": letter("water", 1)})
	for link, target := range map[string]string{
		"uit.txt": filepath.Join(outside, "geheim.txt"), "weg": outside, "stuk.txt": "nergens.txt", "b.txt": "echt/a.txt", "map": "echt",
		"kring.txt": "rond.txt", "rond.txt": "kring.txt",
	} {
		if err := os.Symlink(target, filepath.Join(b.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	leads, circle := "De verwijzing leidt naar buiten de map.", "De verwijzing leidt in een kring."
	plan(t, "links", Report{
		Added:   []string{"map/b.txt", "map/echt/a.txt"},
		Refused: []Refusal{{Path: "map/kring.txt", Reason: circle}, {Path: "map/rond.txt", Reason: circle}, {Path: "map/uit.txt", Reason: leads}, {Path: "map/weg", Reason: leads}},
	}, b.run(t, nil))
}

func TestRunRefusesHugeFile(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"groot.txt": letter("water", 1)})
	if err := os.Truncate(filepath.Join(b.dir, "groot.txt"), load.MaxBytes+1); err != nil {
		t.Fatal(err)
	}
	plan(t, "huge", Report{Refused: []Refusal{{Path: "map/groot.txt", Reason: says(load.TooLarge)}}}, b.run(t, nil))
}

func TestRunRefusesTooManySentences(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"zinnen.txt": strings.Repeat("Het is zo. ", maxBorders+1), "a.txt": letter("water", 1)})
	plan(t, "too many", Report{
		Added: []string{"map/a.txt"}, Refused: []Refusal{{Path: "map/zinnen.txt", Reason: says(load.TooLong)}},
	}, b.run(t, nil))
}

func TestIndexThatFailsEndsTheRun(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1)})
	broken := errors.New("full")
	_, err := ingester(t, b.store, &brokenIndex{err: broken}, nil).Run(t.Context(), []Root{{Dir: b.dir}}, nil)
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the index's error", err)
	}
	// It is stored, so a start finds it.
	filled := newMemory()
	if err := ingester(t, b.store, filled, nil).Fill(t.Context(), nil); err != nil || len(filled.entries) == 0 {
		t.Errorf("fill: %d passages, %v", len(filled.entries), err)
	}
}

func TestRunKeepsOtherRoots(t *testing.T) {
	b := newBench(t)
	other := filepath.Join(t.TempDir(), "anders")
	b.write(t, map[string]string{"a.txt": letter("water", 1)})
	writeFiles(t, other, map[string]string{"a.txt": letter("land", 1)})
	g := ingester(t, b.store, b.index, nil)
	if _, err := g.Run(t.Context(), []Root{{Dir: b.dir}, {Dir: other}, {Dir: b.dir}}, nil); err != nil {
		t.Fatal(err)
	}
	b.write(t, map[string]string{"a.txt": "", "b.txt": letter("lucht", 1)})
	plan(t, "one root", Report{Added: []string{"map/b.txt"}, Removed: []string{"map/a.txt"}}, b.run(t, nil))
	if _, err := b.store.Document(t.Context(), docs.Reader{}, docs.NewID("anders", "a.txt")); err != nil {
		t.Errorf("document of the other root: %v", err)
	}
}

func TestRootNames(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1)})
	b.run(t, nil)
	run := func(r Root) (Report, error) {
		return ingester(t, b.store, b.index, nil).Run(t.Context(), []Root{r}, nil)
	}
	twin := filepath.Join(t.TempDir(), "map")
	writeFiles(t, twin, map[string]string{"b.txt": letter("land", 1)})
	file := filepath.Join(twin, "b.txt")
	for name, r := range map[string]Root{
		"same name":    {Dir: twin},
		"chosen name":  {Name: "map", Dir: twin},
		"renamed":      {Name: "anders", Dir: b.dir},
		"not there":    {Dir: filepath.Join(twin, "weg")},
		"not a folder": {Dir: file},
	} {
		if report, err := run(r); err == nil || !strings.Contains(err.Error(), r.Dir) {
			t.Errorf("%s: got %+v, %v; want an error that names the folder", name, report, err)
		}
	}
	if report, err := run(Root{Name: "tweeling", Dir: twin}); len(report.Added) != 1 || err != nil {
		t.Errorf("another name: got %+v, %v", report, err)
	}
	if report, err := run(Root{Dir: twin}); report.Unchanged != 1 || err != nil {
		t.Errorf("name as before: got %+v, %v", report, err)
	}
	moved := filepath.Join(t.TempDir(), "map")
	if err := os.Rename(b.dir, moved); err != nil {
		t.Fatal(err)
	}
	if report, err := run(Root{Dir: moved}); report.Unchanged != 1 || err != nil {
		t.Errorf("moved: got %+v, %v", report, err)
	}
}

// TestBrokenManifest: it adds and changes nothing, what is gone goes, and other
// folders are followed. Where nothing is yet, it is an error.
func TestBrokenManifest(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 1), "b.txt": letter("land", 1)})
	b.run(t, nil)
	before := contents(t, b.store)
	b.write(t, map[string]string{"a.txt": letter("vuur", 1), "b.txt": "", "c.txt": letter("lucht", 1), "manifest.yaml": "documents: ["})
	report := b.run(t, nil)
	if len(report.Refused) != 1 || report.Refused[0].Path != "map/manifest.yaml" {
		t.Errorf("got %+v", report)
	}
	delete(before, "b.txt")
	if diff := cmp.Diff(before, contents(t, b.store)); diff != "" {
		t.Error(diff)
	}
	other := t.TempDir()
	writeFiles(t, other, map[string]string{"d.txt": letter("hout", 1)})
	g := ingester(t, b.store, b.index, nil)
	if report, err := g.Run(t.Context(), []Root{{Dir: b.dir}, {Dir: other}}, nil); err != nil || len(report.Added) != 1 {
		t.Errorf("beside another folder: got %+v, %v", report, err)
	}
	fresh := newBench(t)
	fresh.write(t, map[string]string{"a.txt": letter("water", 1), "manifest.yaml": "documents: ["})
	_, err := ingester(t, fresh.store, fresh.index, nil).Run(t.Context(), []Root{{Dir: fresh.dir}}, nil)
	if err == nil || !strings.Contains(err.Error(), "manifest.yaml") {
		t.Errorf("with nothing yet: got %v, want an error that names the file", err)
	}
}

// TestUnknownSuperseded: a name that no file has is told, as it is likely a slip.
func TestUnknownSuperseded(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{
		"oud.txt": letter("water", 1), "nieuw.txt": letter("water", 2), "later.txt": letter("water", 3),
		"manifest.yaml": "documents:\n  nieuw.txt: {supersedes: oud.txt}\n  later.txt: {supersedes: nieuv.txt}\n",
	})
	if diff := cmp.Diff([]string{"map/later.txt: nieuv.txt"}, b.run(t, nil).Unknown); diff != "" {
		t.Error(diff)
	}
}

func TestEmbedsOnlyWhatIsNew(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 30), "b.txt": letter("land", 5)})
	e := &embedder{name: "fake", dim: 4}
	first := b.run(t, e)
	seen := map[string]bool{}
	for _, text := range e.texts {
		if seen[text] {
			t.Errorf("embedded twice: %q", text)
		}
		seen[text] = true
	}
	if first.Embedded != len(e.texts) || first.Embedded == 0 || first.Model != "fake (4)" || first.ModelBefore != "" {
		t.Errorf("report: got %+v, embedded %d", first, len(e.texts))
	}
	b.write(t, map[string]string{"a.txt": strings.Replace(letter("water", 30), "wijk 841", "buurt 841", 1)})
	e.texts = nil
	b.run(t, e)
	for _, text := range e.texts {
		if !strings.Contains(text, "buurt 841") {
			t.Errorf("embedded again: %q", text)
		}
	}
	if len(e.texts) < 2 { // the sentence and its passage
		t.Errorf("embedded %q", e.texts)
	}
	if n := count(t, b.store, e); n != first.Embedded {
		t.Errorf("%d vectors are kept, want %d: those that nothing needs should be gone", n, first.Embedded)
	}
}

func TestChangedModelEmbedsAgain(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 3), "b.txt": letter("land", 2)})
	old := &embedder{name: "oud", dim: 4}
	n := b.run(t, old).Embedded
	for _, e := range []*embedder{{name: "oud", dim: 5}, {name: "nieuw", dim: 5}} {
		// As after a restart: the index is filled first.
		b.index = newMemory()
		g := ingester(t, b.store, b.index, e)
		if err := g.Fill(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		report, err := g.Run(t.Context(), []Root{{Dir: b.dir}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.texts) != n || report.ModelBefore == "" || report.Unchanged != 2 {
			t.Errorf("%s: embedded %d texts, want %d; report %+v", e.name, len(e.texts), n, report)
		}
		b.compare(t, e)
		if count(t, b.store, e) != n || count(t, b.store, old) != 0 {
			t.Errorf("%s: kept %d, of the old model %d", e.name, count(t, b.store, e), count(t, b.store, old))
		}
		if report := b.run(t, e); report.Embedded != 0 || report.ModelBefore != "" {
			t.Errorf("%s again: %+v", e.name, report)
		}
	}
	// Without an index, as the command ingest does it.
	e := &embedder{name: "derde", dim: 4}
	if report, err := ingester(t, b.store, nil, e).Run(t.Context(), []Root{{Dir: b.dir}}, nil); report.Embedded != n || err != nil {
		t.Errorf("without an index: %+v, %v", report, err)
	}
}

func count(t *testing.T, st *store.Store, e *embedder) int {
	t.Helper()
	n := 0
	err := st.EachVector(t.Context(), store.Model{Name: e.name, Dim: e.dim}, func(store.Key, llm.Vector) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEmbedderThatFails(t *testing.T) {
	nan := float32(math.NaN())
	for name, spoil := range map[string]func([]llm.Vector) []llm.Vector{
		"too few":         func(v []llm.Vector) []llm.Vector { return v[1:] },
		"wrong dimension": func(v []llm.Vector) []llm.Vector { v[0] = llm.Vector{1}; return v },
		"not a number":    func(v []llm.Vector) []llm.Vector { v[0] = llm.Vector{nan, 0, 0, 0}; return v },
		"zero":            func(v []llm.Vector) []llm.Vector { v[0] = llm.Vector{0, 0, 0, 0}; return v },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.write(t, map[string]string{"a.txt": letter("water", 1)})
			e := &embedder{name: "fake", dim: 4, spoil: spoil}
			if _, err := ingester(t, b.store, b.index, e).Run(t.Context(), []Root{{Dir: b.dir}}, nil); err == nil {
				t.Error("got no error")
			}
			if len(contents(t, b.store)) != 0 || count(t, b.store, e) != 0 {
				t.Error("something was kept")
			}
		})
	}
}

func TestStoppedRunGoesOn(t *testing.T) {
	files := map[string]string{"a.txt": letter("water", 8), "b.txt": letter("land", 8), "c.txt": letter("lucht", 8)}
	whole := newBench(t)
	whole.write(t, files)
	e := &embedder{name: "fake", dim: 4}
	total := whole.run(t, e).Embedded
	want := contents(t, whole.store)

	b := newBench(t)
	b.write(t, files)
	ctx, cancel := context.WithCancel(t.Context())
	calls, broken := 0, errors.New("gone away")
	e = &embedder{name: "fake", dim: 4, fail: func() error {
		switch calls++; calls {
		case 4:
			return broken
		case 9:
			cancel()
		}
		return nil
	}}
	g := ingester(t, b.store, b.index, e)
	if _, err := g.Run(ctx, []Root{{Dir: b.dir}}, nil); !errors.Is(err, broken) {
		t.Errorf("got %v, want the embedder's error", err)
	}
	if _, err := g.Run(ctx, []Root{{Dir: b.dir}}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	b.run(t, e)
	if diff := cmp.Diff(want, contents(t, b.store)); diff != "" {
		t.Error(diff)
	}
	// The batch of 3 that was cancelled is the only one that is done again.
	if got := len(e.texts); got != total+3 {
		t.Errorf("embedded %d texts in three runs, want %d", got, total+3)
	}
}

func TestProgress(t *testing.T) {
	b := newBench(t)
	b.write(t, map[string]string{"a.txt": letter("water", 2), "b.txt": letter("land", 2)})
	var seen []Progress
	note := func(p Progress) { seen = append(seen, p) }
	e := &embedder{name: "fake", dim: 4}
	if _, err := ingester(t, b.store, nil, e).Run(t.Context(), []Root{{Dir: b.dir}}, note); err != nil {
		t.Fatal(err)
	}
	first, last := seen[0], seen[len(seen)-1]
	if first != (Progress{Total: 2, Path: "map/a.txt"}) || last.Done != 2 || last.Path != "map/b.txt" || last.Embedded != last.Pending {
		t.Errorf("got %+v … %+v", first, last)
	}
	for i := range seen[1:] {
		a, b := seen[i], seen[i+1]
		if b.Done < a.Done || b.Done == a.Done && b.Embedded < a.Embedded || b.Embedded > b.Pending {
			t.Errorf("after %+v came %+v", a, b)
		}
	}
}

func TestReportPrint(t *testing.T) {
	var many []string
	for range shownFiles + 3 {
		many = append(many, "map/x.txt")
	}
	for name, tt := range map[string]struct {
		report Report
		want   string
	}{
		"plain": {Report{Added: []string{"map/a.txt"}, Unchanged: 12}, `Toegevoegd   1
             map/a.txt
Gewijzigd    0
Ongewijzigd  12
Verwijderd   0
Geweigerd    0
`},
		"names": {Report{Added: []string{"map/\xff.txt", "map/\x1b[2J\tb.txt"}}, `Toegevoegd   2
             map/�.txt
             map/�[2J�b.txt
Gewijzigd    0
Ongewijzigd  0
Verwijderd   0
Geweigerd    0
`},
		"all": {Report{
			Changed: many, Removed: []string{"map/w.txt"}, Skipped: []string{"map/o.doc", "map/x.csv"}, Missing: []string{"map/m.txt"}, Embedded: 3, Model: "e5 (384)",
			ModelBefore: "nano (4)", Refused: []Refusal{{Path: "map/r.txt", Reason: "Zo is het.", Kept: true}},
		}, `Toegevoegd           0
Gewijzigd            23
` + strings.Repeat("                     map/x.txt\n", shownFiles) + `                     … en nog 3
Ongewijzigd          0
Verwijderd           1
                     map/w.txt
Geweigerd            1
                     map/r.txt: Zo is het. De vorige versie blijft doorzoekbaar.
Ander soort bestand  2
                     map/o.doc
                     map/x.csv
Alleen in manifest   1
                     map/m.txt
Ander model          e5 (384) in plaats van nano (4): alles is opnieuw ingebed
Ingebed              3 teksten met e5 (384)
`},
	} {
		var b strings.Builder
		if err := tt.report.Print(&b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, b.String()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
