package retrieve_test

import (
	"testing"

	"bronwijzer/internal/retrieve"
)

// TestKnown: an embedder finds something near any string; the evidence says
// whether a word of it stands anywhere.
func TestKnown(t *testing.T) {
	c := collection(t, change(t, embedder, "doc-1", "De signalentafel deelt signalen van mensenhandel."))
	for question, want := range map[string]bool{
		"Wat doet de signalentafel?": true, "signaal?": true, "Wat is het?": false, "zzzz xqj": false, "?": false, "": false,
	} {
		found := find(t, c, embedder, retrieve.Query{Text: question, K: 3})
		if found.Evidence.Known != want {
			t.Errorf("%q: known %t, want %t", question, found.Evidence.Known, want)
		}
	}
}
