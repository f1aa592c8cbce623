package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestClient holds the driver's own HTTP against net/http's.
func TestClient(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.FormValue("as") {
		case "busy":
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusServiceUnavailable)
		case "events", "broken":
			w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
			for i := range 100 {
				fmt.Fprintf(w, "event: text\ndata: %s\n\n", strings.Repeat("a", 100*i))
				_ = http.NewResponseController(w).Flush()
			}
			if r.FormValue("as") == "events" {
				fmt.Fprint(w, "event: done\ndata: {}\n\n")
			}
		case "close":
			w.Header().Set("Connection", "close")
		default:
			fmt.Fprint(w, strings.Repeat("x", 100_000))
		}
	}))
	defer srv.Close()
	c, err := dial(t.Context(), strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	for _, tt := range []struct {
		as   string
		want response
	}{
		{"json", response{status: 200, whole: true}},
		{"events", response{status: 200, whole: true}},
		{"broken", response{status: 200}},
		{"busy", response{status: 503, retryAfter: true, whole: true}},
		{"json", response{status: 200, whole: true}},
		{"close", response{status: 200, whole: true, last: true}},
	} {
		got, err := c.do([]byte("GET /?as=" + tt.as + " HTTP/1.1\r\nHost: x\r\n\r\n"))
		if err != nil || got != tt.want {
			t.Errorf("%s: got %+v and %v, want %+v", tt.as, got, err, tt.want)
		}
	}
}
