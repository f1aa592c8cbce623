//go:build !amd64

package e5

// available returns the kernels that this processor has, fastest first.
func available() []kernels { return []kernels{portable()} }
