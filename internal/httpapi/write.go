package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	// pieceSize is what a client has one write timeout for.
	pieceSize = 64 << 10
	// bodyTimeout is how long a client may take to send a body.
	bodyTimeout = 30 * time.Second
)

// withDeadlines bounds how long a client can hold a request up: bodyTimeout for
// its body, and timeout for every piece of the answer. http.Server's own
// timeouts span a whole request, which would cut streams.
func withDeadlines(next http.Handler, timeout time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dw := &deadlineWriter{ResponseWriter: w, rc: http.NewResponseController(w), timeout: timeout}
		if r.ContentLength != 0 {
			// readJSON lifts it. Without a network connection there is nothing to set.
			_ = dw.rc.SetReadDeadline(time.Now().Add(bodyTimeout))
		}
		next.ServeHTTP(dw, r)
	})
}

// deadlineWriter gives every piece of an answer a deadline of its own.
type deadlineWriter struct {
	http.ResponseWriter
	rc      *http.ResponseController
	timeout time.Duration
}

// Write writes p in pieces; a client that stops reading fails one of them.
func (w *deadlineWriter) Write(p []byte) (int, error) {
	written := 0
	for {
		piece := p[written:min(len(p), written+pieceSize)]
		w.extend()
		n, err := w.ResponseWriter.Write(piece)
		written += n
		if err != nil || written >= len(p) {
			return written, err
		}
	}
}

// Flush sends what was written so far. It has no error to return: the next
// Write has it.
func (w *deadlineWriter) Flush() {
	w.extend()
	_ = w.rc.Flush()
}

// Unwrap is for http.ResponseController.
func (w *deadlineWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// extend moves the deadline. net/http lifts it after the request.
func (w *deadlineWriter) extend() {
	_ = w.rc.SetWriteDeadline(time.Now().Add(w.timeout))
}

// writeJSON answers with v. Angle brackets stay readable: nosniff and the type
// keep a browser from seeing markup in them.
func writeJSON(c *gin.Context, status int, v any) {
	c.Writer.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.Status(status)
	enc := json.NewEncoder(c.Writer)
	enc.SetEscapeHTML(false)
	// It can only fail because the client left, and then nobody is there to hear.
	_ = enc.Encode(v)
}

// writeText answers with text of the given type.
func writeText(c *gin.Context, contentType, text string) error {
	c.Writer.Header().Set("Content-Type", contentType)
	c.Status(http.StatusOK)
	if _, err := c.Writer.WriteString(text); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}
