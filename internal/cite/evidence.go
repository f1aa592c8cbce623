package cite

import "bronwijzer/internal/dutch"

// factsIn reports whether every fact of the claim is in the evidence, or in what
// is known of its documents.
func (s *search) factsIn(e evidence, foreign bool) bool {
	for _, f := range s.claim.facts {
		if !s.factIn(f, e, foreign) {
			return false
		}
	}
	return true
}

func (s *search) factIn(f fact, e evidence, foreign bool) bool {
	if f.kind == name {
		return foreign && (titles[f.text] || places[f.text] == "nederland") || s.nameIn(f, e)
	}
	for _, r := range e {
		for _, u := range r.units {
			if u.has(f, r.source.year) {
				return true
			}
		}
	}
	for _, r := range e {
		if s.claim.echoes(f, r.source.meta) && !s.rivals(f, r) {
			return true
		}
	}
	return false
}

// echoes reports whether a reading has fact f of the claim, which isn't a name,
// from what is known of a document. A date may stand by itself; another number
// has to have a word beside it in both ("nr. 184"), or the number of a letter
// would support any count.
func (r *reading) echoes(f fact, meta *reading) bool {
	for _, g := range meta.facts {
		if !f.matches(g, 0) {
			continue
		}
		if f.isYear() || r.beside(f, meta, g) {
			return true
		}
	}
	return false
}

// beside reports whether a word right before or behind f agrees with one right
// before or behind g.
func (r *reading) beside(f fact, other *reading, g fact) bool {
	for _, i := range []int{f.at - 1, f.end} {
		for _, j := range []int{g.at - 1, g.end} {
			if i >= 0 && i < len(r.tokens) && j >= 0 && j < len(other.tokens) && agreement(&r.tokens[i], &other.tokens[j]) >= sameMeaning {
				return true
			}
		}
	}
	return false
}

func (s *search) nameIn(f fact, e evidence) bool {
	for _, r := range e {
		if r.source.meta.says(s.claim.reading, f) {
			return true
		}
	}
	for _, u := range e.readings() {
		if u.says(s.claim.reading, f) || speakers[f.text] && u.speaks() {
			return true
		}
	}
	return false
}

// speakers write letters, in which they are "ik".
var speakers = dutch.WordSet("minister staatssecretaris")

// speaks reports whether someone speaks of himself in a reading.
func (r *reading) speaks() bool {
	_, ok := r.find(firstPerson)
	return ok
}

var firstPerson = dutch.WordSet("ik mij mijn")

// has reports whether a reading holds a fact that isn't a name.
func (r *reading) has(f fact, year int) bool {
	for _, g := range r.facts {
		if f.matches(g, year) {
			return true
		}
	}
	return false
}

// rivals reports whether a run holds a fact of the same class that the claim
// doesn't mention. Then one that only the document's title or date has can't
// stand in its place: "opgezet in 2022" in a letter of 2023 doesn't support
// "opgezet in 2023".
func (s *search) rivals(f fact, r run) bool {
	for _, u := range r.units {
		for _, g := range u.facts {
			if g.kind != name && g.class() == f.class() && !s.claim.mentions(g, r.source.year) {
				return true
			}
		}
	}
	return false
}

// mentions reports whether a reading has fact g of a source.
func (r *reading) mentions(g fact, year int) bool {
	for _, f := range r.facts {
		if f.matches(g, year) {
			return true
		}
	}
	return false
}

// borrows reports whether the claim has a number or date from another sentence
// of a run than the one that is most like it, while that one has another of the
// class: "in 2022 is een pilot opgezet. Het doel is dat eind 2023 …" doesn't
// support "in 2023 is een pilot opgezet".
func (s *search) borrows(e evidence) bool {
	readings := e.readings()
	if len(readings) < 2 {
		return false
	}
	closest := s.claim.closest(readings)
	year := e[0].source.year
	for _, f := range s.claim.facts {
		if f.kind == name || closest.has(f, year) {
			continue
		}
		for _, g := range closest.facts {
			if g.kind != name && g.class() == f.class() && !s.claim.mentions(g, year) {
				return true
			}
		}
	}
	return false
}
