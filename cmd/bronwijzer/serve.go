package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"bronwijzer/internal/access"
	"bronwijzer/internal/httpapi"
	"bronwijzer/internal/ingest"
)

const (
	// expireEvery is how often records past their retention are removed.
	expireEvery = time.Hour
	// openFor is how long a conversation counts as open after its last answer,
	// where nothing else is kept: time to read, check a source and ask on.
	openFor = 30 * time.Minute
	// expireOpenEvery is how often those are looked for.
	expireOpenEvery = time.Minute
)

// serveCmd answers over HTTP.
type serveCmd struct {
	Listen         string         `help:"Adres en poort." default:"127.0.0.1:8080" placeholder:"ADRES"`
	PublicURL      string         `name:"public-url" help:"Adres waarop lezers de dienst bereiken, met subpad." placeholder:"URL"`
	CORSOrigins    []string       `name:"cors-origins" help:"Andere websites waarvan scripts de API mogen gebruiken, met een sleutel." placeholder:"ORIGIN"`
	AllowedHosts   []string       `help:"Andere namen waaronder de dienst bereikbaar is." placeholder:"NAAM"`
	TrustedProxies []netip.Prefix `help:"Proxy's wier X-Forwarded-koppen gelden." placeholder:"CIDR"`
	Retention      time.Duration  `help:"Bewaartermijn van vragen en antwoorden; 0 bewaart alleen het gesprek dat nog loopt." default:"2160h" least:"0s"`
	ShutdownGrace  time.Duration  `help:"Tijd voor lopende antwoorden bij afsluiten." default:"20s" least:"0s"`

	loadSettings

	authSettings
	slackSettings
}

// Run opens the port at once, fills the index and takes over what changed in
// the corpus, and serves until ctx ends.
func (s *serveCmd) Run(ctx context.Context, v *invocation) error {
	if err := s.guard(s.Listen); err != nil {
		return err
	}
	people, err := s.config(s.PublicURL, s.TrustedProxies)
	if err != nil {
		return err
	}
	lg := v.logger()
	a, err := open(ctx, lg, v.settings, s.front(v.settings))
	if err != nil {
		return err
	}
	defer a.close(lg)
	listener, err := s.listener(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	at := listener.Addr().String()
	colleagues, err := s.service(lg, a, s.PublicURL)
	if err != nil {
		return err
	}
	cfg := httpapi.Config{
		Listen: at, PublicURL: s.PublicURL, Hosts: s.AllowedHosts, TrustedProxies: s.TrustedProxies,
		Limits: s.limits(), Origins: words(s.CORSOrigins),
	}
	if colleagues != nil {
		cfg.Beside, cfg.BesideRefused = colleagues.Beside, colleagues.Refused
	}
	handler, err := a.handler(lg, people, cfg) //nolint:contextcheck // a request brings its own
	if err != nil {
		return err
	}
	if err := a.store.SetAddress(at); err != nil {
		return err
	}
	s.warn(lg, v.stderr, people.Ways, at)
	fmt.Fprintf(v.stderr, "Bronwijzer luistert op %s\n", address(at))

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return httpapi.Serve(ctx, lg, listener, handler, s.serving()) })
	if colleagues != nil {
		group.Go(func() error { return colleagues.Run(ctx) })
	}
	group.Go(func() error { return a.start(ctx, lg, v.stderr) })
	group.Go(func() error { return a.work(ctx) })
	group.Go(func() error { return a.expire(ctx, lg, s.Retention) })
	group.Go(func() error { return a.people.Run(ctx) })
	group.Go(func() error { return a.audit.Run(ctx) })
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// listener takes the address to serve on.
func (s *serveCmd) listener(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return nil, &hintError{err, "Kies met --listen een ander adres, of beëindig het programma dat dit adres gebruikt."}
	}
	// A name may stand for another address than was thought.
	if err := s.guard(l.Addr().String()); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// start brings the collection up to date: what the store holds can be asked at
// once, then follows what changed in the folders, and goes on to follow them
// until ctx ends.
func (a *app) start(ctx context.Context, lg *slog.Logger, w io.Writer) error {
	if err := a.fill(ctx, w); err != nil {
		return err
	}
	return a.follow(ctx, lg, w, func(report ingest.Report) error {
		documents, passages := a.size(operator().Reader())
		lg.Info("ready", "documents", documents, "passages", passages)
		return report.Print(w)
	})
}

// follow takes over what changed in the folders, now and whenever something
// changes, until ctx ends. First hears of the first run, whose error ends it;
// later ones leave the collection as it is, and are logged.
func (a *app) follow(ctx context.Context, lg *slog.Logger, w io.Writer, first func(ingest.Report) error) error {
	dirs := make([]string, len(a.roots))
	for i, root := range a.roots {
		dirs[i] = root.Dir
	}
	began := false
	return ingest.Watch(ctx, lg, dirs, func(ctx context.Context) error {
		report, err := a.update(ctx, w)
		if ctx.Err() == nil && (err != nil || !report.Quiet()) {
			a.noteIngest(ctx, err)
		}
		switch {
		case !began && err == nil:
			began = true
			return first(report)
		case !began || ctx.Err() != nil:
			return err
		case err != nil:
			lg.ErrorContext(ctx, "change in the folders isn't taken over", "error", err)
			return nil
		case report.Quiet():
			return nil
		}
		return report.Print(w)
	})
}

// noteIngest writes down that the folders were taken over, or that it failed.
func (a *app) noteIngest(ctx context.Context, err error) {
	e := access.Entry{Action: access.ActionIngest, Result: access.ResultOK, Door: access.DoorFolder}
	if err != nil {
		e.Result = access.ResultFailed
	}
	a.audit.Note(ctx, e)
}

// expire removes records past their retention, and the texts that only they
// cited, now and from time to time. Without retention a conversation goes as a
// whole, once nobody has used it for a while.
func (a *app) expire(ctx context.Context, lg *slog.Logger, retention time.Duration) error {
	every, remove := expireEvery, a.store.Expire
	if retention == 0 {
		every, remove, retention = expireOpenEvery, a.store.ExpireIdle, openFor
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if removed, err := remove(ctx, time.Now().Add(-retention)); err != nil && ctx.Err() == nil {
			lg.Error("expire records", "error", err)
		} else if removed > 0 {
			lg.Info("expired records", "removed", removed)
		}
		if _, err := a.store.Collect(ctx); err != nil && ctx.Err() == nil {
			lg.Error("collect texts", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
