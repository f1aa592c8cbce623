package answer

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
	"bronwijzer/prompts"
)

// modelAway is the notice of an answer that was meant to be generated.
const modelAway = "Het taalmodel is nu niet bereikbaar. Dit antwoord bestaat uit zinnen uit de documenten."

// GeneratedConfig says what the model can take. Zero takes what the comment
// says.
type GeneratedConfig struct {
	// Context is the model's window in tokens; 0 means 8192.
	Context int
	// MaxTokens is the longest answer; 0 means 800.
	MaxTokens int
}

// Generated answers in a model's words. The model sees the best passages, and
// each of its sentences is checked against them before a reader sees it: what
// isn't supported is withheld.
type Generated struct {
	lg        *slog.Logger
	retriever Retriever
	generator llm.Generator
	embedder  llm.Embedder // nil without one
	prompter  *prompter
	hash      string
	maxTokens int
}

var _ Answerer = (*Generated)(nil)

// NewGenerated returns a Generated. The embedder is the retriever's; nil where
// there is none.
func NewGenerated(lg *slog.Logger, r Retriever, g llm.Generator, e llm.Embedder, cfg GeneratedConfig) (*Generated, error) {
	if cfg.Context == 0 {
		cfg.Context = 8192
	}
	if cfg.MaxTokens == 0 {
		cfg.MaxTokens = 800
	}
	p, err := newPrompter(g.Model(), cfg.Context, cfg.MaxTokens)
	if err != nil {
		return nil, err
	}
	return &Generated{
		lg: lg, retriever: r, generator: g, embedder: e, prompter: p, hash: prompts.Hash(), maxTokens: cfg.MaxTokens,
	}, nil
}

// Answer implements Answerer. When the model is away before a sentence was
// shown, q.Fallback decides between sentences of the documents, with a notice,
// and a refusal.
func (g *Generated) Answer(ctx context.Context, q Question, emit func(record.Event) error) (record.Answer, error) {
	found, rec, err := find(ctx, g.retriever, q, emit)
	if err != nil {
		return record.Answer{}, err
	}
	rec.Mode, rec.Model, rec.PromptHash = record.Generated, g.generator.Model(), g.hash
	if reason, refused := refuse(q.Search, found); refused {
		return Refuse(rec, reason, emit)
	}
	m := &making{Generated: g, question: q, emit: emit, found: found, record: rec}
	began := time.Now()
	err = m.generate(ctx)
	m.record.Timings.Generate = time.Since(began).Milliseconds()
	switch {
	case m.writer == nil:
		return record.Answer{}, err
	case m.writer.shown():
		return m.shown(ctx, err)
	default:
		return m.nothing(ctx, err)
	}
}

// making is one answer in the making.
type making struct {
	*Generated
	question Question
	emit     func(record.Event) error
	found    retrieve.Result
	record   record.Answer
	writer   *writer // nil until the model is asked
}

// generate asks the model and writes what of its answer holds. The error is that
// of the model, ctx or emit.
func (m *making) generate(ctx context.Context) error {
	p, err := m.prompter.write(m.question, m.found.Pool)
	if err != nil {
		return err
	}
	sources := make([]cite.Source, len(p.shown))
	for i, s := range p.shown {
		sources[i] = source(s)
		sources[i].Vectors = s.Vectors
	}
	checker := cite.NewChecker(m.embedder, m.question.Search, sources)
	if err := checker.Prepare(ctx); err != nil {
		return err
	}
	w := newWriter(checker, sources, m.emit)
	m.writer = w
	parser := cite.NewParser(p.handles)
	usage, err := m.generator.Generate(ctx, llm.Request{Messages: p.messages, MaxTokens: m.maxTokens}, func(delta string) error {
		return w.write(ctx, parser.Feed(delta))
	})
	m.record.Usage = record.Usage{PromptTokens: usage.PromptTokens, CompletionTokens: usage.CompletionTokens}
	if w.emitErr != nil || ctx.Err() != nil {
		return err
	}
	rest := parser.Flush()
	if err != nil {
		rest = whole(rest)
	}
	if restErr := w.write(ctx, rest); restErr != nil {
		return restErr
	}
	return err
}

// shown is the record of an answer of which something was shown; it is whole
// when err, what generate returned, is nil.
func (m *making) shown(ctx context.Context, err error) (record.Answer, error) {
	rec, w := m.record, m.writer
	rec.Text, rec.Citations, rec.Withheld = w.composer.Text(), w.composer.Citations(), w.withheld
	var why string
	switch {
	case err == nil:
		return rec, nil
	case m.left(ctx):
		why = "cancelled"
	case errors.Is(err, llm.ErrLength):
		why, err = "length", nil
	default:
		m.lg.WarnContext(ctx, "answer breaks off", "model", rec.Model, "error", err)
		why, err = "upstream", nil
	}
	rec.Incomplete = &why
	return rec, err
}

// nothing is the record of an answer of which nothing was shown.
func (m *making) nothing(ctx context.Context, err error) (record.Answer, error) {
	rec, w := m.record, m.writer
	rec.Withheld = w.withheld
	switch {
	case m.left(ctx):
		return record.Answer{}, err
	case err != nil && !errors.Is(err, llm.ErrLength):
		m.lg.WarnContext(ctx, "no answer from the model", "model", rec.Model, "error", err)
		return m.without(ctx)
	case w.declined:
		return Refuse(rec, record.NoEvidence, m.emit)
	default:
		return Refuse(rec, record.NotSupported, m.emit)
	}
}

// left reports whether nobody waits for the answer any more.
func (m *making) left(ctx context.Context) bool { return ctx.Err() != nil || m.writer.emitErr != nil }

// without answers without the model.
func (m *making) without(ctx context.Context) (record.Answer, error) {
	rec := m.record
	if !m.question.Fallback {
		return Refuse(rec, record.ModelUnavailable, m.emit)
	}
	rec.Mode, rec.Model, rec.PromptHash, rec.Usage = record.Extractive, "", "", record.Usage{}
	rec, err := write(ctx, rec, choose(m.found), m.emit)
	rec.Notice = strings.TrimSpace(modelAway + " " + otherYear(m.question, rec))
	return rec, err
}
