package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bronwijzer/internal/ingest"
)

// TestPrecedence: flags count more than the environment, that more than the
// file, that more than the default.
func TestPrecedence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "instellingen.yaml")
	content := "data: uit-bestand\nembed-model: uit-bestand\nembedder: none\ncorpus: [een, twee]\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BRONWIJZER_CONFIG", file)
	t.Setenv("BRONWIJZER_DATA", "uit-omgeving")
	t.Setenv("BRONWIJZER_EMBED_MODEL", "uit-omgeving")
	c := parse(t, "version", "--data", "van-vlag")
	for name, pair := range map[string][2]string{
		"data": {c.Data, "van-vlag"}, "embed-model": {c.EmbedModel, "uit-omgeving"},
		"embedder": {c.Embedder, "none"}, "corpus": {strings.Join(c.Corpus, " "), "een twee"}, "log-format": {c.LogFormat, "text"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", name, pair[0], pair[1])
		}
	}
}

// TestRetention: 0 keeps the open conversation only; less means nothing.
func TestRetention(t *testing.T) {
	for value, ok := range map[string]bool{"1h": true, "0s": true, "-1h": false} {
		var c cli
		p, err := newParser(&c, io.Discard, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		call, err := p.Parse([]string{"serve", "--retention=" + value})
		if err == nil {
			err = inRange(call)
		}
		if (err == nil) != ok {
			t.Errorf("retention %s: got error %v", value, err)
		}
	}
}

// TestProgress: what isn't a terminal gets a line for each file that has
// something to embed.
func TestProgress(t *testing.T) {
	var b strings.Builder
	p := newProgress(&b)
	for _, at := range []ingest.Progress{
		{Total: 2, Path: "c/a.txt"},
		{Total: 2, Path: "c/a.txt", Embedded: 1, Pending: 2},
		{Total: 2, Path: "c/a.txt", Embedded: 2, Pending: 2},
		{Done: 1, Total: 2, Path: "c/b.txt"},
		{Done: 2, Total: 2, Path: "c/b.txt"},
	} {
		p.show(at)
	}
	p.end()
	if got, want := b.String(), "0/2 c/a.txt: 2 teksten inbedden\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func parse(t *testing.T, args ...string) *cli {
	t.Helper()
	var c cli
	p, err := newParser(&c, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &c
}

// TestUnknownSetting: a misspelt key in the file is told, not passed over.
func TestUnknownSetting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte("dta: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var c cli
	p, err := newParser(&c, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse([]string{"version", "--config", file}); err == nil || !strings.Contains(err.Error(), "dta") {
		t.Errorf("got %v, want an error that names dta", err)
	}
}

// TestSecret reads a secret from a file, and refuses two sources.
func TestSecret(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sleutel")
	if err := os.WriteFile(file, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := secret("key", "", file); err != nil || got != "geheim" {
		t.Errorf("from a file: %q, %v", got, err)
	}
	if got, err := secret("key", "zelf", ""); err != nil || got != "zelf" {
		t.Errorf("by itself: %q, %v", got, err)
	}
	if _, err := secret("key", "zelf", file); err == nil {
		t.Error("two sources were accepted")
	}
	if _, err := secret("key", "", file+".weg"); err == nil {
		t.Error("a missing file was accepted")
	}
}
