package ingest

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
)

// childEnv makes the test binary a process that ingests: "folder|data folder".
const childEnv = "BRONWIJZER_TEST_INGEST"

func TestMain(m *testing.M) {
	if dirs := os.Getenv(childEnv); dirs != "" {
		os.Exit(child(dirs))
	}
	goleak.VerifyTestMain(m)
}

// child takes the folder in once, and says when it begins.
func child(dirs string) int {
	dir, data, _ := strings.Cut(dirs, "|")
	ctx, lg := context.Background(), slog.New(slog.DiscardHandler)
	fmt.Println("begin")
	st, err := store.Open(ctx, lg, data, store.Owner)
	if err == nil {
		defer st.Close()
		var g *Ingester
		if g, err = New(lg, st, nil, killEmbedder(), Config{Count: words}); err == nil {
			_, err = g.Run(ctx, []Root{{Dir: dir}}, nil)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func killEmbedder() *embedder { return &embedder{name: "fake", dim: 8} }

// kills is how many processes have to die in their work, in two series side by
// side.
const kills = 50

// TestKilledAtAnyMoment ingests folders that keep changing with processes that
// are killed at random moments. After each, every stored document must be what
// it was before, or what the folder says now, and the store at one with itself.
func TestKilledAtAnyMoment(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			killSeries(t, rand.New(rand.NewPCG(4, seed)), kills/2)
		})
	}
}

func killSeries(t *testing.T, random *rand.Rand, kills int) {
	t.Helper()
	dir, data := filepath.Join(t.TempDir(), "map"), t.TempDir()
	files := map[string]string{}
	change(t, random, dir, files, 8)
	long := ingestWhole(t, dir, data)
	before := stored(t, data)
	for attempt, killed := 0, 0; killed < kills; attempt++ {
		if attempt == 4*kills {
			t.Fatalf("killed %d processes at work, want %d", killed, kills)
		}
		if attempt%10 == 9 { // also from nothing: migrations, an empty database
			data, before = t.TempDir(), map[string]string{}
		}
		change(t, random, dir, files, 3)
		if took := ingestAndKill(t, dir, data, time.Duration(random.Int64N(int64(long)))); took == 0 {
			killed++
		} else {
			long = took
		}
		after := stored(t, data)
		oldOrNew(t, before, after, expected(t, files))
		before = after
	}
	ingestWhole(t, dir, data)
	compareWithCleanBuild(t, dir, data)
}

// oldOrNew checks that each document is what it was before, or what it should
// become, or gone if it should go.
func oldOrNew(t *testing.T, before, after, now map[string]string) {
	t.Helper()
	for path, got := range after {
		if got != before[path] && got != now[path] {
			t.Fatalf("%s is neither old nor new: %s", path, got)
		}
	}
	for path := range before {
		if after[path] == "" && now[path] != "" {
			t.Fatalf("%s is gone", path)
		}
	}
}

func compareWithCleanBuild(t *testing.T, dir, data string) {
	t.Helper()
	fresh := t.TempDir()
	ingestWhole(t, dir, fresh)
	if diff := cmp.Diff(stored(t, fresh), stored(t, data)); diff != "" {
		t.Error(diff)
	}
	killedStore, cleanStore := openStore(t, data), openStore(t, fresh)
	for _, st := range []*store.Store{killedStore, cleanStore} {
		e := killEmbedder()
		if err := ingester(t, st, newMemory(), e).Fill(t.Context(), nil); err != nil || len(e.texts) != 0 {
			t.Errorf("fill: %v, embedded %d texts", err, len(e.texts))
		}
	}
}

// ingestWhole runs a process over the folder and returns how long it took.
func ingestWhole(t *testing.T, dir, data string) time.Duration {
	t.Helper()
	took := ingestAndKill(t, dir, data, time.Minute)
	if took == 0 {
		t.Fatal("a run took more than a minute")
	}
	return took
}

// ingestAndKill runs a process over the folder and kills it after some time of
// its work. It returns how long the run took, or 0 when it was killed.
func ingestAndKill(t *testing.T, dir, data string, after time.Duration) time.Duration {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir+"|"+data)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("process said %q, %v", line, err)
	}
	began := time.Now()
	// When it has ended by itself there is nothing to kill, and that is an error.
	kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	kill.Stop()
	switch {
	case err == nil:
		return time.Since(began)
	case cmd.ProcessState.ExitCode() != -1: // not by a signal
		t.Fatalf("process failed: %v", err)
	}
	return 0
}

// change writes, rewrites and removes n random files; files says what there is.
func change(t *testing.T, random *rand.Rand, dir string, files map[string]string, n int) {
	t.Helper()
	for range n {
		path := fmt.Sprintf("d%d/%d.txt", random.IntN(3), random.IntN(4))
		text := letter(fmt.Sprint("zaak ", random.IntN(1000)), 1+random.IntN(6))
		if files[path] != "" && random.IntN(3) == 0 {
			text = ""
		}
		writeFiles(t, dir, map[string]string{path: text})
		if files[path] = text; text == "" {
			delete(files, path)
		}
	}
}

// stored is what a data folder holds, checked against itself.
func stored(t *testing.T, data string) map[string]string {
	t.Helper()
	st, err := store.Open(t.Context(), slog.New(slog.DiscardHandler), data, store.Owner)
	if err != nil {
		t.Fatal(err)
	}
	all := contents(t, st)
	verified(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// expected is what a store holds that has taken in all files.
func expected(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for path, text := range files {
		doc, err := load.Read(path, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		doc.ID, doc.Root = docs.NewID("map", path), "map"
		all[path] = printed(doc, chunk.Split(&doc, words, chunk.Config{}))
	}
	return all
}
