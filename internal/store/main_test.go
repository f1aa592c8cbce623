package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"go.uber.org/goleak"
)

// ownEnv makes the test binary a process that owns the data folder it names.
const ownEnv = "BRONWIJZER_TEST_OWN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownEnv); dir != "" {
		os.Exit(own(dir))
	}
	goleak.VerifyTestMain(m)
}

// own opens the data folder, says so, and holds it until its input ends.
func own(dir string) int {
	s, err := Open(context.Background(), slog.New(slog.DiscardHandler), dir, Owner)
	if err == nil {
		err = s.SetAddress("127.0.0.1:4321")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return 1
	}
	return 0 // without Close, as a process that is killed
}

// startOwner starts a process that owns dir and returns how to end it.
func startOwner(t *testing.T, dir string) (pid int, end func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), ownEnv+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("owner said %q, %v", line, err)
	}
	return cmd.Process.Pid, func() {
		t.Helper()
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}
