package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/access"
	"bronwijzer/internal/docs"
)

// part is a part of a form; a file when it has a name of its own.
type part struct{ field, name, content string }

// form is a body and its type.
func form(t *testing.T, parts ...part) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var err error
		to := interface{ Write([]byte) (int, error) }(nil)
		if p.field == "file" {
			to, err = w.CreateFormFile(p.field, p.name)
		} else {
			to, err = w.CreateFormField(p.field)
		}
		if err == nil {
			_, err = to.Write([]byte(p.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func TestUploadsArePassedOn(t *testing.T) {
	s := newSite().start(t, Config{})
	body, kind := form(t,
		part{"file", "brief één.txt", "Beste lezer\r\n\x00"},
		part{"metadata", "", `{"brief één.txt": {"title": "Brief", "date": "2026-11-22", "groups": ["kern", "beleid", "kern"], "supersedes": ["oud.txt"], "source_url": "https://example.org/a"}}`},
		part{"file", "b.pdf", ""})
	got := s.do(t, "POST", "/api/v1/documents", body, "Content-Type", kind)
	if got.status != 202 || !strings.Contains(got.body, `"id":"job_1","state":"running"`) || !strings.Contains(got.body, `"errors":[]`) {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	want := []Upload{
		{Name: "brief één.txt", Data: []byte("Beste lezer\r\n\x00"), Meta: docs.Meta{Title: "Brief", Date: "2026-11-22", SourceURL: "https://example.org/a", Groups: []string{"beleid", "kern"}, Supersedes: []string{"oud.txt"}}},
		{Name: "b.pdf", Data: []byte{}},
	}
	if diff := cmp.Diff(want, s.jobs.uploads); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWrongUploadsAreRefused(t *testing.T) {
	s := newSite().start(t, Config{})
	file := part{"file", "a.txt", "tekst"}
	said := func(text string) part { return part{"metadata", "", text} }
	many := make([]part, maxFiles+1)
	for i := range many {
		many[i] = part{"file", fmt.Sprint(i, ".txt"), "x"}
	}
	for name, parts := range map[string][]part{
		"nothing":         {},
		"no file":         {said(`{}`)},
		"no name":         {{"file", "", "x"}},
		"dots":            {{"file", "..", "x"}},
		"hidden":          {{"file", ".verborgen.txt", "x"}},
		"backslash":       {{"file", `a\b.txt`, "x"}},
		"control":         {{"file", "a\x01.txt", "x"}},
		"turned around":   {{"file", "a\u202egpj.txt", "x"}},
		"zero width":      {{"file", "a\u200b.txt", "x"}},
		"long name":       {{"file", strings.Repeat("a", 201), "x"}},
		"same name":       {file, file},
		"other part":      {file, {"bestand", "", "x"}},
		"too many":        many,
		"metadata twice":  {file, said(`{}`), said(`{}`)},
		"no JSON":         {file, said(`{`)},
		"unknown field":   {file, said(`{"a.txt": {"titel": "x"}}`)},
		"unknown file":    {file, said(`{"b.txt": {"title": "x"}}`)},
		"wrong date":      {file, said(`{"a.txt": {"date": "18-11-2020"}}`)},
		"wrong address":   {file, said(`{"a.txt": {"source_url": "javascript:alert(1)"}}`)},
		"no groups":       {file, said(`{"a.txt": {"groups": []}}`)},
		"nameless group":  {file, said(`{"a.txt": {"groups": [" "]}}`)},
		"long title":      {file, said(`{"a.txt": {"title": "` + strings.Repeat("x", 501) + `"}}`)},
		"control in meta": {file, said(`{"a.txt": {"title": "a\nb"}}`)},
	} {
		t.Run(name, func(t *testing.T) {
			body, kind := form(t, parts...)
			s.do(t, "POST", "/api/v1/documents", body, "Content-Type", kind).wantError(t, 400, "invalid_request")
		})
	}
	body, kind := form(t, file)
	s.do(t, "POST", "/api/v1/documents", body, "Content-Type", "multipart/form-data").wantError(t, 415, "unsupported_media_type")
	s.do(t, "POST", "/api/v1/documents", `{}`).wantError(t, 415, "unsupported_media_type")
	s.do(t, "POST", "/api/v1/documents", body[:len(body)-8], "Content-Type", kind).wantError(t, 400, "invalid_request")
	s.do(t, "PUT", "/api/v1/documents/doc_b", body, "Content-Type", kind).wantError(t, 404, "not_found")
	two, kind2 := form(t, file, part{"file", "b.txt", "x"})
	s.do(t, "PUT", "/api/v1/documents/doc_a", two, "Content-Type", kind2).wantError(t, 400, "invalid_request")
	s.do(t, "DELETE", "/api/v1/documents/doc_a", "").wantError(t, 409, "conflict")
	if len(s.jobs.uploads) != 0 {
		t.Errorf("taken all the same: %+v", s.jobs.uploads)
	}
}

func TestUploadHasALimit(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 128 MB")
	}
	s := newSite().start(t, Config{})
	body, kind := form(t, part{"file", "a.txt", strings.Repeat("x", maxUpload)})
	s.do(t, "POST", "/api/v1/documents", body, "Content-Type", kind).wantError(t, 413, "too_large")
}

func TestJobEvents(t *testing.T) {
	s := newSite().start(t, Config{})
	got := s.get(t, "/api/v1/jobs/job_1/events")
	events := strings.Count(got.body, "event: progress\n")
	if got.status != 200 || events != 1 || !strings.Contains(got.body, "event: done\ndata: {\"id\":\"job_1\",\"state\":\"done\"") {
		t.Errorf("got %d, %d times progress\n%s", got.status, events, got.body)
	}
	s.get(t, "/api/v1/jobs/job_2/events").wantError(t, 404, "not_found")
}

// Whose key is revoked sees no more of a job that was being followed.
func TestJobEventsEndWithTheKey(t *testing.T) {
	s := newSignInSite(t)
	key, made, err := s.service.NewKey(t.Context(), access.Key{Name: "beheer", Scopes: access.Documents})
	if err != nil {
		t.Fatal(err)
	}
	s.jobs.asked = func() {
		if _, err := s.service.RevokeKey(t.Context(), made.ID); err != nil {
			t.Error(err)
		}
	}
	got := s.get(t, "/api/v1/jobs/job_1/events", "Authorization", "Bearer "+key)
	if strings.Count(got.body, "event: progress\n") != 1 || strings.Contains(got.body, "event: done") || !strings.Contains(got.body, `event: error
data: {"error":{"code":"invalid_credentials"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestJobsOfABrowser(t *testing.T) {
	s := newSite().start(t, Config{})
	got := s.get(t, "/api/v1/jobs?per_page=1", "Cookie", "bronwijzer_browser=ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if got.status != 200 || !strings.Contains(got.body, `"jobs":[{"id":"job_1"`) || !strings.Contains(got.body, `"total":1`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// TestOneUploadOfASubject: who is still sending may send nothing else, and keeps
// nobody else from it.
func TestOneUploadOfASubject(t *testing.T) {
	a := &api{uploads: make(chan struct{}, maxUploads), uploaders: newTally[string](1)}
	body, kind := form(t, part{"file", "a.txt", "x"})
	send := func(by string, body io.Reader) error {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
		c.Request.Header.Set("Content-Type", kind)
		c.Set(subjectKey, access.Subject{ID: by})
		_, err := a.readUploads(c)
		return err
	}
	if err := send("jan", &meanwhile{Reader: strings.NewReader(body), do: func() {
		if err := send("jan", strings.NewReader(body)); !errors.Is(err, errUploadBusy) {
			t.Errorf("another of the same: got %v", err)
		}
		if err := send("piet", strings.NewReader(body)); err != nil {
			t.Errorf("one of another: got %v", err)
		}
	}}); err != nil {
		t.Error(err)
	}
	if err := send("jan", strings.NewReader(body)); err != nil {
		t.Errorf("afterwards: got %v", err)
	}
}

// meanwhile does something before it is read for the first time.
type meanwhile struct {
	io.Reader
	do func()
}

func (m *meanwhile) Read(p []byte) (int, error) {
	if m.do != nil {
		m.do()
		m.do = nil
	}
	return m.Reader.Read(p)
}
