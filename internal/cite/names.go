package cite

import (
	"strings"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
)

// names finds the words of a text that are names, or parts of one: those with a
// capital that isn't that of a sentence, those with two capitals, institutions
// without a capital, and codes such as "273f". Words inside other facts aren't
// names.
func names(tokens []token, others []fact) []fact {
	inFact := make([]bool, len(tokens))
	for _, f := range others {
		for i := f.at; i < f.end; i++ {
			inFact[i] = true
		}
	}
	var out []fact
	for i, t := range tokens {
		if !inFact[i] && isName(tokens, i) {
			out = append(out, fact{kind: name, at: i, end: i + 1, text: t.folded})
		}
	}
	return out
}

func isName(tokens []token, i int) bool {
	t := tokens[i]
	switch {
	case len(t.raw) < 2:
		return false // an initial
	case t.isAcronym() || t.isNumber() || actors[t.folded] != "":
		return true
	case !t.isCapitalised() || dutch.IsStop(t.folded) || particles[t.folded]:
		return false
	case !opensSentence(tokens, i):
		return true
	}
	return i+1 < len(tokens) && isSpace(tokens[i+1].before) && tokens[i+1].isCapitalised() && !particles[tokens[i+1].folded] || isSubject(tokens, i)
}

// particles stand in surnames; the rest of the name tells whose it is.
var particles = dutch.WordSet("van von der den de la le du di el al ten ter te vande vander")

// opensSentence reports whether token i has its capital from the sentence that
// it begins, or may have.
func opensSentence(tokens []token, i int) bool {
	return i == 0 || strings.ContainsAny(tokens[i].before, ".?!…:;‘“\"") || strings.HasSuffix(tokens[i].before, "- ")
}

// isSubject reports whether the word that opens a sentence is a name by how it
// is used: alone before a verb in the singular, as in "Frankrijk leidt". Adverbs
// stand there too; they are listed, or end as adverbs do.
func isSubject(tokens []token, i int) bool {
	if i+1 >= len(tokens) || !singularVerbs[tokens[i+1].folded] || openers[tokens[i].folded] {
		return false
	}
	for _, end := range []string{"lijk", "eel", "ieel", "maal", "weg", "erwijs", "halve", "ly"} {
		if strings.HasSuffix(tokens[i].folded, end) {
			return false
		}
	}
	return true
}

var (
	singularVerbs = dutch.WordSet(`is was wordt werd heeft had leidt zegt zei stelt vindt krijgt kreeg begon gaf geeft doet deed kan
		zal moet wil mag ziet wijst meldt noemt vraagt steunt trekt neemt nam ging gaat komt kwam blijft bleef toont
		has had leads says said`)
	openers = dutch.WordSet(`inmiddels momenteel tegenwoordig vervolgens tegelijkertijd daarentegen bovendien uiteindelijk sindsdien
		vorig volgend komend afgelopen dit deze gedurende ondanks dankzij doel aanleiding reden ambitie streven vandaag
		tevens eveneens overigens telkens volgens nergens gisteren morgen destijds onlangs recent daarvoor concreet kortom ten samen onderzoek`)
)

// says reports whether a text holds the name f of a sentence: the word itself,
// another form of it, its letters ("OM" for "Openbaar Ministerie") or what its
// letters stand for.
func (r *reading) says(sentence *reading, f fact) bool {
	t := sentence.tokens[f.at]
	capitals := t.capitals()
	for _, other := range r.tokens {
		if t.isAcronym() && dutch.IsStop(t.folded) && !other.isAcronym() {
			continue // OM isn't om
		}
		if other.folded == t.folded || other.stem == t.stem && len(t.folded) > 3 || samePlace(t.folded, other.folded) {
			return true
		}
	}
	if t.isAcronym() && r.spells(capitals) {
		return true
	}
	initials := sentence.initials(f.at)
	for _, other := range r.tokens {
		if len(initials) > 1 && other.isAcronym() && strings.Contains(initials, other.capitals()) {
			return true
		}
	}
	return false
}

// spells reports whether words with capitals follow each other whose initials
// are letters. Small words may stand between them.
func (r *reading) spells(letters string) bool {
	for i := range r.tokens {
		if t := r.tokens[i]; t.isCapitalised() && !t.isAcronym() && strings.Contains(r.initials(i), letters) {
			return true
		}
	}
	return false
}

// initials are the capitals of the words of the name that token i is a part of,
// from that token's place: the whole run when it is inside one.
func (r *reading) initials(i int) string {
	first := i
	for first > 0 && r.joinsName(first) {
		first--
	}
	for first < i && !r.tokens[first].isCapitalised() {
		first++
	}
	var b strings.Builder
	for j := first; j < len(r.tokens) && (j == first || r.joinsName(j)); j++ {
		if t := r.tokens[j]; t.isCapitalised() {
			first, _ := utf8.DecodeRuneInString(t.raw)
			b.WriteRune(first)
		}
	}
	return b.String()
}

// joinsName reports whether token j goes on with the name that the token before
// it belongs to: a word with a capital, or a small word between two of them.
func (r *reading) joinsName(j int) bool {
	t := r.tokens[j]
	if strings.Trim(t.before, " -,&") != "" {
		return false
	}
	if t.isCapitalised() {
		return true
	}
	return nameLinks[t.folded] && j+1 < len(r.tokens) && r.tokens[j+1].isCapitalised()
}

var nameLinks = dutch.WordSet("en van voor tegen de der het in of and for the")

// samePlace reports whether two folded words are forms of the name of one
// country, people or institution: "nederland" and "nederlandse", "polen" and
// "poolse", "gemeenten" and "gemeentelijke".
func samePlace(a, b string) bool {
	if x := actors[a]; x != "" && x == actors[b] {
		return true
	}
	if pa := places[a]; pa != "" && pa == places[b] {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 5 || !strings.HasPrefix(b, a) {
		return false
	}
	return demonyms[b[len(a):]]
}

// demonyms are the endings that make a people or an adjective of a place.
var demonyms = dutch.WordSet("s se er ers aan aans aanse ees ese ezen isch ische")

// places are the countries whose adjectives differ from their names, and their
// English names.
var places = table(map[string]string{
	"nederland":   "nederland nederlands nederlandse netherlands dutch",
	"belgie":      "belgie belgisch belgische belgium belgian",
	"duitsland":   "duitsland duits duitse duitsers germany german",
	"frankrijk":   "frankrijk frans franse france french",
	"engeland":    "engeland engels engelse england english",
	"spanje":      "spanje spaans spaanse spain spanish",
	"italie":      "italie italiaans italiaanse italy italian",
	"polen":       "polen pools poolse poland polish",
	"hongarije":   "hongarije hongaars hongaarse hungary hungarian",
	"roemenie":    "roemenie roemeens roemeense romania romanian",
	"bulgarije":   "bulgarije bulgaars bulgaarse bulgaria bulgarian",
	"kroatie":     "kroatie kroatisch kroatische croatia croatian",
	"slovenie":    "slovenie sloveens sloveense slovenia slovenian",
	"turkije":     "turkije turks turkse turkey turkish",
	"oekraine":    "oekraine oekraiens oekraiense ukraine ukrainian",
	"europa":      "europa europees europese europe european eu",
	"afrika":      "afrika afrikaans afrikaanse africa african",
	"azie":        "azie aziatisch aziatische asia asian",
	"china":       "china chinees chinese chinezen",
	"vietnam":     "vietnam vietnamees vietnamese vietnamezen",
	"nigeria":     "nigeria nigeriaans nigeriaanse nigerian",
	"griekenland": "griekenland grieks griekse greece greek",
})

// actors are the institutions that are written without a capital.
var actors = table(map[string]string{
	"politie":          "politie politiele",
	"kabinet":          "kabinet kabinets regering regerings",
	"gemeente":         "gemeente gemeenten gemeentes gemeentelijk gemeentelijke",
	"provincie":        "provincie provincies provinciaal provinciale",
	"minister":         "minister ministers",
	"staatssecretaris": "staatssecretaris staatssecretarissen",
	"kamer":            "kamer parlement",
	"rijk":             "rijk rijksoverheid",
	"inspectie":        "inspectie inspecties",
	"rechter":          "rechter rechters rechtbank rechtbanken",
})

// table turns a list of spellings by meaning into the meaning of each.
func table(meanings map[string]string) map[string]string {
	m := map[string]string{}
	for meaning, spellings := range meanings {
		for w := range strings.FieldsSeq(spellings) {
			m[w] = meaning
		}
	}
	return m
}

// titles are the words of which English names for Dutch institutions are made.
// In an answer in English they aren't taken for names.
var titles = dutch.WordSet(`public prosecution service prosecutor national rapporteur ministry minister ministers justice security
	state secretary house representatives senate cabinet government parliament dutch netherlands police inspectorate
	centre center human trafficking sexual violence children child against action plan programme program together labour
	labor health welfare sport foreign affairs trade development cooperation social employment royal military
	constabulary council court criminal code committee member members union commission statistics monitor chamber
	victims victim letter act law agency agencies fte coalition agreement eur euro euros procedure it ict`)
