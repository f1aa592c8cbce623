package answer_test

import (
	"strings"
	"testing"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// TestOtherYear: an answer says so when its sources don't have the year that was
// asked about. The document is of 2023.
func TestOtherYear(t *testing.T) {
	const missing = "Let op: 2021 komt in de aangehaalde zinnen niet voor"
	tests := []struct{ name, text, question, search, want string }{
		{"another year", "In 2019 waren er 299 slachtoffers.", "Hoeveel slachtoffers waren er in 2021?", "", missing + "; zij noemen een ander jaar."},
		{"no year at all", "Er waren 299 slachtoffers.", "Hoeveel slachtoffers waren er in 2021?", "", missing + "."},
		{"that year", "In 2021 waren er 299 slachtoffers.", "Hoeveel slachtoffers waren er in 2021?", "", ""},
		{"one of two", "In 2019 waren er 299 slachtoffers.", "Hoeveel waren het er in 2019 en 2021?", "", missing + "."},
		{"both missing", "Er waren 299 slachtoffers.", "Hoeveel waren het er in 2021 en 2022?", "", "Let op: 2021 en 2022 komen in de aangehaalde zinnen niet voor."},
		{"in a period", "In de jaren 2020-2022 waren er 299 slachtoffers.", "Hoeveel waren het er in 2021?", "", ""},
		{"before a period", "Van 2022 tot en met 2024 waren er 299 slachtoffers.", "Hoeveel waren het er in 2021?", "", missing + "; zij noemen een ander jaar."},
		{"the year of the document", "Er waren 299 slachtoffers.", "Hoeveel waren het er in 2023?", "", ""},
		{"in the conversation", "In 2019 waren er 299 slachtoffers.", "En meisjes?", "En meisjes? (slachtoffers 2021)", missing + "; zij noemen een ander jaar."},
		{"no year asked", "In 2019 waren er 299 slachtoffers.", "Hoeveel slachtoffers waren er?", "", ""},
		{"a number", "Er waren 299 slachtoffers.", "Waren het er 20210 of 12021?", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newShelf(t, map[string]string{"pilot.txt": "De cijfers\n\n" + tt.text})
			q := answer.Question{Text: tt.question, Search: tt.search, TopK: 3, Fallback: true}
			rec := ask(t, answer.NewExtractive(s), s, q)
			if rec.Status != record.Answered || rec.Notice != tt.want || strings.Contains(rec.Text, "Let op") {
				t.Errorf("%s, notice %q, want %q", rec.Status, rec.Notice, tt.want)
			}
			rec = ask(t, generated(t, s, &model{err: llm.ErrUnavailable}), s, q)
			if rec.Status != record.Answered || !strings.HasSuffix(rec.Notice, tt.want) || rec.Notice == tt.want {
				t.Errorf("without a model: %s, notice %q", rec.Status, rec.Notice)
			}
		})
	}
}

// TestRefusalNoYear: a refusal quotes nothing, and so misses no year.
func TestRefusalNoYear(t *testing.T) {
	s := newShelf(t, letters)
	s.result.Sentences = nil
	q := answer.Question{Text: "Hoeveel waren het er in 1999?", Search: "Hoeveel waren het er in 1999?", TopK: 3}
	if rec := ask(t, answer.NewExtractive(s), s, q); rec.Status != record.Refused || rec.Notice != "" {
		t.Errorf("%s, notice %q", rec.Status, rec.Notice)
	}
}
