package access

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestBrowserCookie: a browser gets a cookie only where it would have sent the
// one that it has.
func TestBrowserCookie(t *testing.T) {
	s := &Service{}
	for _, tt := range []struct {
		method, site, dest string
		want               bool
	}{
		{http.MethodGet, "", "", false},
		{http.MethodPost, "same-origin", "empty", true},
		{http.MethodGet, "none", "document", true},
		{http.MethodGet, "cross-site", "document", true},
		{http.MethodGet, "cross-site", "iframe", false},
		{http.MethodPost, "cross-site", "document", false},
		{http.MethodPost, "cross-site", "empty", false},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), tt.method, "/", nil)
		r.Header.Set("Sec-Fetch-Site", tt.site)
		r.Header.Set("Sec-Fetch-Dest", tt.dest)
		by, err := s.Identify(w, r, Peer{})
		if got := len(w.Result().Cookies()) > 0; got != tt.want || got != (by.ID != "") || err != nil {
			t.Errorf("%+v: got a cookie %v, %+v, %v", tt, got, by, err)
		}
	}
}
