//go:build !linux

package sandbox

import (
	"os"
	"syscall"
)

// executable is the path of this program.
func executable() (string, error) { return os.Executable() }

// processAttributes has nothing to ask for here.
func processAttributes() *syscall.SysProcAttr { return nil }

// resident can't tell here; the child's own limit has to do.
func resident(int) int64 { return 0 }

// confine has nothing beyond the limits of the Go runtime here.
func confine(int64) []string { return nil }
