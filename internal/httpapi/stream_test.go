package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

// patience is how long a test waits for what should happen at once.
const patience = time.Minute

// event is one server-sent event.
type event struct{ name, data string }

// parseEvents reads a stream as this server writes it, comments left out.
func parseEvents(t *testing.T, body string) []event {
	t.Helper()
	var out []event
	frames := strings.Split(body, "\n\n")
	if frames[len(frames)-1] != "" {
		t.Errorf("the stream doesn't end with an empty line: %q", frames[len(frames)-1])
	}
	for _, frame := range frames[:len(frames)-1] {
		if strings.HasPrefix(frame, ": ") {
			continue
		}
		lines := strings.Split(frame, "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[0], "event: ") || !strings.HasPrefix(lines[1], "data: ") {
			t.Fatalf("frame %q isn't an event line and a data line", frame)
		}
		out = append(out, event{lines[0][len("event: "):], lines[1][len("data: "):]})
	}
	return out
}

// checkEvents holds events against their schemas and their order.
func checkEvents(t *testing.T, events []event) {
	t.Helper()
	schemas := map[string]string{"sources": "SourcesEvent", "citation": "Citation", "text": "TextEvent", "done": "Answer", "error": "Error"}
	for i, e := range events {
		last := i == len(events)-1
		if err := schemaError(schemas[e.name], []byte(e.data)); err != nil {
			t.Errorf("event %s: %v", e.name, err)
		}
		if (e.name == "sources") != (i == 0) || (e.name == "done" || e.name == "error") != last {
			t.Errorf("event %d of %d is %s", i+1, len(events), e.name)
		}
	}
}

func TestStreamAddsUpToTheRecord(t *testing.T) {
	s := newSite()
	tricky := "Eén\r\nregel, data: 1\n\nevent: done\u2028<b>& €😀</b> [1]"
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		ans := testAnswer(r)
		ans.Text = tricky
		return ans, emitAll(ans, emit)
	}
	s.start(t, Config{})
	for _, how := range [][]string{{`,"stream":true`}, {``, "Accept", "text/event-stream"}, {``, "Accept", "application/json;q=0.5, text/event-stream;q=0.9"}} {
		got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?","top_k":7`+how[0]+`}`, how[1:]...)
		if got.status != 200 || got.header.Get("Content-Type") != "text/event-stream; charset=utf-8" ||
			got.header.Get("X-Accel-Buffering") != "no" || got.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("got %d %v", got.status, got.header)
		}
		events := parseEvents(t, got.body)
		checkEvents(t, events)
		var text strings.Builder
		var names []string
		for _, e := range events {
			names = append(names, e.name)
			if e.name == "text" {
				text.WriteString(decode[record.Delta](t, e.data).Delta)
			}
		}
		if diff := cmp.Diff([]string{"sources", "citation", "text", "text", "done"}, names); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		done := decode[record.Answer](t, events[len(events)-1].data)
		if text.String() != tricky || done.Text != tricky {
			t.Errorf("deltas %q, done %q, want %q", text.String(), done.Text, tricky)
		}
		if n := len(decode[record.Sources](t, events[0].data).Passages); n != 7 {
			t.Errorf("sources: got %d passages, want 7", n)
		}
		if strings.Contains(events[1].data, "answer_spans") {
			t.Errorf("a citation is announced with its answer_spans: %s", events[1].data)
		}
	}
	for _, accept := range []string{"*/*", "text/*", "text/event-stream;q=0", "application/json"} {
		got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?"}`, "Accept", accept)
		if kind := got.header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
			t.Errorf("Accept %s: got %s", accept, kind)
		}
	}
}

func TestStreamEndsWithAnError(t *testing.T) {
	for name, end := range map[string]func() error{
		"error": func() error { return errors.New("secret inside") },
		"panic": func() error { panic("secret inside") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
				if err := emit(record.Sources{}); err != nil {
					return record.Answer{}, err
				}
				return record.Answer{}, end()
			}
			s.start(t, Config{})
			got := s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?","stream":true}`)
			events := parseEvents(t, got.body)
			checkEvents(t, events)
			if len(events) != 2 || events[0].data != `{"passages":[]}` || events[1].name != "error" || strings.Contains(got.body, "secret") {
				t.Errorf("got %v", events)
			}
			if id := decode[errorBody](t, events[1].data).Error.RequestID; id != got.header.Get("X-Request-Id") {
				t.Errorf("request id: got %q, want %q", id, got.header.Get("X-Request-Id"))
			}
			if !strings.Contains(s.logs.String(), "secret inside") {
				t.Error("the cause isn't in the log")
			}
		})
	}
}

// open starts a stream and returns its body.
func (s *site) open(t *testing.T, ctx context.Context) io.ReadCloser {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/chat", strings.NewReader(`{"question":"Wat?","stream":true}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Body
}

// readUntil reads lines until one begins with prefix.
func readUntil(t *testing.T, r *bufio.Reader, prefix string) {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if strings.HasPrefix(line, prefix) {
			return
		}
		if err != nil {
			t.Fatalf("no line that begins with %q: %v", prefix, err)
		}
	}
}

// A machine that is busy with something else may be late once, not always.
func TestReaderWhoLeavesStopsTheWork(t *testing.T) {
	tests := map[string]func(emit func(record.Event) error) error{
		"before the first event": func(func(record.Event) error) error { return nil },
		"in the middle":          func(emit func(record.Event) error) error { return emit(record.Sources{}) },
	}
	for name, begin := range tests {
		t.Run(name, func(t *testing.T) {
			best := patience
			for try := 0; try < 5 && best > 100*time.Millisecond; try++ {
				best = min(best, workAfterLeaving(t, begin))
			}
			if best > 100*time.Millisecond {
				t.Errorf("the work went on for %v, want at most 100 ms", best)
			}
		})
	}
}

// workAfterLeaving is how long the work on an answer goes on after its reader
// left.
func workAfterLeaving(t *testing.T, begin func(emit func(record.Event) error) error) time.Duration {
	t.Helper()
	s := newSite()
	began, stopped := make(chan struct{}), make(chan time.Time, 1)
	s.chat.ask = func(ctx context.Context, _ chat.Request, emit func(record.Event) error) (record.Answer, error) {
		err := begin(emit)
		close(began)
		<-ctx.Done()
		stopped <- time.Now()
		return record.Answer{}, errors.Join(err, ctx.Err())
	}
	s.start(t, Config{})
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/chat", strings.NewReader(`{"question":"Wat?","stream":true}`))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/json")
		if resp, err := s.client.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	<-began
	left := time.Now()
	leave()
	select {
	case at := <-stopped:
		return at.Sub(left)
	case <-time.After(patience):
		t.Fatal("the work goes on")
		return 0
	}
}

func TestHeartbeat(t *testing.T) {
	s := newSite()
	heard := make(chan struct{})
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		<-heard
		ans := testAnswer(r)
		return ans, emitAll(ans, emit)
	}
	s.start(t, Config{Heartbeat: time.Millisecond})
	body := s.open(t, t.Context())
	defer body.Close()
	r := bufio.NewReader(body)
	readUntil(t, r, ": ")
	readUntil(t, r, ": ")
	close(heard)
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	// What is left begins with the empty line of the second comment.
	checkEvents(t, parseEvents(t, strings.TrimPrefix(string(rest), "\n")))
}

// A client that stops reading is cut after the write timeout.
func TestClientThatStopsReadingIsCut(t *testing.T) {
	s := newSite()
	stopped := make(chan error, 1)
	s.chat.ask = func(ctx context.Context, _ chat.Request, emit func(record.Event) error) (record.Answer, error) {
		delta := record.Delta{Delta: strings.Repeat("a", 1<<20)}
		for {
			if err := emit(delta); err != nil {
				stopped <- err
				return record.Answer{}, err
			}
			if err := ctx.Err(); err != nil {
				stopped <- err
				return record.Answer{}, err
			}
		}
	}
	s.start(t, Config{WriteTimeout: 50 * time.Millisecond})
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"question":"Wat?","stream":true}`
	_, err = fmt.Fprintf(conn, "POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-stopped:
	case <-time.After(patience):
		t.Fatal("the server goes on writing")
	}
}

func Test200StreamsAtOnce(t *testing.T) {
	const n = 200
	s := newSite()
	var all sync.WaitGroup
	all.Add(n)
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		ans := testAnswer(r)
		ans.Text = "Over " + r.Question
		if err := emit(record.Sources{Passages: ans.Passages}); err != nil {
			return ans, err
		}
		// Nobody goes on before all are open.
		all.Done()
		all.Wait()
		return ans, emit(record.Delta{Delta: ans.Text})
	}
	s.start(t, Config{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			question := fmt.Sprintf("vraag %d", i)
			got := s.do(t, "POST", "/api/v1/chat", `{"question":"`+question+`","stream":true}`)
			events := parseEvents(t, got.body)
			if len(events) != 3 || decode[record.Answer](t, events[2].data).Text != "Over "+question {
				t.Errorf("%s: got %s", question, got.body)
			}
		})
	}
	wg.Wait()
	if got := s.get(t, "/metrics"); !strings.Contains(got.body, "bronwijzer_open_streams 0") {
		t.Error("the gauge of open streams isn't 0")
	}
}
