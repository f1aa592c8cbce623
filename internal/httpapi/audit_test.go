package httpapi

import (
	"context"
	"sync"

	"bronwijzer/internal/access"
)

// fakeAudit keeps the entries.
type fakeAudit struct {
	mu      sync.Mutex
	entries []access.Entry
}

func (f *fakeAudit) Note(_ context.Context, e access.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.entries = append(f.entries, e)
}

func (f *fakeAudit) Failures() int64 { return 0 }

// taken returns the entries so far and forgets them.
func (f *fakeAudit) taken() []access.Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.entries
	f.entries = nil
	return out
}
