//go:build linux && !amd64

package sandbox

import "errors"

// filterSyscalls isn't there: the list of calls that the Go runtime needs was
// only tried on amd64.
func filterSyscalls() error { return errors.ErrUnsupported }
