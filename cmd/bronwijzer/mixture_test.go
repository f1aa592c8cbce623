package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
)

// Who may read which of the five texts; one that isn't here, everybody.
var limitedTo = map[string]string{
	"001_ddf4943c36778a67.txt": "a", "002_95c4cf29f59b896b.txt": "a",
	"003_8dc92c9c5127c44e.txt": "b", "004_6756303f5af2d3c5.txt": "b",
}

// groupsEmbedder has TestGroups use another embedder than none.
const groupsEmbedder = "BRONWIJZER_TEST_EMBEDDER"

// someone is a subject as a proxy names it, in some of the groups a and b.
type someone struct{ name, groups string }

func (who someone) may(file string) bool {
	return limitedTo[file] == "" || strings.Contains(who.groups, limitedTo[file])
}

// mixture is a server with all five texts, some of them limited, and for each
// subject one that has only the texts which they may read.
type mixture struct {
	house house
	mixed *server
	alone map[someone]*server
	texts map[string]string // by file
	asked []string          // questions, which come back
	// traces are what would betray a document, by whom it would betray it to.
	traces map[someone][]string
}

func newMixture(t *testing.T, people ...someone) *mixture {
	t.Helper()
	m := &mixture{alone: make(map[someone]*server), texts: make(map[string]string), traces: make(map[someone][]string)}
	files, err := filepath.Glob("../../corpus/*.txt")
	if err != nil || len(files) != 5 {
		t.Fatalf("%d texts, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m.texts[filepath.Base(file)] = string(text)
	}
	m.house, m.mixed = m.start(t, limitedTo, func(string) bool { return true })
	for _, who := range people {
		_, m.alone[who] = m.start(t, nil, who.may)
	}
	return m
}

// start starts a server on the texts that are wanted.
func (m *mixture) start(t *testing.T, groups map[string]string, wanted func(file string) bool) (house, *server) {
	t.Helper()
	h := house{corpus: filepath.Join(t.TempDir(), "corpus"), data: t.TempDir()}
	if err := os.Mkdir(h.corpus, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range m.texts {
		if wanted(file) {
			h.write(t, file, []byte(text))
		}
	}
	h.limit(t, groups, wanted)
	embedder := "none"
	if other := os.Getenv(groupsEmbedder); other != "" {
		embedder = other
	}
	return h, h.launch(t, "--embedder", embedder, "--auth", "proxy", "--trusted-proxies", "127.0.0.1/32",
		"--rate=-1", "--subject-rate=-1", "--queue", "100", "--queue-wait", "60s")
}

// launch starts the program and waits until it is ready.
func (h house) launch(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{log: &bytes.Buffer{}}
	s.cmd = program(context.Background(), append([]string{"serve", "--listen", "127.0.0.1:0", "--corpus", h.corpus, "--data", h.data}, args...)...)
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	for lines := bufio.NewScanner(stderr); s.url == "" && lines.Scan(); {
		fmt.Fprintln(s.log, lines.Text())
		if m := regexp.MustCompile(`luistert op (http\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			s.url = m[1]
		}
	}
	if s.url == "" {
		t.Fatalf("no address in:\n%s", s.log)
	}
	go io.Copy(io.Discard, stderr) //nolint:errcheck // until the process ends
	eventually(t, "the server", func() bool { return s.as(t, someone{}, "/readyz", nil).status == http.StatusOK })
	return s
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(2 * time.Minute); !so(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: waited in vain", what)
		}
	}
}

// limit writes a manifest.
func (h house) limit(t *testing.T, groups map[string]string, wanted func(file string) bool) {
	t.Helper()
	manifest := "documents:\n"
	for file, group := range groups {
		if wanted(file) {
			manifest += fmt.Sprintf("  %s: {groups: [%s]}\n", file, group)
		}
	}
	h.write(t, "manifest.yaml", []byte(manifest+"questions: [\"Wat doet het kabinet?\"]\n"))
}

// reply is how a server answered.
type reply struct {
	status int
	body   string
}

// as sends a request of somebody; a body makes it a POST.
func (s *server) as(t *testing.T, who someone, path string, body any) reply {
	t.Helper()
	method, content := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}}
	if who.name != "" {
		req.Header["X-Forwarded-User"], req.Header["X-Forwarded-Groups"] = []string{who.name}, []string{who.groups}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, string(text)}
}

// passing is what differs between two answers to the same question: ids, times
// and the port.
var passing = regexp.MustCompile(`127\.0\.0\.1:\d+|"(?:id|conversation_id|answer_id|request_id)": ?"(?:ans_|conv_|chatcmpl-)?[A-Za-z0-9]*"` +
	`|"(?:created_at|updated_at|ingested_at)": ?"[^"]*"|"created": ?\d+|"timings_ms": ?\{[^}]*\}`)

// steady is a reply without those. Documents keep their ids.
func (r reply) steady() string {
	return fmt.Sprint(r.status, " ", passing.ReplaceAllString(r.body, "…"))
}

// tracesFor are what names a document that isn't for somebody, and its longer
// sentences where they stand in none that is.
func (m *mixture) tracesFor(who someone) []string {
	if traces, ok := m.traces[who]; ok {
		return traces
	}
	var open strings.Builder
	for file, text := range m.texts {
		if who.may(file) {
			open.WriteString(oneLine(text))
		}
	}
	var traces []string
	for file, text := range m.texts {
		if who.may(file) {
			continue
		}
		traces = append(traces, docs.NewID("corpus", file), docs.Version(text), file)
		for _, s := range sentences(text) {
			if !strings.Contains(open.String(), s) {
				traces = append(traces, s)
			}
		}
	}
	m.traces[who] = traces
	return traces
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// sentences are the longer stretches of a text up to a stop.
func sentences(text string) (long []string) {
	for s := range strings.SplitSeq(strings.ReplaceAll(text, "\n", ". "), ". ") {
		if s = oneLine(s); len(s) >= 60 {
			long = append(long, s)
		}
	}
	return long
}

// randomQuestion asks with some words of one of the texts.
func (m *mixture) randomQuestion(r *rand.Rand) string {
	files := slices.Sorted(maps.Keys(m.texts))
	all := sentences(m.texts[files[r.IntN(len(files))]])
	words := strings.Fields(all[r.IntN(len(all))])
	n := min(len(words), 3+r.IntN(6))
	from := r.IntN(len(words) - n + 1)
	asks := []string{"", "Wat staat er over ", "Wie ", "Wanneer ", "Hoeveel ", "Waarom "}
	m.asked = append(m.asked, asks[r.IntN(len(asks))]+strings.Join(words[from:from+n], " ")+"?")
	return m.asked[len(m.asked)-1]
}

// unquoted is a JSON body with its strings as they read.
func unquoted(body string) string {
	return strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\u0026`, "&", `\u003c`, "<", `\u003e`, ">", `\r`, "\r", `\t`, "\t").Replace(body)
}

// check compares what somebody gets from both servers, and looks for traces.
func (m *mixture) check(t *testing.T, who someone, what string, got, want reply) {
	t.Helper()
	if diff := cmp.Diff(want.steady(), got.steady()); diff != "" {
		t.Errorf("%s, %s (-alone +mixed):\n%s", who.name, what, diff)
	}
	m.untraced(t, who, what, got)
}

func (m *mixture) untraced(t *testing.T, who someone, what string, got reply) {
	t.Helper()
	body := oneLine(unquoted(got.body))
	for _, trace := range m.tracesFor(who) {
		asked := slices.ContainsFunc(m.asked, func(q string) bool { return strings.Contains(q, trace) })
		if !asked && strings.Contains(body, trace) {
			t.Errorf("%s, %s: %q", who.name, what, trace)
		}
	}
}
