package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// TestPrintAnswer shows what a reader of the command line needs of a source: the
// page, what became of the document, and a table's rows below each other.
func TestPrintAnswer(t *testing.T) {
	page := 3
	rec := record.Answer{
		Status: record.Answered, Text: "Dat. [1] Toen. [2]", Notice: "Controleer.",
		Citations: []record.Citation{
			{Number: 1, Title: "Regeling", Date: "2024-01-01", Page: &page, Section: []string{"Artikel 2"}, Quote: "dat\nis  zo", DocumentStatus: record.Current},
			{Number: 2, Title: "Oud", Quote: "a | 1\nb | 2", DocumentStatus: record.Superseded},
		},
	}
	var out strings.Builder
	if err := printAnswer(&out, rec); err != nil {
		t.Fatal(err)
	}
	want := `Dat. [1] Toen. [2]

[1] Regeling, 2024-01-01, blz. 3 › Artikel 2
    “dat is zo”

[2] Oud
    Let op: dit document is door een nieuwer document vervangen.
    “a | 1
     b | 2”

Controleer.
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
