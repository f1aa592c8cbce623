package answer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

const (
	opened  = "De pilot van de signalentafel is in 2022 opgezet. {pilot} "
	counted = "Aan het onderzoek deden 270 gemeenten mee. {onderzoek} "
	hotels  = "Er doen ruim 200 hotels mee aan het certificeringsprogramma. {hotels} "
	paid    = "Het ministerie van Justitie en Veiligheid betaalt de trainingen voor het hotelpersoneel. {hotels} "
	wrong   = "De pilot van de signalentafel is in 2019 opgezet. {pilot} "
	made    = "De koning opende 987654 fietspaden in Zwartepoort. {pilot} "
)

// TestGenerated lets a model write and wants what a reader sees of it.
func TestGenerated(t *testing.T) {
	tests := []struct {
		name, says, want string
		withheld         int
	}{
		{"one", opened, "De pilot van de signalentafel is in 2022 opgezet. [1]", 0},
		{"two of one source", opened + "\n\n" + hotels, "De pilot van de signalentafel is in 2022 opgezet. [1]\n\nEr doen ruim 200 hotels mee aan het certificeringsprogramma. [2]", 0},
		{"the same again", opened + opened, "De pilot van de signalentafel is in 2022 opgezet. [1] De pilot van de signalentafel is in 2022 opgezet. [1]", 0},
		{"wrong number", wrong + counted, "Aan het onderzoek deden 270 gemeenten mee. [1]", 1},
		{"invented in between", opened + made + counted, "De pilot van de signalentafel is in 2022 opgezet. [1] Aan het onderzoek deden 270 gemeenten mee. [2]", 1},
		{
			"paragraph of a withheld one", opened + "\n\n" + made + counted,
			"De pilot van de signalentafel is in 2022 opgezet. [1]\n\nAan het onderzoek deden 270 gemeenten mee. [2]", 1,
		},
		{
			"pointing at a withheld one", made + "Dit is in 2022 opgezet in Midden-Nederland. {pilot} " + counted,
			"Aan het onderzoek deden 270 gemeenten mee. [1]", 2,
		},
		{
			"list", "Dit gebeurt er:\n- " + opened + "\n- " + hotels + "\n",
			"Dit gebeurt er:\n- De pilot van de signalentafel is in 2022 opgezet. [1]\n- Er doen ruim 200 hotels mee aan het certificeringsprogramma. [2]", 0,
		},
		{
			"list, first item withheld", "Dit gebeurt er:\n- " + made + "\n- " + hotels + "\n",
			"Dit gebeurt er:\n- Er doen ruim 200 hotels mee aan het certificeringsprogramma. [1]", 1,
		},
		{
			"numbered, renumbered", "1. " + opened + "\n2. " + made + "\n3. " + hotels + "\n",
			"1. De pilot van de signalentafel is in 2022 opgezet. [1]\n2. Er doen ruim 200 hotels mee aan het certificeringsprogramma. [2]", 1,
		},
		{
			"item with two sentences, the first withheld", "- " + made + counted + "\n- " + hotels,
			"- Aan het onderzoek deden 270 gemeenten mee. [1]\n- Er doen ruim 200 hotels mee aan het certificeringsprogramma. [2]", 1,
		},
		{
			"lead-in with a wrong number", "Er zijn 987654 redenen:\n- " + opened + "\n- " + hotels,
			"- De pilot van de signalentafel is in 2022 opgezet. [1]\n- Er doen ruim 200 hotels mee aan het certificeringsprogramma. [2]", 1,
		},
		{
			"lead-in of nothing", "Dit gebeurt er:\n- " + made + "\n\n" + opened,
			"De pilot van de signalentafel is in 2022 opgezet. [1]", 1,
		},
		{"heading", "## Antwoord\n\n" + opened, "De pilot van de signalentafel is in 2022 opgezet. [1]", 0},
		{"wrong source named", "De pilot van de signalentafel is in 2022 opgezet. {hotels}", "De pilot van de signalentafel is in 2022 opgezet. [1]", 0},
		{"no source named", "De pilot van de signalentafel is in 2022 opgezet.", "De pilot van de signalentafel is in 2022 opgezet. [1]", 0},
		{"declines the rest", opened + "Over de kosten staat er niets in de passages.", "De pilot van de signalentafel is in 2022 opgezet. [1]", 0},
		{
			"denies", "In 67 procent van de gemeenten is er zicht op de omvang van mensenhandel. {onderzoek} " + counted,
			"Aan het onderzoek deden 270 gemeenten mee. [1]", 1,
		},
	}
	s, m := newShelf(t, letters), &model{}
	g := generated(t, s, m)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, m.deltas = range [][]string{{tt.says}, strings.SplitAfter(tt.says, " ")} {
				rec := ask(t, g, s, question)
				if rec.Text != tt.want || rec.Withheld != tt.withheld {
					t.Errorf("got %d withheld and\n%s\nwant %d and\n%s", rec.Withheld, rec.Text, tt.withheld, tt.want)
				}
				if rec.Mode != record.Generated || rec.Model != "model" || len(rec.PromptHash) != 16 || rec.Incomplete != nil || rec.Usage.PromptTokens != 7 {
					t.Errorf("record %+v", rec)
				}
			}
		})
	}
}

var question = answer.Question{Text: "Wat gebeurt er?", Search: "Wat gebeurt er?", TopK: 10}

// TestGeneratedStatus wants a citation of another passage than the named one to
// say so, and items to be cited by their lead-in.
func TestGeneratedStatus(t *testing.T) {
	s := newShelf(t, letters)
	list := ask(t, generated(t, s, &model{deltas: []string{"Dit gebeurt er {pilot}:\n- De pilot van de signalentafel is in 2022 opgezet.\n"}}), s, question)
	if len(list.Citations) != 1 || list.Citations[0].Status != record.Verified {
		t.Errorf("got %+v, want one citation, verified", list.Citations)
	}
	rec := ask(t, generated(t, s, &model{deltas: []string{"De pilot van de signalentafel is in 2022 opgezet. {hotels}"}}), s, question)
	if len(rec.Citations) != 1 || rec.Citations[0].Status != record.Corrected || rec.Citations[0].DocumentID != "doc_pilot" {
		t.Errorf("got %+v, want one citation, corrected", rec.Citations)
	}
}

// TestGeneratedRefuses wants the reason for a refusal, and the nearest passages.
func TestGeneratedRefuses(t *testing.T) {
	s, m := newShelf(t, letters), &model{}
	g := generated(t, s, m)
	for name, tt := range map[string]struct {
		says []string
		err  error
		want record.Reason
	}{
		"says nothing":  {nil, nil, record.NotSupported},
		"declines":      {[]string{"Dat staat niet in de documenten."}, nil, record.NoEvidence},
		"invents":       {[]string{made + wrong}, nil, record.NotSupported},
		"invents, long": {[]string{made}, llm.ErrLength, record.NotSupported},
		"is away":       {nil, llm.ErrUnavailable, record.ModelUnavailable},
		"breaks off":    {[]string{"De pilot is "}, errors.New("connection lost"), record.ModelUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			m.deltas, m.err = tt.says, tt.err
			rec := ask(t, g, s, question)
			if rec.Status != record.Refused || rec.Refusal.Reason != tt.want || rec.Text != rec.Refusal.Message || len(rec.Passages) < 3 {
				t.Errorf("got %+v", rec)
			}
		})
	}
}

// TestGeneratedFallsBack wants sentences of the documents from a question whose
// model is away, said to be so.
func TestGeneratedFallsBack(t *testing.T) {
	s := newShelf(t, letters)
	q := question
	q.Fallback = true
	rec := ask(t, generated(t, s, &model{err: llm.ErrUnavailable}), s, q)
	if rec.Status != record.Answered || rec.Mode != record.Extractive || rec.Model != "" || rec.PromptHash != "" || !strings.Contains(rec.Notice, "niet bereikbaar") {
		t.Errorf("got %+v", rec)
	}
}

// TestGeneratedBreaksOff wants what was shown to stay, and no half sentence.
func TestGeneratedBreaksOff(t *testing.T) {
	s, m := newShelf(t, letters), &model{}
	g := generated(t, s, m)
	const want = "De pilot van de signalentafel is in 2022 opgezet. [1]"
	for why, err := range map[string]error{"upstream": errors.New("connection lost"), "length": llm.ErrLength} {
		m.deltas, m.err = []string{opened, "De pilot wordt"}, err
		rec := ask(t, g, s, question)
		if rec.Text != want || rec.Incomplete == nil || *rec.Incomplete != why {
			t.Errorf("%s: got %+v", why, rec)
		}
	}
}

// TestGeneratedReaderLeaves covers a reader who leaves before and behind the
// first sentence, by ctx and by emit.
func TestGeneratedReaderLeaves(t *testing.T) {
	s := newShelf(t, letters)
	gone := errors.New("gone")
	g := generated(t, s, &model{deltas: strings.SplitAfter(opened+counted+hotels, " ")})
	for _, after := range []int{1, 3} { // Sources; Sources, Cited, Delta
		ctx, cancel := context.WithCancel(t.Context())
		var events []record.Event
		rec, err := g.Answer(ctx, question, func(e record.Event) error {
			if events = append(events, e); len(events) == after {
				cancel()
			}
			return nil
		})
		cancel()
		left(t, s, rec, err, context.Canceled, events[:after])

		events = nil
		rec, err = g.Answer(t.Context(), question, func(e record.Event) error {
			if len(events) == after {
				return gone
			}
			events = append(events, e)
			return nil
		})
		left(t, s, rec, err, gone, events)
	}
}

func left(t *testing.T, s *shelf, rec record.Answer, err, want error, events []record.Event) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
	if len(events) == 1 {
		if rec.Incomplete != nil || rec.Text != "" {
			t.Errorf("nothing was shown, got %+v", rec)
		}
		return
	}
	if rec.Incomplete == nil || *rec.Incomplete != "cancelled" || !strings.HasSuffix(rec.Text, "[1]") {
		t.Errorf("got %+v", rec)
	}
	if len(rec.Citations) > 1 {
		rec.Citations = rec.Citations[:1] // the second may have been made, not shown
	}
	checkAnswer(t, s.texts, rec, events)
}

func TestNewGeneratedRefusesSmallWindow(t *testing.T) {
	_, err := answer.NewGenerated(nil, nil, &model{}, nil, answer.GeneratedConfig{Context: 1024, MaxTokens: 800})
	if err == nil || !strings.Contains(err.Error(), "1024") {
		t.Errorf("got %v", err)
	}
}
