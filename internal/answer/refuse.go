package answer

import (
	"regexp"

	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

// Thresholds below which there is no evidence for an answer. They refuse about
// as many answerable questions as a reader will put up with, one in twenty-five;
// refused of the unanswerable / of the answerable questions, on 40 public
// questions and two sets of our own (130 on the same texts, 90 on 102
// government web pages), 22 November 2026:
//
//	floor   all            public        own           web pages
//	0.850   0.27 / 0.014   0.17 / 0.00   0.30 / 0.03   0.28 / 0.00
//	0.860   0.36 / 0.037   0.33 / 0.03   0.40 / 0.06   0.33 / 0.00
//	0.865   0.41 / 0.042   0.33 / 0.03   0.40 / 0.07   0.44 / 0.00
//	 in use 0.41 / 0.042   0.50 / 0.00   0.45 / 0.08   0.33 / 0.00
//	0.870   0.43 / 0.065   0.33 / 0.06   0.45 / 0.11   0.44 / 0.00
//	0.875   0.45 / 0.093   0.33 / 0.09   0.50 / 0.15   0.44 / 0.01
//
// The row in use also refuses what is put to the machine itself and what holds no
// known word, and was measured after the loaders had changed.
//
// What stays is mostly a question in the documents' own words about something
// that they don't state; only reading would tell. The cosine alone refuses 0.39
// at 5 %, coverage alone 0.16, the names alone 0.
const (
	floor = 0.865
	// floorWords is for a collection without vectors, or with those of another
	// model than e5: 0.50 / 0.023 on the first two sets.
	floorWords = 0.60

	coverageWeight = 0.04
	namedWeight    = 0.04
	// Without a cosine the other two carry it all.
	namedWeightWords = 0.5
)

// refuse reports whether there is nothing to answer with, and why.
func refuse(question string, found retrieve.Result) (record.Reason, bool) {
	switch {
	case found.Documents == 0:
		return record.EmptyCorpus, true
	case len(found.Sentences) == 0, !found.Evidence.Known, toTheMachine.MatchString(question):
		return record.NoEvidence, true
	default:
		return record.NoEvidence, !enough(found.Evidence)
	}
}

// enough reports whether the evidence is above its threshold.
func enough(e retrieve.Evidence) bool {
	if e.Cosine == 0 {
		return e.Coverage+namedWeightWords*e.Named >= floorWords
	}
	return e.Cosine+coverageWeight*e.Coverage+namedWeight*e.Named >= floor
}

// toTheMachine fits questions about this program's own instructions: no document
// answers them, however near the words come.
var toTheMachine = regexp.MustCompile(`(?i)\b(negeer|vergeet|omzeil|ignore|disregard|forget)\b.{0,60}\b(instructies?|opdracht(en)?|regels|richtlijnen|instructions?|rules|prompts?)\b|\b(systeem|system)[ -]?prompt`)
