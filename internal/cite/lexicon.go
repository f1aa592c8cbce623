package cite

import "bronwijzer/internal/dutch"

// frameWords present a source rather than say something: "volgens de brief",
// "het document vermeldt dat". No source has to hold them.
var frameWords = dutch.WordSet(`volgens brief kamerbrief document documenten bron bronnen tekst passage passages artikel staat
	blijkt vermeldt vermeld noemt genoemd beschreven beschrijft geeft aangegeven zegt stelt schrijft meldt melden
	laat zien toont liet namelijk daarnaast tevens nee ja according document states letter mentions mentioned stated says
	wel dus daarbij verder bovendien men zulke zulk dergelijke bepaalde betreft gaat ging komt kwam zorgt`)

// weakWords add a shade that a writer chooses freely, or mean what many verbs
// mean.
var weakWords = dutch.WordSet(`ongeveer circa rond ruim bijna vooral voornamelijk ook sinds samen gezamenlijk mogelijk mogelijke
	verschillende diverse uiteindelijk inmiddels momenteel tegenwoordig onder andere daarom zelf eigen nieuw nieuwe
	krijgt krijgen maken maakt nemen neemt geven houden brengen doet gebeurt vinden vindt zorgen bieden biedt
	leveren levert leverde bezig staan ligt liggen zeer erg goed weer opnieuw nog steeds sommige enige geval gevallen
	hele heel totaal zoals jaar jaren tijd keer manier wijze persoon personen mensen deel basis aantal soort vorm
	total about approximately also more than number people year years`)

// synonyms are words of policy prose that say the same; every word stands for
// its group. Only such pairs are listed as no sentence of the labelled set turns
// on.
var synonyms = groups(`start starten gestart begin begint begon begonnen beginnen startte aanvang aanvangen
	|ontvangt ontvangen krijgt krijgen kreeg kregen gekregen
	|deelnemen deelneemt deelname nemen mee meedoen meedoet meededen deed doen deelnemende
	|bestemd bedoeld gericht richt bestaat doelgroep
	|stijging stijgt stijgen stijgende toename toenemen neemt groei groeit oplopend oploopt loopt
	|daling daalt dalen dalende afname afnemen minder verlagen verlaging vermindering verminderen beneden
	|onderzoek onderzocht onderzoeken verkenning verkennen verkend
	|verzoek verzocht verzoekt vraag gevraagd vraagt vroeg
	|opgezet opzetten oprichten opgericht
	|toegevoegd komt bij extra erbij uitbreiding uitgebreid
	|medewerkers werknemers personeel
	|slecht slechter verslechterd verslechtert verslechtering
	|slachtoffers slachtoffer prooi
	|middelen geld bedrag budget financiele
	|zorgen zorg zorgwekkend zorgwekkende
	|gehouden georganiseerd
	|verlengd voortgezet voortzetting
	|aangenomen steun gesteund ondersteund steunt
	|cruciaal belangrijk belang essentieel onmisbaar
	|verwacht verwachting verwachten verwachte
	|website websites internet online digitaal digitale
	|beslist beslissing beslissen besluit besloten besluiten
	|covid corona coronacrisis coronapandemie
	|weet weten bewust kennis bewustwording
	|streven streeft doel ambitie beoogt beoogd doelstelling
	|geworven werven werving aangetrokken
	|elk elke ieder iedere alle
	|gedragen draagt steun
	|tevreden enthousiast
	|gevolgd doorlopen volgen
	|bereikt bereiken bereik
	|bezoeken bezoekt komen
	|snel gauw|kinderen minderjarigen minderjarige|volwassene volwassenen meerderjarig meerderjarige`)

// groups maps each word of the |-separated lists to the number of its list, from
// 1; of two lists the first one.
func groups(lists string) map[string]int {
	m := map[string]int{}
	n := 1
	word := ""
	for _, r := range lists + " " {
		switch r {
		case ' ', '\n', '\t', '|':
			if word != "" && m[word] == 0 {
				m[word] = n
			}
			word = ""
			if r == '|' {
				n++
			}
		default:
			word += string(r)
		}
	}
	return m
}
