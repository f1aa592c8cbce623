package sandbox

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// allowed are the system calls that a process may make which computes and
// talks over the descriptors that it has: memory, threads, signals, time. None
// opens a file or a socket, starts a program, or reaches another process.
var allowed = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREAD64, unix.SYS_CLOSE, unix.SYS_FSTAT, unix.SYS_LSEEK,
	unix.SYS_POLL, unix.SYS_PPOLL, unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_WAIT, unix.SYS_EVENTFD2, unix.SYS_PIPE2,
	unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MREMAP, unix.SYS_MPROTECT, unix.SYS_MADVISE, unix.SYS_MINCORE, unix.SYS_BRK,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_RESTART_SYSCALL,
	unix.SYS_FUTEX, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ,
	unix.SYS_SET_TID_ADDRESS, unix.SYS_ARCH_PRCTL, unix.SYS_GETRLIMIT, unix.SYS_GETRANDOM, unix.SYS_UNAME, unix.SYS_GETRUSAGE,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_GETTIMEOFDAY,
	unix.SYS_TIMER_CREATE, unix.SYS_TIMER_SETTIME, unix.SYS_TIMER_DELETE, unix.SYS_SETITIMER,
	unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
}

// Where struct seccomp_data (linux/seccomp.h) has what the filter looks at.
const (
	offsetNumber = 0
	offsetArch   = 4
	offsetArg0   = 16 // its lower half; all that is looked at fits
)

// filterSyscalls denies all system calls but those that computing needs, in
// every thread of the process and for good. A denied call fails with ENOSYS,
// which C libraries and the Go runtime take for an old kernel.
func filterSyscalls() error {
	filter := syscallFilter(uint32(unix.Getpid()))
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// The kernel asks for no_new_privs of the thread that calls, and hands it on to
	// the others together with the filter.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return errno
	}
	return nil
}

// syscallFilter is the program that the kernel runs at every system call of the
// process pid. Of calls with a use for others it lets through what the Go
// runtime does with them: clone makes threads, tgkill interrupts its own, fcntl
// and prctl don't reach beyond the process.
func syscallFilter(pid uint32) []unix.SockFilter {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		bits   = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		ret    = unix.BPF_RET | unix.BPF_K
		denied = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
	)
	f := []unix.SockFilter{
		{Code: load, K: offsetArch},
		{Code: equal, K: unix.AUDIT_ARCH_X86_64, Jt: 1},
		{Code: ret, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: offsetNumber},
	}
	for _, n := range append([]uint32{unix.SYS_FCNTL, unix.SYS_PRCTL}, allowed...) {
		f = append(f, unix.SockFilter{Code: equal, K: n, Jf: 1}, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW})
	}
	for _, conditional := range []struct {
		call, test, value uint32
	}{{unix.SYS_CLONE, bits, unix.CLONE_THREAD}, {unix.SYS_TGKILL, equal, pid}} {
		f = append(
			f,
			unix.SockFilter{Code: equal, K: conditional.call, Jf: 4},
			unix.SockFilter{Code: load, K: offsetArg0},
			unix.SockFilter{Code: uint16(conditional.test), K: conditional.value, Jf: 1},
			unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW},
			unix.SockFilter{Code: ret, K: denied},
		)
	}
	return append(f, unix.SockFilter{Code: ret, K: denied})
}
