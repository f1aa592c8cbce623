package answer

import (
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

// refuse reports whether there is nothing to answer with, and why.
func refuse(found retrieve.Result) (record.Reason, bool) {
	switch {
	case found.Documents == 0:
		return record.EmptyCorpus, true
	case len(found.Sentences) == 0:
		return record.NoEvidence, true
	default:
		return record.NoEvidence, false
	}
}
