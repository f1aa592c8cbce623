package access

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The headers that oauth2-proxy sends unless it is told otherwise.
const (
	defaultUserHeader   = "X-Forwarded-User"
	defaultGroupsHeader = "X-Forwarded-Groups"
)

// Bounds of what a proxy says of somebody, in bytes and groups.
const (
	maxName   = 256
	maxGroups = 1000
)

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// completeProxy fills in what isn't set and checks the rest.
func (c *Config) completeProxy() error {
	if c.UserHeader == "" {
		c.UserHeader = defaultUserHeader
	}
	if c.GroupsHeader == "" {
		c.GroupsHeader = defaultGroupsHeader
	}
	if len(c.TrustedProxies) == 0 {
		return errors.New("no trusted proxy is named")
	}
	for _, prefix := range c.TrustedProxies {
		if prefix.Bits() <= 0 {
			return fmt.Errorf("%s trusts every address", prefix)
		}
	}
	c.UserHeader, c.GroupsHeader = http.CanonicalHeaderKey(c.UserHeader), http.CanonicalHeaderKey(c.GroupsHeader)
	for _, name := range []string{c.UserHeader, c.GroupsHeader} {
		if !headerName.MatchString(name) {
			return fmt.Errorf("%q is no name of a header", name)
		}
	}
	if c.UserHeader == c.GroupsHeader {
		return fmt.Errorf("user and groups can't both come in %s", c.UserHeader)
	}
	return nil
}

// byProxy is who a trusted proxy says it is. Anybody else's word is ignored, as
// if nothing was shown: the headers mean nothing there.
//
// The user is the whole of one line. A comma in it would be a list: what the
// client sent and the proxy didn't replace. Groups are a list with commas; empty
// elements count for nothing. Both are UTF-8 as it stands, so percent signs
// stand for themselves. Anything else is ErrBadCredential, also when the
// proxy names groups and no user.
func (s *Service) byProxy(r *http.Request, p Peer) (Subject, error) {
	trusted := func(prefix netip.Prefix) bool { return prefix.Contains(p.Direct) }
	if !slices.ContainsFunc(s.cfg.TrustedProxies, trusted) {
		return Subject{}, ErrNoCredential
	}
	users, lists := r.Header[s.cfg.UserHeader], r.Header[s.cfg.GroupsHeader]
	if len(users) == 0 && len(lists) == 0 {
		return Subject{}, ErrNoCredential
	}
	if len(users) != 1 || len(lists) > 1 {
		return Subject{}, ErrBadCredential
	}
	user := strings.TrimSpace(users[0])
	groups, ok := splitGroups(lists)
	if !ok || !saneName(user) {
		return Subject{}, ErrBadCredential
	}
	return s.person("user:"+user, user, groups), nil
}

// splitGroups reads the list in the one line that there may be. Each group is
// there once, in their order.
func splitGroups(lines []string) (groups []string, ok bool) {
	for part := range strings.SplitSeq(strings.Join(lines, ""), ",") {
		part = strings.TrimSpace(part)
		if part != "" && !saneName(part) {
			return nil, false
		}
		if part != "" {
			groups = append(groups, part)
		}
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	return groups, len(groups) <= maxGroups
}

// saneName reports whether s can be the name of a user, group or key: some
// printable characters on one line without a comma, with no space around them.
func saneName(s string) bool {
	odd := func(r rune) bool { return r == ',' || !unicode.IsPrint(r) }
	return s != "" && len(s) <= maxName && utf8.ValidString(s) && s == strings.TrimSpace(s) && !strings.ContainsFunc(s, odd)
}
