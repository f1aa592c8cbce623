package access

import "testing"

func TestParseWays(t *testing.T) {
	tests := []struct {
		list []string
		want Ways
		text string // empty: an error
	}{
		{nil, 0, "none"},
		{[]string{"none"}, 0, "none"},
		{[]string{"keys"}, ByKey, "keys"},
		{[]string{"oidc", "keys", "keys"}, ByKey | BySignIn, "keys,oidc"},
		{[]string{"keys", "proxy", "oidc"}, ByKey | ByProxy | BySignIn, "keys,proxy,oidc"},
		{[]string{"none", "keys"}, 0, ""},
		{[]string{"keys", "none"}, 0, ""},
		{[]string{"key"}, 0, ""},
		{[]string{"Keys"}, 0, ""},
		{[]string{""}, 0, ""},
		{[]string{"keys,proxy"}, 0, ""},
	}
	for _, tt := range tests {
		got, err := ParseWays(tt.list)
		if got != tt.want || (err != nil) != (tt.text == "") || err == nil && got.String() != tt.text {
			t.Errorf("%q: got %v, %v, want %v", tt.list, got, err, tt.want)
		}
	}
}
