package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files of all kinds go through a child of the real program; those that can't be
// read are named with a reason and the others are taken in.
func TestReadFilesInChild(t *testing.T) {
	h := newHouse(t)
	h.write(t, "kapot.pdf", []byte("%PDF-1.7\nen dan niets meer"))
	h.write(t, "kapot.docx", []byte("PK\x03\x04 en dan niets meer"))
	stdout, stderr, err := h.run(t, "ingest", "--embedder", "none", "--log-level", "debug")
	if err == nil || !strings.Contains(stderr, "2 file(s) refused") {
		t.Errorf("got %v, %s; want two files refused", err, stderr)
	}
	for _, want := range []string{"Toegevoegd", "003_8dc92c9c5127c44e.txt", "kapot.pdf: Het bestand is beschadigd", "kapot.docx: Het bestand is beschadigd"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in %s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "reader of files started") {
		t.Errorf("no child was started: %s", stderr)
	}
	if _, err := os.Stat(filepath.Join(h.data, "wasm")); err != nil {
		t.Errorf("machine code isn't kept: %v", err)
	}
}

// The child is no command for people.
func TestReadFilesIsHidden(t *testing.T) {
	var out strings.Builder
	cmd := program(t.Context(), "--help")
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), readFilesCommand) {
		t.Errorf("help names it: %s", out.String())
	}
}
