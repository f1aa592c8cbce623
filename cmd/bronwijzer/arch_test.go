package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// edges are the imports between this program's packages that are allowed, as
// the tour in doc.go draws them: data flows down the list, leaves may be
// imported by all. What isn't here is not allowed.
var edges = map[string][]string{
	"docs": {}, "record": {}, "llm": {}, "tokens": {}, "dutch": {}, "admission": {},
	"llm/llmtest":           {"llm"},
	"llm/llmtest/scripted":  {"llm/llmtest"}, // a command
	"e5":                    {"llm", "e5/unigram"},
	"e5/unigram":            {},
	"e5/convert":            {"e5/unigram"},
	"openai":                {"llm"},
	"pdf":                   {},
	"load":                  {"docs", "dutch", "pdf"},
	"sandbox":               {"load"},
	"chunk":                 {"docs", "dutch", "tokens"},
	"store":                 {"docs", "record"},
	"index":                 {"docs", "dutch", "llm"},
	"index/indextest":       {"index", "docs", "dutch", "llm"},
	"ingest":                {"load", "chunk", "store", "index"},
	"retrieve":              {"docs", "dutch", "index"},
	"retrieve/retrievetest": {"load", "chunk", "index"},                                            // for tests and ablate
	"retrieve/ablate":       {"e5", "retrieve", "retrieve/retrievetest", "answer", "chat", "eval"}, // a command
	"cite":                  {"docs", "record", "dutch", "llm"},
	"answer":                {"retrieve", "cite", "llm", "tokens", "record"},
	"access":                {"store"},
	"chat":                  {"answer", "store", "access", "llm", "record"},
	"httpapi":               {"chat", "access"},
	"httpapi/openloop":      {}, // a command
	"slack":                 {"chat", "access"},
	"slack/slacktest":       {},
	"eval":                  {"record", "docs"},
	"trial":                 {"eval", "chunk", "index", "retrieve"},
}

var leaves = []string{"docs", "record", "llm", "tokens", "dutch", "admission"}

type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Module     *struct{ Path string }
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Imports,Module"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// TestEdges holds the directions in which packages may import each other.
func TestEdges(t *testing.T) {
	const internal = "bronwijzer/internal/"
	for _, p := range list(t, "./internal/...") {
		name := strings.TrimPrefix(p.ImportPath, internal)
		allowed, known := edges[name]
		if !known {
			t.Errorf("package %s has no place in the house: add it here and to doc.go", name)
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, internal)
			if ours && !slices.Contains(allowed, to) && (slices.Contains(leaves, name) || !slices.Contains(leaves, to)) {
				t.Errorf("%s imports %s", name, to)
			}
			if strings.HasPrefix(imported, "bronwijzer/cmd") {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// TestOneHome holds that a third-party module is imported by one internal
// package only.
func TestOneHome(t *testing.T) {
	module := map[string]string{}
	for _, p := range list(t, "-deps", "./...") {
		if p.Module != nil {
			module[p.ImportPath] = p.Module.Path
		}
	}
	homes := map[string][]string{}
	for _, p := range list(t, "./internal/...") {
		for _, imported := range p.Imports {
			m := module[imported]
			if m == "" || m == "bronwijzer" || strings.HasPrefix(m, "golang.org/x/") {
				continue
			}
			if !slices.Contains(homes[m], p.ImportPath) {
				homes[m] = append(homes[m], p.ImportPath)
			}
		}
	}
	if len(homes) == 0 {
		t.Fatal("no third-party module found: go list gave nothing to check")
	}
	for m, in := range homes {
		if len(in) > 1 {
			t.Errorf("%s is imported by %s", m, strings.Join(in, " and "))
		}
	}
}
