package eval

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"sync"
	"time"

	"bronwijzer/internal/record"
)

// Asker answers the questions of a set.
type Asker interface {
	// Ask answers one question, with the ten best passages in the record, best
	// first. The conversation before it is Question.History, and only that.
	// Safe for concurrent use.
	Ask(ctx context.Context, q Question) (record.Answer, error)
}

// Config says how a set is asked. The zero value works.
type Config struct {
	// Jobs is how many questions are asked at a time; 0 takes the number of
	// processors.
	Jobs int
	// Path gives the path of a document by its id, as the gold names it; nil
	// takes ids for paths.
	Path func(documentID string) string
	// Done are results that were kept: a question among them isn't asked
	// again, unless its wording changed or it failed.
	Done map[string]Result
	// Save is called with each new result, one at a time; an error ends the
	// run. It may be nil.
	Save func(Result) error
	// Progress is called after each new result, one at a time. It may be nil.
	Progress func(Progress)
}

// Progress tells how far a run is.
type Progress struct {
	// Done of Total questions have a result, Failed of them an error.
	Done, Total, Failed int
	Elapsed             time.Duration
	// Left is the time that the rest takes at the pace so far.
	Left time.Duration
}

// String is one line for a terminal.
func (p Progress) String() string {
	s := fmt.Sprintf("%d/%d asked", p.Done, p.Total)
	if p.Failed > 0 {
		s += fmt.Sprintf(", %d failed", p.Failed)
	}
	return s + fmt.Sprintf(", %s, %s left", p.Elapsed.Round(time.Second), p.Left.Round(time.Second))
}

// Run asks every question and returns the results by id. A question that fails
// has a Result with Error; the others go on. When ctx ends, the results so far
// are returned with its error.
func Run(ctx context.Context, a Asker, qs []Question, cfg Config) (map[string]Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(map[string]Result, len(qs))
	var todo []Question
	for _, q := range qs {
		if r, ok := cfg.Done[q.ID]; ok && r.Question == q.Question && r.Error == "" {
			results[q.ID] = r
		} else {
			todo = append(todo, q)
		}
	}
	begin, kept, failed := time.Now(), len(results), 0
	var saveErr error
	for r := range askAll(ctx, a, todo, cfg) {
		results[r.ID] = r
		if r.Error != "" {
			failed++
		}
		if cfg.Save != nil && saveErr == nil {
			if saveErr = cfg.Save(r); saveErr != nil {
				cancel()
			}
		}
		if cfg.Progress != nil {
			p := Progress{Done: len(results), Total: len(qs), Failed: failed, Elapsed: time.Since(begin)}
			p.Left = p.Elapsed / time.Duration(p.Done-kept) * time.Duration(p.Total-p.Done)
			cfg.Progress(p)
		}
	}
	if saveErr != nil {
		return results, fmt.Errorf("save result: %w", saveErr)
	}
	if err := ctx.Err(); err != nil {
		return results, fmt.Errorf("ask questions: %w", context.Cause(ctx))
	}
	return results, nil
}

// askAll asks questions in parallel. The channel is closed when all are asked,
// or when ctx has ended and the last call is back.
func askAll(ctx context.Context, a Asker, qs []Question, cfg Config) <-chan Result {
	jobs := cfg.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	next, out := make(chan Question), make(chan Result)
	var wg sync.WaitGroup
	for range jobs {
		wg.Go(func() {
			for q := range next {
				if r := askOne(ctx, a, q, cfg.Path); r.Error == "" || ctx.Err() == nil {
					out <- r
				}
			}
		})
	}
	go func() {
		defer close(out)
		defer wg.Wait()
		defer close(next)
		for _, q := range qs {
			select {
			case next <- q:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func askOne(ctx context.Context, a Asker, q Question, path func(string) string) Result {
	begin := time.Now()
	ans, err := a.Ask(ctx, q)
	if err != nil {
		return Result{ID: q.ID, Question: q.Question, Error: err.Error()}
	}
	r := NewResult(q, &ans, path)
	r.LatencyMS = float64(time.Since(begin)) / float64(time.Millisecond)
	return r
}

// markers are the citations in a text with the white space before them.
var markers = regexp.MustCompile(`[\s\p{Z}]*\[[0-9]+\]`)

// NewResult takes from a record what is scored. path is as Config.Path.
func NewResult(q Question, a *record.Answer, path func(documentID string) string) Result {
	if path == nil {
		path = func(id string) string { return id }
	}
	r := Result{
		ID:             q.ID,
		Question:       q.Question,
		SearchQuestion: a.SearchQuestion,
		Answer:         markers.ReplaceAllString(a.Text, ""),
		Text:           a.Text,
		Refused:        a.Status == record.Refused,
		Citations:      []Citation{},
		Retrieved:      []Retrieved{},
		Mode:           a.Mode,
		Model:          a.Model,
	}
	if a.Usage != (record.Usage{}) {
		usage := a.Usage
		r.Usage = &usage
	}
	for _, c := range a.Citations {
		r.Citations = append(r.Citations, Citation{
			Number: c.Number, Doc: path(c.DocumentID), Version: c.Version, Quote: c.Quote,
			Start: c.Start, End: c.End, AnswerSpans: c.AnswerSpans,
		})
	}
	for _, p := range a.Passages {
		r.Retrieved = append(r.Retrieved, Retrieved{Doc: path(p.DocumentID), Text: &p.Text, Start: p.Start, End: p.End})
	}
	return r
}
