package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"bronwijzer/internal/access"
	"bronwijzer/internal/admission"
	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/e5"
	"bronwijzer/internal/httpapi"
	"bronwijzer/internal/index"
	"bronwijzer/internal/ingest"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/load"
	"bronwijzer/internal/openai"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/sandbox"
	"bronwijzer/internal/store"
	"bronwijzer/web"
)

// notice goes with every answer, as the AI Act asks (article 50).
const notice = "Dit antwoord is automatisch samengesteld. Controleer de bronnen."

// app is the program put together: every part that a command may need.
type app struct {
	store      *store.Store
	audit      *access.Audit
	people     *access.Service // once handler was called
	embedder   llm.Embedder    // nil without one
	collection *index.Collection
	readers    *sandbox.Pool // of files
	ingester   *ingest.Ingester
	jobs       *ingest.Jobs
	retriever  *retrieve.Retriever
	chat       *chat.Service
	generator  llm.Generator // nil without a model
	roots      []ingest.Root
	front      front
	// ready is set when there is something to ask: the collection as it was
	// stored, or the first one.
	ready atomic.Bool

	mu       sync.Mutex
	examples []string
}

// front is what only a program has that serves others; zero for one that works
// for whoever started it.
type front struct {
	publicURL string
	// search bounds what is searched and answered without the model at once,
	// model what is answered with it; nil bounds nothing.
	search, model *admission.Gate
}

// open puts the program together on the data folder, as its owner. It reads
// nothing yet: fill and update do.
func open(ctx context.Context, lg *slog.Logger, set *settings, f front) (*app, error) {
	embedder, err := newEmbedder(ctx, lg, set)
	if err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, lg, set.Data, store.Owner)
	if errors.Is(err, store.ErrLocked) {
		return nil, &hintError{err, "Er werkt al een Bronwijzer met deze gegevensmap; beëindig die of kies een andere map met --data."}
	}
	if err != nil {
		return nil, err
	}
	f.publicURL = strings.TrimSuffix(f.publicURL, "/")
	audit, err := access.OpenAudit(lg, set.Data, access.AuditConfig{Rotates: true})
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	a := &app{store: st, audit: audit, embedder: embedder, collection: newCollection(embedder), front: f}
	for _, dir := range set.Corpus {
		a.roots = append(a.roots, ingest.Root{Dir: dir})
	}
	if err := a.assemble(lg, set); err != nil {
		return nil, errors.Join(err, audit.Close(), st.Close())
	}
	return a, nil
}

// assemble makes the parts that work on store and collection.
func (a *app) assemble(lg *slog.Logger, set *settings) (err error) {
	if a.generator, err = newGenerator(lg, set); err != nil {
		return err
	}
	a.retriever = retrieve.New(a.collection, a.embedder, retrieve.DefaultWeights())
	if a.chat, err = a.service(lg, set, a.retriever, a.front); err != nil {
		return err
	}
	if a.readers, err = newReaders(lg, set); err != nil {
		return err
	}
	if a.ingester, err = a.newIngester(lg, set, a.collection); err != nil {
		return err
	}
	a.jobs = ingest.NewJobs(lg, a.store, a.ingester)
	return nil
}

// service answers from what a retriever finds, with the model if there is one.
func (a *app) service(lg *slog.Logger, set *settings, r *retrieve.Retriever, f front) (*chat.Service, error) {
	cfg := chat.Config{Notice: notice, PublicURL: f.publicURL, Ready: a.ready.Load, Search: f.search, Model: f.model}
	if a.generator != nil {
		generated, err := answer.NewGenerated(lg, gated{r, f.search}, a.generator, a.embedder, answer.GeneratedConfig{
			Context: set.LLMContext, MaxTokens: set.LLMMaxTokens,
		})
		if err != nil {
			return nil, &hintError{err, "Kies een groter --llm-context of een kleiner --llm-max-tokens."}
		}
		cfg.Generated, cfg.Rewriter = generated, chat.NewRewriter(lg, a.generator)
	}
	return chat.New(lg, a.store, answer.NewExtractive(r), cfg), nil
}

// newIngester takes documents into the store and an index.
func (a *app) newIngester(lg *slog.Logger, set *settings, ix ingest.Index) (*ingest.Ingester, error) {
	return ingest.New(lg, a.store, ix, a.embedder, ingest.Config{Chunk: chunk.Config{Tokens: set.ChunkTokens}, Read: a.readers.Read})
}

// newGenerator is the model that the settings name; nil when they name none.
func newGenerator(lg *slog.Logger, set *settings) (llm.Generator, error) {
	if set.LLMBaseURL == "" && set.LLMModel == "" {
		return nil, nil
	}
	key, err := secret("llm-api-key", set.LLMAPIKey, set.LLMAPIKeyFile)
	if err != nil {
		return nil, err
	}
	generator, err := openai.NewGenerator(lg, openai.GeneratorConfig{
		BaseURL: set.LLMBaseURL, Key: key, Model: set.LLMModel,
		Connect: set.LLMConnect, First: set.LLMFirst, Idle: set.LLMIdle, Concurrent: set.LLMConcurrent, Queue: modelQueue,
	})
	if err != nil {
		return nil, &hintError{err, "Geef met --llm-base-url en --llm-model allebei op: adres en naam van het taalmodel."}
	}
	return generator, nil
}

// newEmbedder is the embedder that the settings ask for; nil for none.
func newEmbedder(ctx context.Context, lg *slog.Logger, set *settings) (llm.Embedder, error) {
	switch set.Embedder {
	case "builtin":
		return e5.New()
	case "openai":
		key, err := secret("embed-api-key", set.EmbedAPIKey, set.EmbedAPIKeyFile)
		if err != nil {
			return nil, err
		}
		embedder, err := openai.NewEmbedder(ctx, lg, openai.EmbedderConfig{
			BaseURL: set.EmbedBaseURL, Key: key, Model: set.EmbedModel, Dim: set.EmbedDimension,
			QueryPrefix: set.EmbedQueryPrefix, PassagePrefix: set.EmbedPassagePrefix, InputType: set.EmbedInputType,
			Batch: set.EmbedBatch, Timeout: set.EmbedTimeout,
		})
		if err != nil {
			return nil, &hintError{err, "Geef met --embed-base-url en --embed-model adres en naam op van een embeddings-API die bereikbaar is, of kies --embedder builtin."}
		}
		return embedder, nil
	default:
		return nil, nil
	}
}

// newCollection is an empty collection that fits the embedder.
func newCollection(embedder llm.Embedder) *index.Collection {
	if embedder == nil {
		return index.NewCollection(nil, 0)
	}
	return index.NewCollection(index.NewChromem(embedder.Dim()), embedder.Dim())
}

// operator is whoever runs a command on the data folder: what it answers in its
// own process hides no document.
func operator() access.Subject { return access.Subject{Operator: true} }

// close gives up the data folder.
func (a *app) close(lg *slog.Logger) {
	a.readers.Close()
	if err := errors.Join(a.audit.Close(), a.store.Close()); err != nil {
		lg.Error("close", "error", err)
	}
}

// fill brings in what the store holds, and tells w about it: after a change of
// embedder that takes as long as the first time.
func (a *app) fill(ctx context.Context, w io.Writer) error {
	p := newProgress(w)
	err := a.ingester.Fill(ctx, p.show)
	p.end()
	if err != nil {
		return err
	}
	_, passages := a.size(operator().Reader())
	a.ready.Store(passages > 0)
	return nil
}

// update takes over what changed in the folders and tells w about it.
func (a *app) update(ctx context.Context, w io.Writer) (ingest.Report, error) {
	p := newProgress(w)
	report, err := a.ingester.Run(ctx, a.roots, p.show)
	p.end()
	if errors.Is(err, fs.ErrNotExist) {
		err = &hintError{err, "Maak die map met documenten, of wijs met --corpus een andere aan."}
	}
	if manifest := (*load.ManifestError)(nil); errors.As(err, &manifest) {
		err = &hintError{err, manifest.Message()}
	}
	if err != nil {
		return report, err
	}
	a.mu.Lock()
	a.examples = report.Questions
	a.mu.Unlock()
	a.ready.Store(true)
	return report, nil
}

// size is the number of documents and passages that a reader can find.
func (a *app) size(r docs.Reader) (documents, passages int) {
	_ = a.collection.Read(func(v index.View) error { // returns what f does
		documents, passages = v.Count(docs.Filter{Reader: r})
		return nil
	})
	return documents, passages
}

// gated searches where there is a place for it. An answer without the model has
// its place already; the search for one with it is as much work.
type gated struct {
	retriever *retrieve.Retriever
	gate      *admission.Gate
}

// Retrieve implements answer.Retriever. It also returns chat.ErrBusy.
func (g gated) Retrieve(ctx context.Context, q retrieve.Query) (retrieve.Result, error) {
	leave, err := g.gate.Enter(ctx)
	if err != nil {
		return retrieve.Result{}, fmt.Errorf("search: %w", err)
	}
	defer leave()
	return g.retriever.Retrieve(ctx, q)
}

// Search finds passages; it makes app an httpapi.Searcher.
func (a *app) Search(ctx context.Context, query string, k int, f docs.Filter) ([]record.Passage, error) {
	if !a.ready.Load() {
		return nil, chat.ErrNotReady
	}
	found, err := gated{a.retriever, a.front.search}.Retrieve(ctx, retrieve.Query{Text: query, K: k, Filter: f})
	if err != nil {
		return nil, err
	}
	return answer.Passages(found.Passages), nil
}

// info is what the server tells of itself.
func (a *app) info(_ context.Context, r docs.Reader) (httpapi.Info, error) {
	documents, passages := a.size(r)
	a.mu.Lock()
	examples := a.examples
	a.mu.Unlock()
	info := httpapi.Info{
		Name: "Bronwijzer", Version: version(), Mode: record.Extractive,
		Documents: documents, Passages: passages, Examples: examples, Notice: notice,
	}
	if a.generator != nil {
		info.Mode, info.Model = record.Generated, a.generator.Model()
	}
	return info, nil
}

// handler is the HTTP API on the app.
func (a *app) handler(lg *slog.Logger, who access.Config, cfg httpapi.Config) (http.Handler, error) {
	var err error
	if a.people, err = access.New(lg, a.store, who); err != nil {
		return nil, err
	}
	return httpapi.New(lg, httpapi.Deps{
		Access: a.people, Audit: a.audit, Chat: a.chat, Documents: documents{a.store}, Jobs: uploads{a.store, a.jobs}, Searcher: a, Info: a.info, Ready: a.ready.Load, Busy: a.front.search.Full,
		Web: web.FS(),
	}, cfg)
}

// documents shows the store's documents as httpapi wants them.
type documents struct{ store *store.Store }

func (d documents) Documents(ctx context.Context, r docs.Reader, page, perPage int) ([]httpapi.DocumentInfo, int, error) {
	list, total, err := d.store.DocumentPage(ctx, r, page, perPage)
	out := make([]httpapi.DocumentInfo, len(list))
	for i := range list {
		out[i] = documentInfo(&list[i])
	}
	return out, total, err
}

func (d documents) Document(ctx context.Context, r docs.Reader, id string) (httpapi.DocumentInfo, error) {
	info, err := d.store.Document(ctx, r, id)
	return documentInfo(&info), known(err)
}

func (d documents) Text(ctx context.Context, r docs.Reader, id, version string) (string, error) {
	text, err := d.store.Text(ctx, r, id, version)
	return text, known(err)
}

// known turns the store's "not there" into the one that httpapi knows.
func known(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: %w", chat.ErrNotFound, err)
	}
	return err
}

func documentInfo(d *store.DocumentInfo) httpapi.DocumentInfo {
	return httpapi.DocumentInfo{
		ID: d.ID, Path: d.Path, Title: d.Title, Publisher: d.Publisher, Kind: d.Kind, Date: d.Date, Dossier: d.Dossier,
		SourceURL: d.SourceURL, Language: d.Language, Characters: d.Characters, Passages: d.Passages,
		Version: d.Version, IngestedAt: d.IngestedAt,
	}
}
