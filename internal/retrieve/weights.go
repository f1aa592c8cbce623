package retrieve

// Weights are the parameters of the ranking. Every leg is min-max normalised
// before it is weighted, so weights are comparable.
type Weights struct {
	// Candidates is how many passages each of words and vectors bring in.
	Candidates int
	// Pool is how many of the best passages have their sentences ranked; more
	// when more passages are asked for.
	Pool int

	// Words, Grams, Vector and BestSentence weigh the legs of a passage: BM25
	// over terms, BM25 over 4-grams, its cosine, and the highest cosine of its
	// sentences.
	Words, Grams, Vector, BestSentence float64

	// Meaning, InPassage and SentenceGrams weigh the legs of a sentence: its
	// cosine, the score of its passage, and BM25 over 4-grams of title, heading
	// path and sentence.
	Meaning, InPassage, SentenceGrams float64
	// Kind is added when a sentence holds the sort of thing that is asked for;
	// Counted when the thing counted stands near a number. Question is
	// subtracted from a sentence that asks itself, NotProse from a line that is
	// no sentence.
	Kind, Counted, Question, NotProse float64

	// Lift is how much a passage gains from its best sentence's score.
	Lift float64
}

// DefaultWeights are the weights in use.
func DefaultWeights() Weights {
	return Weights{
		Candidates: 100, Pool: 30,
		Words: 0.15, Grams: 0.15, Vector: 0.35, BestSentence: 0.35,
		Meaning: 1, InPassage: 1, SentenceGrams: 0.25,
		Kind: 0.4, Counted: 0.2, Question: 0.3, NotProse: 0.2,
		Lift: 0.6,
	}
}
