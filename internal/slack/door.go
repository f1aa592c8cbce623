package slack

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	api "github.com/slack-go/slack"
)

const (
	// maxBody is the most bytes in a request; Slack's have some thousands.
	maxBody = 256 << 10
	// maxBodies is how many are read at the same time: 16 MiB at most.
	maxBodies = 64
	// bodyTimeout is how long a body may take, and wait for its turn: Slack itself
	// gives up after three seconds.
	bodyTimeout = 2 * time.Second
	// warnEvery is the least time between two lines about what was refused.
	warnEvery = 10 * time.Second
)

// door lets in what Slack signed. Anybody may knock, so that what isn't signed
// costs little: no body is read where the headers can't be right, a bounded number
// at once where they can, and the log gets a line now and then.
//
// It doesn't look at addresses: Slack's requests come from few, behind a proxy all
// come from one, and whoever had that refused would silence Slack.
type door struct {
	lg     *slog.Logger
	secret string
	// bodies has room for those that are read.
	bodies  chan struct{}
	refused atomic.Int64
	// warned is when the log last got a line, as UnixNano.
	warned atomic.Int64
}

func newDoor(lg *slog.Logger, secret string) *door {
	return &door{lg: lg, secret: secret, bodies: make(chan struct{}, maxBodies)}
}

// read returns the body of a request that Slack signed, at most five minutes ago.
// Errors are errForged, errLarge, errLater, and errMalformed for one that breaks
// off.
func (d *door) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	// The library takes a signature's digits in either case; Slack writes one.
	if signature := r.Header.Get("X-Slack-Signature"); signature != strings.ToLower(signature) {
		return nil, errForged
	}
	// It looks at the time, and at the signature's form.
	v, err := api.NewSecretsVerifier(r.Header, d.secret)
	if err != nil {
		return nil, errForged
	}
	if r.ContentLength > maxBody {
		return nil, errLarge
	}
	turn := time.NewTimer(bodyTimeout)
	defer turn.Stop()
	select {
	case d.bodies <- struct{}{}:
		defer func() { <-d.bodies }()
	case <-turn.C:
		return nil, errLater
	case <-r.Context().Done():
		return nil, errLater
	}
	// Without a network connection there is nothing to set.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	var body bytes.Buffer
	body.Grow(int(max(0, r.ContentLength)) + bytes.MinRead)
	_, err = body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, errLarge
	case err != nil:
		return nil, fmt.Errorf("body: %w: %w", errMalformed, err)
	}
	if _, err := v.Write(body.Bytes()); err != nil {
		return nil, err
	}
	if v.Ensure() != nil {
		return nil, errForged
	}
	return body.Bytes(), nil
}

// refuse turns a request away that isn't Slack's.
func (d *door) refuse(w http.ResponseWriter, r *http.Request) {
	n, now := d.refused.Add(1), time.Now().UnixNano()
	if last := d.warned.Load(); now-last >= int64(warnEvery) && d.warned.CompareAndSwap(last, now) {
		d.lg.WarnContext(r.Context(), "slack requests without a valid signature", slog.Int64("so_far", n))
	}
	http.Error(w, "geen geldige handtekening", http.StatusUnauthorized)
}

// Refused is how many requests weren't Slack's.
func (s *Service) Refused() int64 { return s.door.refused.Load() }
