package chat

import (
	"regexp"
	"strings"
	"unicode"

	"bronwijzer/internal/dutch"
	"bronwijzer/internal/llm"
)

// maxCarried bounds how many earlier questions are carried into a search.
const maxCarried = 3

// SearchQuestion returns a question that stands by itself: the question, after
// the earlier ones that it leans on. An earlier question that leans on one
// before it brings that along. The words of a question that was answered are
// the best description of a topic that this program has without a model;
// answers are left out, as they bring words of their own.
func SearchQuestion(history []llm.Message, question string) string {
	if offered, ok := offer(history); ok && affirms(question) {
		return offered
	}
	parts := []string{question}
	for i := len(history) - 1; i >= 0 && len(parts) <= maxCarried && leans(parts[0]); i-- {
		if history[i].Role == llm.User {
			parts = append([]string{strings.TrimSpace(history[i].Content)}, parts...)
		}
	}
	return strings.Join(parts, " ")
}

// offering is how an answer offers more: "Wilt u weten hoeveel …?"
var offering = regexp.MustCompile(`(?i)^(wil je|wilt u|wil jij|zal ik|kan ik|would you like|do you want|shall i)\b( u| je| me| to)?( ook| nog| misschien| dan)*( meer)?( weten| horen| lezen| zien| vertellen| uitleggen| know| hear| tell| explain)*(,| dat)?\s*`)

// offer is the question that the last answer offered to answer, with the topic
// of the conversation.
func offer(history []llm.Message) (string, bool) {
	if len(history) == 0 || history[len(history)-1].Role != llm.Assistant {
		return "", false
	}
	sentences := dutch.Sentences(strings.TrimSpace(history[len(history)-1].Content))
	if len(sentences) == 0 {
		return "", false
	}
	last := strings.TrimSpace(sentences[len(sentences)-1])
	start := offering.FindString(last)
	rest := strings.TrimSpace(last[len(start):])
	if start == "" || !strings.HasSuffix(last, "?") || len(rest) < 3 {
		return "", false
	}
	return SearchQuestion(history[:len(history)-1], "En "+rest), true
}

// leans reports whether a question can't be understood without what was said
// before: it begins as a continuation, holds a word that points back, or says
// next to nothing by itself.
func leans(question string) bool {
	words := words(question)
	if len(words) == 0 || continuations[words[0]] {
		return true
	}
	content := 0
	for _, w := range words {
		if pointers[w] {
			return true
		}
		if !plain[w] {
			content++
		}
	}
	return content < 2
}

// words are the words of a text, in small letters.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '\''
	})
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// continuations open a question that goes on from the last.
	continuations = set("en maar of dus want waarom hoezo oke ok ja nee and but")
	// pointers stand for something that was named before. "er", "het" and
	// "haar" are left out: they mostly don't.
	pointers = set(`die dat dit deze daar daarvan daarvoor daarin daaraan daarmee daarover daarbij daarna daarop
		hiervan hiervoor hierin hieraan hiermee hierover hierbij ervan ervoor erin eraan ermee erover erbij erna
		hij zij ze hem hun hen diens zo'n dezelfde hetzelfde laatstgenoemde
		that this those these it they them he she`)
	// plain are words that carry no topic.
	plain = set(`de het een van voor in op aan met bij naar uit tot te om door over is zijn was waren wordt worden
		werd werden heeft hebben had hadden kan kunnen mag moet moeten zal zullen er ook nog al niet geen wel
		wat wie waar wanneer hoe hoeveel welk welke waarvoor waarmee jaar dag keer precies ik je jij u we wij
		the a an of for in on to is are was were what who where when how which`)
)
