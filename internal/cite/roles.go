package cite

import (
	"math"
	"strings"
)

// When two facts of a sentence count as mixed up. In the right sentences of the
// labelled set, which put things in another order often enough, an exchange gains
// up to 1.5 times what it loses; it gains 0.34 more at most between names, and
// 0.25 between others where the ratio is higher. In those with exchanged numbers
// the gain is mostly above 1 and the loss near 0.
const (
	swapRatio = 1.6
	swapLeast = 0.25
	swapNames = 0.5
	// changedSide is what nearness counts for on the other side of a fact.
	changedSide = 0.6
)

// swaps reports whether two facts of the sentence stand, in the run, in each
// other's place: 58 and 29 changed, or "Duitsland, gesteund door Nederland"
// became "Nederland, gesteund door Duitsland".
//
// Each word of the sentence goes with the fact of a class that it stands nearest
// to. A fact fits a place of the run when its words are near that place too. Two
// facts of one class are exchanged, and it is looked whether both together fit
// better. Trying facts in the place of those that the sentence doesn't mention
// was given up: right and wrong sentences gained alike.
func swaps(sentence *reading, run []*reading, year int) bool {
	text := join(run)
	p := placement{sentence: sentence, text: text, spots: text.spots(sentence), year: year}
	mine, theirs := sentence.groups(), text.groups()
	for i, f := range mine {
		for _, g := range mine[i+1:] {
			if g.class() != f.class() {
				continue
			}
			placesF, placesG := p.places(f, theirs), p.places(g, theirs)
			if len(placesF) == 0 || len(placesG) == 0 || placesF[0].at == placesG[0].at {
				continue
			}
			gainF, lossF := p.compare(f, p.cell(f, mine), placesF, placesG)
			gainG, lossG := p.compare(g, p.cell(g, mine), placesG, placesF)
			least := swapLeast
			if f.kind == name {
				least = swapNames
			}
			if gain, loss := gainF+gainG, lossF+lossG; gain >= loss*swapRatio && gain-loss >= least {
				return true
			}
		}
	}
	return false
}

// placement compares the places of facts in a sentence and in a text.
type placement struct {
	sentence, text *reading
	spots          [][]int // where each token of the sentence stands in the text
	year           int
}

// join puts the readings of a run behind each other.
func join(run []*reading) *reading {
	if len(run) == 1 {
		return run[0]
	}
	all := &reading{}
	for _, r := range run {
		for _, f := range r.facts {
			f.at += len(all.tokens)
			f.end += len(all.tokens)
			all.facts = append(all.facts, f)
		}
		all.tokens = append(all.tokens, r.tokens...)
	}
	return all
}

// groups are the facts of a reading, with the words of one name together.
func (r *reading) groups() []fact {
	var out []fact
	for _, f := range r.facts {
		if n := len(out); n > 0 && f.kind == name && out[n-1].kind == name && out[n-1].end == f.at && strings.Trim(r.tokens[f.at].before, " -") == "" {
			out[n-1].end = f.end
			continue
		}
		out = append(out, f)
	}
	return out
}

// same reports whether a fact of the sentence and one of the text are one; of
// names it is enough that they share a word.
func (p *placement) same(f, g fact) bool {
	if f.kind != name || g.kind != name {
		return f.matches(g, p.year)
	}
	for i := f.at; i < f.end; i++ {
		for j := g.at; j < g.end; j++ {
			t, u := p.sentence.tokens[i], p.text.tokens[j]
			if t.folded == u.folded || t.stem == u.stem || samePlace(t.folded, u.folded) {
				return true
			}
		}
	}
	return p.text.stands(p.sentence, f, g)
}

// stands reports whether one of two names is the other's letters.
func (r *reading) stands(sentence *reading, f, g fact) bool {
	t, u := sentence.tokens[f.at], r.tokens[g.at]
	return t.isAcronym() && r.initials(g.at) == t.capitals() || u.isAcronym() && sentence.initials(f.at) == u.capitals()
}

// places are where fact f of the sentence stands in the text.
func (p *placement) places(f fact, theirs []fact) []fact {
	var out []fact
	for _, g := range theirs {
		if g.class() == f.class() && p.same(f, g) {
			out = append(out, g)
		}
	}
	return out
}

// cell is the words of the sentence that go with fact f: those that the text has
// too, and that stand nearer to f than to another fact of its class.
func (p *placement) cell(f fact, mine []fact) []int {
	var out []int
	for i := range p.sentence.tokens {
		if len(p.spots[i]) == 0 || i >= f.at && i < f.end || !p.sentence.tells(i) {
			continue
		}
		nearest := true
		for _, g := range mine {
			if g.class() == f.class() && g.at != f.at && distance(i, g) < distance(i, f) {
				nearest = false
			}
		}
		if nearest {
			out = append(out, i)
		}
	}
	return out
}

// tells reports whether token i can tell the places of two facts apart.
func (r *reading) tells(i int) bool {
	return r.tokens[i].weight > 0 || roleWords[r.tokens[i].folded] || r.isFact(i)
}

// roleWords are small words that say what a name does in a sentence.
var roleWords = set("door namens vanuit by")

// compare returns by how much the words of f stand nearer to other places of the
// text than to f's own there, and by how much farther.
func (p *placement) compare(f fact, cell []int, own, others []fact) (gain, loss float64) {
	for _, i := range cell {
		if d := p.near(i, f, others) - p.near(i, f, own); d > 0 {
			gain += d
		} else {
			loss -= d
		}
	}
	return gain, loss
}

// near is how near token i of the sentence, which goes with f, stands to one of
// some places of the text. On the other side of it than in the sentence it counts
// for less.
func (p *placement) near(i int, f fact, places []fact) float64 {
	best := 0.0
	for _, g := range places {
		for _, j := range p.spots[i] {
			if j >= g.at && j < g.end {
				continue
			}
			v := 1 / distance(j, g)
			if (i < f.at) != (j < g.at) {
				v *= changedSide
			}
			best = math.Max(best, v)
		}
	}
	return best
}

// spots are, for every token of a sentence, the places of the text where it
// stands.
func (r *reading) spots(sentence *reading) [][]int {
	out := make([][]int, len(sentence.tokens))
	for i := range sentence.tokens {
		for j := range r.tokens {
			if agreement(&sentence.tokens[i], &r.tokens[j]) >= sameCompound {
				out[i] = append(out[i], j)
			}
		}
	}
	return out
}

// distance is how many tokens token i stands from a fact.
func distance(i int, f fact) float64 {
	if i < f.at {
		return float64(f.at - i)
	}
	return float64(i - f.end + 1)
}

func (r *reading) isFact(i int) bool {
	for _, f := range r.facts {
		if i >= f.at && i < f.end {
			return true
		}
	}
	return false
}
