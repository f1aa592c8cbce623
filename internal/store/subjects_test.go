package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bronwijzer/internal/record"
)

// bytesOf is every byte of a data folder.
func bytesOf(t *testing.T, dir string) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func TestExportAndErase(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Owner)
	ctx := t.Context()
	// Long enough for pages of its own.
	secret := bytes.Repeat([]byte("kanarie-in-de-mijn "), 2000)
	for i, owner := range []string{"jan", "jan", "piet"} {
		a := asked("ans_"+owner+string(rune('0'+i)), "conv_"+owner, i)
		if owner == "jan" {
			a.Question = string(secret)
		}
		save(t, s, owner, a)
	}
	if err := s.AddFeedback(ctx, record.Feedback{AnswerID: "ans_jan0", Verdict: record.Bad, Comment: "kanarie"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Share(ctx, "jan", "ans_jan1", "shr_1"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(bytesOf(t, dir), []byte("kanarie")) {
		t.Fatal("the canary isn't in the data folder: nothing to erase")
	}

	beside := open(t, dir, Beside)
	var got []Holding
	if err := beside.EachHolding(ctx, "jan", func(h Holding) error { got = append(got, h); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || len(got[0].Answers) != 2 || len(got[0].Feedback) != 1 || !cmp.Equal(got[0].Shared, []string{"ans_jan1"}) {
		t.Errorf("export: got %+v", got)
	}
	if gone, err := beside.EraseSubject(ctx, "jan"); gone.Conversations != 1 || err != nil {
		t.Errorf("erase: got %+v, %v", gone, err)
	}
	if bytes.Contains(bytesOf(t, dir), []byte("kanarie")) {
		t.Error("what was erased is still in the data folder")
	}
	if _, err := s.Shared(ctx, "shr_1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("link after erasing: got %v, want ErrNotFound", err)
	}
	subjects, err := s.Subjects(ctx)
	if err != nil || len(subjects) != 1 || subjects[0].ID != "piet" || subjects[0].Answers != 1 {
		t.Errorf("who is left: got %+v, %v", subjects, err)
	}
}

// TestEraseNotes: what isn't a conversation goes too, and is counted.
func TestEraseNotes(t *testing.T) {
	s, ctx := open(t, t.TempDir(), Owner), t.Context()
	for _, person := range []string{"jan", "piet"} {
		if err := s.SetTold(ctx, person); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []Erased{{Notes: 1}, {}} {
		if got, err := s.EraseSubject(ctx, "slack:jan"); got != want || err != nil {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
	for person, want := range map[string]bool{"jan": false, "piet": true} {
		if got, err := s.Told(ctx, person); got != want || err != nil {
			t.Errorf("%s was told: got %v, %v", person, got, err)
		}
	}
}

func TestExpireIdle(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	save(t, s, "jan", asked("ans_1", "conv_old", 1))
	save(t, s, "jan", asked("ans_2", "conv_open", 1))
	save(t, s, "jan", asked("ans_3", "conv_open", 10))
	if n, err := s.ExpireIdle(ctx, minute(5)); n != 1 || err != nil {
		t.Fatalf("got %d, %v, want 1", n, err)
	}
	if _, answers, err := s.Conversation(ctx, "jan", "conv_open"); len(answers) != 2 || err != nil {
		t.Errorf("the open conversation has %d answers, %v; want both", len(answers), err)
	}
	if n, err := s.ExpireIdle(ctx, minute(5)); n != 0 || err != nil {
		t.Errorf("again: got %d, %v", n, err)
	}
}

func TestShares(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	save(t, s, "jan", asked("ans_1", "conv_1", 1))
	for _, id := range []string{"shr_1", "shr_2"} {
		if got, err := s.Share(ctx, "jan", "ans_1", id); got != "shr_1" || err != nil {
			t.Errorf("share as %s: got %q, %v; want the first link", id, got, err)
		}
	}
	for _, owner := range []string{"piet", ""} {
		if _, err := s.Share(ctx, owner, "ans_1", "shr_3"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q shares: got %v, want ErrNotFound", owner, err)
		}
		if err := s.Unshare(ctx, owner, "ans_1"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q withdraws: got %v, want ErrNotFound", owner, err)
		}
		if _, err := s.ShareOf(ctx, owner, "ans_1"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q looks: got %v, want ErrNotFound", owner, err)
		}
	}
	if a, err := s.Shared(ctx, "shr_1"); a.ID != "ans_1" || err != nil {
		t.Errorf("behind the link: got %q, %v", a.ID, err)
	}
	for range 2 {
		if err := s.Unshare(ctx, "jan", "ans_1"); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Shared(ctx, "shr_1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("withdrawn: got %v, want ErrNotFound", err)
	}
	if id, err := s.ShareOf(ctx, "jan", "ans_1"); id != "" || err != nil {
		t.Errorf("withdrawn: got %q, %v", id, err)
	}
}

// TestMarks: the last verdict on each answer and each citation counts, and only
// its owner sees them and the links.
func TestMarks(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	fill(t, s, 1)
	first := asked("ans_1", "conv_1", 1, put(t, s, "0000.txt", 1, 1))
	for _, rec := range []record.Answer{first, asked("ans_2", "conv_1", 2), asked("ans_3", "conv_2", 3)} {
		save(t, s, "jan", rec)
	}
	one := first.Citations[0].Number
	for _, f := range []record.Feedback{
		{AnswerID: "ans_1", Verdict: record.Bad, Comment: "nee"},
		{AnswerID: "ans_1", Verdict: record.Good, Comment: "ja"},
		{AnswerID: "ans_1", Citation: &one, Verdict: record.Bad},
		{AnswerID: "ans_3", Verdict: record.Bad},
	} {
		if err := s.AddFeedback(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Share(ctx, "jan", "ans_2", "shr_2"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Marks(ctx, "jan", "conv_1")
	want := record.Marks{
		Feedback: []record.Feedback{{AnswerID: "ans_1", Verdict: record.Good}, {AnswerID: "ans_1", Citation: &one, Verdict: record.Bad}},
		Shares:   []record.Share{{AnswerID: "ans_2", ID: "shr_2"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(record.Feedback{}, "CreatedAt")); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := s.Marks(ctx, "piet", "conv_1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another's: got %v, want ErrNotFound", err)
	}
}

// TestEraseBesideAReader: as long as somebody reads what was there before, the log
// keeps it; others write meanwhile, and it is gone when they have read.
func TestEraseBesideAReader(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Owner)
	ctx := t.Context()
	secret := bytes.Repeat([]byte("kanarie-in-de-mijn "), 2000)
	rec := asked("ans_1", "conv_1", 1)
	rec.Text = string(secret)
	save(t, s, "jan", rec)
	reader, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRowContext(ctx, `SELECT count(*) FROM answers`).Scan(&n); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if err := s.DeleteConversation(ctx, "jan", "conv_1"); err != nil {
		t.Fatal(err)
	}
	save(t, s, "piet", asked("ans_2", "conv_2", 2))
	past, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Cleared(past); err == nil || !bytes.Contains(bytesOf(t, dir), secret[:40]) {
		t.Errorf("cleared while it is read: %v", err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Cleared(ctx); err != nil {
		t.Error(err)
	}
	if bytes.Contains(bytesOf(t, dir), secret[:40]) {
		t.Error("erased, and still there")
	}
	if err := s.Cleared(ctx); err != nil {
		t.Errorf("with nothing to clear: %v", err)
	}
}
