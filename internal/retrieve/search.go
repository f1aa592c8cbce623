package retrieve

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// search is one question on one state of the collection.
type search struct {
	ctx     context.Context //nolint:containedctx // lives for one call of RetrieveVector
	view    index.View
	query   Query
	vector  llm.Vector
	weights Weights
	judged  bool // cosines may serve as evidence
	known   bool // whether any passage shares a word with the query
	// referred are the ids of the documents that the question names, in order.
	referred []string
}

func (s *search) run() (Result, error) {
	var found Result
	found.Documents, _ = s.view.Count(s.query.Filter)
	s.refer()
	ids, err := s.candidates()
	if err != nil || len(ids) == 0 {
		return found, err
	}
	pool, err := s.passages(ids)
	if err != nil {
		return found, err
	}
	sentences, err := s.sentences(pool)
	if err != nil {
		return found, err
	}
	found.Pool, found.Sentences = s.lift(pool, sentences)
	found.Passages = found.Pool[:min(s.query.K, len(found.Pool))]
	found.Evidence, err = s.evidence(found)
	return found, err
}

// candidates are the ids that words or vectors find, in order of id. One leg
// after the other: chromem-go takes all cores, and beside it the words, half a
// millisecond of them, were found no sooner.
func (s *search) candidates() ([]string, error) {
	n := max(s.weights.Candidates, s.query.K)
	hits, err := s.view.Words().Search(s.ctx, s.query.Text, n, s.query.Filter)
	if err != nil {
		return nil, err
	}
	s.known = len(hits) > 0 || len(s.referred) > 0
	if s.vector != nil {
		near, err := s.view.Vectors().Search(s.ctx, s.vector, n, s.query.Filter)
		if err != nil {
			return nil, err
		}
		hits = append(hits, near...)
	}
	more, err := s.ofReferred(n)
	if err != nil {
		return nil, err
	}
	hits = append(hits, more...)
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// passages scores the candidates and returns the pool, best first.
func (s *search) passages(ids []string) ([]Passage, error) {
	words, err := s.view.Words().Score(s.ctx, s.query.Text, ids, s.query.Filter.Reader)
	if err != nil {
		return nil, err
	}
	grams, err := s.view.Grams().Score(s.ctx, s.query.Text, ids, s.query.Filter.Reader)
	if err != nil {
		return nil, err
	}
	w := s.weights
	words, grams = minMax(words), minMax(grams)
	legs := []leg{{w.Words, words}, {w.Grams, grams}}
	vector := make([]float64, len(ids))
	if s.vector != nil {
		if vector, err = s.view.Vectors().Score(s.ctx, s.vector, ids, s.query.Filter.Reader); err != nil {
			return nil, err
		}
		best, err := s.bestSentences(ids)
		if err != nil {
			return nil, err
		}
		vector = minMax(vector)
		legs = append(legs, leg{w.Vector, vector}, leg{w.BestSentence, minMax(best)})
	}
	scores := sum(len(ids), legs...)
	for i, id := range ids {
		scores[i] += s.standing(id)
	}
	var pool []Passage
	var kept []outline
	for _, i := range order(scores, func(i, j int) int { return s.newer(ids[i], ids[j]) }) {
		p, doc, ok := s.view.Passage(ids[i])
		if !ok {
			continue
		}
		said := newOutline(p.Plain)
		if slices.ContainsFunc(kept, said.duplicates) {
			continue
		}
		kept = append(kept, said)
		found := Passage{Passage: p, Document: doc, Superseded: s.superseded(doc), Score: scores[i], Scores: record.Scores{
			Words: sum(1, leg{0.5, words[i : i+1]}, leg{0.5, grams[i : i+1]})[0], Vector: vector[i],
		}}
		if s.vector != nil {
			found.Vectors = s.view.Sentences().Vectors(p.ID)
		}
		pool = append(pool, found)
		if len(pool) == max(w.Pool, s.query.K) {
			break
		}
	}
	return pool, nil
}

// bestSentences is the highest cosine among the sentences of each passage.
func (s *search) bestSentences(ids []string) ([]float64, error) {
	rows, err := s.view.Sentences().Score(s.ctx, s.vector, ids)
	if err != nil {
		return nil, err
	}
	best := make([]float64, len(rows))
	for i, row := range rows {
		p, _, ok := s.view.Passage(ids[i])
		if !ok {
			continue
		}
		var cosines []float64
		for j, cosine := range row {
			if ranks(p.Sentences[j]) {
				cosines = append(cosines, cosine)
			}
		}
		if len(cosines) > 0 {
			best[i] = slices.Max(cosines)
		}
	}
	return best, nil
}

// minRanked is how many words an entry of a list has at least to be ranked.
const minRanked = 3

// ranks reports whether a sentence may be an answer by itself. A shorter entry
// is cited with the others of its list; alone it comes too close to every
// question that has its word.
func ranks(s docs.Sentence) bool {
	return s.Kind != docs.ListItem || len(strings.Fields(s.Plain)) >= minRanked
}

// sentences scores the sentences of the pool, best first. One that two passages
// share counts for the better passage.
func (s *search) sentences(pool []Passage) ([]Sentence, error) {
	var units []Sentence
	var texts []string
	var passage []float64
	cosines, err := s.cosines(pool)
	if err != nil {
		return nil, err
	}
	type place struct {
		document string
		n        int
	}
	seen := map[place]bool{}
	for i, p := range pool {
		for j, sentence := range p.Sentences {
			at := place{p.DocumentID, sentence.N}
			if seen[at] || !ranks(sentence) {
				continue
			}
			seen[at] = true
			u := Sentence{Sentence: sentence, Passage: i}
			if cosines != nil {
				u.Cosine = cosines[i][j]
			}
			units = append(units, u)
			texts = append(texts, inContext(p, sentence))
			passage = append(passage, p.Score)
		}
	}
	meaning := make([]float64, len(units))
	for i, u := range units {
		meaning[i] = u.Cosine
	}
	w := s.weights
	scores := sum(len(units),
		leg{w.Meaning, minMax(meaning)},
		leg{w.InPassage, minMax(passage)},
		leg{w.SentenceGrams, minMax(s.view.Grams().ScoreTexts(s.query.Text, texts, s.query.Filter.Reader))})
	expected := expect(s.query.Text)
	for i := range units {
		units[i].Score = scores[i] + w.bonus(expected, units[i].Sentence)
	}
	slices.SortFunc(units, func(a, b Sentence) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Passage, b.Passage), cmp.Compare(a.N, b.N))
	})
	return units, nil
}

// cosines of the question with the sentences of each passage; nil without an
// embedder.
func (s *search) cosines(pool []Passage) ([][]float64, error) {
	if s.vector == nil {
		return nil, nil
	}
	ids := make([]string, len(pool))
	for i, p := range pool {
		ids[i] = p.ID
	}
	return s.view.Sentences().Score(s.ctx, s.vector, ids)
}

// inContext is a sentence with what stands above it.
func inContext(p Passage, sentence docs.Sentence) string {
	return strings.Join(append(append([]string{p.Document.Title}, p.Section...), sentence.Plain), "\n")
}

// bonus is what a sentence gains or loses by its form.
func (w Weights) bonus(e expectation, s docs.Sentence) float64 {
	var b float64
	if e.want != anything {
		words := words(s.Plain)
		if e.met(s, words) {
			b += w.Kind
		}
		if e.counts(words) {
			b += w.Counted
		}
	}
	if question(s.Plain) {
		b -= w.Question
	}
	if s.Kind == docs.Fragment {
		b -= w.NotProse
	}
	return b
}

// lift adds each passage's best sentence to its score and puts the pool in its
// final order; the sentences point into that.
func (s *search) lift(pool []Passage, sentences []Sentence) ([]Passage, []Sentence) {
	best := make([]float64, len(pool))
	has := make([]bool, len(pool))
	lowest := 0.0
	for _, u := range sentences { // best first
		if !has[u.Passage] {
			best[u.Passage], has[u.Passage] = u.Score, true
		}
		lowest = u.Score
	}
	for i := range best {
		if !has[i] {
			best[i] = lowest
		}
	}
	normal := minMax(best)
	scores := make([]float64, len(pool))
	for i := range pool {
		scores[i] = pool[i].Score + s.weights.Lift*best[i]
		pool[i].Scores.Sentence = normal[i]
	}
	ranked := make([]Passage, len(pool))
	place := make([]int, len(pool))
	for to, from := range order(scores, func(i, j int) int { return cmp.Compare(pool[i].ID, pool[j].ID) }) {
		ranked[to], place[from] = pool[from], to
		ranked[to].Score = scores[from]
	}
	for i := range sentences {
		sentences[i].Passage = place[sentences[i].Passage]
	}
	return ranked, sentences
}
