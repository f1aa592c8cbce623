package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cage is a server of which everything is kept that it says to others than its
// readers: log, audit log, metrics, errors.
type cage struct {
	house
	url, key string
	log      string // file
	leaks    strings.Builder
}

// newCage starts a server that takes keys, and makes one that may do everything.
func newCage(t *testing.T, level string) *cage {
	t.Helper()
	c := &cage{house: newHouse(t), log: filepath.Join(t.TempDir(), "log")}
	out, _, err := c.run(t, "keys", "add", "alles", "--scopes", "chat,search,documents,feedback,metrics,admin")
	if err != nil {
		t.Fatal(err)
	}
	c.key = strings.TrimSpace(out)
	log, err := os.Create(c.log)
	if err != nil {
		t.Fatal(err)
	}
	cmd := program(context.Background(), "serve", "--listen", "127.0.0.1:0", "--corpus", c.corpus, "--data", c.data,
		"--embedder", "none", "--auth", "keys", "--log-level", level)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		log.Close()
	})
	said := regexp.MustCompile(`luistert op (http\S+)`)
	for until := time.Now().Add(time.Minute); time.Now().Before(until); {
		text, err := os.ReadFile(c.log)
		if err != nil {
			t.Fatal(err)
		}
		if m := said.FindSubmatch(text); m != nil && bytes.Contains(text, []byte("Toegevoegd")) {
			c.url = string(m[1])
			return c
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatal("the server doesn't come up")
	return nil
}

// send sends a request, with the key unless other headers are given, and keeps
// what an error says.
func (c *cage) send(t *testing.T, method, path, kind, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	if len(headers) == 0 {
		headers = []string{"Authorization", "Bearer " + c.key}
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
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
	if resp.StatusCode >= 400 {
		fmt.Fprintf(&c.leaks, "%s %v\n", text, resp.Header)
	}
	return resp.StatusCode, string(text)
}

// TestCanaries: questions, comments, titles and secrets that go through every
// door, well or badly, are in no log, audit log, metric or error; and what is
// erased is in no byte of the data folder.
func TestCanaries(t *testing.T) {
	for _, level := range []string{"info", "error"} {
		t.Run(level, func(t *testing.T) { sing(t, newCage(t, level)) })
	}
}

func sing(t *testing.T, c *cage) {
	t.Helper()
	const canary, secret = "kanariegeel", "zwijggeheim"
	jsonType := "application/json"
	question := fmt.Sprintf(`{"question": "Wat is de signalentafel mensenhandel %s?", "include": ["passages"]}`, canary)
	_, body := c.send(t, "POST", "/api/v1/chat", jsonType, question)
	var rec struct {
		ID             string
		ConversationID string `json:"conversation_id"`
	}
	if err := json.Unmarshal([]byte(body), &rec); err != nil || rec.ID == "" {
		t.Fatalf("%s, %v", body, err)
	}
	c.send(t, "POST", "/api/v1/chat", jsonType, strings.Replace(question, "{", `{"stream": true, `, 1))
	c.send(t, "POST", "/api/v1/chat", jsonType, fmt.Sprintf(`{"question": "%s", "conversation_id": %q}`, canary, rec.ConversationID))
	c.send(t, "POST", "/v1/chat/completions", jsonType, fmt.Sprintf(`{"model": "bronwijzer", "messages": [{"role": "user", "content": "Wat is %s?"}]}`, canary))
	c.send(t, "GET", "/api/v1/search?q=mensenhandel+"+canary, jsonType, "")
	c.send(t, "POST", "/api/v1/answers/"+rec.ID+"/feedback", jsonType, fmt.Sprintf(`{"verdict": "bad", "comment": "%s"}`, canary))
	c.send(t, "PATCH", "/api/v1/conversations/"+rec.ConversationID, jsonType, fmt.Sprintf(`{"title": "%s"}`, canary))
	c.send(t, "POST", "/api/v1/answers/"+rec.ID+"/share", jsonType, "")
	// What goes wrong.
	for _, wrong := range []string{
		`{"question": "` + canary + `", "top_k": "` + canary + `"}`, `{"question": "` + canary, `{"question": "` + strings.Repeat(canary, 1000) + `"}`,
		`{"question": "` + canary + `", "filter": {"documents": ["` + canary + `"]}}`, `{"question": "\u0000` + canary + `"}`,
	} {
		c.send(t, "POST", "/api/v1/chat", jsonType, wrong)
		c.send(t, "POST", "/v1/chat/completions", jsonType, wrong)
	}
	c.send(t, "GET", "/api/v1/search?q="+canary+"&k="+canary, jsonType, "")
	c.send(t, "GET", "/"+canary+"?q="+canary, jsonType, "")
	c.send(t, "GET", "/api/v1/answers/"+canary, jsonType, "")
	for _, header := range [][]string{
		{"Authorization", "Bearer bw_" + secret},
		{"Authorization", "Basic " + secret},
		{"X-Api-Key", secret},
		{"api-key", secret},
		{"Cookie", "bronwijzer_session=" + secret},
		{"X-Forwarded-User", secret},
		{"Authorization", secret},
	} {
		if status, _ := c.send(t, "POST", "/api/v1/chat", jsonType, question, header...); status != http.StatusUnauthorized {
			t.Errorf("%q: got %d", header, status)
		}
	}
	c.send(t, "POST", "/api/v1/session", jsonType, fmt.Sprintf(`{"key": "bw_%s"}`, secret), "Accept", "*/*")
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	file, err := w.CreateFormFile("file", "brief.docx")
	if err == nil {
		_, err = io.WriteString(file, canary)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.send(t, "POST", "/api/v1/documents", w.FormDataContentType(), form.String())

	_, metrics := c.send(t, "GET", "/metrics", jsonType, "")
	silent := map[string]string{"metrics": metrics, "errors": c.leaks.String()}
	for name, path := range map[string]string{"log": c.log, "audit log": filepath.Join(c.data, "audit.log")} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		silent[name] = string(text)
	}
	if !strings.Contains(silent["audit log"], rec.ID) || !strings.Contains(metrics, "bronwijzer_") || c.leaks.Len() == 0 {
		t.Error("nothing to look through")
	}
	for name, text := range silent {
		for _, bird := range []string{canary, secret, c.key, strings.TrimPrefix(c.key, "bw_")} {
			if at := strings.Index(strings.ToLower(text), strings.ToLower(bird)); at >= 0 {
				t.Errorf("%q in the %s: …%s…", bird, name, text[max(0, at-200):min(len(text), at+100)])
			}
		}
	}
	c.erased(t, canary)
}

// erased erases what the key asked, beside the server, and looks at every byte.
func (c *cage) erased(t *testing.T, canary string) {
	t.Helper()
	folder := func() []byte { return bytesOf(t, c.data) }
	if !bytes.Contains(folder(), []byte(canary)) {
		t.Fatal("the question isn't in the data folder: nothing to erase")
	}
	list, _, err := c.run(t, "export")
	if err != nil {
		t.Fatal(err)
	}
	subject := regexp.MustCompile(`key:\S+`).FindString(list)
	handed, _, err := c.run(t, "export", "--subject", subject)
	if err != nil || strings.Count(handed, canary) < 4 {
		t.Errorf("export of %q: %d times, %v", subject, strings.Count(handed, canary), err)
	}
	if out, stderr, err := c.run(t, "erase", "--subject", subject); err != nil {
		t.Fatalf("erase: %v\n%s%s", err, out, stderr)
	}
	// The file that was sent is refused, and then forgotten, by its job.
	for until := time.Now().Add(30 * time.Second); bytes.Contains(folder(), []byte(canary)); <-time.After(100 * time.Millisecond) {
		if time.Now().After(until) {
			all := folder()
			at := bytes.Index(all, []byte(canary))
			t.Fatalf("still in the data folder after erasing: …%q…", all[max(0, at-100):min(len(all), at+100)])
		}
	}
}

// bytesOf is every byte of the files in a folder. What the server moves from the
// database's log into the database meanwhile is seen: the log's name sorts after
// the database's, and it is read before it.
func bytesOf(t *testing.T, dir string) []byte {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return ifThere(err)
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, name := range slices.Backward(names) {
		b, err := os.ReadFile(name)
		if ifThere(err) != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// ifThere is an error without the one that says that a file went meanwhile.
func ifThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
