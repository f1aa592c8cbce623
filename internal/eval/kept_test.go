package eval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a run kept compares as the run itself does.
func TestReadBaseline(t *testing.T) {
	dir := t.TempDir()
	rep := mixedReport(t)
	if err := rep.Write(dir); err != nil {
		t.Fatal(err)
	}
	kept, err := ReadBaseline(dir)
	if err != nil {
		t.Fatal(err)
	}
	better := evaluate(t, perfect(testFolder(t)), Options{Resamples: -1})
	if d := cmp.Diff(Compare(&rep.Scored, &better.Scored, 50), Compare(kept, &better.Scored, 50)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if _, err := ReadBaseline(filepath.Join(dir, "weg")); err == nil {
		t.Error("a folder that isn't there was read")
	}
	if err := os.WriteFile(filepath.Join(dir, "scores.jsonl"), []byte("{}\n{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBaseline(dir); err == nil || !strings.Contains(err.Error(), "scores.jsonl:2:") {
		t.Errorf("got %v, want the line that is broken", err)
	}
}

func TestReadProbes(t *testing.T) {
	dir := t.TempDir()
	if probes, err := ReadProbes(dir); len(probes) != 0 || err != nil {
		t.Errorf("got %v, %v; want none", probes, err)
	}
	id := testQuestions(t)[0].ID
	probes := []Probe{{ID: id, Kind: Removal, Doc: "a.txt", Passed: true}, {ID: id, Kind: Number, Skipped: "geen getal"}}
	if err := evaluate(t, perfect(testFolder(t)), Options{Resamples: -1, Probes: probes}).Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := ReadProbes(dir)
	if d := cmp.Diff(probes, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if err := evaluate(t, perfect(testFolder(t)), Options{Resamples: -1}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadProbes(dir); len(got) != 0 || err != nil {
		t.Errorf("got %v, %v; want the probes of an older run gone", got, err)
	}
}
