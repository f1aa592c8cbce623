package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"bronwijzer/internal/access"
)

// authSettings say who may in.
type authSettings struct {
	Auth              []string `help:"Wie erin mag: keys, proxy of oidc, ook samen, of none voor iedereen. Zonder deze instelling iedereen, en dan alleen op loopback." placeholder:"HOE"`
	ProxyUserHeader   string   `help:"Kop waarin de proxy zegt wie het is." default:"X-Forwarded-User" placeholder:"NAAM"`
	ProxyGroupsHeader string   `help:"Kop waarin de proxy diens groepen noemt, met komma's." default:"X-Forwarded-Groups" placeholder:"NAAM"`
	UserScopes        []string `help:"Wat mensen mogen: chat, search, documents, feedback, metrics, admin." default:"chat,search,feedback" placeholder:"WAT"`
	AdminGroups       []string `help:"Groepen waarvan de leden alles mogen." placeholder:"GROEP"`
	DocumentsGroups   []string `help:"Groepen waarvan de leden ook documenten mogen toevoegen, vervangen en weghalen." placeholder:"GROEP"`

	oidcSettings
}

// words are the elements of a list without what white space and empty elements
// a file or environment may bring.
func words(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// guard refuses an address that others can reach, unless who may in is written
// out.
func (set *authSettings) guard(listen string) error {
	if len(words(set.Auth)) > 0 || loopback(listen) {
		return nil
	}
	return &hintError{
		fmt.Errorf("listen on %s: others can reach it, and --auth isn't set", listen),
		"Zeg met --auth wie erin mag: keys, proxy of oidc, of none als dat iedereen is. Of luister op 127.0.0.1.",
	}
}

// loopback reports whether an address is for this machine alone. Names other
// than localhost aren't looked up: what they stand for may change.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return strings.EqualFold(host, "localhost")
	}
	return ip.Unmap().IsLoopback()
}

// config is how the server lets people in.
func (set *authSettings) config(publicURL string, proxies []netip.Prefix) (access.Config, error) {
	ways, err := access.ParseWays(words(set.Auth))
	if err != nil {
		return access.Config{}, &hintError{
			fmt.Errorf("--auth: %w", err),
			"Kies none, of een of meer van keys, proxy en oidc, met komma's ertussen.",
		}
	}
	scopes, err := access.ParseScopes(words(set.UserScopes))
	if err != nil {
		return access.Config{}, fmt.Errorf("--user-scopes: %w", err)
	}
	if ways.Has(access.ByProxy) && len(proxies) == 0 {
		return access.Config{}, &hintError{
			errors.New("--auth proxy: no proxy is trusted"),
			"Noem met --trusted-proxies het adres van de proxy, zoals 10.0.0.5/32.",
		}
	}
	public, err := url.Parse(publicURL)
	if err != nil {
		return access.Config{}, fmt.Errorf("--public-url: %w", err)
	}
	var issuer access.OIDCConfig
	if ways.Has(access.BySignIn) {
		if issuer, err = set.oidc(publicURL); err != nil {
			return access.Config{}, err
		}
	}
	return access.Config{
		BasePath: strings.TrimRight(public.Path, "/"), Ways: ways, TrustedProxies: proxies,
		UserHeader: set.ProxyUserHeader, GroupsHeader: set.ProxyGroupsHeader,
		PersonScopes: scopes, AdminGroups: words(set.AdminGroups), DocumentsGroups: words(set.DocumentsGroups),
		OIDC: issuer, SessionLifetime: set.SessionLifetime,
	}, nil
}

// warn tells whoever starts a server when everybody who can reach it gets in.
func (set *authSettings) warn(lg *slog.Logger, w io.Writer, ways access.Ways, listen string) {
	if ways != 0 || loopback(listen) {
		return
	}
	lg.Warn("everybody who reaches this address gets in", "listen", listen, "auth", ways.String())
	fmt.Fprintf(w, "Let op: --auth none laat iedereen toe die %s bereikt.\n", listen)
}
