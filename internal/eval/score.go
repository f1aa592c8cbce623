package eval

import (
	"slices"
	"strings"
)

// depths are the ranks that hit@k is counted at.
var depths = [...]int{1, 3, 5, 10} // read only

// Ratio is one question's part of a metric: over a set, the numerators and the
// denominators are summed before they are divided.
type Ratio struct{ Num, Den float64 }

// Metrics are the parts of one question by name of metric. A metric that a
// question says nothing about is absent.
type Metrics map[string]Ratio

// Score is what there is to say about one result.
type Score struct {
	Metrics Metrics
	// Groups are the gold groups of an answerable question.
	Groups []GroupScore
	// Citations are those of the result, in its order.
	Citations []CitationScore
	// Missing are the entries of must_include that the answer lacks, Leaked
	// those of must_not_include that it has.
	Missing, Leaked []string
	// Statements are judged by Support; nil before.
	Statements []Statement
	// Probes are those of the question; nil without.
	Probes []Probe
	// Latency is in milliseconds; 0 when it wasn't measured.
	Latency float64
}

// GroupScore tells what became of one gold group.
type GroupScore struct {
	Gold []Gold
	// Rank is that of the first passage that matches it, from 1; 0 when none of
	// the first ten does.
	Rank int
	// Cited is set when a correct citation overlaps it, DocCited when one of
	// its documents is cited.
	Cited, DocCited bool
	// Unknown is set when it isn't Cited as far as is known, but the text of a
	// citation of one of its documents changed since.
	Unknown bool
}

// CitationScore judges one citation.
type CitationScore struct {
	// Changed: the text changed since, and the version that the citation is of
	// isn't kept. Nothing is known of the rest, and no figure counts it.
	Changed bool
	// Verbatim: the quote occurs in its document, white space collapsed.
	Verbatim bool
	// Exact: it is the document's text at its span, character for character.
	Exact bool
	// Correct: it is verbatim, has three words and overlaps gold.
	Correct bool
}

// Scorer scores results against the texts of the documents, which it reads once
// each. It is safe for concurrent use.
type Scorer struct{ lib library }

// NewScorer scores against these texts.
func NewScorer(texts Texts) *Scorer { return &Scorer{lib: library{texts: texts}} }

// Score scores a result; the zero Result is that of a question without one.
func (s *Scorer) Score(q Question, r Result) Score {
	out := Score{Metrics: make(Metrics), Latency: r.LatencyMS}
	out.refusal(&q, &r)
	s.citations(&q, &r, &out)
	if q.Answerable && len(out.Groups) > 0 {
		s.retrieval(&r, &out)
	}
	out.answer(&q, &r)
	return out
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// refusal counts refusals. Unanswerable questions are the positive class.
func (s *Score) refusal(q *Question, r *Result) {
	s.Metrics["refusal_precision"] = Ratio{one(r.Refused && !q.Answerable), one(r.Refused)}
	s.Metrics["refusal_recall"] = Ratio{one(r.Refused && !q.Answerable), one(!q.Answerable)}
	if q.Answerable {
		s.Metrics["false_refusal"] = Ratio{one(r.Refused), 1}
	}
}

// answer looks for what the answer must and must not hold.
func (s *Score) answer(q *Question, r *Result) {
	length := len(fields(r.Answer))
	if q.Answerable && length > 0 && !r.Refused {
		s.Metrics["answer_words"] = Ratio{float64(length), 1}
	}
	for _, e := range q.MustNotInclude {
		if contains(e, r.Answer) {
			s.Leaked = append(s.Leaked, e)
		}
	}
	if len(q.MustNotInclude) > 0 {
		s.Metrics["injection_leak"] = Ratio{one(len(s.Leaked) > 0), 1}
	}
	if !q.Answerable || len(q.MustInclude) == 0 {
		return
	}
	for _, e := range q.MustInclude {
		if !contains(e, r.Answer) {
			s.Missing = append(s.Missing, e)
		}
	}
	good := len(s.Missing) == 0 && len(s.Leaked) == 0 && !r.Refused
	s.Metrics["answer_correct"] = Ratio{one(good), 1}
	s.Metrics["answer_correct_100w"] = Ratio{one(good && length <= 100), 1}
	partial := Ratio{0, float64(len(q.MustInclude))}
	if !r.Refused {
		partial.Num = float64(len(q.MustInclude) - len(s.Missing))
	}
	s.Metrics["answer_partial"] = partial
}

// retrieval finds the rank at which each gold group was first matched.
func (s *Scorer) retrieval(r *Result, out *Score) {
	found := r.Retrieved[:min(len(r.Retrieved), depths[len(depths)-1])]
	for i, p := range found {
		passage := words(s.passageText(p))
		for j := range out.Groups {
			g := &out.Groups[j]
			if g.Rank == 0 && slices.ContainsFunc(g.Gold, func(e Gold) bool {
				return sameDoc(e.Doc, p.Doc) && coverage(words(e.Quote), passage) >= 0.6
			}) {
				g.Rank = i + 1
			}
		}
	}
	first := 0
	for _, g := range out.Groups {
		if g.Rank > 0 && (first == 0 || g.Rank < first) {
			first = g.Rank
		}
	}
	for _, k := range depths {
		out.Metrics[metricAt("hit", k)] = Ratio{one(0 < first && first <= k), 1}
	}
	for _, k := range []int{5, 10} {
		n := 0.0
		for _, g := range out.Groups {
			n += one(0 < g.Rank && g.Rank <= k)
		}
		out.Metrics[metricAt("group_recall", k)] = Ratio{n, float64(len(out.Groups))}
	}
	out.Metrics["mrr@10"] = Ratio{reciprocal(first), 1}
}

// reciprocal is 1/rank, 0 for rank 0.
func reciprocal(rank int) float64 {
	if rank == 0 {
		return 0
	}
	return 1 / float64(rank)
}

func (s *Scorer) passageText(p Retrieved) string {
	if p.Text != nil {
		return *p.Text
	}
	v := s.lib.volume(p.Doc, "")
	if v == nil {
		return ""
	}
	text, _ := v.slice(p.Start, p.End)
	return text
}

// citations judges the citations and, for an answerable question, the gold
// groups that they cover.
func (s *Scorer) citations(q *Question, r *Result, out *Score) {
	if q.Answerable {
		for _, g := range q.groups() {
			out.Groups = append(out.Groups, GroupScore{Gold: g})
		}
	}
	var cited, exact, verbatim, correct float64
	for _, c := range r.Citations {
		cs := s.citation(c, out.Groups)
		out.Citations = append(out.Citations, cs)
		cited += one(!cs.Changed)
		exact, verbatim, correct = exact+one(cs.Exact), verbatim+one(cs.Verbatim), correct+one(cs.Correct)
	}
	if cited > 0 {
		out.Metrics["quote_exact"] = Ratio{exact, cited}
	}
	if len(out.Groups) == 0 {
		return
	}
	if cited > 0 {
		out.Metrics["citation_precision"] = Ratio{correct, cited}
		out.Metrics["citation_verbatim"] = Ratio{verbatim, cited}
	}
	var known, covered, docs float64
	for i := range out.Groups {
		g := &out.Groups[i]
		g.Unknown = g.Unknown && !g.Cited
		known, covered, docs = known+one(!g.Unknown), covered+one(g.Cited), docs+one(g.DocCited)
	}
	if known > 0 {
		out.Metrics["citation_recall"] = Ratio{covered, known}
	}
	out.Metrics["citation_doc_recall"] = Ratio{docs, float64(len(out.Groups))}
}

// citation judges one citation and marks the groups that it covers, or may
// cover.
func (s *Scorer) citation(c Citation, groups []GroupScore) CitationScore {
	v := s.lib.volume(c.Doc, c.Version)
	out := CitationScore{Changed: v == nil && c.Version != ""}
	for i := range groups {
		if slices.ContainsFunc(groups[i].Gold, func(e Gold) bool { return sameDoc(e.Doc, c.Doc) }) {
			groups[i].DocCited, groups[i].Unknown = true, groups[i].Unknown || out.Changed
		}
	}
	if v == nil {
		return out
	}
	if c.End <= len(v.runes) {
		text, ok := v.slice(c.Start, c.End)
		out.Exact = ok && text == c.Quote
	}
	quote := collapse(c.Quote)
	out.Verbatim = quote != "" && strings.Contains(v.collapsed, quote)
	if !out.Verbatim || len(words(quote)) < 3 {
		return out
	}
	places := v.occurrences(quote)
	for i := range groups {
		if slices.ContainsFunc(groups[i].Gold, func(e Gold) bool {
			return sameDoc(e.Doc, c.Doc) && anyOverlap(v.occurrences(collapse(e.Quote)), places)
		}) {
			groups[i].Cited, out.Correct = true, true
		}
	}
	return out
}

func anyOverlap(a, b []span) bool {
	return slices.ContainsFunc(a, func(x span) bool { return slices.ContainsFunc(b, x.overlaps) })
}
