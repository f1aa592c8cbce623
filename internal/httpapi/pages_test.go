package httpapi

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bronwijzer/internal/docs"
)

func TestTextIsServedAsItIs(t *testing.T) {
	s := newSite().start(t, Config{})
	version := docs.Version(testText)
	etag := `"` + version + `"`
	named := "/api/v1/documents/doc_a/text?version=" + version
	for path, caching := range map[string]string{
		named: "private, max-age=31536000, immutable", "/api/v1/documents/doc_a/text": "private, no-cache",
	} {
		got := s.get(t, path)
		if got.body != testText || got.header.Get("Content-Type") != "text/plain; charset=utf-8" ||
			got.header.Get("ETag") != etag || got.header.Get("Cache-Control") != caching {
			t.Errorf("%s: got %q %v", path, got.body, got.header)
		}
		for _, match := range []string{etag, "W/" + etag, `"x", ` + etag, "*"} {
			if got := s.get(t, path, "If-None-Match", match); got.status != 304 || got.body != "" || got.header.Get("ETag") != etag {
				t.Errorf("%s If-None-Match %s: got %d %q", path, match, got.status, got.body)
			}
		}
		if got := s.get(t, path, "If-None-Match", `"x"`); got.status != 200 {
			t.Errorf("%s with another ETag: got %d, want 200", path, got.status)
		}
	}
	got := s.get(t, "/api/v1/documents/doc_b/text", "If-None-Match", "*")
	got.wantError(t, 404, "not_found")
	if got.header.Get("ETag") != "" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("an error can be cached: %v", got.header)
	}
}

var (
	marked = regexp.MustCompile(`(?s)<mark class="nl-mark" id="quote">(.*?)</mark>`)
	shownT = regexp.MustCompile(`(?s)<div class="text">(.*?)</div>`)
	tags   = regexp.MustCompile(`</?mark[^>]*>`)
)

func TestViewerMarksTheQuote(t *testing.T) {
	s := newSite().start(t, Config{})
	n := docs.Characters(testText)
	for _, span := range []docs.Span{{Start: 0, End: 1}, {Start: 8, End: 30}, {Start: 20, End: n}, {Start: 0, End: n}} {
		want, _ := span.Slice(testText)
		got := s.get(t, "/documents/doc_a?version="+docs.Version(testText)+"&start="+strconv.Itoa(span.Start)+"&end="+strconv.Itoa(span.End))
		m := marked.FindStringSubmatch(got.body)
		if m == nil || html.UnescapeString(m[1]) != want {
			t.Errorf("%v: got %q, want %q", span, m, want)
		}
		whole := shownT.FindStringSubmatch(got.body)
		if text := html.UnescapeString(tags.ReplaceAllString(whole[1], "")); text != testText {
			t.Errorf("%v: the page shows %q", span, text)
		}
		if !strings.Contains(got.body, `end=`+strconv.Itoa(span.End)+`#quote">`) || strings.Contains(got.body, "niets gemarkeerd") {
			t.Errorf("%v: %s", span, got.body)
		}
	}
	for _, span := range []string{
		"start=5", "end=5", "start=5&end=5", "start=9&end=5", "start=-1&end=5", "start=0&end=9999", "start=x&end=5",
		"start=99999999999999999999&end=5", "start=0&end=9223372036854775807",
	} {
		got := s.get(t, "/documents/doc_a?"+span)
		if got.status != 200 || marked.MatchString(got.body) || !strings.Contains(got.body, "niets gemarkeerd") || strings.Contains(got.body, "#quote") {
			t.Errorf("%s: got %d %s", span, got.status, got.body)
		}
	}
}

func TestViewerTellsWhatItShows(t *testing.T) {
	s := newSite().start(t, Config{})
	got := s.get(t, "/documents/doc_a?utm_source=x")
	for _, want := range []string{
		"<title>Brief &lt;aan&gt; de Kamer</title>", "Ministerie", "kamerbrief", "2023-10-18", "28 638, nr. 184",
		`href="https://example.org/brief"`, "&lt;b&gt;Slot",
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(got.body, "eerdere versie") || strings.Contains(got.body, "ZgotmplZ") {
		t.Error("the page says what it should not")
	}
	old := "?version=" + docs.Version(oldText)
	if got := s.get(t, "/documents/doc_a"+old); !strings.Contains(got.body, "eerdere versie") || !strings.Contains(got.body, oldText) {
		t.Errorf("older version: %s", got.body)
	}
	if got := s.get(t, "/documents/doc_gone"+old); got.status != 200 || !strings.Contains(got.body, "niet meer in de collectie") || !strings.Contains(got.body, oldText) {
		t.Errorf("gone: %d %s", got.status, got.body)
	}
	for _, path := range []string{"/documents/doc_gone", "/documents/doc_x" + old, "/documents/doc_a?version=x"} {
		got := s.get(t, path)
		if got.status != 404 || !strings.Contains(got.body, "Dit is niet gevonden.") || !strings.Contains(got.body, got.header.Get("X-Request-Id")) {
			t.Errorf("%s: got %d %s", path, got.status, got.body)
		}
	}
}

func TestWebLink(t *testing.T) {
	for raw, want := range map[string]string{
		"https://a.example/x": "https://a.example/x", "HTTP://a.example": "HTTP://a.example",
		"javascript:alert(1)": "", "data:text/html,x": "", "//a.example": "", "": "", "https:": "", "\x00": "",
	} {
		if got := webLink(raw); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}
