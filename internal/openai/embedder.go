package openai

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	api "github.com/sashabaranov/go-openai"

	"bronwijzer/internal/llm"
)

// EmbedderConfig says where and how to embed. BaseURL and Model are required.
type EmbedderConfig struct {
	// BaseURL is the address that "/embeddings" is appended to, such as
	// "http://127.0.0.1:8000/v1".
	BaseURL string
	// Key is sent as bearer token when it isn't empty.
	Key   string
	Model string
	// Dim is the length of the model's vectors; 0 asks the server once.
	Dim int
	// QueryPrefix and PassagePrefix are put before every text. Models of the
	// e5 family want "query: " and "passage: ", unless their server adds them.
	QueryPrefix, PassagePrefix string
	// InputType sends the kind of text along as "input_type", "query" or
	// "passage", for servers that add prefixes by it. OpenAI's own refuses
	// requests with fields that it doesn't know.
	InputType bool
	// Batch is how many texts go into one request; 0 means 32.
	Batch int
	// Timeout is how long one request may take; 0 means a minute.
	Timeout time.Duration
	// Retries is how often a request is repeated that failed on its way or with
	// status 429 or 5xx; 0 means three times, below 0 never.
	Retries int
}

// Embedder is llm.Embedder on a server's "/embeddings".
type Embedder struct {
	lg     *slog.Logger
	client *api.Client
	cfg    EmbedderConfig
	wait   func(context.Context, time.Duration) error
}

var _ llm.Embedder = (*Embedder)(nil)

// NewEmbedder returns an embedder for the endpoint. It goes to the server only
// when cfg.Dim is 0.
func NewEmbedder(ctx context.Context, lg *slog.Logger, cfg EmbedderConfig) (*Embedder, error) {
	client, err := newClient(cfg.BaseURL, cfg.Key, http.DefaultTransport)
	if err != nil {
		return nil, fmt.Errorf("embedder: %w", err)
	}
	if cfg.Model == "" {
		return nil, errors.New("embedder: no model named")
	}
	if cfg.Batch <= 0 {
		cfg.Batch = 32
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = time.Minute
	}
	if cfg.Retries == 0 {
		cfg.Retries = 3
	}
	e := &Embedder{lg: lg, client: client, cfg: cfg, wait: sleep}
	if cfg.Dim <= 0 {
		v, err := e.batch(ctx, llm.Query, []string{"dimensie"})
		if err != nil {
			return nil, fmt.Errorf("embedder: ask %s for its dimension: %w", cfg.Model, err)
		}
		e.cfg.Dim = len(v[0])
	}
	return e, nil
}

// Model names the model, its dimension and, by a hash, how texts are announced
// to it. The address is left out: a model gives the same vectors anywhere.
func (e *Embedder) Model() string {
	name := e.cfg.Model + "/" + strconv.Itoa(e.cfg.Dim)
	if e.cfg.QueryPrefix == "" && e.cfg.PassagePrefix == "" && !e.cfg.InputType {
		return name
	}
	announced := []string{e.cfg.QueryPrefix, e.cfg.PassagePrefix, strconv.FormatBool(e.cfg.InputType)}
	sum := sha256.Sum256([]byte(strings.Join(announced, "\x00")))
	return name + "/" + hex.EncodeToString(sum[:4])
}

// Dim is the length of every vector.
func (e *Embedder) Dim() int { return e.cfg.Dim }

// Embed returns one vector for each text, in their order. Requests go one after
// another; the first that fails for good ends it.
func (e *Embedder) Embed(ctx context.Context, kind llm.Kind, texts []string) ([]llm.Vector, error) {
	vectors := make([]llm.Vector, 0, len(texts))
	for len(texts) > 0 {
		n := min(e.cfg.Batch, len(texts))
		batch, err := e.batch(ctx, kind, texts[:n])
		if err != nil {
			return nil, fmt.Errorf("embed %d texts with %s: %w", n, e.cfg.Model, err)
		}
		vectors = append(vectors, batch...)
		texts = texts[n:]
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed with %s: %w", e.cfg.Model, err)
	}
	return vectors, nil
}

// batch embeds the texts of one request, trying again where that may help.
func (e *Embedder) batch(ctx context.Context, kind llm.Kind, texts []string) ([]llm.Vector, error) {
	for attempt := 0; ; attempt++ {
		vectors, header, err := e.request(ctx, kind, texts)
		if err == nil {
			return vectors, nil
		}
		var f *failure
		if !errors.As(err, &f) || !f.again || attempt >= e.cfg.Retries {
			return nil, err
		}
		wait, ok := backoff(attempt, header, time.Now())
		if !ok {
			return nil, err
		}
		e.lg.WarnContext(ctx, "embedding failed, trying again",
			"model", e.cfg.Model, "texts", len(texts), "status", f.status, "attempt", attempt+1, "wait", wait)
		if err := e.wait(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// request asks once.
func (e *Embedder) request(ctx context.Context, kind llm.Kind, texts []string) ([]llm.Vector, http.Header, error) {
	limit, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	req := api.EmbeddingRequest{
		Input:          e.input(kind, texts),
		Model:          api.EmbeddingModel(e.cfg.Model),
		EncodingFormat: api.EmbeddingEncodingFormatFloat,
	}
	if e.cfg.InputType {
		req.ExtraBody = map[string]any{"input_type": kindName(kind)}
	}
	resp, err := e.client.CreateEmbeddings(limit, req)
	if err != nil {
		return nil, resp.Header(), classify(ctx, err, e.cfg.Timeout)
	}
	vectors, err := e.arrange(resp.Data, len(texts))
	return vectors, nil, err
}

// input announces the texts. An empty one becomes a space: OpenAI refuses a
// batch with an empty text in it.
func (e *Embedder) input(kind llm.Kind, texts []string) []string {
	prefix := e.cfg.PassagePrefix
	if kind == llm.Query {
		prefix = e.cfg.QueryPrefix
	}
	input := make([]string, len(texts))
	for i, text := range texts {
		input[i] = prefix + text
		if input[i] == "" {
			input[i] = " "
		}
	}
	return input
}

func kindName(kind llm.Kind) string {
	if kind == llm.Query {
		return "query"
	}
	return "passage"
}

// arrange puts n vectors into the order of their texts and checks them.
func (e *Embedder) arrange(data []api.Embedding, n int) ([]llm.Vector, error) {
	if len(data) != n {
		return nil, &failure{what: fmt.Sprintf("server returns %d vectors for %d texts", len(data), n)}
	}
	vectors := make([]llm.Vector, n)
	for _, d := range data {
		if d.Index < 0 || d.Index >= n || vectors[d.Index] != nil {
			return nil, &failure{what: fmt.Sprintf("server returns index %d twice or out of range", d.Index)}
		}
		if e.cfg.Dim > 0 && len(d.Embedding) != e.cfg.Dim {
			return nil, &failure{what: fmt.Sprintf("server returns %d dimensions, want %d", len(d.Embedding), e.cfg.Dim)}
		}
		v, ok := normalise(d.Embedding)
		if !ok {
			return nil, &failure{what: "server returns a vector without direction"}
		}
		vectors[d.Index] = v
	}
	return vectors, nil
}

// normalise scales v to unit length; false when it is zero, empty or not
// finite.
func normalise(v []float32) (llm.Vector, bool) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	norm := math.Sqrt(sum)
	if norm == 0 || math.IsNaN(norm) || math.IsInf(norm, 0) {
		return nil, false
	}
	out := make(llm.Vector, len(v))
	for i, x := range v {
		out[i] = float32(float64(x) / norm)
	}
	return out, true
}
