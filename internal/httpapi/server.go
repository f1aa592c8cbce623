package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	defaultDrain      = 30 * time.Second
	// The usual limit of open files is 1,048,576 in a container and 4,096 at
	// least elsewhere, and a connection takes some 20 kB.
	defaultConnections        = 2048
	defaultAddressConnections = 512
	// lastWords is how long requests that are cut have to say so.
	lastWords = 2 * time.Second
)

// errShutdown is the cause of a request's context that ends because the server
// stops.
var errShutdown = errors.New("server is shutting down")

// ServeConfig tunes Serve. The zero value takes what the comments say.
type ServeConfig struct {
	// Drain is how long what is open may take to end; 0 takes 30 s.
	Drain time.Duration
	// Header is how long a client may take to send a request's header, Idle how
	// long it may be silent between requests; 0 takes 10 s and 2 minutes.
	Header, Idle time.Duration
	// Connections may be open at once, and AddressConnections for one address; 0
	// takes 2,048 and 512. Below 0 there is no limit. The addresses of an IPv6
	// network (/64) count as one, and TrustedProxies have no share.
	Connections, AddressConnections int
	TrustedProxies                  []netip.Prefix
}

// Serve accepts connections on ln, which it closes, until ctx ends. Then it
// accepts no more, lets what is open end for up to cfg.Drain, and cancels the
// rest; a stream still gets its error event. It returns nil
// after that, also when it had to cut, and an error when it couldn't serve.
//
// It sets no timeout for a whole request, as a stream may last: New's handler
// bounds reading a body and each write.
func Serve(ctx context.Context, lg *slog.Logger, ln net.Listener, h http.Handler, cfg ServeConfig) error {
	// Requests outlive ctx: they are given time to end.
	base, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	open := newConnections(ln, bound(cfg.Connections, defaultConnections), bound(cfg.AddressConnections, defaultAddressConnections), cfg.TrustedProxies)
	srv := &http.Server{
		Handler:           open.received(h),
		ReadHeaderTimeout: positive(cfg.Header, readHeaderTimeout),
		IdleTimeout:       positive(cfg.Idle, idleTimeout),
		MaxHeaderBytes:    maxHeaderBytes,
		ConnState:         open.note,
		ConnContext:       remember,
		// "OPTIONS *" is for the handler, whose answers have all headers.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(lg.Handler(), slog.LevelWarn),
		BaseContext:                  func(net.Listener) context.Context { return base },
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(open) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	if shutdown(base, srv, positive(cfg.Drain, defaultDrain)) != nil {
		lg.WarnContext(base, "open requests are cut")
		cut(errShutdown)
		if shutdown(context.WithoutCancel(base), srv, lastWords) != nil {
			// What doesn't listen to its context loses its connection; there is
			// nobody left who could do anything with an error.
			_ = srv.Close()
		}
	}
	<-served
	return nil
}

// shutdown waits up to limit for what is open.
func shutdown(ctx context.Context, srv *http.Server, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return srv.Shutdown(ctx)
}
