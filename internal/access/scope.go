package access

import (
	"fmt"
	"math/bits"
	"strings"
)

// Scopes is a set of scopes.
type Scopes uint8

// The scopes. Each lets a subject do one kind of thing.
const (
	// Chat asks questions and keeps one's own conversations.
	Chat Scopes = 1 << iota
	// Search finds passages and reads documents.
	Search
	// Documents adds, replaces and removes documents.
	Documents
	// Feedback judges answers.
	Feedback
	// Metrics reads what is counted and measured.
	Metrics
	// Admin does what concerns others too.
	Admin
	endOfScopes
)

// Everything is every scope; Open every one but Admin: what a server without
// sign-in lets everybody do.
const (
	Everything = endOfScopes - 1
	Open       = Everything &^ Admin
)

// names of the scopes, by bit.
var names = [...]string{"chat", "search", "documents", "feedback", "metrics", "admin"}

// Has reports whether all of the scopes in want are in s.
func (s Scopes) Has(want Scopes) bool { return s&want == want }

// Names lists the scopes in their fixed order.
func (s Scopes) Names() []string {
	list := make([]string, 0, bits.OnesCount8(uint8(s)))
	for i, name := range names {
		if s.Has(1 << i) {
			list = append(list, name)
		}
	}
	return list
}

func (s Scopes) String() string { return strings.Join(s.Names(), ",") }

// ParseScopes reads names of scopes.
func ParseScopes(list []string) (Scopes, error) {
	var s Scopes
	for _, text := range list {
		one := Scopes(0)
		for i, name := range names {
			if text == name {
				one = 1 << i
			}
		}
		if one == 0 {
			return 0, fmt.Errorf("scope %q isn't one of %s", text, Everything)
		}
		s |= one
	}
	return s, nil
}
