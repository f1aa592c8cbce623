package chat

import (
	"strings"
	"unicode"

	"bronwijzer/internal/dutch"
)

// words are the words of a text, in small letters but for abbreviations: "OM" is
// no "om".
func words(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '\''
	})
	shouted := len(words) > 1 && strings.ToUpper(text) == text
	for i, w := range words {
		if lower := strings.ToLower(w); shouted || !isAbbreviation(w) || asking[lower] {
			words[i] = lower
		}
	}
	return words
}

// isAbbreviation reports whether a word is written in capitals.
func isAbbreviation(word string) bool {
	return len(word) > 1 && strings.ToUpper(word) == word && strings.ToLower(word) != word
}

// isNumber reports whether a word is digits alone: a year, a count.
func isNumber(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

var (
	// continuations open a question that goes on from the last.
	continuations = dutch.WordSet("en maar of dus want hoezo oke ok ja nee bedoel bedoelt and but")
	// ellipses end one.
	ellipses = dutch.WordSet("dan dus het then it")
	// persons stand for who was named before, here or in an earlier question.
	// "haar" and "het" are left out: they mostly stand before a noun.
	persons = dutch.WordSet("hij zij ze hem hun hen he she they him them their")
	// pointers stand for something that was named before. "er" is left out: it
	// mostly isn't one.
	pointers = dutch.WordSet(`daar daarvan daarvoor daarin daaraan daarmee daarover daarbij daarna daarop daaruit daardoor daarnaast daarvoor
		hiervan hiervoor hierin hieraan hiermee hierover hierbij hieruit ervan ervoor erin eraan ermee erover erbij erna eruit
		diens dezelfde hetzelfde laatstgenoemde eerstgenoemde sindsdien destijds die dat dit deze
		that this those these it hij zij ze hem hun hen`)
	// leading words stand before a pointer, where no clause begins.
	leading = dutch.WordSet(`is was zijn waren wordt worden werd werden heeft hebben had hadden kan kunnen mag moet moeten zal zullen gaat gaan
		van voor in op aan met bij naar uit tot om door over via tegen volgens sinds onder en of ook doet doen deed
		werkt werken werkte komt komen kwam kwamen krijgt krijgen kreeg kregen vindt vinden vond zegt zeggen zei staat
		staan stond geldt gelden kost kosten kostte duurt duren duurde begint begon begonnen betekent helpt helpen hielp
		leidt leidde leverde leveren maakt maken maakte geeft geven gaf ligt liggen loopt lopen liep heet houdt
		are were does do did of for on to with by`)
	// asking words are followed by a verb, then by what is asked about.
	asking = dutch.WordSet("wat wie waar wanneer hoe waarom waarmee waarvoor what who where when how why")
	// prepositions stand after a word that asks, or before it, where a question
	// has no verb: "Hoeveel voor mensenhandel?", "In welke talen?"
	prepositions = dutch.WordSet("van voor in op aan met bij naar uit tot om door over via tegen volgens sinds onder tussen vanaf na per of for in on to with by from")
	// relative words ask about a part of what was said when no verb follows them:
	// "Waarvan hoeveel voor mensenhandel?"
	relative = dutch.WordSet("waarvan waarvoor waarbij waarin waarmee waaronder waarop waaruit waardoor waarover waaraan")
	// times make "dit" point at the present.
	times = dutch.WordSet("jaar moment maand week kwartaal decennium year month week moment soort type")
	// vague nouns say little without what they stand for.
	vague = dutch.WordSet(`mensen personen groep groepen dienst organisatie instantie partij partijen zaak zaken regeling wet project
		programma pilot plan brief rapport onderzoek periode aanpak maatregel maatregelen bedrag aantal`)
	// others compare with something.
	others = dutch.WordSet("ook andere ander overige nog anders also other others else")
	// strandable words end a question whose "er" they belong to: "Mogen er
	// stukken in?"
	strandable = dutch.WordSet("in aan op mee over voor van bij uit toe tegen door naar onder")
	// plain are words that carry no topic: those that sentences and requests are
	// made of.
	plain = dutch.WordSet(`de het een van voor in op aan met bij naar uit tot te om door over is zijn was waren wordt worden
		werd werden heeft hebben had hadden kan kunnen mag moet moeten zal zullen er ook nog al niet geen wel
		wat wie waar wanneer hoe hoeveel welk welke waarvoor waarmee waarom waardoor waarvan waarbij waarin waaronder jaar dag keer
		vaak precies ik je jij u we wij me mij men doet doen doe gaat gaan komt komen als dat die dit deze sinds mee dan nou nu toen zo eens even samen
		lang duurt duren geldt gelden heet heten zit zitten vind
		vertel vertellen geef geven noem noemen leg leggen uitleggen toon laat zien vat schrijf vergelijk vertaal bedoel bedoelt
		kun kunt wil wilt zou zegt zeggen zeg staat staan houdt weet weten klopt meer minder iets alles zeker korter langer
		eerste tweede derde vierde vijfde laatste
		the a an of for in on to is are was were what who where when how which why does do did tell me more about`)
	// relational are the stems of nouns that say little without what they are of,
	// and of what is said of a thing that was named: "Wat zijn de kosten?",
	// "Wanneer is het klaar?" Other nouns behind an article name a topic of their
	// own: "Wie is de minister?"
	relational = stemmed(`kosten prijs bedrag budget financiering dekking bijdrage aantal percentage omvang helft rest meerderheid deel onderdeel
		doel doelstelling doelgroep rol taak functie bevoegdheid verantwoordelijkheid nut belang meerwaarde noodzaak
		reden aanleiding oorzaak gevolg effect resultaat uitkomst opbrengst conclusie bevinding aanbeveling advies
		voordeel nadeel risico probleem knelpunt oplossing alternatief verschil overeenkomst uitzondering
		voorwaarde eis criterium regel kenmerk inhoud onderwerp titel naam betekenis definitie omschrijving achtergrond geschiedenis
		toelichting uitleg onderbouwing argument kritiek bezwaar mening standpunt reactie antwoord ervaring voorbeeld bron
		uitvoering planning werking werkwijze methode aanvraag stand voortgang status fase stap vervolg wijziging
		datum begindatum startdatum einddatum ingangsdatum deadline termijn duur looptijd begin start einde
		locatie plaats adres telefoonnummer contactpersoon leiding leider voorzitter directeur trekker eigenaar coördinator
		auteur schrijver afzender ondertekenaar opdrachtgever initiatiefnemer uitvoerder deelnemer partner
		project programma pilot plan regeling maatregel brief rapport onderzoek periode organisatie
		beleid plannen belangrijkste grootste hoogste laagste totale exacte huidige uiteindelijke volgende één twee drie klaar
		cost costs price budget goal aim purpose role date reason cause result outcome author`)
)

// stemmed are the stems of words.
func stemmed(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[stem(w)] = true
	}
	return m
}
