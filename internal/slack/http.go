package slack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What a request may come to, beside success and failure.
var (
	// errLater makes Slack send it again later.
	errLater = errors.New("not now")
	// errMalformed is signed, but not what Slack sends.
	errMalformed = errors.New("malformed")
	// errForged isn't signed, or not now; errLarge is more than Slack sends.
	errForged = errors.New("no valid signature")
	errLarge  = errors.New("too large")
)

// Beside returns a handler that takes what is below /slack/ itself and leaves
// everything else to next.
func (s *Service) Beside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(strings.TrimPrefix(r.URL.Path, s.basePath), "/slack/") {
			s.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP takes requests for /slack/events, /slack/commands and
// /slack/interactions, also below the path of the public URL.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handle := map[string]func(context.Context, http.ResponseWriter, []byte) error{
		"/slack/events":       s.events,
		"/slack/commands":     s.commands,
		"/slack/interactions": s.interactions,
	}[strings.TrimPrefix(r.URL.Path, s.basePath)]
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	// Of what is refused nothing more is read.
	h.Set("Connection", "close")
	switch {
	case handle == nil:
		http.Error(w, "onbekend adres", http.StatusNotFound)
		return
	case r.Method != http.MethodPost:
		h.Set("Allow", http.MethodPost)
		http.Error(w, "alleen POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := s.door.read(w, r)
	if err == nil {
		h.Del("Connection")
		err = handle(r.Context(), w, body)
	}
	switch {
	case err == nil:
	case errors.Is(err, errForged):
		s.door.refuse(w, r)
	case errors.Is(err, errLarge):
		http.Error(w, "te groot", http.StatusRequestEntityTooLarge)
	case errors.Is(err, errLater):
		http.Error(w, "probeer het later", http.StatusServiceUnavailable)
	case errors.Is(err, errMalformed):
		http.Error(w, "onleesbaar", http.StatusBadRequest)
	default:
		s.lg.ErrorContext(r.Context(), "slack request failed", slog.String("route", r.URL.Path), slog.Any("error", err))
		http.Error(w, "mislukt", http.StatusInternalServerError)
	}
}

// accept keeps a job, once for each key, and queues it; added says that it did.
// When there is no error it is safe to tell Slack so. A question for which there
// is no room gets that as its answer, as long as there is room for that.
func (s *Service) accept(ctx context.Context, key string, j job) (added bool, err error) {
	waiting := s.queue.size()
	switch {
	case !s.loaded.Load() || waiting >= 2*s.cfg.Queue:
		return false, errLater
	case waiting >= s.cfg.Queue && j.Kind == ask:
		j.Kind, j.Text = post, textBusy
	case waiting >= s.cfg.Queue && j.Kind == command:
		j.Kind, j.Text = say, textBusy
	}
	j.Request, j.Accepted = rand.Text(), time.Now().UTC()
	b, err := json.Marshal(j)
	if err != nil {
		return false, err
	}
	id, added, err := s.store.AddJob(ctx, key, b)
	if err == nil && added {
		s.queue.add(&task{id: id, job: j})
	}
	return added, err
}

// allowedTeam reports whether people of a workspace get answers: those of the
// list, or without one those of the workspace that has the app. In a channel
// that is shared between workspaces others ask too.
func (s *Service) allowedTeam(installed string, of ...string) bool {
	for _, team := range of {
		if team != "" && team != installed && !slices.Contains(s.cfg.Teams, team) {
			return false
		}
	}
	return len(s.cfg.Teams) == 0 || slices.Contains(s.cfg.Teams, installed)
}

// allowedChannel reports whether questions in a channel get answers.
func (s *Service) allowedChannel(channel string) bool {
	if len(s.cfg.Channels) == 0 || slices.Contains(s.cfg.Channels, channel) {
		return true
	}
	return strings.HasPrefix(channel, "D") && slices.Contains(s.cfg.Channels, DirectMessages)
}

// writeJSON answers a request. That it can't be written means that Slack left.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}
