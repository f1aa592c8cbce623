package store

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// lockName is the file in the data folder that its owner holds locked. The file
// stays when the owner ends; only the lock on it counts.
const lockName = "bronwijzer.lock"

// A lock that is held is tried again for a moment: whoever asks for a running
// address holds it for some microseconds, and a service that restarts ends just
// before its successor begins.
const (
	lockTries = 10
	lockPause = 50 * time.Millisecond
)

// holder is what the lock file says of the owner.
type holder struct {
	PID     int    `json:"pid"`
	Address string `json:"address,omitempty"`
}

// lock makes this process the owner of the data folder until the file is
// closed, or fails with ErrLocked.
func lock(ctx context.Context, dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", denied(err))
	}
	if err := waitLock(ctx, f, dir); err != nil {
		f.Close()
		return nil, err
	}
	if err := writeHolder(f, ""); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func waitLock(ctx context.Context, f *os.File, dir string) error {
	for range lockTries {
		got, err := tryLock(f, true)
		if err != nil {
			return fmt.Errorf("lock data folder: %w", err)
		}
		if got {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPause):
		}
	}
	h := readHolder(dir)
	if h.Address != "" {
		return fmt.Errorf("open data folder %s: %w by process %d, which listens on %s", dir, ErrLocked, h.PID, h.Address)
	}
	return fmt.Errorf("open data folder %s: %w by process %d", dir, ErrLocked, h.PID)
}

func writeHolder(f *os.File, address string) error {
	b, err := json.Marshal(holder{PID: os.Getpid(), Address: address})
	if err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	if _, err := f.WriteAt(b, 0); err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	return nil
}

// readHolder is what the lock file says; zero when it says nothing.
func readHolder(dir string) holder {
	var h holder
	b, err := os.ReadFile(filepath.Join(dir, lockName))
	if err != nil || json.Unmarshal(b, &h) != nil {
		return holder{}
	}
	return h
}

// RunningAddress is where the running owner of a data folder listens (host and
// port), and false when there is no running owner or it doesn't listen.
func RunningAddress(dir string) (string, bool) {
	f, err := os.Open(filepath.Join(dir, lockName))
	if err != nil {
		return "", false
	}
	defer f.Close()
	if free, err := tryLock(f, false); err != nil || free {
		return "", false
	}
	address := readHolder(dir).Address
	return address, address != ""
}
