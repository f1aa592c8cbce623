package chat

import (
	"slices"
	"strings"
	"unicode"

	"bronwijzer/internal/dutch"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// The texts of replies.
const (
	welcome = "Hallo! Stel een vraag over de documenten. Bij ieder antwoord staat aangewezen op welke woorden het rust."
	whoAmI  = "Dit is Bronwijzer, een computerprogramma dat vragen beantwoordt uit een verzameling documenten. " +
		"Bij iedere bewering staat de bron, zodat u haar kunt nagaan. Wat niet in de documenten staat, beantwoordt het niet."
	gladly  = "Graag gedaan. Stel gerust nog een vraag."
	goodbye = "Tot ziens."
	whatNow = "Waarover wilt u meer weten? Stel een vraag over de documenten."
	fine    = "Goed. Stel gerust een andere vraag."
	noTask  = "Bronwijzer schrijft, vertaalt en vergelijkt geen teksten en vat niets samen. Het wijst zinnen aan die in de documenten staan. " +
		"Stel een vraag over wat daarin staat, bijvoorbeeld wat iets is, wie iets doet of wanneer iets begint."
)

// replies are what gets a fixed text, by the words it consists of. Longer
// messages are questions, whatever they begin with.
var replies = func() map[string]string {
	m := map[string]string{}
	add := func(text, messages string) {
		for message := range strings.SplitSeq(messages, "/") {
			m[strings.Join(strings.Fields(message), " ")] = text
		}
	}
	add(welcome, `hallo/hoi/hey/hi/hello/dag/goedemorgen/goedemiddag/goedenavond/goeiemorgen/goedendag/hallo daar/hoi hoi/
		hallo bronwijzer/hoi bronwijzer/hallo hoe gaat het/hoe gaat het/hoe gaat het met je/hoe gaat het met u/good morning/test`)
	add(whoAmI, `wie ben jij/wie ben je/wie bent u/wat ben jij/wat ben je/wat bent u/wat is bronwijzer/wie is bronwijzer/wat kun je/wat kan je/wat kunt u/
		wat kun jij/wat kun je doen/wat kan je doen/wat kunt u doen/wat kun je voor me doen/wat kun je voor mij doen/wat kunt u voor mij doen/
		waarmee kun je helpen/waarmee kunt u helpen/waar kun je me mee helpen/waar kunt u mij mee helpen/wat doe je/wat doe jij/wat doet u/ben je een robot/ben je een mens/ben jij een mens/bent u een mens/ben je een computer/
		hoe werk je/hoe werkt u/hoe werkt dit/hoe heet je/hoe heet jij/wat is je naam/kun je me helpen/kun je mij helpen/kunt u mij helpen/
		who are you/what are you/what can you do`)
	add(gladly, `dank/dank je/dank u/dankjewel/dank je wel/dankuwel/dank u wel/bedankt/hartelijk dank/heel erg bedankt/top/super/mooi/fijn/prima/
		goed zo/perfect/duidelijk/helder/thanks/thank you/top bedankt/oke bedankt/oke dank je/oke dank je wel/ok bedankt/prima dank je/prima bedankt/
		nee bedankt/nee dank je/nee dank u/nee dank je wel/dat was alles/dat is alles/bedankt voor je hulp/bedankt voor uw hulp/bedankt voor de hulp`)
	add(goodbye, `doei/tot ziens/dag hoor/bye/goodbye/fijne dag/fijne dag nog/tot de volgende keer`)
	add(fine, `nee/neen/nee hoor/no/laat maar/niet nodig/oke/ok/okay/goed`)
	return m
}()

// affirmations take up what was offered.
var affirmations = dutch.WordSet("ja jazeker graag oke ok prima yes goed zeker natuurlijk alsjeblieft alstublieft please doe maar dat wel")

// fillers change nothing about what a message is.
var fillers = dutch.WordSet("allemaal zoal eigenlijk precies eens nou dan even")

// Reply returns the fixed text for a message that is no question: a greeting,
// thanks, "wie ben jij?"; a bare "ja" when nothing was offered; or one that names
// nothing to search for, and comes after nothing that does.
func Reply(history []llm.Message, message string) (string, bool) {
	text, ok := fixed(message)
	if affirms(message) {
		if _, offered := offer(history); offered {
			return "", false
		}
		if ok && len(history) > 0 {
			return text, true
		}
		return whatNow, true
	}
	if ok {
		return text, true
	}
	if saysNothing(message) && (!hasWords(message) || SearchQuestion(history, message) == message) {
		return whatNow, true
	}
	return "", false
}

// fixed is the text of replies for a message.
func fixed(message string) (string, bool) {
	words := slices.DeleteFunc(said(message), func(w string) bool { return fillers[w] })
	text, ok := replies[strings.Join(words, " ")]
	return text, ok
}

// saysNothing reports whether there is nothing in a message to search for:
// "Hoezo?", "Wat is 2+2?", "?". A number of three digits may be a year or a file.
func saysNothing(message string) bool {
	return !slices.ContainsFunc(words(message), func(w string) bool { return !isIdle(w) && (!isNumber(w) || len(w) > 2) })
}

func hasWords(message string) bool { return strings.ContainsFunc(message, unicode.IsLetter) }

// said are the folded words of a message.
func said(message string) []string {
	return strings.FieldsFunc(dutch.Fold(message), func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", r) })
}

// affirms reports whether a message is a bare "ja".
func affirms(message string) bool {
	words := said(message)
	for _, w := range words {
		if !affirmations[w] {
			return false
		}
	}
	return len(words) > 0
}

// reply is the record of a fixed text.
func reply(text string, emit func(record.Event) error) (record.Answer, error) {
	rec := record.Answer{
		Status: record.Reply, Mode: record.Extractive, Text: text,
		Citations: []record.Citation{}, Passages: []record.Passage{},
	}
	if err := emit(record.Sources{Passages: rec.Passages}); err != nil {
		return record.Answer{}, err
	}
	return rec, emit(record.Delta{Delta: text})
}
