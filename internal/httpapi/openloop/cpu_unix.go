//go:build unix

package main

import (
	"syscall"
	"time"
)

// ownCPU is how many seconds of all cores this process has used.
func ownCPU() float64 {
	var u syscall.Rusage
	// It fails for a wrong argument only.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
