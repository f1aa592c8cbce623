package retrieve

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
)

func TestNamesAndNumbers(t *testing.T) {
	tests := []struct {
		question string
		want     []string
	}{
		{"Wat kost een paspoort?", nil},
		{"Wat kost een paspoort in Utrecht?", []string{"utrecht"}},
		{"Utrecht kost wat?", nil},
		{"CKM wil wat?", []string{"ckm"}},
		{"Wat doet het CKM in 2018?", []string{"ckm", "2018"}},
		{"Wat zegt het WODC-onderzoek?", []string{"wodc"}},
		{"Wat doet de Van der Graaf-motie?", []string{"graaf"}},
		{"Wat deed Midden-Nederland in 2018–2022?", []string{"midden", "nederland", "2018", "2022"}},
		{"Is 5-100 een bereik?", []string{"5", "100"}},
		{"Wat zegt 28 638, nr. 184?", []string{"28638", "184"}},
		{"Is 10.000 meer dan 17,4?", []string{"10000", "17.4"}},
		{"wat doet het ckm?", nil},
		{"", nil},
	}
	for _, tt := range tests {
		var got []string
		for _, w := range namesAndNumbers(tt.question) {
			got = append(got, w.text)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.question, diff)
		}
	}
}

func TestNamed(t *testing.T) {
	doc := &docs.Document{Meta: docs.Meta{Title: "Brief over Polen", Date: "2020-11-18", Dossier: "28 638, nr. 184"}}
	found := Result{Pool: []Passage{
		{Passage: docs.Passage{Section: []string{"Het CKM"}, Plain: "De Nigeriaanse slachtoffers, 299 in 2019."}, Document: doc},
		{Passage: docs.Passage{Plain: "In Kroatië staat een liaison."}, Document: doc},
	}}
	for range evidenceSentences {
		found.Sentences = append(found.Sentences, Sentence{Passage: 0})
	}
	found.Sentences = append(found.Sentences, Sentence{Passage: 1}) // the sixth

	tests := map[string]float64{
		"Hoeveel slachtoffers waren er?":   1,
		"Wat doet het CKM in Polen?":       1,
		"Wie komt er uit Nigeria?":         1,
		"Waren het er 299?":                1,
		"Waren het er 29?":                 0, // a number is no beginning of another
		"Gaat het over 28 638?":            1,
		"Staat er een liaison in Kroatië?": 0,
		"Wat deden het CKM en Fier?":       0.5,
		"Wat zei Fier op 2020-11-18?":      0.75,
	}
	for question, want := range tests {
		if got := named(question, found); got != want {
			t.Errorf("%q: got %v, want %v", question, got, want)
		}
	}
}
