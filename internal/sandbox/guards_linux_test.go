package sandbox

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A child reaches nothing but its parent.
func TestChildReachesNothing(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("needs amd64, where there is a list of system calls")
	}
	outside, err := os.Open("main_test.go")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	if _, err := unix.FcntlInt(outside.Fd(), unix.F_SETFD, 0); err != nil { // no longer closed at exec
		t.Fatal(err)
	}
	t.Setenv("BRONWIJZER_LLM_API_KEY", "geheim")
	p := newPool(t, asFiend, Config{})
	doc, err := p.Read(t.Context(), "brief.txt", order("tell"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "Bereikt: ."; doc.Text != want {
		t.Errorf("got %q, want %q", doc.Text, want)
	}
}

// A child whose parent is killed ends, whatever it is doing.
func TestChildEndsWithParent(t *testing.T) {
	for _, what := range []string{"", "hang", "spin"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			parent := exec.CommandContext(t.Context(), os.Args[0], asParent, what)
			out, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(line))
			if err != nil {
				t.Fatal(err)
			}
			child, err := unix.PidfdOpen(pid, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(child)
			if err := parent.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := parent.Wait(); err == nil {
				t.Error("the parent wasn't killed")
			}
			awaitEnd(t, child)
		})
	}
}

// awaitEnd waits for the end of a process, which needn't be ours.
func awaitEnd(tb testing.TB, pidfd int) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, int(time.Until(deadline).Milliseconds()))
		switch {
		case err == unix.EINTR:
		case err != nil:
			tb.Fatal(err)
		case n == 0:
			tb.Fatal("it is still there")
		default:
			return
		}
	}
}

// The parent's memory doesn't grow with what its child eats, sends or shouts.
func TestParentStaysSmall(t *testing.T) {
	p := newPool(t, asFiend, Config{Limits: Limits{Memory: 2 * childMemory, Time: 20 * time.Second}})
	mustRead(t, p)
	large := append(order("long text, as the file is"), make([]byte, 40<<20)...)
	before := resident(os.Getpid())
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // sets the peak to what there is now
		t.Fatal(err)
	}
	for _, what := range []string{"eat", "flood", "shout", "long text", "many blocks", "full"} {
		_, err := p.Read(t.Context(), "brief.txt", order(what))
		t.Logf("%s: %v", what, err)
	}
	if _, err := p.Read(t.Context(), "brief.txt", large); err != nil {
		t.Error(err)
	}
	grown := peak(t) - before
	t.Logf("grown by %d MB", grown>>20)
	if grown > parentGrowth {
		t.Errorf("the parent grew by %d MB, want %d at most", grown>>20, parentGrowth>>20)
	}
}

// peak is the most memory that this process had in use, in bytes.
func peak(tb testing.TB) int64 {
	tb.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(after)
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return kb << 10
}
