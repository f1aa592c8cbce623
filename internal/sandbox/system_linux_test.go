package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// children lists the processes that this one started and hasn't waited for, with
// their state.
func children() []string {
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, name := range lists {
		list, err := os.ReadFile(name)
		if err != nil {
			continue // the thread ended
		}
		for pid := range strings.FieldsSeq(string(list)) {
			stat, _ := os.ReadFile(fmt.Sprintf("/proc/%s/stat", pid))
			out = append(out, string(stat))
		}
	}
	return out
}

// inherited reports whether a descriptor is open that a program started from
// here would have.
func inherited(fd uintptr) bool {
	flags, err := unix.FcntlInt(fd, unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC == 0
}
