package httpapi

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// heldWriter shows every piece that it is given, and keeps it as it is when told
// to go on.
type heldWriter struct {
	gin.ResponseWriter
	given, goOn chan struct{}
	kept        strings.Builder
}

func (w *heldWriter) Write(p []byte) (int, error) {
	w.given <- struct{}{}
	<-w.goOn
	return w.kept.Write(p)
}

// What is sent while the client takes what came before is written behind it, not
// over it.
func TestSentWhileWriting(t *testing.T) {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	w := &heldWriter{ResponseWriter: c.Writer, given: make(chan struct{}), goOn: make(chan struct{})}
	s := newStream(w)
	finish := s.start(time.Hour, func() {})
	want := ""
	send := func(n int) {
		if err := s.send("text", n); err != nil {
			t.Error(err)
		}
		want += fmt.Sprintf("event: text\ndata: %d\n\n", n)
	}
	for round := range 100 {
		send(100 + round)
		<-w.given
		send(500 + round)
		w.goOn <- struct{}{}
		<-w.given
		w.goOn <- struct{}{}
	}
	if err := finish(); err != nil {
		t.Error(err)
	}
	if got := w.kept.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
