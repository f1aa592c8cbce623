package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/record"
)

func rated(rs []Rated, err error) iter.Seq2[Rated, error] {
	return func(yield func(Rated, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(Rated{}, err)
		}
	}
}

func TestDraft(t *testing.T) {
	two := 2
	answered := record.Answer{
		ID: "ans_geheim", Question: "Hoeveel leden?", SearchQuestion: "Hoeveel leden telt de coöperatie?", Text: "145 leden [1] [2]", Status: record.Answered,
		Citations: []record.Citation{
			{Number: 1, DocumentID: "d1", Quote: "In 2020 telde", Start: 24, End: 37},
			{Number: 2, DocumentID: "d1", Quote: "145 leden", Start: 53, End: 62},
		},
	}
	refused := record.Answer{Question: "Wat kost een paspoort?", Text: "Dat staat er niet.", Status: record.Refused}
	wrong := record.Answer{Question: "Wie is de baas?", Text: "Jan [1]", Status: record.Answered, Citations: []record.Citation{{Number: 1}}}
	got, err := Draft(rated([]Rated{
		{Answer: answered, Feedback: record.Feedback{Verdict: record.Bad}},
		{Answer: record.Answer{Question: "Hoi", Status: record.Reply}, Feedback: record.Feedback{Verdict: record.Good}},
		{Answer: refused, Feedback: record.Feedback{Verdict: record.Good}},
		{Answer: wrong, Feedback: record.Feedback{Verdict: record.Bad, Comment: "het is Piet"}},
		{Answer: answered, Feedback: record.Feedback{Verdict: record.Good, Citation: &two}, History: []Turn{{"user", "Wat is de coöperatie?"}}},
	}, nil), func(string) string { return "map/brief.txt" })
	if err != nil {
		t.Fatal(err)
	}
	want := []Question{
		{
			ID: "f001", Type: "feedback", Question: "Hoeveel leden?", History: []Turn{{"user", "Wat is de coöperatie?"}}, Answer: "145 leden", Answerable: true,
			Gold: []Gold{{Doc: "map/brief.txt", Quote: "145 leden", Start: 53, End: 62, Group: json.RawMessage("2")}},
		},
		{ID: "f002", Type: "feedback", Question: "Wat kost een paspoort?", Answer: "Dat staat er niet.", Gold: []Gold{}},
		{ID: "f003", Type: "feedback", Question: "Wie is de baas?", Answerable: true, Gold: []Gold{}, Note: "het is Piet"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var b bytes.Buffer
	if err := WriteSet(&b, got); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("geheim")) {
		t.Error("the set has the id of an answer in it")
	}
	// What is left to do is what the check finds.
	_, err = ReadSet(&b, "concept.jsonl")
	if want := "concept.jsonl:3: f003: answerable, but without gold"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDraftEndsWithAnError(t *testing.T) {
	broken := errors.New("store closed")
	if _, err := Draft(rated(nil, broken), nil); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}
