package access

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
)

// The headers that a key may come in. Clients of OpenAI's API send the first,
// those of Azure's the last.
const (
	authorization = "Authorization"
	apiKeyHeader  = "X-Api-Key"
	azureHeader   = "Api-Key"
)

// maxCredential bounds what is looked at, in bytes; the longest form that can be
// right, Basic with a long user name, is shorter.
const maxCredential = 1 << 10

// keyShape is what every key of NewKey looks like: the prefix by which people and
// scanners of source code recognise it, and 256 bits.
var keyShape = regexp.MustCompile(`^` + keyPrefix + `[A-Za-z0-9_-]{43}$`)

// headerKey reads the key in a request's headers, in whatever form it comes:
//
//	Authorization: Bearer KEY
//	Authorization: Basic base64(USER:PASSWORD)
//	X-Api-Key: KEY
//	api-key: KEY
//
// In the form Basic the key is the password, whoever the user, or the user where
// there is no password. The scheme is in any case, with any white space around
// the parts. The same key in several headers is one key.
//
// Without any of the headers it returns ErrNoCredential. What doesn't look like
// a key is ErrBadCredential, and so are an empty header, one that comes more
// than once, and different keys. A key in a query isn't looked for: addresses
// end up in logs.
func headerKey(h http.Header) (string, error) {
	key := ""
	for _, form := range []struct {
		header string
		parse  func(string) string
	}{
		{authorization, authorizationKey},
		{apiKeyHeader, strings.TrimSpace},
		{azureHeader, strings.TrimSpace},
	} {
		lines := h.Values(form.header)
		if len(lines) == 0 {
			continue
		}
		if len(lines) > 1 || len(lines[0]) > maxCredential || !printable(lines[0]) {
			return "", ErrBadCredential
		}
		found := form.parse(lines[0])
		if !keyShape.MatchString(found) || key != "" && found != key {
			return "", ErrBadCredential
		}
		key = found
	}
	if key == "" {
		return "", ErrNoCredential
	}
	return key, nil
}

// printable reports whether s is ASCII without control characters but the tab.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') })
}

// authorizationKey is what may be a key in an Authorization header; empty where
// there is nothing.
func authorizationKey(line string) string {
	line = strings.Trim(line, " \t")
	end := strings.IndexAny(line, " \t")
	if end < 0 {
		return ""
	}
	rest := strings.TrimLeft(line[end:], " \t")
	switch strings.ToLower(line[:end]) {
	case "bearer":
		return rest
	case "basic":
		decoded, err := base64.StdEncoding.DecodeString(rest)
		if err != nil {
			return ""
		}
		user, password, _ := strings.Cut(string(decoded), ":")
		if password == "" {
			return user
		}
		return password
	default:
		return ""
	}
}
