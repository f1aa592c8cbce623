package answer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

var pilot = answer.Question{Text: "Wat is de pilot?", Search: "Wat is de pilot?", TopK: 5}

// kinds spells events: S for sources, C for a citation, D for text.
func kinds(events []record.Event) string {
	var b strings.Builder
	for _, e := range events {
		switch e.(type) {
		case record.Sources:
			b.WriteByte('S')
		case record.Cited:
			b.WriteByte('C')
		case record.Delta:
			b.WriteByte('D')
		}
	}
	return b.String()
}

// spread makes the shelf's first and last sentences the best, so that an answer
// has two citations.
func spread(s *shelf) {
	s.result.Sentences[0].Score, s.result.Sentences[len(s.result.Sentences)-1].Score = 3, 2.9
	sortSentences(s)
}

func TestExtractive(t *testing.T) {
	s := newShelf(t, letters)
	spread(s)
	var events []record.Event
	rec, err := answer.NewExtractive(s).Answer(t.Context(), pilot, func(e record.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkAnswer(t, s.texts, rec, events)
	if got := kinds(events); got != "SCDCD" {
		t.Errorf("events %s", got)
	}
	if rec.Status != record.Answered || rec.Mode != record.Extractive || rec.Model != "" || rec.Refusal != nil || rec.Incomplete != nil {
		t.Errorf("got %+v", rec)
	}
	c := rec.Citations[0]
	if c.Title != "De pilot signalentafel" || c.Date != "2023-10-18" || c.Status != record.Verified || c.DocumentStatus != record.Current ||
		!strings.HasPrefix(c.URL, "/documents/doc_pilot?") || c.Page != nil || c.Section == nil {
		t.Errorf("citation %+v", c)
	}
}

// TestEmitFails stops at each event in turn: before the first text there is no
// record, after it what was shown.
func TestEmitFails(t *testing.T) {
	s := newShelf(t, letters)
	spread(s)
	gone := errors.New("gone")
	for n, shown := range []string{"", "", "", "SCD", "SCDC"} {
		var events []record.Event
		rec, err := answer.NewExtractive(s).Answer(t.Context(), pilot, func(e record.Event) error {
			if len(events) == n {
				return gone
			}
			events = append(events, e)
			return nil
		})
		if !errors.Is(err, gone) {
			t.Errorf("event %d: got error %v, want %v", n, err, gone)
		}
		partly(t, s, rec, events, shown)
	}
}

// TestLeaving ends ctx at each event in turn.
func TestLeaving(t *testing.T) {
	s := newShelf(t, letters)
	spread(s)
	for n, shown := range []string{"", "SCD", "SCD"} {
		ctx, cancel := context.WithCancel(t.Context())
		var events []record.Event
		rec, err := answer.NewExtractive(s).Answer(ctx, pilot, func(e record.Event) error {
			if events = append(events, e); len(events) == n+1 {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("event %d: got error %v, want %v", n, err, context.Canceled)
		}
		partly(t, s, rec, events, shown)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rec, err := answer.NewExtractive(s).Answer(ctx, pilot, func(e record.Event) error {
		t.Errorf("event %+v", e)
		return nil
	})
	if !errors.Is(err, context.Canceled) || rec.Text != "" {
		t.Errorf("got %+v, %v", rec, err)
	}
}

// partly wants the record of an answer that broke off after certain events;
// none of it when they are empty.
func partly(t *testing.T, s *shelf, rec record.Answer, events []record.Event, want string) {
	t.Helper()
	if want == "" {
		if rec.Text != "" || rec.Incomplete != nil || rec.Citations != nil {
			t.Errorf("nothing was shown, got %+v", rec)
		}
		return
	}
	if got := kinds(events); got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if rec.Incomplete == nil || *rec.Incomplete != "cancelled" {
		t.Errorf("incomplete: %v", rec.Incomplete)
	}
	if strings.HasSuffix(want, "C") { // announced in vain
		events = events[:len(events)-1]
	}
	checkAnswer(t, s.texts, rec, events)
}

// fixed is a Retriever of one result.
type fixed struct {
	result retrieve.Result
	err    error
	asked  []retrieve.Query
}

func (f *fixed) Retrieve(_ context.Context, q retrieve.Query) (retrieve.Result, error) {
	f.asked = append(f.asked, q)
	return f.result, f.err
}

func TestRefusals(t *testing.T) {
	s := newShelf(t, letters)
	thin := s.result
	thin.Evidence = retrieve.Evidence{}
	limited := pilot
	limited.Filter = docs.Filter{Documents: []string{"a"}, From: "2020-01-01"}
	tests := []struct {
		name   string
		asked  answer.Question
		found  retrieve.Result
		reason record.Reason
		says   string
	}{
		{"thin evidence", pilot, thin, record.NoEvidence, "Hieronder staan"},
		{"nothing found", pilot, retrieve.Result{Documents: 2}, record.NoEvidence, "staat niet in de documenten."},
		{"nothing found in some", limited, retrieve.Result{Documents: 2}, record.NoEvidence, "staat niet in de gekozen documenten."},
		{"no documents", pilot, retrieve.Result{}, record.EmptyCorpus, "geen documenten"},
	}
	limits := map[string]*record.Filter{"nothing found in some": {Documents: []string{"a"}, From: "2020-01-01"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var events []record.Event
			rec, err := answer.NewExtractive(&fixed{result: tt.found}).Answer(t.Context(), tt.asked, func(e record.Event) error {
				events = append(events, e)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(limits[tt.name], rec.Filter); diff != "" {
				t.Errorf("filter (-want +got):\n%s", diff)
			}
			if rec.Status != record.Refused || rec.Refusal == nil || rec.Refusal.Reason != tt.reason || rec.Refusal.Message != rec.Text {
				t.Errorf("got %+v", rec)
			}
			if !strings.Contains(rec.Text, tt.says) || strings.Contains(rec.Text, "Hieronder") != (len(rec.Passages) > 0) {
				t.Errorf("says %q above %d passages", rec.Text, len(rec.Passages))
			}
			if rec.Citations == nil || len(rec.Citations) > 0 || rec.Mode != record.Extractive || kinds(events) != "SD" {
				t.Errorf("%d citations, mode %q, events %s", len(rec.Citations), rec.Mode, kinds(events))
			}
		})
	}
}

func TestRefusalNobodyTakes(t *testing.T) {
	gone := errors.New("gone")
	n := 0
	rec, err := answer.NewExtractive(&fixed{}).Answer(t.Context(), pilot, func(record.Event) error {
		if n++; n == 2 {
			return gone
		}
		return nil
	})
	if !errors.Is(err, gone) || rec.Incomplete != nil {
		t.Errorf("got %+v, %v", rec, err)
	}
}

// TestAsks: what stands by itself is searched for, and a refusal has three
// passages to show even where fewer are asked for.
func TestAsks(t *testing.T) {
	f := &fixed{err: errors.New("index down")}
	q := answer.Question{Text: "En nu?", Search: "En nu? (pilot)", TopK: 1, Filter: docs.Filter{From: "2020-01-01"}}
	if _, err := answer.NewExtractive(f).Answer(t.Context(), q, func(record.Event) error { return nil }); !errors.Is(err, f.err) {
		t.Errorf("got %v, want %v", err, f.err)
	}
	q.TopK = 7
	_, _ = answer.NewExtractive(f).Answer(t.Context(), q, nil)
	for i, k := range []int{3, 7} {
		if got := f.asked[i]; got.Text != q.Search || got.K != k || got.Filter.From != "2020-01-01" {
			t.Errorf("asked %+v, want %q, %d", got, q.Search, k)
		}
	}
}

// TestOutdated has a rule in two versions: what changed is told as it is now,
// unless the version that was is the better answer.
func TestOutdated(t *testing.T) {
	rule := func(weeks string) string {
		return "De regeling\n\nHet college beslist binnen " + weeks + " weken na ontvangst op de aanvraag."
	}
	now, before := "binnen tien weken", "binnen zes weken"
	for _, tt := range []struct {
		name   string
		scores [2]float64 // of the version that holds, and of the other
		want   []string
	}{
		{"the newer one first", [2]float64{2, 1.9}, []string{now}},
		{"the older one asked for", [2]float64{1.9, 2}, []string{before, now}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newShelf(t, map[string]string{"pilot.txt": rule("tien"), "hotels.txt": rule("zes")})
			for i := range s.result.Sentences {
				p := &s.result.Pool[s.result.Sentences[i].Passage]
				p.Superseded = p.DocumentID == "doc_hotels"
				s.result.Sentences[i].Score = tt.scores[0]
				if p.Superseded {
					s.result.Sentences[i].Score = tt.scores[1]
				}
			}
			sortSentences(s)
			rec, err := answer.NewExtractive(s).Answer(t.Context(), pilot, func(record.Event) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if len(rec.Citations) != len(tt.want) {
				t.Fatalf("got %q", rec.Text)
			}
			for i, c := range rec.Citations {
				if !strings.Contains(c.Quote, tt.want[i]) {
					t.Errorf("citation %d is %q, want %q", i+1, c.Quote, tt.want[i])
				}
			}
		})
	}
}
