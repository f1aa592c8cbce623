package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bronwijzer/internal/eval"
)

// summary is what a folder of results says of itself.
func summary(t *testing.T, dir string) eval.Summary {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s eval.Summary
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (h house) question(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vragen.jsonl")
	line := `{"id":"a","question":"Wie is de woordvoerder van het CKM?","gold":[{"doc":"001_ddf4943c36778a67.txt","quote":"CKM-woordvoerder Shamir Ceuleers"}]}` + "\n"
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What a run says of itself are the settings of its answers, whoever scores them
// again; and nobody else goes on with it.
func TestEvalKeepsItsSettings(t *testing.T) {
	h, out := newHouse(t), filepath.Join(t.TempDir(), "uit")
	set := h.question(t)
	h.eval(t, 0, set, "--out", out, "--embedder", "none", "--mode", "extractive")
	want := summary(t, out).Settings
	h.eval(t, 0, set, "--out", out, "--embedder", "none", "--rescore")
	got := summary(t, out).Settings
	if len(got) != len(want)+1 || got[len(got)-1].Name != "rescored" {
		t.Fatalf("got %v, want %v and when it was rescored", got, want)
	}
	for i, s := range want {
		if got[i] != s {
			t.Errorf("got %v, want %v", got[i], s)
		}
	}
	said := h.eval(t, 2, set, "--out", out, "--embedder", "none", "--resume")
	if !strings.Contains(said, "mode was extractive, is auto") || strings.Contains(said, "embedder") {
		t.Errorf("what differs isn't named:\n%s", said)
	}
	h.eval(t, 0, set, "--out", out, "--embedder", "none", "--mode", "extractive", "--resume")
}

// A document that changes after the answer makes its quotes neither wrong nor
// right: they are held against the version that they cite.
func TestEvalRescoresTheVersionCited(t *testing.T) {
	h, out := newHouse(t), filepath.Join(t.TempDir(), "uit")
	set := h.question(t)
	none := []string{set, "--out", out, "--embedder", "none"}
	h.eval(t, 0, none...)
	first := summary(t, out)
	if first.Metrics["quote_exact"].Value != 1 || first.Changed != 0 {
		t.Fatalf("got %+v", first)
	}
	path := filepath.Join(h.corpus, "001_ddf4943c36778a67.txt")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, filepath.Base(path), append([]byte("Dit bericht is herzien.\n\n"), b...))
	said := h.eval(t, 0, append(none, "--rescore")...) // superseded just now: still kept
	if f := summary(t, out).Metrics["quote_exact"]; f.Value != 1 || f.Den != first.Metrics["quote_exact"].Den {
		t.Errorf("got %+v, want %+v\n%s", f, first.Metrics["quote_exact"], said)
	}
	// A version that nobody keeps.
	results := filepath.Join(out, "results.jsonl")
	b, err = os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	var r eval.Result
	if err := json.Unmarshal(b, &r); err != nil || len(r.Citations) == 0 || r.Citations[0].Version == "" {
		t.Fatalf("%v: got the result %s", err, b)
	}
	for _, c := range r.Citations {
		b = []byte(strings.ReplaceAll(string(b), c.Version, "weg"))
	}
	if err := os.WriteFile(results, b, 0o600); err != nil {
		t.Fatal(err)
	}
	said = h.eval(t, 0, append(none, "--rescore")...)
	s := summary(t, out)
	if f, ok := s.Metrics["quote_exact"]; ok || s.Changed != len(r.Citations) || !strings.Contains(said, "niet meetellen") {
		t.Errorf("got quote_exact %v and %d citations left out, want none and %d\n%s", f, s.Changed, len(r.Citations), said)
	}
}
