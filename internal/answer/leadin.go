package answer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/dutch"
)

// leadIn is a piece that introduces others: "Dit zijn de doelen:".
type leadIn struct {
	cite.Piece
	// plain says that it claims nothing, so that it may stand before anything
	// that holds.
	plain bool
	// holds says that it holds together with what it introduces.
	holds bool
	// done says that it is written, or never will be.
	done bool
}

func newLeadIn(p cite.Piece) *leadIn { return &leadIn{Piece: p, plain: claimsNothing(p.Text)} }

// claimsNothing reports whether a lead-in holds nothing that could be wrong: only
// words that announce, no number, no name, no denial. "Het kabinet schaft af:"
// makes a claim of every item behind it.
func claimsNothing(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		folded := dutch.Fold(word)
		if holdsFigure.MatchString(folded) || denies[folded] || !dutch.IsStop(folded) && !announcing[folded] {
			return false
		}
	}
	return true
}

// isSentence reports whether an item can stand by itself.
func isSentence(text string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, `‘’“”"'«(`))
	return !unicode.IsLower(first) && strings.ContainsAny(lastSign(text), ".!?")
}

var (
	// holdsFigure finds numbers, in digits and words.
	holdsFigure = regexp.MustCompile(`\d|^(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|\w+tien|\w+tig|honderd|duizend|miljoen|miljard|helft|two|three|four|five|six|seven|eight|nine|ten)$`)
	denies      = dutch.WordSet("niet geen nooit nergens niemand niets zonder noch not no never none without")
	announcing  = dutch.WordSet(`volgende volgt volgen genoemd genoemde noemt noemen staat staan gaat gebeurt geldt luidt zie samengevat kort
		belangrijk belangrijke belangrijkste meer onder andere namelijk bijvoorbeeld daarbij hierbij hieronder daarvoor daarvan
		antwoord vraag passage passages document documenten bron bronnen tekst brief bericht punten doel doelen redenen reden
		maatregelen acties stappen onderdelen voorbeelden voorbeeld gevolgen taken partijen organisaties resultaten cijfers
		aanbevelingen knelpunten conclusies bevindingen feiten overzicht volgens blijkt
		following listed named mentioned points goals reasons measures actions steps examples according summary important main`)
)
