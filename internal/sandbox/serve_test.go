package sandbox

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A child ends when its input does, also while a file is at work: where the
// kernel tells it nothing, that is how it learns that its parent is gone.
func TestServeEndsWithInput(t *testing.T) {
	for _, what := range []string{"hang", "spin"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], asFiend)
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
			stuck := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() }) // then Wait says so
			defer stuck.Stop()
			if err := writeJSON(in, settings{Limits: Limits{Memory: childMemory, Text: 1, Blocks: 1}}); err != nil {
				t.Fatal(err)
			}
			if err := readJSON(bufio.NewReader(out), &hello{}); err != nil {
				t.Fatal(err)
			}
			if err := writeRequest(in, request{N: 1, Name: "brief.txt"}, order(what)); err != nil {
				t.Fatal(err)
			}
			if err := in.Close(); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}
