package cite

import "strings"

// clause is a part of a text that says one thing, roughly: what stands between
// commas and conjunctions. Tokens [at, end) are in it.
type clause struct {
	at, end int
	// negated says that it holds "niet" or the like; lessened that it holds a
	// word that denies part of it ("onvoldoende", "slechts") or comes down to a
	// denial ("ontbreekt").
	negated, lessened bool
}

// minClause is how many words with content a clause has, so that an enumeration
// doesn't fall apart.
const minClause = 3

// split divides the reading into clauses.
func (r *reading) split() {
	current, content := clause{}, 0
	for i := range r.tokens {
		t := &r.tokens[i]
		border := strings.ContainsAny(t.before, ",;:.?!–—()") || conjunctions[t.folded]
		if border && content >= minClause {
			current.end = i
			r.clauses = append(r.clauses, current)
			current, content = clause{at: i}, 0
		}
		if weight(t.folded) > weakWeight || t.isNumber() {
			content++
		}
		t.clause = len(r.clauses)
		current.negated = current.negated || isNegator(r.tokens, i)
		current.lessened = current.lessened || isLessening(t.folded)
	}
	current.end = len(r.tokens)
	if last := len(r.clauses) - 1; last >= 0 && content < minClause-1 {
		r.clauses[last].end = current.end
		r.clauses[last].negated = r.clauses[last].negated || current.negated
		r.clauses[last].lessened = r.clauses[last].lessened || current.lessened
		for i := current.at; i < current.end; i++ {
			r.tokens[i].clause = last
		}
		return
	}
	r.clauses = append(r.clauses, current)
}

var conjunctions = set(`en maar of omdat terwijl waardoor zodat waarbij dat die hoewel want dus waar als zodra nadat
	voordat waarvan waarmee and but because while which that who whereas although where so`)

// negators deny what they stand with.
var negators = set(`niet geen nooit niemand niets nergens noch zonder evenmin not no never none nobody nothing neither nor
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

var lessening = set(`ontbreekt ontbreken ontbrak mist missen miste weinig slechts beperkt beperkte nauwelijks amper tekort
	weigert gebrek buiten lack lacks lacking insufficient insufficiently inadequate inadequately fails failed few little only hardly short alleen minder
	onvoldoende moeilijk lastig limited`)

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
