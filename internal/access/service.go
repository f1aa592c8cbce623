package access

import (
	"log/slog"
	"net/http"
	"net/netip"

	"bronwijzer/internal/store"
)

// Config says how a server lets people in. The zero value lets everybody in and
// knows browsers apart: that is right on loopback.
type Config struct {
	// BasePath is where the server's routes stand: cookies are for it. It
	// begins with a slash and doesn't end in one, or is empty.
	BasePath string
}

// Peer is where a request came from, as the server's guards found out.
type Peer struct {
	// Direct is the other end of the connection, Client whom trusted proxies
	// say it is; the same where there is no proxy.
	Direct, Client netip.Addr
	// Secure says that the client's connection is encrypted.
	Secure bool
}

// Service lets people in. It is safe for concurrent use.
type Service struct {
	lg    *slog.Logger
	store *store.Store
	cfg   Config
}

// New returns a Service that keeps keys and sessions in st.
func New(lg *slog.Logger, st *store.Store, cfg Config) (*Service, error) {
	return &Service{lg: lg, store: st, cfg: cfg}, nil
}

// Identify says who sent a request. It may set a cookie on w. Without a
// credential where one has to be shown: ErrNoCredential, with the zero Subject;
// with one that isn't valid: ErrBadCredential. Other errors are the store's.
func (s *Service) Identify(w http.ResponseWriter, r *http.Request, p Peer) (Subject, error) {
	return s.browser(w, r, p), nil
}
