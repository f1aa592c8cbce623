package eval

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"bronwijzer/internal/record"
)

// topK is how many passages are asked for: as many as the metrics look at.
const topK = 10

// Server asks a running Bronwijzer over its HTTP API, and reads the documents
// there.
type Server struct {
	cfg   ServerConfig
	docs  map[string]serverDoc // by path
	paths map[string]string    // by id
	names Names

	mu    sync.Mutex
	texts map[Source]string // by path and version; what Load fetched
}

var (
	_ Asker = (*Server)(nil)
	_ Texts = (*Server)(nil)
)

// ServerConfig tells where a server is and how to ask it.
type ServerConfig struct {
	// URL is its address, without a path: "http://127.0.0.1:8080".
	URL string
	// Key is sent as a bearer token; empty sends none.
	Key string
	// Mode is asked for; empty leaves it to the server.
	Mode record.Mode
	// Client has to have a timeout; nil takes one of two minutes.
	Client *http.Client
}

type serverDoc struct {
	ID      string `json:"id"`
	Path    string `json:"path"`
	Version string `json:"version"`
}

// StatusError is an answer of the server that isn't a success.
type StatusError struct {
	Status int
	// Code and Message are the server's; empty where it gave none.
	Code, Message string

	retryAfter time.Duration
}

func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("status %d %s %s", e.Status, e.Code, e.Message))
}

// NewServer lists the documents of a server.
func NewServer(ctx context.Context, cfg ServerConfig) (*Server, error) {
	cfg.URL = strings.TrimRight(cfg.URL, "/")
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 2 * time.Minute}
	}
	s := &Server{cfg: cfg, docs: make(map[string]serverDoc), paths: make(map[string]string), texts: make(map[Source]string)}
	var paths []string
	for page := 1; ; page++ {
		var list struct {
			Documents []serverDoc `json:"documents"`
			Total     int         `json:"total"`
		}
		if err := s.getJSON(ctx, fmt.Sprintf("/api/v1/documents?page=%d&per_page=200", page), &list); err != nil {
			return nil, fmt.Errorf("list documents of %s: %w", cfg.URL, err)
		}
		for _, d := range list.Documents {
			d.Path = cmp.Or(d.Path, d.ID)
			s.docs[d.Path], s.paths[d.ID] = d, d.Path
			paths = append(paths, d.Path)
		}
		if len(list.Documents) == 0 || len(paths) >= list.Total {
			s.names = NewNames(paths)
			return s, nil
		}
	}
}

// Settings tell what the server is, as far as it says: its address, the program,
// the mode that is asked for, the model and the documents.
func (s *Server) Settings(ctx context.Context) ([]Setting, error) {
	var info struct{ Version, Model string }
	if err := s.getJSON(ctx, "/api/v1/info", &info); err != nil {
		return nil, fmt.Errorf("read settings of %s: %w", s.cfg.URL, err)
	}
	out := []Setting{{"server", s.cfg.URL}, {"program", "bronwijzer " + info.Version}, {"mode", string(s.cfg.Mode)}}
	if info.Model != "" {
		out = append(out, Setting{"model", info.Model})
	}
	versions := make(map[string]string, len(s.docs))
	for path, d := range s.docs {
		versions[path] = d.Version
	}
	return append(out, DocumentsSetting(versions)), nil
}

// Path returns the path of a document by its id, and the id of one that the
// server didn't list. It serves as Config.Path.
func (s *Server) Path(documentID string) string { return cmp.Or(s.paths[documentID], documentID) }

// Ask implements Asker. While the server says that it is asked too much, it
// waits as long as it is told to.
func (s *Server) Ask(ctx context.Context, q Question) (record.Answer, error) {
	body, err := json.Marshal(struct {
		Question string      `json:"question"`
		History  []Turn      `json:"history,omitempty"`
		TopK     int         `json:"top_k"`
		Mode     record.Mode `json:"mode,omitempty"`
		Include  []string    `json:"include"`
	}{q.Question, q.History, topK, s.cfg.Mode, []string{"passages"}})
	if err != nil {
		return record.Answer{}, fmt.Errorf("ask %s: %w", q.ID, err)
	}
	const tries = 5
	for try := 1; ; try++ {
		var a record.Answer
		err := s.postJSON(ctx, "/api/v1/chat", body, &a)
		if err == nil {
			return a, nil
		}
		var status *StatusError
		busy := errors.As(err, &status) && (status.Status == http.StatusTooManyRequests || status.Status == http.StatusServiceUnavailable)
		if !busy || try == tries {
			return record.Answer{}, fmt.Errorf("ask %s: %w", q.ID, err)
		}
		if err := sleep(ctx, status.retryAfter); err != nil {
			return record.Answer{}, fmt.Errorf("ask %s: %w", q.ID, err)
		}
	}
}

// Load fetches those of these texts that weren't fetched before. Unknown names,
// and versions that the server doesn't keep, are passed over; Text reports them.
func (s *Server) Load(ctx context.Context, sources []Source) error {
	for _, source := range sources {
		at, ok := s.find(source.Doc, source.Version)
		if _, known := s.Text(source.Doc, source.Version); !ok || known {
			continue
		}
		var text []byte
		target := "/api/v1/documents/" + url.PathEscape(s.docs[at.Doc].ID) + "/text?version=" + url.QueryEscape(at.Version)
		err := s.get(ctx, target, func(r io.Reader) (err error) { text, err = io.ReadAll(r); return err })
		var status *StatusError
		if errors.As(err, &status) && status.Status == http.StatusNotFound && source.Version != "" {
			continue
		}
		if err != nil {
			return fmt.Errorf("load %s: %w", at.Doc, err)
		}
		if !utf8.Valid(text) {
			return fmt.Errorf("load %s: text isn't UTF-8", at.Doc)
		}
		s.mu.Lock()
		s.texts[at] = string(text)
		s.mu.Unlock()
	}
	return nil
}

// find is the path of a document and its version, by name; that of now where
// version is empty.
func (s *Server) find(doc, version string) (Source, bool) {
	path, ok := s.names.Find(doc)
	return Source{path, cmp.Or(version, s.docs[path].Version)}, ok
}

// Text implements Texts for what was loaded.
func (s *Server) Text(doc, version string) (string, bool) {
	at, ok := s.find(doc, version)
	if !ok {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := s.texts[at]
	return text, ok
}

func (s *Server) getJSON(ctx context.Context, target string, into any) error {
	return s.get(ctx, target, func(r io.Reader) error { return json.NewDecoder(r).Decode(into) })
}

func (s *Server) get(ctx context.Context, target string, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.URL+target, nil)
	if err != nil {
		return err
	}
	return s.do(req, read)
}

func (s *Server) postJSON(ctx context.Context, target string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.URL+target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return s.do(req, func(r io.Reader) error { return json.NewDecoder(r).Decode(into) })
}

func (s *Server) do(req *http.Request, read func(io.Reader) error) error {
	if s.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+s.cfg.Key)
	}
	resp, err := s.cfg.Client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return statusError(resp)
	}
	return read(resp.Body)
}

// statusError reads the error of a response; a wait without or with a strange
// Retry-After is a second, and never more than half a minute.
func statusError(resp *http.Response) error {
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	e := &StatusError{Status: resp.StatusCode, retryAfter: time.Second}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&body); err == nil {
		e.Code, e.Message = body.Error.Code, body.Error.Message
	}
	if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && n >= 0 {
		e.retryAfter = time.Duration(min(n, 30)) * time.Second
	}
	return e
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
