package access

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// Two keys of the right shape.
var (
	oneKey   = keyPrefix + strings.Repeat("a", 43)
	otherKey = keyPrefix + strings.Repeat("b-_9", 10) + "ZZZ"
)

func basic(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }

func TestHeaderKey(t *testing.T) {
	type h = http.Header
	tests := []struct {
		name string
		h    h
		want string // empty: ErrBadCredential
	}{
		{"bearer", h{authorization: {"Bearer " + oneKey}}, oneKey},
		{"any case", h{authorization: {"bEARER " + oneKey}}, oneKey},
		{"spaces", h{authorization: {" \tBearer \t  " + oneKey + "  "}}, oneKey},
		{"basic, password", h{authorization: {basic("jan:" + oneKey)}}, oneKey},
		{"basic, password without user", h{authorization: {basic(":" + oneKey)}}, oneKey},
		{"basic, user", h{authorization: {basic(oneKey + ":")}}, oneKey},
		{"basic, user without colon", h{authorization: {basic(oneKey)}}, oneKey},
		{"basic, spaces", h{authorization: {"basic   " + basic(oneKey)[6:]}}, oneKey},
		{"x-api-key", h{apiKeyHeader: {oneKey}}, oneKey},
		{"x-api-key, spaces", h{apiKeyHeader: {"  " + oneKey + "\t"}}, oneKey},
		{"api-key", h{azureHeader: {otherKey}}, otherKey},
		{"the same everywhere", h{authorization: {"Bearer " + oneKey}, apiKeyHeader: {oneKey}, azureHeader: {oneKey}}, oneKey},

		{"two keys", h{authorization: {"Bearer " + oneKey}, apiKeyHeader: {otherKey}}, ""},
		{"a key and nothing", h{authorization: {"Bearer " + oneKey}, azureHeader: {""}}, ""},
		{"a key and a word", h{apiKeyHeader: {"sk-1234"}, azureHeader: {oneKey}}, ""},
		{"one header twice", h{apiKeyHeader: {oneKey, oneKey}}, ""},
		{"two authorizations", h{authorization: {"Bearer " + oneKey, "Bearer " + oneKey}}, ""},
		{"two in a line", h{authorization: {"Bearer " + oneKey + ", Bearer " + oneKey}}, ""},
		{"empty", h{authorization: {""}}, ""},
		{"spaces only", h{apiKeyHeader: {"  "}}, ""},
		{"scheme only", h{authorization: {"Bearer"}}, ""},
		{"scheme and space", h{authorization: {"Bearer "}}, ""},
		{"no scheme", h{authorization: {oneKey}}, ""},
		{"other scheme", h{authorization: {"Token " + oneKey}}, ""},
		{"scheme with a long s", h{authorization: {"Baſic " + basic(oneKey)[6:]}}, ""},
		{"bearer twice", h{authorization: {"Bearer Bearer " + oneKey}}, ""},
		{"bearer in x-api-key", h{apiKeyHeader: {"Bearer " + oneKey}}, ""},
		{"no-break space", h{authorization: {"Bearer\u00a0" + oneKey}}, ""},
		{"no-break space around", h{apiKeyHeader: {oneKey + "\u00a0"}}, ""},
		{"not ASCII", h{authorization: {"Bearer " + keyPrefix + strings.Repeat("é", 43)}}, ""},
		{"NUL", h{apiKeyHeader: {oneKey + "\x00"}}, ""},
		{"line break", h{apiKeyHeader: {oneKey + "\n"}}, ""},
		{"other prefix", h{apiKeyHeader: {"sk_" + strings.Repeat("a", 43)}}, ""},
		{"prefix in capitals", h{apiKeyHeader: {"BW_" + strings.Repeat("a", 43)}}, ""},
		{"too short", h{apiKeyHeader: {oneKey[:45]}}, ""},
		{"too long", h{apiKeyHeader: {oneKey + "a"}}, ""},
		{"huge", h{authorization: {"Bearer " + strings.Repeat("a", 1<<20)}}, ""},
		{"huge spaces", h{authorization: {"Bearer " + strings.Repeat(" ", 1<<20) + oneKey}}, ""},
		{"basic, not base64", h{authorization: {"Basic " + oneKey}}, ""},
		{"basic, base64 of URLs", h{authorization: {"Basic " + base64.RawURLEncoding.EncodeToString([]byte("??>"+oneKey))}}, ""},
		{"basic, password isn't the key", h{authorization: {basic(oneKey + ":geheim")}}, ""},
		{"basic, two keys", h{authorization: {basic(oneKey + ":" + otherKey + ":" + oneKey)}}, ""},
		{"basic, empty", h{authorization: {basic(":")}}, ""},
	}
	for _, tt := range tests {
		got, err := headerKey(tt.h)
		if got != tt.want || (tt.want == "") != errors.Is(err, ErrBadCredential) {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	for _, nothing := range []h{{}, {"Cookie": {"key=" + oneKey}}, {"Proxy-Authorization": {"Bearer " + oneKey}}, {"X-Forwarded-User": {oneKey}}} {
		if got, err := headerKey(nothing); got != "" || !errors.Is(err, ErrNoCredential) {
			t.Errorf("%v: got %q, %v, want ErrNoCredential", nothing, got, err)
		}
	}
}

func FuzzHeaderKey(f *testing.F) {
	f.Add("Bearer "+oneKey, "", "", true)
	f.Add(basic("x:"+oneKey), oneKey, oneKey, true)
	f.Add("bearer\t\t"+oneKey, otherKey, "", false)
	f.Add("Basic ====", "\xff", "\u2028", true)
	f.Fuzz(func(t *testing.T, auth, x, azure string, all bool) {
		h := http.Header{authorization: {auth}}
		if all {
			h[apiKeyHeader], h[azureHeader] = []string{x}, []string{azure}
		}
		key, err := headerKey(h)
		switch {
		case err != nil && (key != "" || !errors.Is(err, ErrBadCredential)):
			t.Fatalf("got %q, %v", key, err)
		case err == nil && !keyShape.MatchString(key):
			t.Fatalf("%q is no key", key)
		case err == nil && all && (strings.TrimSpace(x) != key || strings.TrimSpace(azure) != key):
			t.Fatalf("%q, %q and %q are one key", auth, x, azure)
		}
	})
}
