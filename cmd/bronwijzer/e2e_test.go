package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// asProgram makes the test binary the program itself.
const asProgram = "BRONWIJZER_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" || len(os.Args) > 1 && os.Args[1] == readFilesCommand { // which has no environment
		main()
	}
	os.Exit(m.Run())
}

// program prepares a run of the real program in a process of its own.
func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// house is a folder of documents and one for data.
type house struct{ corpus, data string }

// newHouse copies two of the five texts: enough to answer, quick to embed.
func newHouse(t *testing.T) house {
	t.Helper()
	h := house{corpus: filepath.Join(t.TempDir(), "corpus"), data: filepath.Join(t.TempDir(), "data")}
	if err := os.Mkdir(h.corpus, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"001_ddf4943c36778a67.txt", "003_8dc92c9c5127c44e.txt", "manifest.yaml"} {
		data, err := os.ReadFile(filepath.Join("../../corpus", name))
		if err != nil {
			t.Fatal(err)
		}
		h.write(t, name, data)
	}
	return h
}

func (h house) write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.corpus, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command to its end.
func (h house) run(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := program(t.Context(), append(args, "--corpus", h.corpus, "--data", h.data)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// server is a serving process.
type server struct {
	url string
	cmd *exec.Cmd
	log *bytes.Buffer
}

// serve starts the program on a free port and waits until it is ready.
func (h house) serve(t *testing.T, more ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--corpus", h.corpus, "--data", h.data}, more...)
	s := &server{cmd: program(context.Background(), args...), log: &bytes.Buffer{}}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		fmt.Fprintln(s.log, lines.Text())
		if m := regexp.MustCompile(`luistert op (http\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			s.url = m[1]
		}
		if strings.HasPrefix(lines.Text(), "Ingebed") {
			break
		}
	}
	go io.Copy(io.Discard, stderr) //nolint:errcheck // until the process ends
	if s.url == "" {
		t.Fatalf("no address in:\n%s", s.log)
	}
	return s
}

// stop ends the process as an administrator would.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if s.cmd.ProcessState != nil {
		return
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("serve ended with %v:\n%s", err, s.log)
	}
}

// do sends a request and returns the body of a 200.
func (s *server) do(t *testing.T, method, path, body, accept string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s\n%s", method, path, resp.Status, got)
	}
	return string(got)
}

const asked = "Hoeveel gemeenten deden mee aan het WODC-onderzoek – “écht” € 5 🙂?"

func (s *server) ask(t *testing.T) record.Answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"question": asked, "include": []string{"passages"}})
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, s.do(t, http.MethodPost, "/api/v1/chat", string(body), "application/json"))
}

func decode(t *testing.T, body string) record.Answer {
	t.Helper()
	var rec record.Answer
	if err := json.Unmarshal([]byte(body), &rec); err != nil {
		t.Fatal(err)
	}
	return rec
}

// exact checks the promise: every quote stands in the text that the server
// gives for its version.
func (s *server) exact(t *testing.T, rec record.Answer) {
	t.Helper()
	if rec.Status != record.Answered || len(rec.Citations) == 0 {
		t.Fatalf("got %s with %d citations: %s", rec.Status, len(rec.Citations), rec.Text)
	}
	for _, c := range rec.Citations {
		text := s.do(t, http.MethodGet, "/api/v1/documents/"+c.DocumentID+"/text?version="+c.Version, "", "*/*")
		if got, ok := (docs.Span{Start: c.Start, End: c.End}).Slice(text); !ok || got != c.Quote {
			t.Errorf("[%d] text[%d:%d] is %q, quote %q", c.Number, c.Start, c.End, got, c.Quote)
		}
	}
}

// same compares records but for what differs from one answer to the next.
func same(t *testing.T, what string, a, b record.Answer) {
	t.Helper()
	if d := cmp.Diff(a, b, cmpopts.IgnoreFields(record.Answer{}, "ID", "ConversationID", "CreatedAt", "Timings")); d != "" {
		t.Errorf("%s:\n%s", what, d)
	}
}

// TestEveryDoor asks the real program the same over every door, and again after
// a restart and after a rebuild.
func TestEveryDoor(t *testing.T) {
	h := newHouse(t)
	s := h.serve(t)
	rec := s.ask(t)
	s.exact(t, rec)
	if !strings.Contains(rec.Text, "270 gemeenten") {
		t.Errorf("answer without the number: %s", rec.Text)
	}
	same(t, "asked again", rec, s.ask(t))
	same(t, "read back", rec, decode(t, s.do(t, http.MethodGet, "/api/v1/answers/"+rec.ID+"?include=passages", "", "application/json")))
	same(t, "streamed", rec, s.streamed(t))

	out, _, err := h.run(t, "ask", "--json", asked)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "command line beside the server", rec, decode(t, out))
	if _, errs, err := h.run(t, "ingest"); err == nil || !strings.Contains(errs, "--data") {
		t.Errorf("a second owner of the data folder: %v %s", err, errs)
	}
	if _, errs, err := h.run(t, "health"); err != nil {
		t.Errorf("health beside the server: %v %s", err, errs)
	}

	s.stop(t)
	s = h.serve(t)
	if !regexp.MustCompile(`Ingebed\s+0 teksten`).MatchString(s.log.String()) {
		t.Errorf("the second start embedded again:\n%s", s.log)
	}
	same(t, "after a restart", rec, s.ask(t))
	s.stop(t)

	if err := os.RemoveAll(h.data); err != nil {
		t.Fatal(err)
	}
	if out, _, err = h.run(t, "ask", "--json", asked); err != nil {
		t.Fatal(err)
	}
	same(t, "command line in its own process, after a rebuild", rec, decode(t, out))
}

// streamed asks for events and checks that they add up to the record.
func (s *server) streamed(t *testing.T) record.Answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"question": asked, "include": []string{"passages"}, "stream": true})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	var rec record.Answer
	var event string
	for line := range strings.Lines(s.do(t, http.MethodPost, "/api/v1/chat", string(body), "text/event-stream")) {
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			event = strings.TrimSpace(name)
		}
		data, ok := strings.CutPrefix(line, "data: ")
		switch {
		case ok && event == "text":
			var delta record.Delta
			if err := json.Unmarshal([]byte(data), &delta); err != nil {
				t.Fatal(err)
			}
			text.WriteString(delta.Delta)
		case ok && event == "done":
			rec = decode(t, data)
		}
	}
	if text.String() != rec.Text {
		t.Errorf("deltas joined are %q, the record has %q", text.String(), rec.Text)
	}
	return rec
}

// TestReplacedDocument changes a document after it was cited: the old record
// keeps its words and says so.
func TestReplacedDocument(t *testing.T) {
	const name = "003_8dc92c9c5127c44e.txt"
	h := newHouse(t)
	s := h.serve(t)
	rec := s.ask(t)
	s.stop(t)
	data, err := os.ReadFile(filepath.Join(h.corpus, name))
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, name, bytes.ReplaceAll(data, []byte("270"), []byte("271")))
	s = h.serve(t)
	old := decode(t, s.do(t, http.MethodGet, "/api/v1/answers/"+rec.ID, "", "application/json"))
	s.exact(t, old)
	if got := old.Citations[0].DocumentStatus; got != record.Changed {
		t.Errorf("document status %q, want changed", got)
	}
	if now := s.ask(t); !strings.Contains(now.Text, "271 gemeenten") {
		t.Errorf("the new text isn't answered from: %s", now.Text)
	}
}

// TestPlainUse prints an answer as a reader sees it.
func TestPlainUse(t *testing.T) {
	h := newHouse(t)
	out, _, err := h.run(t, "ask", "Wie voert het woord namens het CKM?")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Shamir Ceuleers", "[1] Mensenhandel-ambitie Kabinet", "2018-11-13", "automatisch"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	for _, wrong := range [][]string{{"ask"}, {"vraag"}, {"ask", "--mode", "x", "vraag"}, {"serve", "--config", "nergens.yaml"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := program(ctx, wrong...).Run(); err == nil {
			t.Errorf("%v succeeded", wrong)
		}
	}
}
