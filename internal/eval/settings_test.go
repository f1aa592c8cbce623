package eval

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Who goes on with a run is the one that began it.
func TestResumeWantsTheSameSettings(t *testing.T) {
	began := []Setting{{"mode", "auto"}, {"embedder", "none"}, {DateSetting, "toen"}}
	tests := []struct {
		name string
		now  []Setting
		want string // in the error; empty for none
	}{
		{"the same, later", []Setting{{"embedder", "none"}, {"mode", "auto"}, {DateSetting, "nu"}}, ""},
		{"another", []Setting{{"mode", "auto"}, {"embedder", "e5"}}, "other settings: embedder was none, is e5"},
		{"one less and one more", []Setting{{"mode", "auto"}, {"model", "m"}}, "embedder was none, is absent; model was absent, is m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			fill(t, dir, began)
			log, err := OpenLog(dir, tt.now, true)
			var other *SettingsError
			switch {
			case tt.want == "" && err != nil:
				t.Fatal(err)
			case tt.want != "" && (!errors.As(err, &other) || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want a *SettingsError with %q", err, tt.want)
			case err == nil:
				err = log.Close()
			}
			kept, readErr := ReadKept(dir)
			if d := cmp.Diff(Kept{began, map[string]Result{"a": {ID: "a"}}}, kept); readErr != nil || d != "" {
				t.Errorf("%v, %v: (-want +got):\n%s", err, readErr, d)
			}
		})
	}
}

func fill(tb testing.TB, dir string, settings []Setting) {
	tb.Helper()
	log, err := OpenLog(dir, settings, false)
	if err != nil {
		tb.Fatal(err)
	}
	if err := errors.Join(log.Add(Result{ID: "a"}), log.Close()); err != nil {
		tb.Fatal(err)
	}
}

func TestResultsWithoutSettings(t *testing.T) {
	dir, now := t.TempDir(), []Setting{{"mode", "auto"}}
	fill(t, dir, nil)
	if err := os.Remove(filepath.Join(dir, runName)); err != nil {
		t.Fatal(err)
	}
	var other *SettingsError
	if _, err := OpenLog(dir, now, true); !errors.As(err, &other) || !strings.Contains(err.Error(), "no run.json") {
		t.Errorf("got %v, want a *SettingsError", err)
	}
	kept, err := ReadKept(dir)
	if d := cmp.Diff([]Setting{{"settings", "not kept"}}, kept.Settings); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if err := os.WriteFile(filepath.Join(dir, resultsName), []byte("{\"id\":\"torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := OpenLog(dir, now, true) // nothing to go on with
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if kept, err = ReadKept(dir); err != nil || cmp.Diff(now, kept.Settings) != "" || len(kept.Results) != 0 {
		t.Errorf("%v: got %+v, want a run that begins", err, kept)
	}
}

func TestDocumentsSetting(t *testing.T) {
	one := DocumentsSetting(map[string]string{"a": "1", "b": "2"})
	if one.Name != "documents" || !strings.HasPrefix(one.Value, "2 (") {
		t.Errorf("got %+v", one)
	}
	if other := DocumentsSetting(map[string]string{"a": "1", "b": "3"}); other == one {
		t.Error("a changed document isn't seen")
	}
}
