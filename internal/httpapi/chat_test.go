package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

func TestChatPassesTheRequestOn(t *testing.T) {
	tests := []struct {
		body string
		want chat.Request
	}{
		{`{"question":"  Wat? 😀 € “ja” \n"}`, chat.Request{Question: "Wat? 😀 € “ja”", TopK: 10}},
		{
			`{"question":"Wat?","conversation_id":"conv_1","top_k":50,"mode":"extractive"}`,
			chat.Request{Question: "Wat?", ConversationID: "conv_1", TopK: 50, Mode: record.Extractive},
		},
		{
			`{"question":"En nu?","history":[{"role":"user","content":"Wat?"},{"role":"assistant","content":"Dat."}],"top_k":1}`,
			chat.Request{Question: "En nu?", TopK: 1, History: []llm.Message{{Role: llm.User, Content: "Wat?"}, {Role: llm.Assistant, Content: "Dat."}}},
		},
		{
			`{"question":"Wat?","filter":{"documents":["doc_a"],"kinds":["brief"],"publishers":["X"],"from":"2020-01-01","to":"2020-01-01"}}`,
			chat.Request{Question: "Wat?", TopK: 10, Filter: docs.Filter{Documents: []string{"doc_a"}, Kinds: []string{"brief"}, Publishers: []string{"X"}, From: "2020-01-01", To: "2020-01-01"}},
		},
		{
			`{"question":"Wat?","history":[],"conversation_id":"conv_1","top_k":null,"mode":"auto","include":[],"stream":false}`,
			chat.Request{Question: "Wat?", ConversationID: "conv_1", TopK: 10, Mode: record.Auto},
		},
		{`{"question":"` + strings.Repeat("é", 4000) + `"}`, chat.Request{Question: strings.Repeat("é", 4000), TopK: 10}},
	}
	s := newSite().start(t, Config{})
	for i, tt := range tests {
		if got := s.do(t, "POST", "/api/v1/chat", tt.body); got.status != 200 {
			t.Fatalf("%.80s: got %d %s", tt.body, got.status, got.body)
		}
		tt.want.By = access.Subject{Scopes: access.Open}
		if diff := cmp.Diff(tt.want, s.chat.asked[i]); diff != "" {
			t.Errorf("%.80s (-want +got):\n%s", tt.body, diff)
		}
	}
}

// wrongBodies are bodies of POST /api/v1/chat that are refused with 400.
func wrongBodies() map[string]string {
	many := strings.Repeat(`"a",`, 100) + `"a"`
	turns := strings.Repeat(`{"role":"user","content":""},`, 100) + `{"role":"user","content":""}`
	return map[string]string{
		"empty":                ``,
		"null":                 `null`,
		"array":                `[{"question":"Wat?"}]`,
		"string":               `"Wat?"`,
		"no json":              `question=Wat`,
		"half":                 `{"question":"Wat?"`,
		"comma":                `{"question":"Wat?",}`,
		"trailing text":        `{"question":"Wat?"} x`,
		"second object":        `{"question":"Wat?"}{"question":"Wat?"}`,
		"closing twice":        `{"question":"Wat?"}}`,
		"unknown field":        `{"question":"Wat?","vraag":"x"}`,
		"other case":           `{"Question":"Wat?"}`,
		"folded letter":        `{"que` + "\u017f" + `tion":"Wat?"}`,
		"empty name":           `{"question":"Wat?","":1}`,
		"twice":                `{"question":"Wat?","question":"Dat?"}`,
		"twice, escaped":       `{"question":"Wat?","\u0071uestion":"Dat?"}`,
		"no question":          `{}`,
		"question null":        `{"question":null}`,
		"question empty":       `{"question":" \t\n\u00a0"}`,
		"question number":      `{"question":1}`,
		"question object":      `{"question":{"question":"Wat?"}}`,
		"question too long":    `{"question":"` + strings.Repeat("a", 4001) + `"}`,
		"question NUL":         `{"question":"a\u0000b"}`,
		"raw control":          "{\"question\":\"a\x01b\"}",
		"bad utf-8":            "{\"question\":\"a\xffb\"}",
		"surrogate in utf-8":   "{\"question\":\"a\xed\xa0\x80b\"}",
		"bad utf-8 outside":    "{\"question\":\"a\"}\xff",
		"utf-16":               "\xff\xfe{\x00}\x00",
		"top_k 0":              `{"question":"Wat?","top_k":0}`,
		"top_k 51":             `{"question":"Wat?","top_k":51}`,
		"top_k half":           `{"question":"Wat?","top_k":1.5}`,
		"top_k text":           `{"question":"Wat?","top_k":"5"}`,
		"top_k huge":           `{"question":"Wat?","top_k":1e400}`,
		"mode":                 `{"question":"Wat?","mode":"magic"}`,
		"mode case":            `{"question":"Wat?","mode":"Auto"}`,
		"stream text":          `{"question":"Wat?","stream":"true"}`,
		"include text":         `{"question":"Wat?","include":"passages"}`,
		"include other":        `{"question":"Wat?","include":["passages","x"]}`,
		"history and id":       `{"question":"Wat?","conversation_id":"conv_1","history":[{"role":"user","content":"x"}]}`,
		"history role":         `{"question":"Wat?","history":[{"role":"system","content":"x"}]}`,
		"history without role": `{"question":"Wat?","history":[{"content":"x"}]}`,
		"history field":        `{"question":"Wat?","history":[{"role":"user","content":"x","name":"y"}]}`,
		"history text":         `{"question":"Wat?","history":["x"]}`,
		"history too long":     `{"question":"Wat?","history":[` + turns + `]}`,
		"filter field":         `{"question":"Wat?","filter":{"document":["x"]}}`,
		"filter text":          `{"question":"Wat?","filter":{"kinds":"x"}}`,
		"filter twice":         `{"question":"Wat?","filter":{"kinds":[],"kinds":["x"]}}`,
		"filter date":          `{"question":"Wat?","filter":{"from":"1-2-2020"}}`,
		"filter no such day":   `{"question":"Wat?","filter":{"to":"2021-02-29"}}`,
		"filter order":         `{"question":"Wat?","filter":{"from":"2021-01-02","to":"2021-01-01"}}`,
		"filter too long":      `{"question":"Wat?","filter":{"kinds":[` + many + `]}}`,
		"filter document":      `{"question":"Wat?","filter":{"documents":["doc_b"]}}`,
		"filter document odd":  `{"question":"Wat?","filter":{"documents":["../x"]}}`,
		"deep":                 `{"question":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`,
	}
}

func TestChatRefusesWrongBodies(t *testing.T) {
	s := newSite().start(t, Config{})
	for name, body := range wrongBodies() {
		t.Run(name, func(t *testing.T) {
			s.do(t, "POST", "/api/v1/chat", body, "Content-Type", "application/json").wantError(t, 400, "invalid_request")
		})
	}
	s.do(t, "POST", "/api/v1/chat", `{"question":"Wat?","conversation_id":"../x"}`).wantError(t, 404, "not_found")
	if len(s.chat.asked) > 0 {
		t.Errorf("%d wrong requests got through", len(s.chat.asked))
	}
}

func TestMessagesSayWhatIsWrong(t *testing.T) {
	s := newSite().start(t, Config{})
	for body, want := range map[string]string{
		`{"question":"Wat?","vraag":"x"}`:              `Het veld "vraag" is onbekend.`,
		`{"question":"Wat?","filter":{"soort":[]}}`:    `Het veld "soort" is onbekend.`,
		`{"question":"Wat?","top_k":"5"}`:              `Het veld "top_k" heeft niet het juiste type.`,
		`{"question":"Wat?","filter":{"kinds":"x"}}`:   `Het veld "filter.kinds" heeft niet het juiste type.`,
		`{"question":"a","question":"b"}`:              `Het veld "question" komt meer dan eens voor.`,
		`{"` + strings.Repeat("x", 100_000) + `":"b"}`: `Het veld "` + strings.Repeat("x", 40) + `…" is onbekend.`,
	} {
		got := s.do(t, "POST", "/api/v1/chat", body)
		if e := decode[errorBody](t, got.body).Error; e.Message != want {
			t.Errorf("got %q, want %q", e.Message, want)
		}
	}
}

func TestBodyTypeAndSize(t *testing.T) {
	s := newSite().start(t, Config{})
	good := `{"question":"Wat?"}`
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1", "application/jsonp", ";"} {
		s.do(t, "POST", "/api/v1/chat", good, "Content-Type", kind).wantError(t, 415, "unsupported_media_type")
	}
	if got := s.do(t, "POST", "/api/v1/chat", good, "Content-Type", "Application/JSON; Charset=UTF-8"); got.status != 200 {
		t.Errorf("charset utf-8: got %d, want 200", got.status)
	}
	fits := good + strings.Repeat(" ", maxBody-len(good))
	if got := s.do(t, "POST", "/api/v1/chat", fits); got.status != 200 {
		t.Errorf("1 MB: got %d, want 200", got.status)
	}
	s.do(t, "POST", "/api/v1/chat", fits+" ").wantError(t, 413, "too_large")
	s.do(t, "PATCH", "/api/v1/conversations/conv_1", fits+" ").wantError(t, 413, "too_large")
}

// A body in broken chunks is the client's fault.
func TestBrokenChunks(t *testing.T) {
	s := newSite().start(t, Config{})
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nonzin\r\n{}")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	reply{resp.StatusCode, resp.Header, string(body)}.wantError(t, 400, "invalid_request")
}

func TestRecordBodiesAreChecked(t *testing.T) {
	s := newSite().start(t, Config{})
	for _, body := range []string{
		`{}`, `{"verdict":"ok"}`, `{"verdict":"good","citation":0}`, `{"verdict":"good","citation":9}`,
		`{"verdict":"good","comment":"` + strings.Repeat("a", 4001) + `"}`, `{"verdict":"good","answer_id":"ans_1"}`,
	} {
		s.do(t, "POST", "/api/v1/answers/ans_1/feedback", body).wantError(t, 400, "invalid_request")
	}
	s.do(t, "POST", "/api/v1/answers/ans_2/feedback", `{"verdict":"good"}`).wantError(t, 404, "not_found")
	for _, body := range []string{`{}`, `{"title":" "}`, `{"title":"a\nb"}`, `{"title":"` + strings.Repeat("a", 201) + `"}`, `{"title":1}`} {
		s.do(t, "PATCH", "/api/v1/conversations/conv_1", body).wantError(t, 400, "invalid_request")
	}
	s.do(t, "PATCH", "/api/v1/conversations/conv_2", `{"title":"x"}`).wantError(t, 404, "not_found")
	s.do(t, "DELETE", "/api/v1/conversations/conv_2", "").wantError(t, 404, "not_found")
}

func TestWhichPassagesAreShown(t *testing.T) {
	tests := []struct {
		refused bool
		input   string
		want    int
	}{
		{false, ``, 0},
		{false, `,"include":["passages"]`, 10},
		{false, `,"include":["passages"],"top_k":2`, 2},
		{true, ``, 3},
		{true, `,"top_k":1`, 3},
		{true, `,"include":["passages"]`, 10},
		{true, `,"include":["passages"],"top_k":1`, 3},
		{true, `,"include":["passages"],"top_k":50`, 12},
	}
	for _, tt := range tests {
		s := newSite()
		s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
			ans := testAnswer(r)
			if tt.refused {
				ans = refusal(r, 12)
			}
			return ans, emitAll(ans, emit)
		}
		s.start(t, Config{})
		body := `{"question":"Wat?"` + tt.input + `}`
		ans := decode[record.Answer](t, s.do(t, "POST", "/api/v1/chat", body).body)
		if len(ans.Passages) != tt.want {
			t.Errorf("refused %v, %s: got %d passages, want %d", tt.refused, tt.input, len(ans.Passages), tt.want)
		}
		events := parseEvents(t, s.do(t, "POST", "/api/v1/chat", body, "Accept", "text/event-stream").body)
		done := decode[record.Answer](t, events[len(events)-1].data)
		if len(done.Passages) != tt.want {
			t.Errorf("refused %v, %s: done has %d passages, want %d", tt.refused, tt.input, len(done.Passages), tt.want)
		}
	}
	s := newSite().start(t, Config{})
	for path, want := range map[string]int{
		"/api/v1/answers/ans_1": 0, "/api/v1/answers/ans_1?include=passages": 4,
		"/api/v1/answers/ans_refused": 3, "/api/v1/answers/ans_refused?include=passages": 5,
	} {
		if ans := decode[record.Answer](t, s.get(t, path).body); len(ans.Passages) != want {
			t.Errorf("%s: got %d passages, want %d", path, len(ans.Passages), want)
		}
	}
	got := s.get(t, "/api/v1/conversations/conv_1?include=passages")
	conv := decode[struct{ Answers []record.Answer }](t, got.body)
	if len(conv.Answers) != 1 || len(conv.Answers[0].Passages) != 4 {
		t.Errorf("conversation with passages: %s", got.body)
	}
	// Of what was said and shared, that of the answers that are shown.
	const marks = `"feedback":[{"answer_id":"ans_1","verdict":"good"},{"answer_id":"ans_1","citation":1,"verdict":"bad"}],"shares":[{"answer_id":"ans_1","id":"shr_1","url":"/s/shr_1"}]}`
	if !strings.HasSuffix(strings.TrimSpace(got.body), marks) {
		t.Errorf("marks: got …%s", got.body[max(0, len(got.body)-300):])
	}
}

// Whatever the body, the server neither fails nor lets a wrong question through.
func FuzzChatBody(f *testing.F) {
	for _, body := range wrongBodies() {
		if len(body) < 10_000 {
			f.Add([]byte(body))
		}
	}
	f.Add([]byte(`{"question":"Wat?","history":[{"role":"user","content":"x"}],"filter":{"kinds":["x"]},"top_k":3,"mode":"auto","include":["passages"],"stream":true}`))
	fake := &fakeChat{}
	s := &site{chat: fake, docs: &fakeDocuments{}, search: &fakeSearcher{}, audit: &fakeAudit{}, logs: &logBuffer{}}
	h := s.handler(f, Config{Limits: Limits{Rate: -1}})
	f.Fuzz(func(t *testing.T, body []byte) {
		fake.asked = nil
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/api/v1/chat", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 && w.Code != 404 && w.Code != 413 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		if (w.Code == 200) != (len(fake.asked) == 1) {
			t.Fatalf("status %d, but %d questions", w.Code, len(fake.asked))
		}
		for _, q := range fake.asked {
			if n := docs.Characters(q.Question); n < 1 || n > 4000 || strings.ContainsRune(q.Question, 0) || q.TopK < 1 || q.TopK > 50 {
				t.Fatalf("got through: %+v", q)
			}
		}
	})
}

func ExampleNew() {
	lg := slog.New(slog.DiscardHandler)
	h, err := New(lg, Deps{
		Chat: &fakeChat{}, Documents: &fakeDocuments{}, Searcher: &fakeSearcher{},
		Info:  func(context.Context, docs.Reader) (Info, error) { return Info{Name: "Bronwijzer"}, nil },
		Ready: func() bool { return true },
		Web:   testWeb(),
	}, Config{Listen: "127.0.0.1:8080"})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/healthz", nil))
	fmt.Print(w.Code, " ", w.Body)
	// Output: 200 {"status":"ok"}
}
