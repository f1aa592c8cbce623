package cite

import "bronwijzer/internal/dutch"

// contradicts reports whether a run of sentences says the opposite of what a
// sentence says, as far as that shows in words that deny and in pairs of
// opposites. It compares clause by clause; across languages, where clauses can't
// be matched, text by text.
func contradicts(sentence *reading, run []*reading, foreign bool) bool {
	if foreign {
		return deniesAcross(sentence, run)
	}
	return deniesMore(sentence, run) || deniesLess(sentence, run) || opposes(sentence, run)
}

// deniesAcross compares whole texts.
func deniesAcross(sentence *reading, run []*reading) bool {
	s, q := sentence.polarity(), clause{}
	for _, r := range run {
		q = q.and(r.polarity())
	}
	return s.negated && !q.negated && !q.lessened || q.negated && !s.negated && !s.lessened || opposes(sentence, run)
}

// polarity is that of all clauses together.
func (r *reading) polarity() clause {
	var all clause
	for _, c := range r.clauses {
		all = all.and(c)
	}
	return all
}

// aboutSame is how near another clause has to come to the best one to count as
// being about the same.
const aboutSame = 0.8

// deniesMore reports whether a clause of the sentence is negated, and those of
// the run that are about the same aren't.
func deniesMore(sentence *reading, run []*reading) bool {
	for i, c := range sentence.clauses {
		if !c.negated {
			continue
		}
		best := 0.0
		for _, r := range run {
			for j := range r.clauses {
				best = max(best, shared(sentence, i, r, j))
			}
		}
		denied := false
		for _, r := range run {
			for j, d := range r.clauses {
				denied = denied || (d.negated || d.lessened) && shared(sentence, i, r, j) >= best*aboutSame
			}
		}
		if !denied {
			return true
		}
	}
	return false
}

// deniesLess reports whether a clause of the run denies something, the sentence says
// half of it or more, and doesn't deny it.
func deniesLess(sentence *reading, run []*reading) bool {
	for _, r := range run {
		for j, d := range r.clauses {
			if !d.negated && !d.lacking {
				continue
			}
			best, at := 0.0, 0
			for i := range sentence.clauses {
				if n := shared(sentence, i, r, j); n > best {
					best, at = n, i
				}
			}
			if c := sentence.clauses[at]; best < 2 || best < r.clauseContent(j)/2 || c.negated || c.lessened {
				continue
			}
			if !affirmed(sentence, at, r, j, run) {
				return true
			}
		}
	}
	return false
}

// affirmed reports whether what clause i of the sentence shares with the negated
// clause j of r also stands in a clause of the run that isn't negated.
func affirmed(sentence *reading, i int, r *reading, j int, run []*reading) bool {
	var words []*token
	for a := sentence.clauses[i].at; a < sentence.clauses[i].end; a++ {
		if t := &sentence.tokens[a]; t.counts() && r.clauseAgrees(j, t) >= alikeWord {
			words = append(words, t)
		}
	}
	for _, other := range run {
		for k, d := range other.clauses {
			if d.negated || d.lacking {
				continue
			}
			n := 0
			for _, w := range words {
				if other.clauseAgrees(k, w) >= alikeWord {
					n++
				}
			}
			if n == len(words) {
				return true
			}
		}
	}
	return false
}

// clauseAgrees is the agreement of a token with the best one of clause j.
func (r *reading) clauseAgrees(j int, t *token) float64 {
	best := 0.0
	for b := r.clauses[j].at; b < r.clauses[j].end; b++ {
		best = max(best, agreement(t, &r.tokens[b]))
	}
	return best
}

// shared is how much of clause i of a sentence is in clause j of r, in words.
func shared(sentence *reading, i int, r *reading, j int) float64 {
	n := 0.0
	c := sentence.clauses[i]
	for a := c.at; a < c.end; a++ {
		if !sentence.tokens[a].counts() {
			continue
		}
		n += r.clauseAgrees(j, &sentence.tokens[a])
	}
	return n
}

// clauseContent is how many words of clause j count.
func (r *reading) clauseContent(j int) float64 {
	n := 0.0
	for i := r.clauses[j].at; i < r.clauses[j].end; i++ {
		if r.tokens[i].counts() {
			n++
		}
	}
	return n
}

// counts reports whether a token tells what a clause is about.
func (t *token) counts() bool {
	return t.isNumber() || t.isAcronym() || weight(t.folded) > weakWeight
}

// opposes reports whether the sentence holds one word of a pair of opposites
// and the sentence of the run that is most like it only the other, both denied
// or both not.
func opposes(sentence *reading, run []*reading) bool {
	for _, pair := range opposites {
		for side := range pair {
			at, ok := sentence.find(pair[side])
			if _, both := sentence.find(pair[1-side]); !ok || both {
				continue
			}
			r := sentence.closest(run)
			near := r.clauses[sentence.closestClause(at, r)]
			i, other := r.findIn(near, pair[1-side])
			_, same := r.findIn(near, pair[side])
			if !other && !same {
				i, other = r.find(pair[1-side])
				_, same = r.find(pair[side])
			}
			if other && !same && r.clauseOf(i).negated == sentence.clauseOf(at).negated {
				return true
			}
		}
	}
	return false
}

func (r *reading) clauseOf(i int) clause { return r.clauses[r.tokens[i].clause] }

// closest is the reading of a run that shares most with a sentence.
func (r *reading) closest(run []*reading) *reading {
	best, top := run[0], -1.0
	for _, other := range run {
		n := 0.0
		for i := range r.tokens {
			if r.tokens[i].counts() {
				n += other.best(&r.tokens[i])
			}
		}
		if n > top {
			best, top = other, n
		}
	}
	return best
}

// closestClause is the clause of another reading that shares most with that of
// token i.
func (r *reading) closestClause(i int, other *reading) int {
	best, top := 0, -1.0
	for j := range other.clauses {
		if n := shared(r, r.tokens[i].clause, other, j); n > top {
			best, top = j, n
		}
	}
	return best
}

// find returns the first token that is one of words.
func (r *reading) find(words map[string]bool) (int, bool) {
	return r.findIn(clause{end: len(r.tokens)}, words)
}

// findIn is find in one clause.
func (r *reading) findIn(c clause, words map[string]bool) (int, bool) {
	for i := c.at; i < c.end; i++ {
		if words[r.tokens[i].folded] || words[r.tokens[i].stem] {
			return i, true
		}
	}
	return 0, false
}

// opposites are words that turn a statement round when one stands for the
// other: folded words or stems, of both languages.
var opposites = [...][2]map[string]bool{
	{
		dutch.WordSet("stijg stijging stijgen stijgt stijgende toename toeneemt toenemen groei groeit meer hoger hogere higher increase increases rise rises rising growing"),
		dutch.WordSet("dal daling dalen daalt dalende afname afneemt afnemen krimpt minder lager lagere decrease decreases decline declines fall falls falling drop"),
	},
	{dutch.WordSet("verbeter verbeterd verbetert verbetering beter improved improves better"), dutch.WordSet("verslechter verslechterd verslechtert slechter deteriorated worse")},
	{dutch.WordSet("voldoende genoeg toereikend sufficient sufficiently enough"), dutch.WordSet("onvoldoende ontoereikend insufficient insufficiently inadequate")},
	{dutch.WordSet("veel vele many"), dutch.WordSet("weinig few")},
	{dutch.WordSet("begin start"), dutch.WordSet("eind einde end")},
	{dutch.WordSet("ruim"), dutch.WordSet("bijna nearly almost")},
	{dutch.WordSet("extern externe external"), dutch.WordSet("intern interne internal")},
	{dutch.WordSet("verplicht verplichte mandatory"), dutch.WordSet("vrijwillig vrijwillige voluntary")},
	{dutch.WordSet("aangenomen adopted passed"), dutch.WordSet("verworpen verwerpen rejected")},
	{dutch.WordSet("online digitaal"), dutch.WordSet("offline")},
	{dutch.WordSet("verlagen verlaagt verlaagd beneden omlaag lower lowers reduce"), dutch.WordSet("verhogen verhoogt verhoogd omhoog raise raises")},
	{dutch.WordSet("vergroten vergroot increase enlarge"), dutch.WordSet("verkleinen verkleint")},
	{dutch.WordSet("binnenlands binnenlandse"), dutch.WordSet("buitenlands buitenlandse")},
	{dutch.WordSet("maximaal hoogstens maximum"), dutch.WordSet("minimaal minstens minimum")},
	{dutch.WordSet("altijd always"), dutch.WordSet("nooit never")},
	{dutch.WordSet("toegestaan allowed"), dutch.WordSet("verboden prohibited")},
	{dutch.WordSet("tevreden satisfied"), dutch.WordSet("ontevreden zorgen dissatisfied")},
	{dutch.WordSet("positief positieve positive"), dutch.WordSet("negatief negatieve negative")},
	{dutch.WordSet("bekend known"), dutch.WordSet("onbekend unknown")},
	{dutch.WordSet("duidelijk clear"), dutch.WordSet("onduidelijk unclear")},
	{dutch.WordSet("mogelijk possible"), dutch.WordSet("onmogelijk impossible")},
	{dutch.WordSet("rechtmatig lawful"), dutch.WordSet("onrechtmatig unlawful")},
}
