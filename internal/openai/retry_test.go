package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"bronwijzer/internal/llm"
)

// TestEmbedderRetries lets servers fail in one way each; all get well after
// some requests, if they are asked that often.
func TestEmbedderRetries(t *testing.T) {
	status := func(code int, header ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"error": {"message": %q}}`, secretBody)
		}
	}
	hangUp := func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	breakOff := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"data": [`)
	}
	date := time.Now().Add(8 * time.Second).UTC().Format(http.TimeFormat)
	tests := []struct {
		name      string
		fail      func(http.ResponseWriter)
		failures  int
		requests  int
		low, high time.Duration // of every wait
		ok        bool
	}{
		{"429", status(429), 2, 3, firstWait / 2, 2 * firstWait, true},
		{"429 with seconds", status(429, "Retry-After", "7"), 1, 2, 7 * time.Second, 8 * time.Second, true},
		{"503 with date", status(503, "Retry-After", date), 1, 2, 4 * time.Second, 10 * time.Second, true},
		{"429 for an hour", status(429, "Retry-After", "3600"), 1, 1, 0, 0, false},
		{"nonsense in Retry-After", status(429, "Retry-After", "straks"), 1, 2, firstWait / 2, firstWait, true},
		{"500", status(500), 1, 2, firstWait / 2, firstWait, true},
		{"502 without JSON", func(w http.ResponseWriter) { w.WriteHeader(502); fmt.Fprint(w, "<html>"+secretBody) }, 1, 2, firstWait / 2, firstWait, true},
		{"500 for ever", status(500), 99, 4, firstWait / 2, 4 * firstWait, false},
		{"400", status(400), 1, 1, 0, 0, false},
		{"401", status(401), 1, 1, 0, 0, false},
		{"404", status(404), 1, 1, 0, 0, false},
		{"connection closed", hangUp, 1, 2, firstWait / 2, firstWait, true},
		{"response breaks off", breakOff, 1, 2, firstWait / 2, firstWait, true},
		{"redirect", status(307, "Location", "/elsewhere"), 1, 1, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, func(w http.ResponseWriter, r wire, n int) {
				if n <= tt.failures {
					tt.fail(w)
					return
				}
				send(w, vectorsOf(r))
			})
			e, log, waits := embedder(t, EmbedderConfig{BaseURL: s.URL + "/v1", Key: secretKey, Dim: 8})
			_, err := e.Embed(t.Context(), llm.Query, []string{secretText})
			if (err == nil) != tt.ok {
				t.Errorf("got error %v, want success %t", err, tt.ok)
			}
			if n := s.count(); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
			if len(*waits) != tt.requests-1 {
				t.Errorf("waited %v, want %d times", *waits, tt.requests-1)
			}
			for _, w := range *waits {
				if w < tt.low || w > tt.high {
					t.Errorf("waited %v, want between %v and %v", w, tt.low, tt.high)
				}
			}
			keepsSecrets(t, fmt.Sprint(err, log))
		})
	}
}

// TestSleep: cancellation ends a wait between attempts at once.
func TestSleep(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := sleep(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("got %v", err)
	}
}
