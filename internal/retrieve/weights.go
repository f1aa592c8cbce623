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

	// Referred is added to the passages of a document that the question names by
	// its date or its number; Superseded is subtracted from those of a document
	// whose place another takes.
	Referred, Superseded float64
}

// DefaultWeights are the weights in use. What each part is worth, measured by
// leaving it out, with the built-in model, on 22 November 2026. First the 40
// questions of corpus/questions.jsonl, by
//
//	go run ./internal/retrieve/ablate
//
//	                        hit@1/5/10      correct  recall  precision
//	in use                  .735 .882 .882  .735     .722    .542
//	no words                .706 .853 .882  .706     .722    .565
//	no 4-grams              .647 .853 .882  .676     .667    .571
//	no passage vector       .765 .794 .853  .735     .694    .568
//	no sentence vector      .706 .882 .882  .706     .694    .610
//	no lift                 .676 .853 .882  .735     .722    .542
//	no sentence 4-grams     .706 .853 .882  .676     .667    .571
//	no passage in sentence  .706 .882 .882  .765     .722    .510
//	no kind of answer       .735 .882 .882  .706     .694    .521
//
// where correct is answer_correct_100w and the last two are of citations. Then two
// sets of our own, 130 questions on the same five texts and 90 on 102 Dutch
// government web pages (hit@1/5/10 and correct):
//
//	                        five texts            web pages
//	in use                  .791 .945 .973  .691  .736 .917 .944  .722
//	no words                .827 .945 .973  .691  .736 .903 .958  .722
//	no 4-grams              .800 .936 .973  .673  .736 .889 .944  .708
//	no passage vector       .782 .927 .973  .682  .708 .889 .944  .736
//	no sentence vector      .764 .900 .955  .636  .750 .875 .931  .708
//	no lift                 .791 .927 .973  .691  .736 .903 .944  .722
//	no sentence 4-grams     .791 .945 .973  .682  .722 .917 .944  .736
//	no passage in sentence  .809 .936 .973  .664  .708 .944 .944  .708
//	no kind of answer       .782 .936 .973  .655  .736 .903 .944  .694
//
// None of these questions names a document by its day or number, so they say
// nothing of Referred, and no document there takes another's place; TestReferred
// and TestSuperseded show what both do.
//
// One question is .029, .009 and .014 on them, so a row that differs by one or
// two tells nothing. No part does harm on all three. The vectors of sentences and
// the 4-grams earn most; without words their BM25 still finds candidates, and
// that seems to be most of what it is good for.
func DefaultWeights() Weights {
	return Weights{
		Candidates: 100, Pool: 30,
		Words: 0.15, Grams: 0.15, Vector: 0.35, BestSentence: 0.35,
		Meaning: 1, InPassage: 1, SentenceGrams: 0.25,
		Kind: 0.4, Counted: 0.2, Question: 0.3, NotProse: 0.2,
		Lift:     0.6,
		Referred: 1, Superseded: 0.2,
	}
}
