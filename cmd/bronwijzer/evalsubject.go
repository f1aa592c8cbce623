package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/eval"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/store"
	"bronwijzer/internal/trial"
)

// subject is what is evaluated: this program or a server.
type subject interface {
	eval.Asker
	eval.Texts
	// Load reads texts, of documents by the names that a set gives them.
	// Unknown names, and versions that aren't kept, are passed over; Text
	// reports them.
	Load(ctx context.Context, sources []eval.Source) error
	// Path is the path of a document by its id.
	Path(documentID string) string
	// prober gives askers whose collection differs from this one; an error
	// where that can't be.
	prober(ctx context.Context, v *invocation) (eval.Prober, error)
	// settings are all that may change the answers, as far as is known.
	settings() []eval.Setting
	close()
}

var (
	_ subject = (*local)(nil)
	_ subject = (*remoteSubject)(nil)
)

// subject opens what the command names: a server, the one that runs on the data
// folder, or the program itself with its collection brought up to date.
func (c *evalCmd) subject(ctx context.Context, v *invocation) (subject, error) {
	if target, ok := c.server(v); ok {
		if c.URL == "" {
			fmt.Fprintf(v.stderr, "Op deze gegevensmap draait een Bronwijzer; die wordt bevraagd: %s\n", target)
		}
		return c.remote(ctx, target)
	}
	lg := v.logger()
	a, err := openCurrent(ctx, v)
	if err != nil {
		return nil, err
	}
	l := &local{
		asker: asker{a.chat, record.Mode(c.Mode)}, app: a, lg: lg, chunk: v.settings.ChunkTokens,
		current: make(map[string]documentPath), paths: make(map[string]string), texts: make(map[eval.Source]string),
	}
	if err := l.list(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (c *evalCmd) remote(ctx context.Context, url string) (subject, error) {
	key, err := secret("key", c.Key, c.KeyFile)
	if err != nil {
		return nil, err
	}
	s, err := eval.NewServer(ctx, eval.ServerConfig{URL: url, Key: key, Mode: record.Mode(c.Mode)})
	var status *eval.StatusError
	switch {
	case errors.As(err, &status) && (status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden):
		return nil, &hintError{err, keyHint}
	case err != nil:
		return nil, &hintError{err, "Wijs met --url het adres van een draaiende Bronwijzer aan."}
	}
	about, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return &remoteSubject{s, about}, nil
}

// remoteSubject is a server.
type remoteSubject struct {
	*eval.Server
	about []eval.Setting
}

func (r *remoteSubject) settings() []eval.Setting { return r.about }
func (r *remoteSubject) close()                   {}

func (r *remoteSubject) prober(context.Context, *invocation) (eval.Prober, error) {
	return nil, &hintError{
		errors.New("--probes: the collection of a server can't be changed"),
		"Beëindig de Bronwijzer op deze gegevensmap, of kies een andere map met --data.",
	}
}

// asker asks a service, which keeps nothing of it.
type asker struct {
	service *chat.Service
	mode    record.Mode
}

// Ask implements eval.Asker.
func (a asker) Ask(ctx context.Context, q eval.Question) (record.Answer, error) {
	req := chat.Request{By: operator(), Question: q.Question, TopK: chat.DefaultTopK, Mode: a.mode}
	for _, t := range q.History {
		req.History = append(req.History, llm.Message{Role: llm.Role(t.Role), Content: t.Content})
	}
	return a.service.Try(ctx, req)
}

// local is this program.
type local struct {
	asker
	app     *app
	lg      *slog.Logger
	chunk   int                     // longest passage, in tokens
	current map[string]documentPath // by path
	paths   map[string]string       // by id
	names   eval.Names

	mu    sync.Mutex
	texts map[eval.Source]string // by path and version; what Load read
}

// list lists the documents of the store.
func (l *local) list(ctx context.Context) error {
	documents, err := documentPaths(ctx, l.app.store)
	if err != nil {
		return err
	}
	var all []string
	for _, d := range documents {
		l.paths[d.id] = d.path
		if _, ok := l.current[d.path]; !ok { // two roots may have the same path
			l.current[d.path] = d
			all = append(all, d.path)
		}
	}
	l.names = eval.NewNames(all)
	return nil
}

// documentPath is a document by its id and its path, and its current version.
type documentPath struct{ id, path, version string }

// documentPaths lists all documents, in order of root and path.
func documentPaths(ctx context.Context, st *store.Store) ([]documentPath, error) {
	const perPage = 500
	var out []documentPath
	for page := 1; ; page++ {
		list, total, err := st.DocumentPage(ctx, operator().Reader(), page, perPage)
		if err != nil {
			return nil, err
		}
		for i := range list {
			out = append(out, documentPath{list[i].ID, list[i].Path, list[i].Version})
		}
		if len(list) == 0 || len(out) >= total {
			return out, nil
		}
	}
}

// Path implements subject.
func (l *local) Path(documentID string) string {
	if path, ok := l.paths[documentID]; ok {
		return path
	}
	return documentID
}

// Load implements subject.
func (l *local) Load(ctx context.Context, sources []eval.Source) error {
	for _, source := range sources {
		at, ok := l.find(source.Doc, source.Version)
		if _, known := l.Text(source.Doc, source.Version); !ok || known {
			continue
		}
		text, err := l.app.store.Text(ctx, operator().Reader(), l.current[at.Doc].id, at.Version)
		if errors.Is(err, store.ErrNotFound) && source.Version != "" {
			continue
		}
		if err != nil {
			return err
		}
		l.mu.Lock()
		l.texts[at] = text
		l.mu.Unlock()
	}
	return nil
}

// find is the path of a document and its version, by name; that of now where
// version is empty.
func (l *local) find(doc, version string) (eval.Source, bool) {
	path, ok := l.names.Find(doc)
	return eval.Source{Doc: path, Version: cmp.Or(version, l.current[path].version)}, ok
}

// Text implements eval.Texts for what was loaded.
func (l *local) Text(doc, version string) (string, bool) {
	at, ok := l.find(doc, version)
	if !ok {
		return "", false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	text, ok := l.texts[at]
	return text, ok
}

func (l *local) settings() []eval.Setting {
	about := []eval.Setting{{Name: "program", Value: "bronwijzer " + version()}, {Name: "mode", Value: string(l.mode)}}
	if l.app.generator != nil {
		about = append(about, eval.Setting{Name: "model", Value: l.app.generator.Model()})
	}
	versions := make(map[string]string, len(l.current))
	for path, d := range l.current {
		versions[path] = d.version
	}
	return append(about, eval.Setting{Name: "embedder", Value: nameOf(l.app.embedder)},
		eval.Setting{Name: "chunk_tokens", Value: strconv.Itoa(l.chunk)}, eval.DocumentsSetting(versions))
}

// nameOf names an embedder, or that there is none.
func nameOf(e llm.Embedder) string {
	if e == nil {
		return "none"
	}
	return e.Model()
}

func (l *local) close() { l.app.close(l.lg) }

// prober answers as the program does, from a second collection.
func (l *local) prober(ctx context.Context, v *invocation) (eval.Prober, error) {
	a := l.app
	c := newCollection(a.embedder)
	service, err := a.service(l.lg, v.settings, retrieve.New(c, a.embedder, retrieve.DefaultWeights()), front{})
	if err != nil {
		return nil, err
	}
	prober := trial.NewProber(c, a.embedder, asker{service, l.mode})
	filler, err := a.newIngester(l.lg, v.settings, prober)
	if err != nil {
		return nil, err
	}
	return prober, filler.Fill(ctx, nil)
}
