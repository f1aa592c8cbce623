package chat

import (
	"slices"

	"bronwijzer/internal/dutch"
)

var (
	// tasks are what begins a request for a text of one's own making.
	tasks = dutch.WordSet(`schrijf vertaal vergelijk verzin bedenk rijm maak
		write translate compare summarize summarise`)
	// making are the verbs of one that asks: "Kun je een brief voor me schrijven?"
	making = dutch.WordSet("schrijven dichten vertalen vergelijken verzinnen bedenken samenvatten herschrijven")
	// made are nouns for what is asked: "Geef een samenvatting".
	made = dutch.WordSet("samenvatting vertaling vergelijking gedicht verhaal")
	// subjects make a question of what begins like an order: "Maak ik kans?"
	subjects = dutch.WordSet("ik je jij u we wij men iemand")
)

// isTask reports whether a message asks for a text that isn't in the documents.
// "Vergelijkt de politie …?" and "Wat schrijft de minister?" don't.
func isTask(message string) bool {
	words := words(message)
	if len(words) < 2 || subjects[words[1]] && !asksYou(words) {
		return false
	}
	switch words[0] {
	case "dicht": // Not "Dicht de minister het gat?"
		return words[1] == "een" || words[1] == "iets" || words[1] == "over"
	case "vat":
		return slices.Contains(words, "samen")
	case "zeg":
		return words[1] == "dat"
	case "geef":
		return slices.ContainsFunc(words[:min(len(words), 5)], func(w string) bool { return made[w] })
	}
	return tasks[words[0]] || asksYou(words) && slices.ContainsFunc(words, func(w string) bool { return making[w] })
}

// asksYou reports whether a question is to this program: "Kun je …?"
func asksYou(words []string) bool {
	return youCan[words[0]] && (words[1] == "je" || words[1] == "jij" || words[1] == "u")
}

// youCan begins such a question.
var youCan = dutch.WordSet("kun kan kunt wil wilt zou")
