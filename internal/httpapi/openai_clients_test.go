package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sashabaranov/go-openai"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// clientSite answers "weiger" with a refusal, breaks off at "breek", is not
// ready for "nog niet", and answers the rest.
func clientSite(t *testing.T) *site {
	t.Helper()
	s := newSite()
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		ans := testAnswer(r)
		ans.Usage = record.Usage{PromptTokens: 30, CompletionTokens: 12}
		switch r.Question {
		case "weiger":
			ans = refusal(r, 5)
		case "nog niet":
			return record.Answer{}, chat.ErrNotReady
		case "breek":
			return record.Answer{}, errors.Join(emit(record.Sources{}), emit(record.Delta{Delta: "De"}), errors.New("secret inside"))
		}
		return ans, emitAll(ans, emit)
	}
	return s.start(t, Config{})
}

// nodeAnswer is what main.mjs prints.
type nodeAnswer struct {
	Models      []string
	Completion  completion
	Parts       completion
	Accumulated completion
	Refused     completion
	Streamed    nodeStream
	Links       nodeStream
	Errors      map[string]struct {
		Name, Code, Param, Type, Message *string
		Status                           *int
	}
}

type nodeStream struct {
	Text        string
	Annotations [][]annotation
	Finish      []string
	Usage       []tokenUsage
	Sources     [][]record.Citation
	IDs         int
	Roles       []string
}

// runNode runs the client of npm against a server.
func runNode(t *testing.T, url string) nodeAnswer {
	t.Helper()
	const dir = "testdata/openai-client"
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is missing: install Node.js 20 or later")
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "openai")); err != nil {
		t.Skip("the npm client is missing: run npm ci in internal/httpapi/" + dir)
	}
	cmd := exec.CommandContext(t.Context(), node, "main.mjs", url)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got nodeAnswer
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("decode %q: %v", out, err)
	}
	return got
}

func TestClientOfNPM(t *testing.T) {
	s := clientSite(t)
	got := runNode(t, s.url)
	want := testAnswer(chat.Request{})
	noted := annotations(want, s.url)
	if diff := cmp.Diff([]string{modelPlain, modelLinks}, got.Models); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
	for name, c := range map[string]completion{"completion": got.Completion, "parts": got.Parts, "accumulated": got.Accumulated} {
		if m := c.Choices[0].Message; m.Content != want.Text || c.Choices[0].FinishReason != "stop" || c.Usage != (tokenUsage{30, 12, 42}) {
			t.Errorf("%s: got %+v", name, c)
		}
	}
	if diff := cmp.Diff(noted, got.Completion.Choices[0].Message.Annotations); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(recordPart(want).Sources, got.Completion.Sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	wantStream := nodeStream{
		Text: want.Text, Annotations: [][]annotation{noted}, Finish: []string{"stop"}, Usage: []tokenUsage{{30, 12, 42}},
		Sources: [][]record.Citation{recordPart(want).Sources}, IDs: 1, Roles: []string{"assistant"},
	}
	if diff := cmp.Diff(wantStream, got.Streamed); diff != "" {
		t.Errorf("stream (-want +got):\n%s", diff)
	}
	wantStream.Text += sourceList(want.Citations, s.url)
	wantStream.Usage = []tokenUsage{}
	if diff := cmp.Diff(wantStream, got.Links); diff != "" {
		t.Errorf("stream with links (-want +got):\n%s", diff)
	}
	if got.Refused.Status != record.Refused || len(got.Refused.Sources) != 0 || len(got.Refused.Passages) != 3 ||
		got.Refused.Choices[0].Message.Content != "Dat staat niet in de documenten." {
		t.Errorf("refusal: got %+v", got.Refused)
	}
	status := map[string]int{"n": 400, "model": 404, "busy": 503}
	code := map[string]string{"n": "invalid_request", "model": "model_not_found", "busy": "not_ready", "midStream": "internal"}
	for name, e := range got.Errors {
		if e.Code == nil || *e.Code != code[name] || (e.Status != nil && *e.Status != status[name]) {
			t.Errorf("error %s: got %s, want %d %s", name, value(e.Message), status[name], code[name])
		}
	}
	if len(got.Errors) != len(code) || value(got.Errors["n"].Param) != "n" || value(got.Errors["n"].Type) != "invalid_request_error" {
		t.Errorf("errors: got %+v", got.Errors)
	}
}

func value(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

func goClient(s *site) *openai.Client {
	cfg := openai.DefaultConfig("geen")
	cfg.BaseURL = s.url + "/v1"
	cfg.HTTPClient = s.client
	return openai.NewClientWithConfig(cfg)
}

func goQuestion(content string) openai.ChatCompletionRequest {
	return openai.ChatCompletionRequest{
		Model: modelPlain, Temperature: 0.2, User: "u",
		Messages: []openai.ChatCompletionMessage{{Role: "system", Content: "Wees kort."}, {Role: "user", Content: content}},
	}
}

func TestGoClient(t *testing.T) {
	s := clientSite(t)
	client, ctx, want := goClient(s), t.Context(), testAnswer(chat.Request{})
	models, err := client.ListModels(ctx)
	if err != nil || len(models.Models) != 2 || models.Models[0].ID != modelPlain {
		t.Errorf("models: got %+v, %v", models, err)
	}
	whole, err := client.CreateChatCompletion(ctx, goQuestion("Wat?"))
	if err != nil || whole.Choices[0].Message.Content != want.Text || whole.Choices[0].FinishReason != openai.FinishReasonStop ||
		whole.Usage.TotalTokens != 42 {
		t.Errorf("completion: got %+v, %v", whole, err)
	}
	var failed *openai.APIError
	r := goQuestion("Wat?")
	r.Tools = []openai.Tool{{Type: "function", Function: &openai.FunctionDefinition{Name: "f"}}}
	_, err = client.CreateChatCompletion(ctx, r)
	if !errors.As(err, &failed) || failed.HTTPStatusCode != 400 || failed.Type != "invalid_request_error" || value(failed.Param) != "tools" {
		t.Errorf("tools: got %v", err)
	}
	_, err = client.CreateChatCompletionStream(ctx, goQuestion("nog niet"))
	if !errors.As(err, &failed) || failed.HTTPStatusCode != 503 || failed.Code != "not_ready" {
		t.Errorf("not ready: got %v", err)
	}
}

func TestGoClientStreams(t *testing.T) {
	s := clientSite(t)
	client, want := goClient(s), testAnswer(chat.Request{})
	r := goQuestion("Wat?")
	r.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	text, last, err := receive(t, client, r)
	if !errors.Is(err, io.EOF) || text != want.Text || last.Usage == nil || last.Usage.TotalTokens != 42 || len(last.Choices) != 0 {
		t.Errorf("got %q, %+v, %v", text, last, err)
	}
	var failed *openai.APIError
	text, _, err = receive(t, client, goQuestion("breek"))
	if text != "De" || !errors.As(err, &failed) || failed.Code != "internal" {
		t.Errorf("broken off: got %q, %v", text, err)
	}
}

// receive reads a stream to its end; err is never nil.
func receive(t *testing.T, client *openai.Client, r openai.ChatCompletionRequest) (text string, last openai.ChatCompletionStreamResponse, err error) {
	t.Helper()
	stream, err := client.CreateChatCompletionStream(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		chunk, err := stream.Recv()
		if err != nil {
			return text, last, err
		}
		last = chunk
		for _, c := range chunk.Choices {
			text += c.Delta.Content
		}
	}
}
