package dutch

// IsStop reports whether a folded word is too common to search for: Dutch
// articles, pronouns, prepositions, conjunctions, auxiliary verbs and question
// words, and the English words that an English question is made of. "om", "is"
// and the like are no stop words when they stand for an organisation; Terms
// sees that by their capitals.
func IsStop(folded string) bool {
	_, stop := stopWords[folded]
	return stop
}

// acronym reports whether a stop word in capitals is a name: the Openbaar
// Ministerie is written OM. A list and not every word in capitals, since
// headings in capitals would fill the index with articles.
func acronym(folded string) bool {
	switch folded {
	case "om", "is", "me", "er", "aan":
		return true
	}
	return false
}

// particle reports whether a word begins Dutch words that are no compounds of
// it: "overheid" is not "over" and "heid", "uitstap" not a kind of "stap".
func particle(folded string) bool {
	switch folded {
	case "achter", "beneden", "binnen", "boven", "buiten", "daar", "elkaar", "hier", "langs", "neder", "neer", "onder", "open",
		"opper", "over", "rond", "samen", "tegen", "terug", "tussen", "vast", "verder", "voor", "vooral", "voort", "vooruit",
		"waar", "weder", "zelf":
		return true
	}
	return IsStop(folded)
}

// suffix reports whether a piece is an ending that happens to be a word or the
// stem of one.
func suffix(folded string) bool {
	switch folded {
	case "aard", "aards", "achtig", "achtige", "baar", "baarheid", "bare", "elen", "ende", "eren", "erij", "haft", "heden", "heid",
		"ingen", "isch", "ische", "isme", "iteit", "lijk", "lijke", "lijks", "loos", "loosheid", "loze", "matig", "matige",
		"rijk", "rijke", "schap", "schappen", "ster", "sters", "tjes", "zaam", "zaamheid", "zame":
		return true
	}
	return false
}

var stopWords = wordSet(
	// Articles, pronouns.
	"de", "het", "een", "'t", "'n", "ik", "jij", "je", "u", "hij", "zij", "ze", "wij", "we", "jullie", "hem", "haar", "hen",
	"hun", "mij", "me", "mijn", "jou", "jouw", "uw", "zijn", "ons", "onze", "zich", "zichzelf", "elkaar", "elkaars", "er",
	"dit", "dat", "deze", "die", "wie", "wat", "welk", "welke", "wiens", "wier", "men", "iemand", "iets", "niemand", "niets", "alles",
	"degene", "degenen", "diegene", "diegenen", "hetgeen", "hetzelfde", "dezelfde", "zo'n", "z'n", "m'n", "d'r",
	// Question words.
	"waar", "wanneer", "waarom", "hoe", "hoeveel", "hoelang", "waarmee", "waarvoor", "waaraan", "waarbij", "waardoor", "waarin",
	"waarmede", "waarna", "waarnaar", "waarop", "waarover", "waartegen", "waartoe", "waaruit", "waarvan", "hoeverre", "waaronder",
	// Prepositions and pronominal adverbs.
	"aan", "af", "als", "bij", "binnen", "buiten", "door", "in", "langs", "met", "na", "naar", "naast", "om", "onder", "op",
	"over", "per", "rond", "rondom", "sinds", "te", "ten", "tegen", "ter", "tijdens", "tot", "tussen", "uit", "van", "vanaf",
	"vanuit", "vanwege", "via", "volgens", "voor", "zonder", "wegens", "omtrent", "inzake", "betreffende", "jegens",
	"daar", "daaraan", "daarbij", "daardoor", "daarin", "daarmee", "daarna", "daarnaast", "daarom", "daarop", "daarover",
	"daartoe", "daaruit", "daarvan", "daarvoor", "hier", "hieraan", "hierbij", "hierdoor", "hierin", "hiermee", "hierna",
	"hierop", "hierover", "hiertoe", "hieruit", "hiervan", "hiervoor", "erin", "erop", "erover", "ertoe", "eruit", "ervan", "ervoor",
	"eraan", "erbij", "erdoor", "ermee", "erom", "ernaar",
	// Conjunctions and adverbs.
	"en", "of", "maar", "want", "dus", "noch", "dan", "toen", "terwijl", "omdat", "doordat", "zodat", "opdat", "indien", "mits",
	"tenzij", "hoewel", "ofwel", "alsook", "alsmede", "evenals", "zowel", "zoals", "of", "al", "ook", "nog", "niet", "geen", "wel",
	"reeds", "slechts", "toch", "nu", "zo", "zelf", "heel", "zeer", "erg", "meer", "meest", "veel", "vele", "alle", "ander",
	"andere", "anders", "elk", "elke", "ieder", "iedere", "enkele", "sommige", "beide", "zulke", "nogal", "even", "eens", "ooit",
	"echter", "tevens", "verder", "immers", "namelijk", "bijvoorbeeld", "ja", "nee", "eigenlijk", "precies",
	// Auxiliary verbs.
	"ben", "bent", "is", "was", "waren", "geweest", "wees", "heb", "hebt", "heeft", "hebben", "had", "hadden", "gehad", "word",
	"wordt", "worden", "werd", "werden", "geworden", "zal", "zult", "zullen", "zou", "zouden", "kan", "kun", "kunt", "kunnen",
	"kon", "konden", "mag", "mogen", "mocht", "mochten", "moet", "moeten", "moest", "moesten", "wil", "wilt", "willen", "wilde",
	"wilden", "doe", "doet", "doen", "deed", "deden", "gedaan", "laat", "laten", "gaat", "gaan", "ga", "ging", "gingen",
	// English.
	"the", "a", "an", "and", "or", "but", "of", "to", "for", "from", "with", "by", "on", "at", "into", "about", "between",
	"what", "which", "where", "why", "how", "whose", "there", "this", "that", "these", "those", "its", "their", "his", "her",
	"are", "were", "been", "being", "be", "has", "have", "does", "did", "do", "would", "should", "could", "will", "shall",
	"not", "than", "then", "they", "them", "you", "your", "our", "any", "some", "such", "many", "much",
)

func wordSet(words ...string) map[string]struct{} {
	set := make(map[string]struct{}, len(words))
	for _, w := range words {
		set[w] = struct{}{}
	}
	return set
}
