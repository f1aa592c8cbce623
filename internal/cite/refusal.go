package cite

import (
	"regexp"

	"bronwijzer/internal/dutch"
)

// Declines reports whether a sentence of a model says that the sources don't
// answer: "Dat staat er niet in.", "Hierover is geen informatie beschikbaar."
// Such a sentence claims nothing that a source could support; it refuses. What a
// source says of itself ("over de omvang is geen informatie") is meant as well:
// to a reader who asked, it comes down to the same.
func Declines(sentence string) bool {
	folded := dutch.Fold(sentence)
	for _, p := range declining {
		if p.MatchString(folded) {
			return true
		}
	}
	return false
}

// about names what a model was given, or what it was asked.
const about = `(passages?|fragment(en)?|bronn?(en)?|documente?n?|tekst(en)?|context|stukken|gegevens|informatie|sources?|documents?|texts?|provided)`

var declining = []*regexp.Regexp{
	regexp.MustCompile(`\b(staat|staan|vind|vinden|lees) (ik )?(er|hier|daar|dit|dat|het|hierover|daarover)?\s*(helaas )?(niets?|nergens|geen)\b.{0,40}\b(in|over|terug)\b`),
	regexp.MustCompile(`\b(staat|staan|komt|komen|wordt|worden|is|zijn) (er |hier |daar |hierin |daarin )?(helaas |echter )?(niet|nergens)( expliciet| direct)? (in|voor|vermeld|genoemd|beschreven|te vinden|terug te vinden|opgenomen|gespecificeerd)\b.{0,30}\b` + about + `\b`),
	regexp.MustCompile(`\b` + about + `\b.{0,60}\b(niet|nergens) (in|vermeld|genoemd|beschreven|te vinden|terug te vinden|opgenomen)\b`),
	regexp.MustCompile(`\b` + about + `\b.{0,40}\b(geven|geeft|bevatten|bevat|bieden|biedt|vermelden|vermeldt|noemen|noemt|zeggen|zegt|beantwoorden|beantwoordt)\b.{0,40}\b(niet|niets|geen)\b`),
	regexp.MustCompile(`\b(dat|dit|het antwoord)( op (de|deze|uw|je) vraag)? (staat|is) (er )?(hier |daar )?(helaas )?(niet|nergens) (in|te vinden|bekend|vermeld|duidelijk)\b`),
	regexp.MustCompile(`\b(hierover|daarover|over dit onderwerp)\b.{0,30}\b(niets|geen (informatie|gegevens|uitspraak))\b`),
	regexp.MustCompile(`\bgeen (antwoord|informatie|gegevens)\b.{0,40}\b(gevonden|vinden|beschikbaar|bekend|geven|te vinden|staat|staan|opgenomen|beantwoorden)\b`),
	regexp.MustCompile(`\b(kan|kon) (ik |ik u |ik je )?.{0,60}\b(niet|geen)\b.{0,40}\b(beantwoorden|vinden|afleiden|opmaken|geven|zeggen)\b`),
	regexp.MustCompile(`\b(weet|heb) ik (het )?(helaas )?(niet|geen)\b`),
	regexp.MustCompile(`\b` + about + `\b.{0,50}\b(do|does|did|is|are) not\b.{0,40}\b(contain|mention|provide|say|answer|state|specify|include|mentioned|specified|stated|found|address|sufficient|enough)\b`),
	regexp.MustCompile(`\b(no|not enough|insufficient) (information|answer|mention|details?)\b.{0,60}\b(available|found|given|provided|in the|about|on this|regarding)\b`),
	regexp.MustCompile(`\b(not|nowhere) (mentioned|stated|specified|found|given|provided|available) in\b.{0,30}\b` + about + `\b`),
	regexp.MustCompile(`\bi (can ?not|can't|could not|couldn't|do not|don't|am unable to) (find|answer|know|determine|provide)\b`),
}
