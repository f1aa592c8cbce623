package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	defaultDrain      = 30 * time.Second
	// lastWords is how long requests that are cut have to say so.
	lastWords = 2 * time.Second
)

// errShutdown is the cause of a request's context that ends because the server
// stops.
var errShutdown = errors.New("server is shutting down")

// Serve accepts connections on ln, which it closes, until ctx ends. Then it
// accepts no more, lets what is open end for up to drain (30 s when that is 0),
// and cancels the rest; a stream still gets its error event. It returns nil
// after that, also when it had to cut, and an error when it couldn't serve.
//
// It sets no timeout for a whole request, as a stream may last: New's handler
// bounds reading a body and each write.
func Serve(ctx context.Context, lg *slog.Logger, ln net.Listener, h http.Handler, drain time.Duration) error {
	// Requests outlive ctx: they are given time to end.
	base, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(lg.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	if shutdown(base, srv, positive(drain, defaultDrain)) != nil {
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
