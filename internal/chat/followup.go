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
	last := question
	for i := len(history) - 1; i >= 0 && len(topics) < maxCarried && leans(last); i-- {
		if history[i].Role != llm.User || isReply(history[i].Content) {
			continue
		}
		last = history[i].Content
		if t := topic(last, question, topics); t != "" {
			topics = append(topics, t)
		}
	}
	if len(topics) == 0 {
		return question
	}
	return question + " (" + strings.Join(topics, "; ") + ")"
}

// isReply reports whether a message was no question.
func isReply(message string) bool {
	_, ok := replies[strings.Join(said(message), " ")]
	return ok || affirms(message)
}

// topic are the words of an earlier question that say what it was about: those
// that ask are left out, so that the search goes by what is asked now, and those
// that are there already.
func topic(earlier, question string, topics []string) string {
	there := stems(question + " " + strings.Join(topics, " "))
	all := strings.Fields(oneLine(earlier, maxTopic))
	for i, w := range all {
		all[i] = strings.Trim(w, `?!.,;:"“”‘’'()[]`)
	}
	var kept []string
	for i, w := range all {
		lower := strings.ToLower(w)
		inName := i > 1 && i+1 < len(all) && isCapitalised(all[i-1]) && isCapitalised(all[i+1]) // "No Place for Sex Trafficking"
		idle := plain[lower] || pointers[lower] || continuations[lower] || there[stem(lower)]
		if w != "" && (!idle || inName) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

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
// before: it begins as a continuation, points back, or says next to nothing by
// itself.
func leans(question string) bool {
	words := words(question)
	if aside.MatchString(question) {
		return true
	}
	if len(words) <= 2 || continuations[words[0]] || ellipses[words[len(words)-1]] {
		return true
	}
	content, definite, more := 0, false, false
	for i, w := range words {
		if pointsBack(words, i, content) {
			return true
		}
		definite = definite || w == "de" || w == "het" || w == "the"
		more = more || others[w]
		if !plain[w] {
			content++
		}
	}
	stranded := slices.Contains(words, "er") && strandable[words[len(words)-1]]
	return content <= maxElliptic && (stranded || more) || content == 0 || content == 1 && definite
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
	continuations = set("en maar of dus want hoezo oke ok ja nee and but")
	// ellipses end one.
	ellipses = set("dan dus het then it")
	// persons stand for who was named before, here or in an earlier question.
	// "haar" and "het" are left out: they mostly stand before a noun.
	persons = set("hij zij ze hem hun hen he she they him them their")
	// pointers stand for something that was named before. "er" is left out: it
	// mostly isn't one.
	pointers = set(`daar daarvan daarvoor daarin daaraan daarmee daarover daarbij daarna daarop daaruit daardoor daarnaast daarvoor
		hiervan hiervoor hierin hieraan hiermee hierover hierbij hieruit ervan ervoor erin eraan ermee erover erbij erna eruit
		diens dezelfde hetzelfde laatstgenoemde eerstgenoemde sindsdien destijds die dat dit deze
		that this those these it hij zij ze hem hun hen`)
	// leading words stand before a pointer, where no clause begins.
	leading = set(`is was zijn waren wordt worden werd werden heeft hebben had hadden kan kunnen mag moet moeten zal zullen gaat gaan
		van voor in op aan met bij naar uit tot om door over via tegen volgens sinds onder en of ook doet doen deed
		werkt werken werkte komt komen kwam kwamen krijgt krijgen kreeg kregen vindt vinden vond zegt zeggen zei staat
		staan stond geldt gelden kost kosten kostte duurt duren duurde begint begon begonnen betekent helpt helpen hielp
		leidt leidde leverde leveren maakt maken maakte geeft geven gaf ligt liggen loopt lopen liep heet houdt
		are were does do did of for on to with by`)
	// asking words are followed by a verb, then by what is asked about.
	asking = set("wat wie waar wanneer hoe waarom waarmee waarvoor what who where when how why")
	// times make "dit" point at the present.
	times = set("jaar moment maand week kwartaal decennium year month week moment soort type")
	// vague nouns say little without what they stand for.
	vague = set(`mensen personen groep groepen dienst organisatie instantie partij partijen zaak zaken regeling wet project
		programma pilot plan brief rapport onderzoek periode aanpak maatregel maatregelen bedrag aantal`)
	// others compare with something.
	others = set("ook andere ander overige nog anders voorbeeld voorbeelden also other others else example")
	// strandable words end a question whose "er" they belong to: "Mogen er
	// stukken in?"
	strandable = set("in aan op mee over voor van bij uit toe tegen door naar onder")
	// plain are words that carry no topic.
	plain = set(`de het een van voor in op aan met bij naar uit tot te om door over is zijn was waren wordt worden
		werd werden heeft hebben had hadden kan kunnen mag moet moeten zal zullen er ook nog al niet geen wel
		wat wie waar wanneer hoe hoeveel welk welke waarvoor waarmee waarom waardoor jaar dag keer vaak precies
		ik je jij u we wij doet doen gaat gaan als dat die
		the a an of for in on to is are was were what who where when how which why does do did`)
)
