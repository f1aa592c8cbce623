package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"bronwijzer/internal/sandbox"
)

// readFilesCommand is what the program calls itself with to have files read
// where they can do no harm.
const readFilesCommand = "read-files"

// readFilesCmd is the child process of package sandbox. It isn't for people.
type readFilesCmd struct{}

// Run reads files from the input until that ends.
func (readFilesCmd) Run(v *invocation) error {
	return sandbox.Serve(os.Stdin, v.stdout, sandbox.OpenLoad)
}

// newReaders reads files in child processes. What they compile once stays in
// the data folder, where nobody else writes.
func newReaders(lg *slog.Logger, set *settings) (*sandbox.Pool, error) {
	cache, err := filepath.Abs(filepath.Join(set.Data, "wasm")) // a child is in another folder
	if err != nil {
		return nil, fmt.Errorf("set up reading of files: %w", err)
	}
	return sandbox.New(lg, sandbox.Config{Args: []string{readFilesCommand}, CacheDir: cache}), nil
}
