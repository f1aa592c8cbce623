package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// self is this very program, also when its file was replaced since.
const self = "/proc/self/exe"

// executable is the path of this program.
func executable() (string, error) {
	if _, err := os.Readlink(self); err == nil {
		return self, nil
	}
	return os.Executable()
}

// processAttributes has the kernel kill the child when its parent dies. The end
// of its input would tell it as well, if it still listens.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// resident is the memory of a process that is in use, in bytes; 0 when it is gone.
func resident(pid int) int64 {
	return pages(pid, 1)
}

// pages reads a field of statm, in bytes.
func pages(pid, field int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(data)
	if field >= len(fields) {
		return 0
	}
	n, err := strconv.ParseInt(string(fields[field]), 10, 64)
	if err != nil {
		return 0
	}
	return n * int64(os.Getpagesize())
}

// confine gives up what reading files doesn't need, and names what it could
// give up. Each guard stands by itself: where a kernel or a container denies one,
// the others hold.
func confine(memory int64) []string {
	var held []string
	guard := func(name string, err error) {
		if err == nil {
			held = append(held, name)
		}
	}
	guard("descriptors", closeInherited())
	// When memory runs out the kernel should choose this process.
	guard("oom", os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0))
	for _, l := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"core", unix.RLIMIT_CORE, 0},
		{"write", unix.RLIMIT_FSIZE, 0},
		{"open", unix.RLIMIT_NOFILE, 64},
		// Not RLIMIT_AS: Go reserves address space that it never uses. This counts
		// private memory that can be written, of which there is some already.
		{"memory", unix.RLIMIT_DATA, uint64(memory) + uint64(max(0, pages(os.Getpid(), 5)))},
	} {
		guard(l.name, unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.most, Max: l.most}))
	}
	guard("syscalls", filterSyscalls()) // the last: from here on no file can be opened
	return held
}

// closeInherited closes the descriptors that came from whoever started the
// parent. They are the ones that aren't closed at exec; those of the Go runtime are.
func closeInherited() error {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, entry := range list {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || fd <= 2 {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC != 0 {
			continue // closed since, as that of the list is, or of the runtime
		}
		if err := unix.Close(fd); err != nil {
			return err
		}
	}
	return nil
}
