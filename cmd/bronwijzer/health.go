package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"bronwijzer/internal/store"
)

// healthTimeout bounds the question whether a server lives.
const healthTimeout = 5 * time.Second

// healthCmd asks the server that runs on the data folder whether it lives, for
// a container without any other program in it.
type healthCmd struct{}

// Run fails when there is no server or it doesn't answer.
func (healthCmd) Run(ctx context.Context, v *invocation) error {
	running, ok := store.RunningAddress(v.settings.Data)
	if !ok {
		return errors.New("no server runs on this data folder")
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address(running)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", resp.Status)
	}
	return nil
}
