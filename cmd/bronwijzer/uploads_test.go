package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/httpapi"
	"bronwijzer/internal/ingest"
	"bronwijzer/internal/store"
)

// TestReplacedStaysLimited: a file that takes the place of a limited document
// without a word of groups is limited too.
func TestReplacedStaysLimited(t *testing.T) {
	lg := slog.New(slog.DiscardHandler)
	st, err := store.Open(t.Context(), lg, t.TempDir(), store.Owner)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	ingester, err := ingest.New(lg, st, nil, nil, ingest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	u := uploads{st, ingest.NewJobs(lg, st, ingester)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- u.jobs.Run(ctx) }()
	defer func() { cancel(); <-ended }()

	jan := access.Subject{ID: "user:jan", Groups: []string{"kern", "beleid"}}
	id := docs.NewID(ingest.UploadRoot, "nota.txt")
	groups := func(job httpapi.Job, err error) []string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the job", func() bool {
			now, err := u.jobs.Job(ctx, jan.ID, job.ID)
			return err == nil && now.State == ingest.Done
		})
		d, err := st.Document(ctx, docs.Reader{All: true}, id)
		if err != nil {
			t.Fatal(err)
		}
		return d.Groups
	}
	file := func(text string, in ...string) httpapi.Upload {
		return httpapi.Upload{Name: "nota.txt", Data: []byte(text), Meta: docs.Meta{Groups: in}}
	}
	added := groups(u.Add(ctx, jan, []httpapi.Upload{file("De nota gaat over water.", "kern")}))
	replaced := groups(u.Replace(ctx, jan, id, file("De nota gaat over land.")))
	moved := groups(u.Replace(ctx, jan, id, file("De nota gaat over lucht.", "beleid")))
	// Also when the groups change only after it was sent.
	if _, err := u.Replace(ctx, jan, id, file("De nota gaat over vuur.", "kern")); err != nil {
		t.Fatal(err)
	}
	late := groups(u.Replace(ctx, jan, id, file("De nota gaat over as.")))
	if diff := cmp.Diff([][]string{{"kern"}, {"kern"}, {"beleid"}, {"kern"}}, [][]string{added, replaced, moved, late}); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	// Nor can somebody else say of it that it is superseded, or learn that it is there.
	successor := func(old string) httpapi.Upload {
		return httpapi.Upload{Name: "nieuw.txt", Data: []byte("De nieuwe nota."), Meta: docs.Meta{Supersedes: []string{old}}}
	}
	var said []string
	for _, old := range []string{id, docs.NewID(ingest.UploadRoot, "nergens.txt")} {
		var wrong *chat.InvalidError
		if _, err := u.Add(ctx, access.Subject{ID: "user:piet"}, []httpapi.Upload{successor(old)}); !errors.As(err, &wrong) {
			t.Fatalf("superseded by a stranger: got %v", err)
		}
		said = append(said, strings.ReplaceAll(wrong.Message, old, "#"))
	}
	if said[0] != said[1] {
		t.Errorf("hidden and missing differ: %q", said)
	}
	if _, err := u.Add(ctx, jan, []httpapi.Upload{successor(id)}); err != nil {
		t.Errorf("superseded by a member: %v", err)
	}
	// Nor does another document under its name open what is kept of it.
	job, err := u.Remove(ctx, jan, id)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the removal", func() bool {
		now, err := u.jobs.Job(ctx, jan.ID, job.ID)
		return err == nil && now.State == ingest.Done
	})
	var conflict *httpapi.ConflictError
	if _, err := u.Add(ctx, access.Subject{ID: "user:piet"}, []httpapi.Upload{file("Een andere nota.")}); !errors.As(err, &conflict) {
		t.Errorf("added for everybody: got %v", err)
	}
	if again := groups(u.Add(ctx, jan, []httpapi.Upload{file("De nota is terug.", "kern")})); !slices.Equal(again, []string{"kern"}) {
		t.Errorf("added again: got %v", again)
	}
}

// TestAddedOnce: of those who add a file of one name at once, one does.
func TestAddedOnce(t *testing.T) {
	lg := slog.New(slog.DiscardHandler)
	st, err := store.Open(t.Context(), lg, t.TempDir(), store.Owner)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	u := uploads{st, ingest.NewJobs(lg, st, nil)}
	const people = 16
	results := make(chan error, people)
	for i := range people {
		go func() {
			by := access.Subject{ID: fmt.Sprintf("user:%d", i)}
			_, err := u.Add(t.Context(), by, []httpapi.Upload{{Name: "nota.txt", Data: []byte("De nota.")}})
			results <- err
		}()
	}
	added := 0
	for range people {
		var conflict *httpapi.ConflictError
		switch err := <-results; {
		case err == nil:
			added++
		case !errors.As(err, &conflict):
			t.Error(err)
		}
	}
	if added != 1 {
		t.Errorf("%d added it", added)
	}
}
