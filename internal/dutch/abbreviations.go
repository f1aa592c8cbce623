package dutch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// manner says how a full stop behind an abbreviation is to be read.
type manner int

const (
	// word is no abbreviation: its stop ends the sentence.
	word manner = iota
	// leads stands before what it belongs to ("nr. 5", "mr. Jansen"): its stop
	// never ends a sentence.
	leads
	// closes stands after what it belongs to ("6 juli jl.", "Graaf c.s."): its
	// stop ends the sentence too when a capital follows.
	closes
	// doubtful may be followed by a name ("Fier B.V. Nederland", "A. de Vries"):
	// its stop ends the sentence only before a word that opens sentences.
	doubtful
)

// abbreviations are written as they stand before their last full stop, in
// lower case. They are those that Dutch policy papers, letters to parliament and
// law texts use; a word that also stands on its own ("al", "ten") is left out,
// since a sentence not cut costs less than one cut in two.
var abbreviations = table(map[manner]string{
	leads: `aant afb afd afl alg art artt bijl bijv bv blz ca cf d.d d.i d.m.v d.w.z dd dhr div dl
		dr dra drs ds e.g evt excl fam fig gem geb get hfdst hoofdst i.c i.c.m i.e i.h.b i.h.k.v i.o i.o.m
		i.p.v i.r.t i.s.m i.t.t i.v.m i.z incl ing inz ir jhr jkvr jo kst m.a.w m.b.t m.b.v m.i m.i.v m.m.v
		m.n m.u.v max mej mevr min mr mrs mw n.a.v nl no nr nrs o.a o.b.v o.g.v o.l.v o.m o.v.v par paragr pag
		plm plv pp prof q.q r.o rb red ref resp st stb stcrt t.a.v t.b.v t.g.v t.h.v t.k.v t.l.v t.n.v t.o
		t.o.v t.w t.z.v tab tel tf toel trb v.a v.d v.w.b vgl vlg vnl voorz vs w.o wnd z.g z.i zg zgn`,
	closes: `a.i a.s a.u.b aug apr c.a c.s dec e.a e.d e.e.a e.u e.v enz etc feb febr jan jl jul jun l.l
		m.v mld mln mrt n.chr n.v.t nov o.i.d okt p.d p.j p.m p.p p.st p.u p.w s.v.p sep sept v.chr v.n v.s
		z.o.z z.s.m`,
	doubtful: `b.a b.sc b.v c.q c.v ll.m m.a m.sc n.v ph.d sr jr u.a v.o.f`,
})

// openers begin a sentence and hardly ever a name: after a doubtful stop they
// decide. Particles of surnames (De, Van, Den, Ten, Ter) are told apart below.
var openers = WordSet(`aan achter al alle alleen allereerst alleszins als alsdan altijd anders anderzijds
	beide bij binnen boven bovendien daar daaraan daarbij daardoor daarin daarmee daarna daarnaast
	daarom daarop daarover daartoe daaruit daarvan daarvoor dan dat deze die dit doel doordat dus
	echter een eerst eind elk elke en enerzijds enkele er ervan evenals geen gelet gezien haar had
	heeft het hiaraan hier hieraan hierbij hierdoor hierin hiermee hierna hierom hieronder hierop
	hierover hiertoe hieruit hiervan hiervoor hij hoe hoewel hun iedere ieder ik immers in indien
	inmiddels is je jullie kan kunnen maar met mede meer men mijn mits moet mogelijk na naar naast
	nadat natuurlijk niet nog nu of om omdat ondanks onder ons onze ook op over per sinds slechts
	sommige steeds tegelijkertijd terwijl tevens toch toen tot tijdens uit uiteraard uw vanaf
	vanwege vanzelfsprekend vaak veel verder vervolgens via volgens voor vooral voorts waar waarbij
	waarom waardoor wanneer want was wat we welke werd wie wij wil worden wordt ze zelfs zij zijn
	zo zodat zodra zoals zonder zou`)

// particles begin a surname as well as a sentence.
var particles = WordSet(`de den der het 't ’t ten ter te van vande vander la le von`)

// numbered are the words that a lone letter or number closes: "onderdeel a.".
var numbered = WordSet(`onderdeel onderdelen lid leden sub letter bijlage categorie variant optie klasse
	type groep kolom deel plan hepatitis vitamine scenario fase aanhef punt ad tabel figuur model niveau
	zone cluster spoor`)

func table(lists map[manner]string) map[string]manner {
	m := make(map[string]manner)
	for kind, words := range lists {
		for w := range strings.FieldsSeq(words) {
			m[strings.ToLower(w)] = kind
		}
	}
	return m
}

// abbreviation says how the stop behind token is to be read. The token is what
// stands between white space and that stop; before is the word in front of it.
func abbreviation(token, before string) manner {
	if kind, ok := abbreviations[strings.ToLower(token)]; ok && !isAcronym(token) {
		return kind
	}
	first, size := utf8.DecodeRuneInString(token)
	if size == len(token) && unicode.IsLetter(first) {
		if numbered[strings.ToLower(before)] {
			return closes
		}
		return doubtful // an initial, or the letter of an enumeration
	}
	if isDotted(token) {
		return doubtful
	}
	return word
}

// isAcronym reports whether the token is capitals without stops: "VS" is a
// country where "vs" is an abbreviation. "NR" and "ART" stand in headings.
func isAcronym(token string) bool {
	return len(token) > 1 && token == strings.ToUpper(token) && !strings.Contains(token, ".") &&
		token != "NR" && token != "ART"
}

// isDotted reports whether the token is letters with stops between them, no
// part longer than three: "E.N.A.J", "t.w", "Ph.D".
func isDotted(token string) bool {
	if !strings.Contains(token, ".") {
		return false
	}
	for part := range strings.SplitSeq(token, ".") {
		n := 0
		for _, r := range part {
			if n++; !unicode.IsLetter(r) && r != '-' {
				return false
			}
		}
		if n == 0 || n > 3 {
			return false
		}
	}
	return true
}

// WordSet is the set of the words in a text, as they are written there.
func WordSet(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
