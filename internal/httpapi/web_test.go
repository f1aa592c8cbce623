package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// inline is code or style that the policy of the pages forbids.
var inline = regexp.MustCompile(`<style|style=|<script>|\son[a-z]+=`)

func TestPagesStandInTheFrame(t *testing.T) {
	s := newSite().start(t, Config{})
	for _, path := range []string{"/", "/c/conv_1", "/a/ans_x", "/documents", "/documents/doc_a", "/documents/doc_b"} {
		got := s.get(t, path)
		if csp := got.header.Get("Content-Security-Policy"); csp != pagePolicy {
			t.Errorf("%s: policy %q", path, csp)
		}
		if !strings.HasPrefix(got.body, `<!doctype html>`) || !strings.Contains(got.body, `src="assets/app-1.js"`) ||
			strings.Count(got.body, "<title>") != 1 || strings.Contains(got.body, pageMark) {
			t.Errorf("%s isn't in the frame: %s", path, got.body)
		}
		if found := inline.FindString(got.body); found != "" {
			t.Errorf("%s has %q, which the policy forbids", path, found)
		}
	}
	for _, path := range []string{"/c/", "/a/", "/c/a/b"} {
		if got := s.get(t, path); got.status != 404 {
			t.Errorf("%s: got %d, want 404", path, got.status)
		}
	}
}

func TestPagesKnowTheirBase(t *testing.T) {
	s := newSite().start(t, Config{PublicURL: "https://bron.example/wijzer/"})
	for _, path := range []string{"/", "/wijzer/", "/wijzer/documents/doc_a", "/documents"} {
		if got := s.get(t, path); !strings.Contains(got.body, `<base href="/wijzer/">`) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	w, err := newWebApp(testWeb(), `/a"&b`)
	if err != nil {
		t.Fatal(err)
	}
	if page := w.page("<x>", ""); !strings.Contains(page, `<base href="/a&#34;&amp;b/">`) || !strings.Contains(page, "<title>&lt;x&gt;</title>") {
		t.Errorf("not escaped: %s", page)
	}
}

func TestAssets(t *testing.T) {
	s := newSite().start(t, Config{})
	want := string(testWeb()["assets/app-1.js"].Data)
	plain := s.get(t, "/assets/app-1.js", "Accept-Encoding", "br, gzip;q=0.0")
	packed := s.get(t, "/assets/app-1.js", "Accept-Encoding", "br, GZIP ;q=0.5")
	if plain.body != want || plain.header.Get("Content-Encoding") != "" {
		t.Errorf("plain: got %q %v", plain.body, plain.header)
	}
	z, err := gzip.NewReader(bytes.NewReader([]byte(packed.body)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != want || len(packed.body) >= len(want) {
		t.Errorf("gzip: got %q, %v", got, err)
	}
	if plain.header.Get("ETag") == packed.header.Get("ETag") {
		t.Error("both representations have the same ETag")
	}
	for _, got := range []reply{plain, packed} {
		if got.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || got.header.Get("Vary") != "Accept-Encoding" ||
			!strings.HasPrefix(got.header.Get("Content-Type"), "text/javascript") {
			t.Errorf("got %v", got.header)
		}
	}
	again := s.get(t, "/assets/app-1.js", "Accept-Encoding", "gzip", "If-None-Match", packed.header.Get("ETag"))
	if again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("known file: got %d %q", again.status, again.body)
	}
	// Three bytes don't get smaller.
	if got := s.get(t, "/assets/app-1.css", "Accept-Encoding", "gzip"); got.body != "a{}" || got.header.Get("Content-Encoding") != "" {
		t.Errorf("small file: got %q %v", got.body, got.header)
	}
	for _, path := range []string{"/assets/app-2.js", "/assets/..%2findex.html", "/assets/"} {
		s.get(t, path).wantError(t, 404, "not_found")
	}
}

func TestWrongWebApp(t *testing.T) {
	whole := testWeb()
	index := string(whole["index.html"].Data)
	for _, part := range []string{baseMark, titleMark, pageMark} {
		broken := fstest.MapFS{"index.html": {Data: []byte(strings.Replace(index, part, "", 1))}, "assets/a.js": whole["assets/app-1.js"]}
		if _, err := newWebApp(broken, ""); err == nil {
			t.Errorf("index.html without %s is accepted", part)
		}
	}
	if _, err := newWebApp(fstest.MapFS{"index.html": whole["index.html"]}, ""); err == nil {
		t.Error("no assets are accepted")
	}
}
