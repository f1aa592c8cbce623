// Package access knows who asks and what they may do: subjects with their groups
// and scopes, the ways to prove who one is, and the audit log.
//
// It owns credentials: it reads them from requests, compares them and keeps
// nothing of them but hashes. It never decides about a single route, document or
// record: httpapi's table of routes asks for scopes, retrieval filters by groups,
// and chat compares owners, all by the Subject that comes from here. Its
// invariant: whoever shows no valid credential gets no more than the zero
// Subject or an error, and every way to be somebody goes through Identify.
//
// Identify returns ErrNoCredential and ErrBadCredential; signing in ErrIssuer,
// ErrSignIn, ErrSignInRefused and ErrNotMember; the keys ErrNameTaken and
// ErrNoKey.
package access

import (
	"errors"
	"strings"

	"bronwijzer/internal/docs"
)

// Subject is who asks. The zero Subject is nobody in particular and may do
// nothing.
type Subject struct {
	// ID is what conversations belong to: "user:…", "key:…", "browser:…",
	// "slack:…". Empty for nobody in particular: what is made so is open to
	// whoever knows its unguessable id.
	ID string
	// Name is how the subject is shown to itself; it may be empty.
	Name string
	// Groups are those that the subject is a member of.
	Groups []string
	Scopes Scopes
	// Rate is how many requests a second the subject may make on average; 0 is
	// the usual number.
	Rate float64
	// Operator is whoever runs the program on its own machine and data folder;
	// no document is hidden from them. No request over a network is theirs.
	Operator bool
}

// Known reports whether it was proved who the subject is; a browser that didn't
// sign in is a subject too.
func (s Subject) Known() bool { return s.ID != "" && !strings.HasPrefix(s.ID, browserPrefix) }

// Reader is the subject as somebody who reads documents.
func (s Subject) Reader() docs.Reader { return docs.Reader{Groups: s.Groups, All: s.Operator} }

// Errors of Identify.
var (
	// ErrNoCredential says that something has to be shown, and nothing was.
	ErrNoCredential = errors.New("no credential")
	// ErrBadCredential says that what was shown isn't valid: unknown, expired,
	// revoked, malformed, or more than one thing at once.
	ErrBadCredential = errors.New("credential isn't valid")
)
