package access

import (
	"errors"
	"fmt"
	"strings"
)

// Ways is a set of ways to prove who one is. The empty set lets everybody in
// without.
type Ways uint8

// The ways.
const (
	// ByKey is for scripts: a key in a header. A browser signs in with one.
	ByKey Ways = 1 << iota
	// ByProxy believes a proxy that has found out itself.
	ByProxy
	// BySignIn is for people: OpenID Connect.
	BySignIn
	endOfWays
)

// wayNames are the names of the ways, by bit.
var wayNames = [...]string{"keys", "proxy", "oidc"}

// openWay is the name of the empty set.
const openWay = "none"

// Has reports whether all of the ways in want are in w.
func (w Ways) Has(want Ways) bool { return w&want == want }

func (w Ways) String() string {
	var list []string
	for i, name := range wayNames {
		if w.Has(1 << i) {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return openWay
	}
	return strings.Join(list, ",")
}

// ParseWays reads names of ways; "none", which stands alone, and an empty list
// are the empty set.
func ParseWays(list []string) (Ways, error) {
	var w Ways
	open := false
	for _, text := range list {
		one := Ways(0)
		for i, name := range wayNames {
			if text == name {
				one = 1 << i
			}
		}
		if one == 0 && text != openWay {
			return 0, fmt.Errorf("way in %q isn't one of %s or %s", text, endOfWays-1, openWay)
		}
		w, open = w|one, open || one == 0
	}
	if open && w != 0 {
		return 0, errors.New("way in none doesn't go together with others")
	}
	return w, nil
}
