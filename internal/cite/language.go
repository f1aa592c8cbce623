package cite

import "bronwijzer/internal/dutch"

// language is what a text is written in, as far as its commonest words tell.
type language int

const (
	unknown language = iota
	nl
	en
	de
	fr
)

// common are words that are frequent in one language and rare in the others.
var common = map[language]map[string]bool{
	nl: dutch.WordSet(`de het een van en dat die op te zijn met voor er aan niet om ook als bij door maar naar heeft hebben nog
		uit wordt worden over tot dan zich geen deze dit je kan zij wel moet zoals meer werd werden waar hun onder tussen
		volgens sinds omdat welke alleen tegen al ze`),
	en: dutch.WordSet(`the of and to a that with for it is was as by from are this be at have not which or has were been their will
		its they there would can all also than more between according should`),
	de: dutch.WordSet(`der die das und den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat
		dass sie nach wird bei einer um am sind noch wie einem über so zum`),
	fr: dutch.WordSet(`le la les des et du une est que dans qui pour pas sur par au plus avec ce il ne se sont aux ont été cette mais
		ou leur`),
}

// guess is the language of a text, unknown when it is too short to tell. The
// language with most of its common words wins; a tie tells nothing.
func guess(tokens []token) language {
	counts := map[language]int{}
	for _, t := range tokens {
		for l, words := range common {
			if words[t.folded] {
				counts[l]++
			}
		}
	}
	best, lead := unknown, 0
	for _, l := range []language{nl, en, de, fr} {
		second := 0
		for other, n := range counts {
			if other != l {
				second = max(second, n)
			}
		}
		if counts[l]-second > lead {
			best, lead = l, counts[l]-second
		}
	}
	return best
}

// foreignTo reports whether two texts are surely written in two languages.
func (l language) foreignTo(other language) bool {
	return l != unknown && other != unknown && l != other
}
