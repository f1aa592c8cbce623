package dutch

import "strings"

// Bounds on what is taken apart. With parts of three letters nearly every long
// word falls into something ("be" + "stuur", "ver" + "wachten", "aan" + "pak");
// with four, and without particles and endings, what is left are compounds and
// a few harmless mistakes.
const (
	minPart     = 4
	minHead     = 3 // for the curated heads, which are sure to be words
	minCompound = 8
	maxCompound = maxStemmed
)

// links are what Dutch puts between the parts of a compound, likeliest first.
var links = [...]string{"", "s", "en", "e", "n"}

// SplitCompound takes a folded word apart into two or three words that known
// accepts, in order and without what links them ("opsporingsdiensten" is
// opsporing and diensten); nil when it is no such compound. The last part may
// also be one of a short list of heads that policy prose builds names with. Of
// several readings it takes the one with the fewest parts, then the one with
// the longest last part. A part that is a compound itself stays whole.
//
// What it returns depends on known alone, not on what was split before.
func SplitCompound(word string, known func(string) bool) []string {
	if len(word) < minCompound || len(word) > maxCompound || !asciiLetters(word) {
		return nil
	}
	for i := minPart; i <= len(word)-minHead; i++ {
		if !head(word[i:], known) {
			continue
		}
		if left, ok := unlink(word[:i], known); ok {
			return []string{left, word[i:]}
		}
	}
	for i := 2 * minPart; i <= len(word)-minHead; i++ {
		if !head(word[i:], known) {
			continue
		}
		if first, second, ok := splitModifier(word[:i], known); ok {
			return []string{first, second, word[i:]}
		}
	}
	return nil
}

// splitModifier takes what stands before a head apart into two words.
func splitModifier(word string, known func(string) bool) (first, second string, ok bool) {
	for i := minPart; i <= len(word)-minPart; i++ {
		second, ok = unlink(word[i:], known)
		if !ok {
			continue
		}
		if first, ok = unlink(word[:i], known); ok {
			return first, second, true
		}
	}
	return "", "", false
}

// unlink finds the word that a modifier with its linking letters holds.
func unlink(modifier string, known func(string) bool) (string, bool) {
	for _, link := range links {
		word, ok := strings.CutSuffix(modifier, link)
		if ok && len(word) >= minPart && known(word) && !particle(word) && !suffix(word) {
			return word, true
		}
	}
	return "", false
}

func head(word string, known func(string) bool) bool {
	if len(word) >= minPart && known(word) {
		return !suffix(word) && !particle(word)
	}
	_, ok := heads[word]
	return ok
}

func asciiLetters(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

// heads are words that names in policy prose end in. They split a compound also
// where the collection never uses them by themselves.
var heads = wordSet(
	"aanbeveling", "aanbevelingen", "aanpak", "agenda", "akkoord", "ambtenaar", "ambtenaren", "autoriteit", "beleid", "besluit",
	"brief", "bureau", "centrum", "cijfers", "commissie", "dienst", "diensten", "fonds", "functionaris", "functionarissen",
	"inspectie", "instantie", "instanties", "kader", "kamer", "ketens", "keten", "liaison", "liaisons", "maatregel", "maatregelen",
	"medewerker", "medewerkers", "ministerie", "monitor", "nota", "onderzoek", "onderzoeken", "organisatie", "organisaties",
	"overleg", "plan", "plannen", "programma", "project", "projecten", "raad", "rapport", "rapportage", "rapporteur", "regeling",
	"register", "richtlijn", "richtlijnen", "strategie", "structuur", "subsidie", "systeem", "tafel", "team", "teams", "toezicht",
	"verdrag", "verordening", "wet", "wetgeving", "woordvoerder",
)
