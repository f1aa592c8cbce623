package llmtest_test

import (
	"context"
	"errors"
	"testing"

	"bronwijzer/internal/llm"
	"bronwijzer/internal/llm/llmtest"
)

func TestFake(t *testing.T) {
	llmtest.TestEmbedder(t, llmtest.Embedder{})
	llmtest.TestEmbedder(t, llmtest.Embedder{Dimension: 7, Name: "klein"})
}

func TestFakeIsAboutWords(t *testing.T) {
	v, err := llmtest.Embedder{}.Embed(t.Context(), llm.Passage, []string{"zorg voor slachtoffers", "Slachtoffers zorg", "fietspad"})
	if err != nil {
		t.Fatal(err)
	}
	near, far := 0.0, 0.0
	for i := range v[0] {
		near += float64(v[0][i] * v[1][i])
		far += float64(v[0][i] * v[2][i])
	}
	if near < 0.5 || far > 0.5 {
		t.Errorf("cosine %.2f with shared words, %.2f without", near, far)
	}
}

func TestFailing(t *testing.T) {
	down := errors.New("down")
	if _, err := (llmtest.FailingEmbedder{Err: down}).Embed(t.Context(), llm.Query, nil); !errors.Is(err, down) {
		t.Errorf("got %v, want %v", err, down)
	}
}

func TestBlocking(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{})
	result := make(chan error)
	go func() {
		_, err := llmtest.BlockingEmbedder{Started: started}.Embed(ctx, llm.Query, []string{"a"})
		result <- err
	}()
	<-started
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
