package store

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/record"
)

// pending returns unfinished work, in order.
func pending(t *testing.T, s *Store) (jobs []string) {
	t.Helper()
	err := s.PendingJobs(t.Context(), func(_ int64, job []byte) error {
		jobs = append(jobs, string(job))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

func TestJobs(t *testing.T) {
	dir := t.TempDir()
	s, ctx := open(t, dir, Owner), t.Context()
	var ids []int64
	for _, name := range []string{"een", "twee", "drie"} {
		id, added, err := s.AddJob(ctx, "key "+name, []byte(name))
		if err != nil || !added {
			t.Fatalf("add %s: %v, %v", name, added, err)
		}
		ids = append(ids, id)
	}
	if err := s.SaveJob(ctx, ids[2], []byte("drie, begonnen")); err != nil {
		t.Fatal(err)
	}
	if err := s.FinishJob(ctx, ids[1]); err != nil {
		t.Fatal(err)
	}
	// What is done stays done.
	if err := s.SaveJob(ctx, ids[1], []byte("twee, opnieuw")); err != nil {
		t.Fatal(err)
	}
	want := []string{"een", "drie, begonnen"}
	if diff := cmp.Diff(want, pending(t, s)); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
	if _, added, err := s.AddJob(ctx, "key twee", []byte("twee")); added || err != nil {
		t.Errorf("a finished job is accepted again: %v, %v", added, err)
	}
	// Another process finds the same.
	if diff := cmp.Diff(want, pending(t, open(t, dir, Beside))); diff != "" {
		t.Errorf("pending elsewhere (-want +got):\n%s", diff)
	}
	if err := s.ExpireJobs(ctx, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, pending(t, s)); diff != "" {
		t.Errorf("pending after expiry (-want +got):\n%s", diff)
	}
	if _, added, err := s.AddJob(ctx, "key twee", nil); !added || err != nil {
		t.Errorf("an expired key is still known: %v, %v", added, err)
	}
}

// Of deliveries at the same time exactly one is accepted.
func TestJobIsAddedOnce(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	var wg sync.WaitGroup
	var accepted atomic.Int32
	for range 20 {
		wg.Go(func() {
			if _, added, err := s.AddJob(t.Context(), "key", []byte("job")); err != nil {
				t.Error(err)
			} else if added {
				accepted.Add(1)
			}
		})
	}
	wg.Wait()
	if n := accepted.Load(); n != 1 {
		t.Errorf("accepted %d times, want once", n)
	}
}

// What a job held is nowhere in the data folder once it is done and expired.
func TestFinishedJobIsErased(t *testing.T) {
	dir := t.TempDir()
	s, ctx := open(t, dir, Owner), t.Context()
	id, _, err := s.AddJob(ctx, "key", []byte("U0GEHEIM"))
	if err != nil {
		t.Fatal(err)
	}
	if !holds(t, dir, "U0GEHEIM") {
		t.Fatal("the test doesn't find what is there")
	}
	if err := s.FinishJob(ctx, id); err != nil {
		t.Fatal(err)
	}
	if err := s.ExpireJobs(ctx, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if holds(t, dir, "U0GEHEIM") {
		t.Error("a finished job can still be read from the data folder")
	}
}

// holds reports whether a file of the data folder has the text.
func holds(t *testing.T, dir, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, fileName+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), text) {
			return true
		}
	}
	return false
}

func TestThreads(t *testing.T) {
	s, ctx := open(t, t.TempDir(), Owner), t.Context()
	for _, id := range []string{"conv_a", "conv_b"} {
		err := s.SaveAnswer(ctx, "", record.Answer{ID: "ans_" + id, ConversationID: id, CreatedAt: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"conv_a", "conv_b"} {
		if err := s.SetThread(ctx, "thread", id); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Thread(ctx, "thread"); got != id || err != nil {
			t.Errorf("got %q, %v, want %s", got, err, id)
		}
	}
	if err := s.DeleteConversation(ctx, "", "conv_b"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Thread(ctx, "thread"); got != "" || err != nil {
		t.Errorf("after its conversation went: got %q, %v", got, err)
	}
}

func TestTold(t *testing.T) {
	s, ctx := open(t, t.TempDir(), Owner), t.Context()
	check := func(want bool) {
		t.Helper()
		if got, err := s.Told(ctx, "person"); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	check(false)
	for range 2 {
		if err := s.SetTold(ctx, "person"); err != nil {
			t.Fatal(err)
		}
		check(true)
	}
	if err := s.ExpireJobs(ctx, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	check(false)
}
