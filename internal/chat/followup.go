package chat

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
	"bronwijzer/internal/llm"
)

// maxElliptic is how many words of content a question has at most that leaves
// out what it compares with or what its "er" stands for: "Welke andere gemeenten
// doen mee?", "Mogen er stukken in?"
const maxElliptic = 3

// aside begins a question about another side of the same thing.
var aside = regexp.MustCompile(`(?i)^(hoe (zit|staat|is) het (dan )?(met|in|bij|voor)|wat (betreft|te denken van)|geldt het|what about|how about)\b`)

// maxCarried bounds how many earlier questions are carried into a search, and
// maxTopic how much of each is looked at, in code points: a history that a caller
// sends along may be a megabyte, and searching with 100 kB took half a minute.
const (
	maxCarried = 3
	maxTopic   = 600
)

// SearchQuestion returns a question that stands by itself: the question, and
// behind it the topic words of the earlier ones that it leans on. An earlier
// question that leans on one before it brings that along. The words of a
// question that was answered are the best description of a topic that this
// program has without a model; answers are left out: the names in them were
// tried, and led two of nineteen follow-ups astray for one that they helped. A
// bare "ja" becomes what the last answer offered.
func SearchQuestion(history []llm.Message, question string) string {
	if offered, ok := offer(history); ok && affirms(question) {
		return offered
	}
	var topics []string
	for _, earlier := range leanedOn(history, question) {
		if t := topic(earlier, question, topics); t != "" {
			topics = append(topics, t)
		}
	}
	if len(topics) == 0 {
		return question
	}
	return question + " (" + strings.Join(topics, "; ") + ")"
}

// leanedOn are the earlier questions that a question leans on, latest first. Of
// too many the first is kept, which stands by itself: it says what all the others
// are about. Those that say nothing ("Vertel eens meer") don't count.
func leanedOn(history []llm.Message, question string) []string {
	var chain []string
	last := question
	for i := len(history) - 1; i >= 0 && leans(last); i-- {
		if history[i].Role != llm.User || isReply(history[i].Content) {
			continue
		}
		last = oneLine(history[i].Content, maxTopic)
		if topic(last, question, nil) != "" {
			chain = append(chain, last)
		}
	}
	if n := len(chain); n > maxCarried {
		chain = append(chain[:maxCarried-1], chain[n-1])
	}
	return chain
}

// isReply reports whether a message was no question.
func isReply(message string) bool {
	_, ok := fixed(message)
	return ok || affirms(message)
}

// topic are the words of an earlier question that say what it was about: those
// that ask are left out, so that the search goes by what is asked now, and those
// that are there already.
func topic(earlier, question string, topics []string) string {
	there := stems(question + " " + strings.Join(topics, " "))
	all := strings.Fields(earlier)
	for i, w := range all {
		all[i] = strings.Trim(w, `?!.,;:"“”‘’'()[]`)
	}
	var kept []string
	for i, w := range all {
		lower := strings.ToLower(w)
		inName := i > 1 && i+1 < len(all) && isCapitalised(all[i-1]) && isCapitalised(all[i+1]) // "No Place for Sex Trafficking"
		named := i > 0 && isCapitalised(w) || isAbbreviation(w)                                 // "Tweede Kamer", "OM"
		idle := isIdle(lower) && !named || there[stem(lower)]
		if w != "" && (!idle || inName) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// isIdle reports whether a word says nothing about a topic.
func isIdle(word string) bool { return plain[word] || pointers[word] || continuations[word] }

func isCapitalised(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
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
	return SearchQuestion(history[:len(history)-1], "En "+oneLine(rest, maxTopic)), true
}

// leans reports whether a question can't be understood without what was said
// before: it begins as a continuation, points back, has no verb, or says next to
// nothing by itself. A name doesn't lean, however short the question: what is
// asked about it may be something new.
func leans(question string) bool {
	words := words(question)
	if len(words) == 0 || aside.MatchString(question) || continuations[words[0]] || ellipses[words[len(words)-1]] {
		return true
	}
	content, topics, it, more := 0, 0, false, false
	for i, w := range words {
		if pointsBack(words, i, content) {
			return true
		}
		it = it || isIt(words, i)
		more = more || others[w]
		if !plain[w] {
			content++
			if !isNumber(w) && !relational[stem(w)] {
				topics++
			}
		}
	}
	stranded := slices.Contains(words, "er") && strandable[words[len(words)-1]]
	return topics == 0 || topics == 1 && (it || isFragment(words)) || content <= maxElliptic && (stranded || more)
}

// isFragment reports whether a question has no verb, so that it goes on with the
// last: "Welke landen?", "In welke talen?", "Hoeveel voor mensenhandel?"
func isFragment(words []string) bool {
	switch {
	case len(words) == 1:
		return false
	case relative[words[0]]:
		return asks(words[1]) || isNumber(words[1]) || words[1] == "de" || words[1] == "het"
	case asks(words[0]):
		// Not "Wat voor …".
		return len(words) == 2 || prepositions[words[1]] && words[0] != "wat"
	}
	return prepositions[words[0]] && (len(words) == 2 || len(words) == 3 && asks(words[1]))
}

// asks reports whether a word asks.
func asks(word string) bool {
	return asking[word] || relative[word] || word == "hoeveel" || word == "welk" || word == "welke" || word == "which"
}

// verbal words are participles and infinitives; "het" takes no noun in -en, as
// plurals have "de".
var verbal = regexp.MustCompile(`^(.+en|(aan|af|bij|in|mee|na|om|op|over|toe|uit|voor)?(be|ge|her|ont|ver).+[dt])$`)

// isIt reports whether word i is the pronoun "het" and not the article: "Wie
// voert het uit?", "Waar wordt het gebruikt?", "Is het gratis?"
func isIt(words []string, i int) bool {
	if words[i] != "het" {
		return false
	}
	if i+1 == len(words) || plain[words[i+1]] {
		return true
	}
	return i+2 == len(words) && (!slices.ContainsFunc(words, asks) || words[0] == "waarom" || verbal.MatchString(words[i+1]))
}

// pointsBack reports whether word i of a question stands for something that was
// named before it; content is how many words of content precede it.
func pointsBack(words []string, i, content int) bool {
	next := ""
	if i+1 < len(words) {
		next = words[i+1]
	}
	switch w := words[i]; {
	case persons[w]:
		// "Hoeveel van hen …", not "Wat wil iemand als hij …".
		return content < 2
	case w == "die" || w == "dat" || w == "that" || w == "those":
		// Not the one of a clause: "een misdaad die je ontdekt", "besloten dat".
		second := i == 2 && asking[words[0]]
		return (i <= 1 || leading[words[i-1]] || second || vague[next] || i+2 >= len(words)) && !named(words[:i], next)
	case w == "dit" || w == "deze" || w == "this" || w == "these":
		return !times[next] // "dit jaar"
	}
	return pointers[words[i]]
}

// named reports whether what "die" stands before was named in the question
// itself: "de proeftuin … die proeftuin".
func named(before []string, noun string) bool {
	return !plain[noun] && slices.ContainsFunc(before, func(w string) bool { return stem(w) == stem(noun) })
}
