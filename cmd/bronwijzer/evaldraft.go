package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bronwijzer/internal/eval"
	"bronwijzer/internal/record"
	"bronwijzer/internal/store"
)

// draft writes a set from the verdicts of readers.
func (c *evalCmd) draft(ctx context.Context, v *invocation) error {
	st, err := store.Open(ctx, v.logger(), v.settings.Data, store.Beside)
	if err != nil {
		return err
	}
	qs, err := drafted(ctx, st)
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	if len(c.Paths) == 0 {
		return eval.WriteSet(v.stdout, qs)
	}
	f, err := os.OpenFile(c.Paths[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return &hintError{err, "Kies een bestand dat er nog niet is."}
	}
	if err := errors.Join(eval.WriteSet(f, qs), f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(v.stdout, "%d vragen in %s\n", len(qs), c.Paths[0])
	return err
}

func drafted(ctx context.Context, st *store.Store) ([]eval.Question, error) {
	list, err := documentPaths(ctx, st)
	if err != nil {
		return nil, err
	}
	paths := make(map[string]string, len(list))
	for _, d := range list {
		paths[d.id] = d.path
	}
	stop := errors.New("stop")
	return eval.Draft(func(yield func(eval.Rated, error) bool) {
		err := st.EachFeedback(ctx, func(f record.Feedback, answers []record.Answer) error {
			last := len(answers) - 1
			r := eval.Rated{Answer: answers[last], Feedback: f}
			for _, a := range answers[:last] {
				r.History = append(r.History, eval.Turn{Role: "user", Content: a.Question}, eval.Turn{Role: "assistant", Content: a.Text})
			}
			if !yield(r, nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(eval.Rated{}, err)
		}
	}, func(id string) string {
		if path, ok := paths[id]; ok {
			return path
		}
		return id
	})
}
