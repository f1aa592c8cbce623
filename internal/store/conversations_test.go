package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// asked is a record that cites two versions of one document, made at minute n.
func asked(id, conversation string, n int, cited ...docs.Document) record.Answer {
	a := record.Answer{
		ID: id, ConversationID: conversation, CreatedAt: minute(n), Question: "Wat is “" + id + "” <é> 🙂?",
		Status: record.Answered, Text: "Zo is het. [1]", Citations: []record.Citation{}, Passages: []record.Passage{},
		Timings: record.Timings{Total: 12},
	}
	for i, d := range cited {
		a.Citations = append(a.Citations, record.Citation{
			Number: i + 1, DocumentID: d.ID, Version: d.Version, Section: []string{"a"}, Quote: "Zo is het.", Start: 3, End: 13,
			AnswerSpans: []record.Span{{Start: 0, End: 10}},
		})
	}
	return a
}

func minute(n int) time.Time { return time.Date(2026, 1, 2, 3, n, 4, 567_000_000, time.UTC) }

func save(t *testing.T, s *Store, owner string, a record.Answer) {
	t.Helper()
	if err := s.SaveAnswer(t.Context(), owner, a); err != nil {
		t.Fatal(err)
	}
}

func TestConversation(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	fill(t, s, 1)
	doc := put(t, s, "0000.txt", 1, 1)
	first, second := asked("ans_1", "conv_1", 1, doc), asked("ans_2", "conv_1", 5)
	save(t, s, "jan", first)
	save(t, s, "jan", second)
	save(t, s, "jan", asked("ans_3", "conv_2", 3, doc, doc))
	save(t, s, "piet", asked("ans_4", "conv_3", 9))

	c, answers, err := s.Conversation(ctx, "jan", "conv_1")
	want := record.Conversation{ID: "conv_1", Title: first.Question, CreatedAt: minute(1), UpdatedAt: minute(5), Answers: 2}
	if diff := cmp.Diff(want, c); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if diff := cmp.Diff([]record.Answer{first, second}, answers); diff != "" {
		t.Error(diff)
	}
	if got, err := s.Answer(ctx, "jan", "ans_1"); !cmp.Equal(got, first) || err != nil {
		t.Error(cmp.Diff(first, got), err)
	}
	for _, tt := range []struct {
		owner         string
		page, perPage int
		want          []string
		total         int
	}{
		{"jan", 1, 10, []string{"conv_1", "conv_2"}, 2},
		{"jan", 2, 1, []string{"conv_2"}, 2},
		{"jan", 3, 1, nil, 2},
		{"piet", 1, 10, []string{"conv_3"}, 1},
		{"", 1, 10, nil, 0},
	} {
		list, total, err := s.Conversations(ctx, tt.owner, tt.page, tt.perPage)
		var got []string
		for _, c := range list {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || total != tt.total || err != nil {
			t.Errorf("%+v: total %d, %v %s", tt, total, err, diff)
		}
	}
}

func TestConversationsHaveOwners(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	save(t, s, "jan", asked("ans_1", "conv_1", 1))
	save(t, s, "", asked("ans_2", "open", 2))
	for name, do := range map[string]func(owner, id string) error{
		"read":   func(owner, id string) error { _, _, err := s.Conversation(ctx, owner, id); return err },
		"rename": func(owner, id string) error { return s.Rename(ctx, owner, id, "x") },
		"save":   func(owner, id string) error { return s.SaveAnswer(ctx, owner, asked("ans_"+owner+id, id, 3)) },
		"add":    func(owner, id string) error { return s.AddAnswer(ctx, owner, asked("ans_"+owner+id, id, 3)) },
		"delete": func(owner, id string) error { return s.DeleteConversation(ctx, owner, id) },
	} {
		other := do("piet", "conv_1")
		if !errors.Is(other, ErrNotFound) {
			t.Errorf("%s another's: got %v, want ErrNotFound", name, other)
		}
		if name == "save" {
			continue // an unknown conversation is made
		}
		if unknown := do("piet", "conv_9"); !errors.Is(unknown, ErrNotFound) ||
			strings.ReplaceAll(unknown.Error(), "conv_9", "conv_1") != other.Error() {
			t.Errorf("%s an unknown one: got %v, unlike %v", name, unknown, other)
		}
	}
	if _, answers, err := s.Conversation(ctx, "jan", "conv_1"); len(answers) != 1 || err != nil {
		t.Errorf("afterwards: %d answers, %v", len(answers), err)
	}
	if _, _, err := s.Conversation(ctx, "piet", "open"); err != nil {
		t.Errorf("of nobody in particular: %v", err)
	}
}

func TestSaveAnswerRefuses(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	fill(t, s, 2)
	doc := put(t, s, "0000.txt", 1, 1)
	other := put(t, s, "0001.txt", 1, 2)
	save(t, s, "", asked("ans_1", "conv_1", 1, doc))
	mixed := doc
	mixed.Version = other.Version
	for name, a := range map[string]record.Answer{
		"same id":                     asked("ans_1", "conv_1", 2),
		"version of another document": asked("ans_2", "conv_2", 2, doc, mixed),
		"unknown document":            asked("ans_3", "conv_2", 2, docs.Document{ID: "x", Version: doc.Version}),
	} {
		if err := s.SaveAnswer(ctx, "", a); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	if _, _, err := s.Conversation(ctx, "", "conv_2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a refused answer left its conversation: %v", err)
	}
	if _, err := s.Answer(ctx, "els", "ans_2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a refused answer stayed: %v", err)
	}
}

func TestTitle(t *testing.T) {
	word := strings.Repeat("é", 100)
	for question, want := range map[string]string{
		"":                         "",
		"  Wat \n is\tdit?  ":      "Wat is dit?",
		strings.Repeat("a", 80):    strings.Repeat("a", 80),
		word:                       word[:2*79] + "…",
		strings.Repeat("é € ", 40): strings.Repeat("é € ", 19) + "é €…",
	} {
		if got := title(question); got != want || utf8.RuneCountInString(got) > titleLength {
			t.Errorf("title of %q: got %q, want %q", question, got, want)
		}
	}
}

func TestRenameDelete(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	for i, owner := range []string{"jan", "jan", "piet"} {
		save(t, s, owner, asked(fmt.Sprint("ans_", i), fmt.Sprint("conv_", i), i))
	}
	if err := s.Rename(ctx, "jan", "conv_0", "Nieuw"); err != nil {
		t.Fatal(err)
	}
	if c, _, err := s.Conversation(ctx, "jan", "conv_0"); c.Title != "Nieuw" || err != nil {
		t.Errorf("renamed: got %q, %v", c.Title, err)
	}
	if err := s.DeleteConversation(ctx, "jan", "conv_0"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Answer(ctx, "els", "ans_0"); !errors.Is(err, ErrNotFound) {
		t.Errorf("answer of a deleted conversation: got %v, want ErrNotFound", err)
	}
	if err := s.DeleteConversations(ctx, "jan"); err != nil {
		t.Fatal(err)
	}
	for owner, want := range map[string]int{"jan": 0, "piet": 1} {
		if _, total, err := s.Conversations(ctx, owner, 1, 10); total != want || err != nil {
			t.Errorf("%s has %d conversations, %v; want %d", owner, total, err, want)
		}
	}
}

func TestFeedback(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	fill(t, s, 1)
	doc := put(t, s, "0000.txt", 1, 1)
	save(t, s, "", asked("ans_1", "conv_1", 1, doc, doc))
	one, two, three := 1, 2, 3
	for _, tt := range []struct {
		f    record.Feedback
		want error
	}{
		{record.Feedback{AnswerID: "ans_1", Verdict: record.Good, CreatedAt: minute(1)}, nil},
		{record.Feedback{AnswerID: "ans_1", Verdict: record.Bad, Citation: &two, Comment: "é"}, nil},
		{record.Feedback{AnswerID: "ans_1", Verdict: record.Bad, Citation: &three}, ErrNotFound},
		{record.Feedback{AnswerID: "ans_2", Verdict: record.Good}, ErrNotFound},
		{record.Feedback{AnswerID: "ans_2", Verdict: record.Good, Citation: &one}, ErrNotFound},
		{record.Feedback{AnswerID: "ans_1", Verdict: record.Good, Key: "jan"}, nil},
		{record.Feedback{AnswerID: "ans_1", Verdict: record.Good, Key: "piet"}, nil},
		{record.Feedback{AnswerID: "ans_1", Verdict: record.Bad, Comment: "bedacht", Key: "jan"}, nil},
	} {
		if err := s.AddFeedback(t.Context(), tt.f); !errors.Is(err, tt.want) {
			t.Errorf("%+v: got %v, want %v", tt.f, err, tt.want)
		}
	}
	var kept string
	err := s.reader.QueryRowContext(t.Context(), `SELECT group_concat(verdict || coalesce(citation, '-') || comment || (created_at > 0), ' ')
		FROM (SELECT * FROM feedback ORDER BY id)`).Scan(&kept)
	if kept != "good-1 bad2é1 bad-bedacht1 good-1" || err != nil {
		t.Errorf("kept %q, %v", kept, err)
	}
}

func TestEachFeedback(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	fill(t, s, 1)
	doc, _ := made("0000.txt", 3, 4)
	first, second := asked("ans_1", "conv_1", 1), asked("ans_2", "conv_1", 2, doc)
	for _, a := range []record.Answer{second, first, asked("ans_3", "conv_1", 3), asked("ans_0", "conv_2", 1)} {
		save(t, s, "jan", a)
	}
	one := 1
	later := record.Feedback{AnswerID: "ans_2", Verdict: record.Bad, Citation: &one, Comment: "é", CreatedAt: minute(9)}
	earlier := record.Feedback{AnswerID: "ans_1", Verdict: record.Good, CreatedAt: minute(8)}
	for _, f := range []record.Feedback{later, earlier} {
		if err := s.AddFeedback(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	type given struct {
		Feedback record.Feedback
		Answers  []record.Answer
	}
	var got []given
	collect := func(f record.Feedback, answers []record.Answer) error {
		got = append(got, given{f, answers})
		return nil
	}
	if err := s.EachFeedback(ctx, collect); err != nil {
		t.Fatal(err)
	}
	want := []given{{earlier, []record.Answer{first}}, {later, []record.Answer{first, second}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	stop := errors.New("stop")
	if err := s.EachFeedback(ctx, func(record.Feedback, []record.Answer) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the error of f", err)
	}
}

func TestExpire(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	ctx := t.Context()
	save(t, s, "", asked("old", "gone", 1))
	for _, c := range []string{"goes on", "renamed"} {
		save(t, s, "", asked("old of "+c, c, 1))
		save(t, s, "", asked("new of "+c, c, 10))
	}
	if err := s.Rename(ctx, "", "renamed", "Mijn titel"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Expire(ctx, minute(10)); n != 3 || err != nil {
		t.Errorf("expired %d, %v; want 3", n, err)
	}
	if _, _, err := s.Conversation(ctx, "", "gone"); !errors.Is(err, ErrNotFound) {
		t.Errorf("conversation without records: got %v, want ErrNotFound", err)
	}
	for id, want := range map[string]string{"goes on": asked("new of goes on", "", 0).Question, "renamed": "Mijn titel"} {
		if c, answers, err := s.Conversation(ctx, "", id); c.Title != want || len(answers) != 1 || err != nil {
			t.Errorf("%s: got title %q, %d answers, %v; want %q", id, c.Title, len(answers), err, want)
		}
	}
	if n, err := s.Expire(ctx, minute(10)); n != 0 || err != nil {
		t.Errorf("again: expired %d, %v", n, err)
	}
}

func TestErasedIsGoneFromTheBytes(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Owner)
	ctx := t.Context()
	const canary = "kanarie-4711"
	found := func() bool {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(canary)) {
				return true
			}
		}
		return false
	}
	for i, erase := range []func() error{
		func() error { return s.DeleteConversation(ctx, "jan", "conv") },
		func() error { return s.DeleteConversations(ctx, "jan") },
		func() error { _, err := s.Expire(ctx, minute(30)); return err },
	} {
		save(t, s, "jan", asked("ans_other", "conv_other", 40))
		a := asked("ans", "conv", 2)
		a.Question = canary + strings.Repeat(" en nog wat", 2000) + canary
		save(t, s, "jan", a)
		if err := s.AddFeedback(ctx, record.Feedback{AnswerID: "ans", Verdict: record.Bad, Comment: canary}); err != nil {
			t.Fatal(err)
		}
		if !found() {
			t.Fatal("the canary wasn't stored readably: the test shows nothing")
		}
		if err := erase(); err != nil {
			t.Fatal(err)
		}
		if found() {
			t.Errorf("way %d: the canary is still there", i)
		}
		if err := s.DeleteConversations(ctx, "jan"); err != nil {
			t.Fatal(err)
		}
	}
}
