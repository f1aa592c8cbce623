package answer

import (
	"testing"

	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

// TestRefuseWithoutWords: however near the vector of a question without a word
// comes, there is nothing to answer.
func TestRefuseWithoutWords(t *testing.T) {
	found := retrieve.Result{
		Documents: 1, Sentences: make([]retrieve.Sentence, 1),
		Evidence: retrieve.Evidence{Cosine: 0.95, Coverage: 1, Named: 1},
	}
	for question, want := range map[string]bool{"?": true, "… !!!": true, "😀": true, "AVIM?": false, "2019?": false, "é": false} {
		if reason, refused := refuse(question, found); refused != want || refused && reason != record.NoEvidence {
			t.Errorf("%q: refused %v with %q, want %v", question, refused, reason, want)
		}
	}
}
