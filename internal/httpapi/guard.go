package httpapi

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// guard decides whether a request may use the server at all. It comes before
// anything of the request's body is read.
func (a *api) guard(c *gin.Context, rt route) error {
	if rt.probe {
		return nil
	}
	r := c.Request
	if !a.hosts.allow(r.Host) {
		return errWrongHost
	}
	if !a.others.foreign(r) && (a.origins.Check(r) != nil || readsAcross(r)) {
		return errCrossOrigin
	}
	addr, _ := a.proxies.client(r)
	if err := a.limits.address(addr); err != nil {
		return err
	}
	// Before anybody is identified: it is to cost next to nothing. Chat and
	// Searcher decide; this is for what would only fail there.
	if rt.work && a.Busy != nil && a.Busy() {
		return errBusy
	}
	if err := a.admit(c, rt); err != nil {
		return err
	}
	return a.limits.subject(subjectOf(c))
}

// readsAcross reports whether a page of another site loads something from here
// without the reader going there. CrossOriginProtection lets safe methods
// through, because that page can't see the answer; it could still make the
// server work.
func readsAcross(r *http.Request) bool {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	return safe && r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// hosts knows the names that the server goes by. A page whose name was bound
// to a loopback address after it was loaded (DNS rebinding) still sends its own
// name in Host.
type hosts struct {
	names map[string]bool
	// anyIP lets every IP address through: a browser sends one only when the
	// reader or a page went there by that very address.
	anyIP bool
}

// newHosts collects the names of cfg. Loopback is always there.
func newHosts(cfg Config, public publicURL) (hosts, error) {
	h := hosts{names: map[string]bool{"localhost": true}}
	listen := cfg.Listen
	if listen != "" {
		host, _, err := net.SplitHostPort(listen)
		if err != nil {
			return hosts{}, fmt.Errorf("listen address %q: %w", listen, err)
		}
		ip, err := netip.ParseAddr(host)
		h.anyIP = host == "" || err == nil && ip.IsUnspecified()
		h.add(host)
	}
	h.add(public.host)
	for _, name := range cfg.Hosts {
		h.add(name)
	}
	return h, nil
}

func (h hosts) add(name string) {
	if name != "" {
		h.names[canonicalHost(name)] = true
	}
}

// allow reports whether a Host header names this server. Ports don't matter:
// rebinding changes an address, never a name.
func (h hosts) allow(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	host = canonicalHost(host)
	if h.names[host] {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (h.anyIP || ip.IsLoopback())
}

// canonicalHost is lower case, without the brackets of IPv6 and the final dot.
func canonicalHost(host string) string {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// publicURL is the server as readers know it; empty parts where they know no
// other than its address.
type publicURL struct {
	origin, host string
	// basePath begins with a slash and doesn't end in one, or is empty.
	basePath string
}

// parsePublicURL takes an absolute http or https URL, or nothing.
func parsePublicURL(raw string) (publicURL, error) {
	if raw == "" {
		return publicURL{}, nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		return publicURL{}, fmt.Errorf("public url: %w", err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return publicURL{}, fmt.Errorf("public url %q: %w", raw, errNotAbsolute)
	}
	return publicURL{
		origin:   u.Scheme + "://" + u.Host,
		host:     u.Hostname(),
		basePath: strings.TrimRight(u.Path, "/"),
	}, nil
}

// withBasePath lets every route also be found below base, so that it doesn't
// matter whether a proxy cuts the base off.
func withBasePath(next http.Handler, base string) http.Handler {
	if base == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == base {
			// Relative links on the home page need the slash.
			http.Redirect(w, r, base+"/", http.StatusPermanentRedirect)
			return
		}
		if rest, ok := strings.CutPrefix(r.URL.Path, base+"/"); ok {
			inner := r.Clone(r.Context())
			inner.URL.Path = "/" + rest
			inner.URL.RawPath = ""
			r = inner
		}
		next.ServeHTTP(w, r)
	})
}

// proxies are the addresses whose word about a client is believed.
type proxies []netip.Prefix

func (p proxies) trust(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// client returns the address that a request came from and whether it came over
// https. X-Forwarded-For is read from the right, as each proxy adds the peer it
// saw: the first address that isn't a trusted proxy is the client, whatever it
// wrote to the left of it. All lines of the header count as one list; Gin's own
// ClientIP reads the first line only, which is the client's to write.
func (p proxies) client(r *http.Request) (addr netip.Addr, secure bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, r.TLS != nil
	}
	addr = peer.Addr().Unmap()
	if !p.trust(addr) {
		return addr, r.TLS != nil
	}
	secure = r.TLS != nil || lastElement(r.Header.Values("X-Forwarded-Proto")) == "https"
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0 && p.trust(addr); i-- {
		next, err := parseForwarded(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		addr = next
	}
	return addr, secure
}

// parseForwarded takes an address with or without a port; some proxies add one.
func parseForwarded(s string) (netip.Addr, error) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap(), nil
	}
	addr, err := netip.ParseAddr(s)
	return addr.Unmap(), err
}

// lastElement is the last element of a header that is a comma-separated list.
func lastElement(lines []string) string {
	all := strings.Join(lines, ",")
	return strings.ToLower(strings.TrimSpace(all[strings.LastIndex(all, ",")+1:]))
}
