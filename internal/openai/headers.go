package openai

import (
	"context"
	"net/http"
)

// headers hands the header of an error response to whoever put a place for it
// into the request's context: the client drops it where it streams.
type headers struct{ next http.RoundTripper }

type headerKey struct{}

func withHeader(ctx context.Context, into *http.Header) context.Context {
	return context.WithValue(ctx, headerKey{}, into)
}

func (h headers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if into, ok := r.Context().Value(headerKey{}).(*http.Header); ok && resp.StatusCode >= http.StatusBadRequest {
		*into = resp.Header
	}
	return resp, nil
}
