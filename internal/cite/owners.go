package cite

import (
	"slices"
	"strings"

	"bronwijzer/internal/dutch"
)

// zone is the part of a text that goes with one of its facts, where the text has
// several of the class: of "58 fte voor opsporing en 29 fte voor registratie"
// what stands on each side of "en".
type zone struct {
	fact    fact
	at, end int
	// Of the facts in a row the first has what goes with all: the tokens
	// [sharedAt, sharedEnd). "In 2022 zijn 340 woningen opgeleverd" is shared by
	// "en 120 in Zuid".
	sharedAt, sharedEnd int
	// parted says that a border stands between the fact and its neighbours.
	parted bool
}

// border is how much a word or a sign parts what stands around it.
type border int

const (
	noBorder border = iota
	// stepBorder leads from one fact to another: "van 310 naar 475".
	stepBorder
	// rowBorder parts the members of a row.
	rowBorder
	// strongBorder parts statements.
	strongBorder
)

// zones are those of the facts of a class, in order.
func (r *reading) zones(class kind) []zone {
	var out []zone
	row := 0
	for _, f := range r.facts {
		if f.class() != class || r.isRank(f) {
			continue
		}
		z := zone{fact: f, end: len(r.tokens), parted: true}
		if len(out) == 0 {
			z.at = r.opening(f.at)
		} else if r.part(&out[len(out)-1], &z) == strongBorder {
			row = len(out)
			if r.elides(f) {
				z.sharedAt, z.sharedEnd = out[row-1].fact.end, r.tail(out[row-1])
			}
		} else {
			z.sharedAt, z.sharedEnd = out[row].at, out[row].fact.at
			if r.elides(f) {
				z.sharedEnd = r.tail(out[row])
				if r.hasContent(z.at, f.at) {
					z.sharedAt = out[row].fact.end // "voor mannen 20": it has a lead of its own
				}
			}
		}
		out = append(out, z)
	}
	return out
}

// isRank reports whether a fact is "eerste" or the like, which counts nothing.
func (r *reading) isRank(f fact) bool {
	word := r.tokens[f.at].folded
	_, digits := ordinalDigits(word)
	return f.kind == number && (digits || ordinals[word] > 0)
}

// part draws the line between two facts that follow each other.
func (r *reading) part(left, right *zone) border {
	strength := noBorder
	left.end, right.at = right.fact.at, left.fact.end // where nothing parts them
	for i := left.fact.end; i <= right.fact.at; i++ {
		b := r.borderAt(i, right.fact.at)
		if b == noBorder || b < strength {
			continue
		}
		if b < strongBorder || strength < strongBorder {
			left.end = i
		}
		right.at, strength = i, b
	}
	if strength == noBorder {
		left.parted, right.parted = false, false
	}
	return strength
}

// opening is where the statement begins that holds token at.
func (r *reading) opening(at int) int {
	for i := at; i > 0; i-- {
		if r.borderAt(i, i) == strongBorder {
			return i
		}
	}
	return 0
}

// borderAt is the border right before token i. One of a row parts statements
// when a verb follows it before token next.
func (r *reading) borderAt(i, next int) border {
	t := &r.tokens[i]
	switch {
	case i == 0:
		return noBorder
	case t.before == sentenceEnd || turns[t.folded] || strings.ContainsAny(t.before, ";:?!") || strings.Contains(t.before, ".") && t.isCapitalised():
		return strongBorder
	case t.folded == "naar":
		return stepBorder
	case !strings.ContainsAny(t.before, ",()–—") && !rowWords[t.folded]:
		return noBorder
	}
	for _, u := range r.tokens[i:next] {
		if auxiliaries[u.folded] || strings.HasPrefix(u.folded, "waar") {
			return strongBorder
		}
	}
	return rowBorder
}

// rowWords stand between the members of a row.
var rowWords = dutch.WordSet("en of and or")

// elides reports whether a fact leaves out what it counts: "en 120 in Zuid".
func (r *reading) elides(f fact) bool {
	switch f.class() {
	case percentage:
		return f.end == len(r.tokens) || !wholes[r.tokens[f.end].folded]
	case number:
		return r.counted(f) < 0
	}
	return false
}

// wholes lead to what a share is one of.
var wholes = dutch.WordSet("van of")

// tail is where what the fact of a zone counts ends: "340 woningen opgeleverd"
// in Noord, "87 procent van de gemeenten".
func (r *reading) tail(z zone) int {
	whole := z.fact.end < z.end && wholes[r.tokens[z.fact.end].folded]
	for i := z.fact.end; i < z.end; i++ {
		switch t := &r.tokens[i]; {
		case whole && (t.weight > weakWeight || r.isFact(i)):
			return i + 1
		case !whole && prepositions[t.folded]:
			return i
		}
	}
	return z.end
}

// holds reports whether token j goes with the fact of a zone. A fact among what
// a row shares doesn't when the zone has one of the class in its place.
func (r *reading) holds(z zone, j int) bool {
	if j >= z.at && j < z.end {
		return true
	}
	if j < z.sharedAt || j >= z.sharedEnd {
		return false
	}
	for _, f := range r.facts {
		if j >= f.at && j < f.end {
			return !slices.ContainsFunc(r.facts, func(g fact) bool {
				return g.class() == f.class() && g.at >= z.at && g.end <= z.fact.at
			})
		}
	}
	return true
}

// hasContent reports whether any of the tokens [at, end) has content.
func (r *reading) hasContent(at, end int) bool {
	for i := at; i < end; i++ {
		if r.tokens[i].weight > weakWeight || r.isFact(i) {
			return true
		}
	}
	return false
}

// isCount reports whether token j is in a fact that isn't a name.
func (r *reading) isCount(j int) bool {
	return slices.ContainsFunc(r.facts, func(f fact) bool { return f.kind != name && j >= f.at && j < f.end })
}

// misplaces reports whether a number or date of the sentence says of something
// what the text says of it with another one: "127 hotels" for "ruim 200 hotels en
// 127 certificaten".
func (p *placement) misplaces() bool {
	seen := map[kind]bool{name: true}
	for _, f := range p.sentence.facts {
		class := f.class()
		if seen[class] {
			continue
		}
		seen[class] = true
		zones := p.text.zones(class)
		for _, z := range p.sentence.zones(class) {
			if p.miscounts(z.fact, zones) || z.parted && p.leans(z, zones) {
				return true
			}
		}
	}
	return false
}

// leans reports whether more of the words of a zone of the sentence stand, in the
// text, with other facts only than with this one only. A name is enough when
// this one has another name there.
func (p *placement) leans(z zone, zones []zone) bool {
	balance := 0.0
	seen := map[int]bool{}
	for i := z.at; i < z.end; i++ {
		if i >= z.fact.at && i < z.fact.end || len(p.spots[i]) == 0 || seen[p.spots[i][0]] {
			continue
		}
		seen[p.spots[i][0]] = true // "doen" and "mee" both stand in "deelnemen"
		weight := p.sentence.tokens[i].weight
		if p.sentence.isFact(i) {
			weight = 1
		}
		side := p.side(i, z.fact, zones)
		if side < 0 && p.sentence.isFact(i) && !p.sentence.isCount(i) && p.renames(z.fact, zones) {
			return true
		}
		balance += weight * side
	}
	return balance < 0
}

// renames reports whether fact f stands in the text with a name that the sentence
// leaves out.
func (p *placement) renames(f fact, zones []zone) bool {
	for _, z := range zones {
		if !f.matches(z.fact, p.year) {
			continue
		}
		for _, g := range p.text.facts {
			if g.kind == name && g.at >= z.at && g.end <= z.end && !p.sentence.says(p.text, g) {
				return true
			}
		}
	}
	return false
}

// side is 1 when token i of the sentence stands, in the text, with fact f and no
// other, -1 when it stands with others and never with f, otherwise 0.
func (p *placement) side(i int, f fact, zones []zone) float64 {
	with, without := false, false
	for _, j := range p.spots[i] {
		own, others := false, false
		for _, z := range zones {
			if p.text.holds(z, j) {
				same := f.matches(z.fact, p.year)
				own, others = own || same, others || !same
			}
		}
		if own == others {
			return 0
		}
		with, without = with || own, without || others
	}
	switch {
	case with && !without:
		return 1
	case without && !with:
		return -1
	}
	return 0
}

// miscounts reports whether what fact f counts is counted by other numbers
// wherever it stands in the text, while f counts something there that the
// sentence doesn't say.
func (p *placement) miscounts(f fact, zones []zone) bool {
	noun := p.sentence.counted(f)
	if noun < 0 || len(p.spots[noun]) == 0 {
		return false
	}
	elsewhere := false
	for _, z := range zones {
		c := p.text.counted(z.fact)
		if c < 0 || !f.matches(z.fact, p.year) {
			continue
		}
		if p.sentence.best(&p.text.tokens[c]) >= sameCompound {
			return false
		}
		elsewhere = true
	}
	for _, j := range p.spots[noun] {
		if !slices.ContainsFunc(zones, func(z zone) bool { return p.text.reaches(z.fact, j) && !f.matches(z.fact, p.year) }) {
			return false
		}
	}
	return elsewhere
}

// reach is how far behind a number, in tokens, what it counts may stand.
const reach = 3

// counted is the word that a number counts: the first with content behind it, or
// -1.
func (r *reading) counted(f fact) int {
	if f.isYear() || f.kind == season || f.kind == cadence {
		return -1
	}
	for i := f.end; i < min(len(r.tokens), f.end+reach); i++ {
		switch t := &r.tokens[i]; {
		case r.isCount(i) || auxiliaries[t.folded] || prepositions[t.folded] || i > f.end && !isSpace(t.before) && t.before != "-":
			return -1
		case t.weight > weakWeight || r.isFact(i):
			return i
		}
	}
	return -1
}

// reaches reports whether token j stands so close behind fact f that f may count
// it.
func (r *reading) reaches(f fact, j int) bool {
	if j < f.end || j >= f.end+reach {
		return false
	}
	for i := f.end; i <= j; i++ {
		if r.isCount(i) || i > f.end && r.borderAt(i, i) != noBorder {
			return false
		}
	}
	return true
}

var prepositions = dutch.WordSet("van voor in bij op aan met uit door over per tot sinds of for at on by from to")
