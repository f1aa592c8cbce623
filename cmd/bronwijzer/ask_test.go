package main

import (
	"strings"
	"testing"

	"bronwijzer/internal/record"
)

// TestAnswerGivesTheTerminalNoOrders: a document may hold escape sequences.
func TestAnswerGivesTheTerminalNoOrders(t *testing.T) {
	const order = "\x1b]0;naam\x07 \u009b31m \u202e"
	var out strings.Builder
	err := printAnswer(&out, record.Answer{
		Text: "De kaart" + order + "\tkost 5 euro. [1]\n", Status: record.Refused,
		Citations: []record.Citation{{Number: 1, Title: "Titel" + order, Section: []string{"Kop" + order}, Quote: "De kaart" + order}},
		Passages:  []record.Passage{{Title: "Titel" + order, Text: "De kaart" + order}},
	})
	if got := out.String(); err != nil || strings.ContainsAny(got, order[:1]+"\x07\u009b\u202e") || !strings.Contains(got, "\tkost 5 euro. [1]\n") {
		t.Errorf("got %q, %v", got, err)
	}
}
