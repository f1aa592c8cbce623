package httpapi

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/record"
)

func TestRequestIDs(t *testing.T) {
	s := newSite().start(t, Config{})
	for _, id := range []string{"abc-DEF_1.2", strings.Repeat("a", 64)} {
		if got := s.get(t, "/healthz", "X-Request-Id", id).header.Get("X-Request-Id"); got != id {
			t.Errorf("got %q, want %q", got, id)
		}
	}
	seen := map[string]bool{}
	for _, id := range []string{"", "kort", strings.Repeat("a", 65), "met een spatie", "level=ERROR", "<script>"} {
		got := s.get(t, "/healthz", "X-Request-Id", id).header.Get("X-Request-Id")
		if !saneID.MatchString(got) || got == id || seen[got] {
			t.Errorf("%q: got %q", id, got)
		}
		seen[got] = true
	}
}

func TestMetricsCountAnswers(t *testing.T) {
	s := newSite()
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		switch r.Question {
		case "weiger":
			return refusal(r, 3), nil
		case "hallo":
			a := testAnswer(r)
			a.Status, a.Citations = record.Reply, nil
			return a, nil
		case "schrijf":
			a := testAnswer(r)
			a.Mode, a.Timings.Generate = record.Generated, 1500
			return a, nil
		}
		return testAnswer(r), nil
	}
	s.start(t, Config{})
	for _, q := range []string{"gewoon", "gewoon", "weiger", "hallo", "schrijf"} {
		s.do(t, "POST", "/api/v1/chat", `{"question":"`+q+`"}`)
	}
	s.get(t, "/api/v1/documents/doc_a")
	s.get(t, "/api/v1/documents/doc_geheim")
	s.get(t, "/geheim")
	s.do(t, "GEHEIM", "/api/v1/info", "")
	got := s.get(t, "/metrics").body
	for _, want := range []string{
		`bronwijzer_answers_total{mode="extractive",status="answered"} 2`,
		`bronwijzer_answers_total{mode="generated",status="answered"} 1`,
		`bronwijzer_answers_total{mode="extractive",status="refused"} 1`,
		`bronwijzer_answers_total{mode="extractive",status="reply"} 1`,
		`bronwijzer_refusals_total{reason="no_evidence"} 1`,
		`bronwijzer_stage_duration_seconds_count{stage="total"} 5`,
		`bronwijzer_stage_duration_seconds_count{stage="retrieve"} 4`,
		`bronwijzer_stage_duration_seconds_sum{stage="generate"} 1.5`,
		`bronwijzer_http_requests_total{method="POST",route="/api/v1/chat",status="200"} 5`,
		`bronwijzer_http_requests_total{method="GET",route="/api/v1/documents/{id}",status="404"} 1`,
		`bronwijzer_http_requests_total{method="GET",route="none",status="404"} 1`,
		`bronwijzer_http_requests_total{method="other",route="none",status="405"} 1`,
		`bronwijzer_documents 5`, `bronwijzer_passages 99`, `go_goroutines`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the metrics have no %s", want)
		}
	}
	if strings.Contains(strings.ToLower(got), "geheim") {
		t.Error("a label holds what a request made up")
	}
}

// What somebody asks stays out of log and metrics, and so do ids that open a
// record.
func TestQuestionsStayOutOfLogAndMetrics(t *testing.T) {
	const canary = "kanariepiet"
	s := newSite()
	s.chat.ask = func(_ context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
		ans := testAnswer(r)
		ans.ID = "ans_" + canary
		return ans, emitAll(ans, emit)
	}
	s.start(t, Config{})
	for _, accept := range []string{"application/json", "text/event-stream"} {
		s.do(t, "POST", "/api/v1/chat", `{"question":"`+canary+`"}`, "Accept", accept, "Sec-Fetch-Site", "none")
		s.do(t, "POST", "/api/v1/chat", `{"`+canary+`":"`+canary+`"}`, "Accept", accept)
		s.do(t, "POST", "/api/v1/chat", `{"question":"`+canary, "Accept", accept)
	}
	s.get(t, "/api/v1/search?q="+canary)
	s.get(t, "/api/v1/search?"+canary+"=1")
	s.get(t, "/api/v1/answers/ans_"+canary)
	s.get(t, "/"+canary, "User-Agent", canary, "Referer", "http://x/"+canary)
	s.do(t, http.MethodPost, "/api/v1/answers/ans_1/feedback", `{"verdict":"good","comment":"`+canary+`"}`)
	metrics := s.get(t, "/metrics").body
	if strings.Contains(metrics, canary) {
		t.Error("the question is in the metrics")
	}
	log := s.logs.String()
	if strings.Contains(log, canary) {
		t.Errorf("the question is in the log:\n%s", log)
	}
	if !strings.Contains(log, "route=/api/v1/search status=200") || strings.Contains(log, "route=/healthz") {
		t.Errorf("the log isn't what it should be:\n%s", log)
	}
}
