package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// maxBehind is how many bytes of a stream are kept for a reader before whoever
// makes the answer has to wait for them. No answer without a model has as many.
const maxBehind = 1 << 20

// stream writes server-sent events. It is written by hand because Gin's
// renderer leaves out the space after "data:", which the format allows but not
// every client expects. Safe for concurrent use.
type stream struct {
	w gin.ResponseWriter

	mu sync.Mutex
	// behind is what was sent and isn't written; caughtUp is signalled when it
	// is, or can't be.
	behind   []byte
	caughtUp sync.Cond
	// news has an element when there is something new for the writer.
	news chan struct{}
	// begun says that the header is out, or follows; ending that nothing comes
	// after what is behind, silent that there are no more heartbeats.
	begun, ending, silent bool
	err                   error
}

func newStream(w gin.ResponseWriter) *stream {
	s := &stream{w: w, news: make(chan struct{}, 1)}
	s.caughtUp.L = &s.mu
	return s
}

// send adds one event, without a name where that is empty. JSON has no raw line
// break, so it fits on one data line.
func (s *stream) send(name string, v any) error {
	var b bytes.Buffer
	if name != "" {
		fmt.Fprintf(&b, "event: %s\n", name)
	}
	b.WriteString("data: ")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode event %s: %w", name, err)
	}
	b.WriteByte('\n')
	return s.write(b.Bytes())
}

// fail ends the stream as this server's own API does.
func (s *stream) fail(_ *apiError, body errorBody) error { return s.send("error", body) }

// write adds a frame. It waits only for a reader who is far behind.
func (s *stream) write(frame []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.err == nil && len(s.behind) > 0 && len(s.behind)+len(frame) > maxBehind {
		s.caughtUp.Wait()
	}
	if s.err != nil {
		return s.err
	}
	s.begun = true
	s.behind = append(s.behind, frame...)
	s.tell()
	return nil
}

// tell wakes the writer.
func (s *stream) tell() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// endHeartbeat ends the heartbeat and reports whether the stream has begun: if
// not, it never will by itself.
func (s *stream) endHeartbeat() (begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = true
	return s.begun
}

// start begins to write what is sent, and a comment line every so often, for
// proxies that cut silent connections and to notice a client that left; then it
// calls gone. The returned function waits until all is written or can't be, and
// returns why.
func (s *stream) start(heartbeat time.Duration, gone func()) (finish func() error) {
	done := make(chan error, 1)
	go func() {
		err := s.run(heartbeat)
		if err != nil {
			gone()
		}
		done <- err
	}()
	return func() error {
		s.mu.Lock()
		s.ending = true
		s.mu.Unlock()
		s.tell()
		return <-done
	}
}

// run writes until the end.
func (s *stream) run(heartbeat time.Duration) error {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for header := true; ; {
		frames, last := s.take()
		if len(frames) > 0 {
			if err := s.flush(frames, header); err != nil {
				return s.broken(err)
			}
			header = false
			continue // perhaps there is more
		}
		if last {
			return nil
		}
		select {
		case <-s.news:
		case <-tick.C:
			s.beat()
		}
	}
}

// take returns what is behind, and whether that is the last.
func (s *stream) take() (frames []byte, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames, s.behind = s.behind, nil
	s.caughtUp.Broadcast()
	return frames, s.ending
}

// beat adds a heartbeat where there is nothing else to write.
func (s *stream) beat() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.silent && !s.ending && len(s.behind) == 0 {
		s.begun = true
		s.behind = append(s.behind, ": leeft nog\n\n"...)
	}
}

// flush writes to the client, the header first where it is still to go.
func (s *stream) flush(frames []byte, header bool) error {
	if header {
		h := s.w.Header()
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		// nginx would collect events before it passes them on.
		h.Set("X-Accel-Buffering", "no")
		s.w.WriteHeader(http.StatusOK)
	}
	if _, err := s.w.Write(frames); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	s.w.Flush()
	return nil
}

// broken keeps whoever sends from waiting for a client that is gone.
func (s *stream) broken(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.behind = err, nil
	s.caughtUp.Broadcast()
	return err
}
