package cite

import (
	"strings"

	"bronwijzer/internal/dutch"
)

// clause is a part of a text that says one thing, roughly: what stands between
// commas and conjunctions. Tokens [at, end) are in it.
type clause struct {
	at, end int
	// negated says that it holds "niet" or the like; lacking that it comes down to
	// that ("ontbreekt"); lessened that it denies at least part ("slechts").
	negated, lacking, lessened bool
}

// minClause is how many words with content a clause has, so that an enumeration
// doesn't fall apart.
const minClause = 3

// split divides the reading into clauses.
func (r *reading) split() {
	current, content := clause{}, 0
	for i := range r.tokens {
		t := &r.tokens[i]
		border := strings.ContainsAny(t.before, ",;:.?!–—()") || conjunctions[t.folded] || r.joinsClauses(i)
		if border && content >= minClause || turns[t.folded] && content > 0 {
			current.end = i
			r.clauses = append(r.clauses, current)
			current, content = clause{at: i}, 0
		}
		if weight(t.folded) > weakWeight || t.isNumber() {
			content++
		}
		t.clause = len(r.clauses)
		current.negated = current.negated || isNegator(r.tokens, i)
		current.lacking = current.lacking || lacking[t.folded]
		current.lessened = current.lessened || lacking[t.folded] || isLessening(t.folded)
	}
	current.end = len(r.tokens)
	if last := len(r.clauses) - 1; last >= 0 && content < minClause-1 && !turns[r.tokens[current.at].folded] {
		r.clauses[last].end = current.end
		r.clauses[last] = r.clauses[last].and(current)
		for i := current.at; i < current.end; i++ {
			r.tokens[i].clause = last
		}
		return
	}
	r.clauses = append(r.clauses, current)
}

// and is clause c with what d denies.
func (c clause) and(d clause) clause {
	c.negated, c.lacking, c.lessened = c.negated || d.negated, c.lacking || d.lacking, c.lessened || d.lessened
	return c
}

// joinsClauses reports whether token i is an "en" that a verb follows soon: one
// that doesn't join two nouns.
func (r *reading) joinsClauses(i int) bool {
	if t := r.tokens[i].folded; t != "en" && t != "of" && t != "and" && t != "or" {
		return false
	}
	for _, t := range r.tokens[i+1 : min(i+4, len(r.tokens))] {
		if auxiliaries[t.folded] {
			return true
		}
	}
	return false
}

var auxiliaries = dutch.WordSet(`is was zijn waren wordt worden werd werden heeft hebben had hadden kan kunnen kon zal zullen zou moet
	moeten mag gaat gaan komt komen doet doen krijgt maakt geeft are were has have had will would can could must`)

// turns are conjunctions that begin a clause however short the one before is.
var turns = dutch.WordSet(`maar terwijl hoewel but while although whereas`)

var conjunctions = dutch.WordSet(`omdat waardoor zodat waarbij dat die want dus waar als zodra nadat
	voordat waarvan waarmee because which that who where so`)

// negators deny what they stand with.
var negators = dutch.WordSet(`niet geen nooit niemand niets nergens noch zonder evenmin not no never none nobody nothing neither nor
	without cannot`)

// isNegator reports whether token i denies its clause. "Nee," doesn't, nor does
// "niet alleen".
func isNegator(tokens []token, i int) bool {
	t := tokens[i]
	if strings.HasSuffix(t.folded, "n't") {
		return true
	}
	if !negators[t.folded] || t.isAcronym() {
		return false
	}
	if i+1 < len(tokens) {
		switch next := tokens[i+1].folded; {
		case (t.folded == "niet" || t.folded == "not") && (next == "alleen" || next == "slechts" || next == "only"):
			return false
		case t.folded == "no" && tokens[i].isCapitalised():
			return next != "one" && opensSentence(tokens, i) && !strings.Contains(tokens[i+1].before, ",") && !tokens[i+1].isCapitalised()
		}
	}
	return true
}

var (
	lacking = dutch.WordSet(`ontbreekt ontbreken ontbrak mist missen miste gebrek onvoldoende lack lacks lacking insufficient
		insufficiently inadequate inadequately`)
	lessening = dutch.WordSet(`weinig slechts beperkt beperkte nauwelijks amper tekort weigert buiten alleen minder moeilijk lastig
		fails failed few little only hardly short limited`)
)

// isLessening reports whether a folded word denies in part. "onduidelijk" and
// its like do; "onder-" and "ont-" are other prefixes.
func isLessening(word string) bool {
	if lessening[word] {
		return true
	}
	if len(word) < 7 || !strings.HasPrefix(word, "on") {
		return false
	}
	for _, other := range []string{"ond", "ont", "onli", "onla", "onge", "onz", "onmis", "onverkort", "onvermin"} {
		if strings.HasPrefix(word, other) {
			return strings.HasPrefix(word, "onz") || strings.HasPrefix(word, "ondui")
		}
	}
	return true
}
