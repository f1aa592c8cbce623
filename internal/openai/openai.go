// Package openai talks to any server that speaks OpenAI's API: a model of one's
// own behind llama.cpp, vLLM or Ollama, or a service. Embedder makes vectors,
// Generator text.
//
// It is the only place that knows the wire format. Keys, texts and what a
// server says in its error bodies never get into its errors or its log; an
// error names the operation, the status and no more. Whatever a server returns
// is checked before it is passed on.
package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	api "github.com/sashabaranov/go-openai"

	"bronwijzer/internal/llm"
)

// maxResponse is how much of a response is read, in bytes. A batch of 256
// vectors of 3,072 numbers written out takes 20 MB.
const maxResponse = 64 << 20

// newClient returns a client for the endpoint, which ends in "/v1" as a rule.
// Requests go over the transport.
func newClient(baseURL, key string, transport http.RoundTripper) (*api.Client, error) {
	u, err := url.Parse(baseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		// Not with %w or the value: it may hold a password.
		return nil, errors.New("base URL is no http(s) address")
	}
	cfg := api.DefaultConfig(key)
	cfg.BaseURL = baseURL
	cfg.HTTPClient = &http.Client{
		Transport: limited{transport},
		// A redirect would send texts to an address that nobody configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
	return api.NewClientWithConfig(cfg), nil
}

var (
	errRedirect = errors.New("server redirects elsewhere")
	errTooLarge = errors.New("response is too large")
)

// limited cuts responses off at maxResponse.
type limited struct{ next http.RoundTripper }

func (t limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{body: resp.Body, left: maxResponse}
	return resp, nil
}

type limitedBody struct {
	body io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.body.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (b *limitedBody) Close() error { return b.body.Close() }

// failure is why a request failed, cleaned of what must not be shown.
type failure struct {
	what   string
	status int  // 0 when there was no response
	again  bool // trying again may help
	outage bool // it tells against the server
	cause  error
}

func (f *failure) Error() string { return f.what }

func (f *failure) Unwrap() error { return f.cause }

// classify turns an error of the client into one that can be shown. Timeout is
// how long the request was given.
func classify(ctx context.Context, err error, timeout time.Duration) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	status := 0
	var apiErr *api.APIError
	var requestErr *api.RequestError
	switch {
	case errors.As(err, &apiErr):
		status = apiErr.HTTPStatusCode
	case errors.As(err, &requestErr):
		status = requestErr.HTTPStatusCode
	}
	if status != 0 {
		return statusFailure(status)
	}
	var urlErr *url.Error
	var netErr net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{what: fmt.Sprintf("no answer within %v", timeout), again: true, cause: llm.ErrUnavailable}
	case errors.Is(err, errRedirect), errors.Is(err, errTooLarge):
		return &failure{what: cause(err).Error()}
	case errors.As(err, &urlErr):
		return &failure{what: "no connection: " + urlErr.Err.Error(), again: true, cause: llm.ErrUnavailable}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.As(err, &netErr):
		return &failure{what: "response breaks off", again: true, cause: llm.ErrUnavailable}
	}
	// A decoder's message quotes what it read.
	return &failure{what: "response is not what the API promises"}
}

// cause is the sentinel of this package that err wraps.
func cause(err error) error {
	if errors.Is(err, errRedirect) {
		return errRedirect
	}
	return errTooLarge
}

func statusFailure(status int) *failure {
	f := &failure{what: fmt.Sprintf("server answers with status %d", status), status: status}
	switch {
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		f.again, f.cause = true, llm.ErrUnavailable
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		f.cause = llm.ErrUnavailable
	}
	return f
}
