package slack

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	api "github.com/slack-go/slack"

	"bronwijzer/internal/record"
)

// Limits of a message, in units; see units. Slack allows 3,000 in a text, 50
// blocks, and about 12,000 in a message.
const (
	maxMessage = 11_500
	maxObject  = 2_900
	// maxText is the most of an answer's text, maxWord the longest word in it
	// that a stream may end before.
	maxText = 6_000
	maxWord = 500
	// maxFallback is the text beside the blocks, for notifications.
	maxFallback = 300
	// maxFixed is the most of all that isn't text or source: see render.
	maxFixed   = 1_500
	maxSources = 30
	maxQuote   = 1_200
	maxLabel   = 120
	maxPart    = 80
	maxOption  = 70
	// minQuote is the least of a quote that is worth showing.
	minQuote = 40
	nearest  = 3
)

// content is a message.
type content struct {
	// text stands for the blocks where they can't be shown, escaped.
	text string
	// shown is the part of the answer's text that body has.
	shown string
	// body has the text, tail what comes below it.
	body, tail []api.Block
}

func (c content) webhook() *api.WebhookMessage {
	return &api.WebhookMessage{Text: c.text, Blocks: &api.Blocks{BlockSet: append(c.body, c.tail...)}}
}

// render shows a record. notice is for a person's first answer; a private one
// can be shared.
func (s *Service) render(rec *record.Answer, notice, private bool) content {
	c := content{text: escape(short(line(rec.Text), maxFallback)), shown: rec.Text}
	if head := take(rec.Text, maxText); head != rec.Text {
		c.shown = strings.TrimSpace(head) + " …"
	}
	for rest := c.shown; strings.TrimSpace(rest) != ""; {
		head := take(rest, maxObject)
		c.body = append(c.body, section(escape(head)))
		rest = strings.TrimLeft(rest[len(head):], " \n")
	}
	if rec.SearchQuestion != rec.Question && rec.SearchQuestion != "" {
		c.tail = append(c.tail, aside(fmt.Sprintf(textSearchedFor, escape(short(line(rec.SearchQuestion), maxFallback)))))
	}
	if rec.Incomplete != nil {
		c.tail = append(c.tail, aside(textIncomplete))
	}
	heads, quotes := s.citations(rec.Citations)
	if rec.Status == record.Refused {
		if heads, quotes = s.passages(rec.Passages); len(heads) > 0 {
			c.tail = append(c.tail, aside(textNearest))
		}
	}
	room := maxMessage - maxFixed - units(escape(c.shown)) - maxFallback
	sources := sourceBlocks(heads, quotes, room)
	c.tail = append(c.tail, sources...)
	if c.shown != rec.Text || len(sources) < len(heads) {
		c.tail = append(c.tail, aside(s.whole(rec)))
	}
	if notice && rec.Notice != "" {
		c.tail = append(c.tail, aside(escape(short(line(rec.Notice), maxFallback))))
	}
	if rec.Status != record.Reply {
		c.tail = append(c.tail, actions(rec, private))
	}
	return c
}

// whole says that the message isn't all, and where all of it is.
func (s *Service) whole(rec *record.Answer) string {
	if s.cfg.PublicURL == "" {
		return textWhole
	}
	return textWhole + " " + link(s.cfg.PublicURL+"/a/"+url.PathEscape(rec.ID), textWholeLink)
}

// citations are the sources of an answer: what names each, and its quote.
func (s *Service) citations(list []record.Citation) (heads, quotes []string) {
	for _, ci := range list {
		name := fmt.Sprintf("[%d] %s", ci.Number, link(ci.URL, title(ci.Title)))
		heads = append(heads, join(name, ci.Publisher, ci.Date, strings.Join(ci.Section, " › ")))
		quotes = append(quotes, ci.Quote)
	}
	return heads, quotes
}

// passages are what comes nearest to an answer that there isn't.
func (s *Service) passages(list []record.Passage) (heads, quotes []string) {
	for _, p := range list[:min(nearest, len(list))] {
		address := ""
		if s.cfg.PublicURL != "" {
			q := url.Values{"version": {p.Version}, "start": {strconv.Itoa(p.Start)}, "end": {strconv.Itoa(p.End)}}
			address = s.cfg.PublicURL + "/documents/" + url.PathEscape(p.DocumentID) + "?" + q.Encode()
		}
		heads = append(heads, join("• "+link(address, title(p.Title)), strings.Join(p.Section, " › ")))
		quotes = append(quotes, p.Text)
	}
	return heads, quotes
}

func title(s string) string {
	if s = label(s, maxLabel); s != "" {
		return s
	}
	return "Bron"
}

// join adds parts that have words to a name.
func join(name string, parts ...string) string {
	for _, p := range parts {
		if p = label(p, maxPart); p != "" {
			name += " · " + p
		}
	}
	return name
}

// sourceBlocks has as many sources as there is room for, and of each quote what
// is then left for it.
func sourceBlocks(heads, quotes []string, room int) []api.Block {
	n := 0
	for n < min(len(heads), maxSources) && room >= units(heads[n]) {
		room -= units(heads[n])
		n++
	}
	var blocks []api.Block
	for i := range n {
		// What a short quote leaves is for those after it.
		text, share := heads[i], min(room/(n-i)-len("\n“”…"), maxQuote)
		if quote := line(quotes[i]); quote != "" && share >= minQuote {
			quote = "\n“" + escape(short(quote, share)) + "”"
			text += quote
			room -= units(quote)
		}
		blocks = append(blocks, aside(text))
	}
	return blocks
}

// actions has the buttons of an answer and the menu of its sources.
func actions(rec *record.Answer, private bool) api.Block {
	elements := []api.BlockElement{
		api.NewButtonBlockElement(actionGood, rec.ID, words(textGood)),
		api.NewButtonBlockElement(actionBad, rec.ID, words(textBad)),
	}
	if private {
		elements = append(elements, api.NewButtonBlockElement(actionShare, rec.ID, words(textShare)))
	}
	var options []*api.OptionBlockObject
	for _, ci := range rec.Citations[:min(maxSources, len(rec.Citations))] {
		shown := short(fmt.Sprintf("[%d] %s", ci.Number, line(ci.Title)), maxOption)
		options = append(options, api.NewOptionBlockObject(rec.ID+":"+strconv.Itoa(ci.Number), words(shown), nil))
	}
	if len(options) > 0 {
		elements = append(elements, api.NewOptionsSelectBlockElement(api.OptTypeStatic, words(textShowSource), actionSource, options...))
	}
	return api.NewActionBlock("", elements...)
}

// source shows one citation with the passage around it.
func (s *Service) source(rec *record.Answer, number int) content {
	for i := range rec.Citations {
		ci := &rec.Citations[i]
		if ci.Number != number {
			continue
		}
		heads, _ := s.citations(rec.Citations[i : i+1])
		blocks := []api.Block{section(heads[0]), section("“" + escape(short(line(ci.Quote), maxObject-2)) + "”")}
		for _, p := range rec.Passages {
			if p.PassageID == ci.PassageID && p.Text != ci.Quote && strings.TrimSpace(p.Text) != "" {
				blocks = append(blocks, aside(escape(short(strings.TrimSpace(p.Text), maxObject))))
			}
		}
		return content{text: heads[0], body: blocks}
	}
	return content{text: textNoCitation, body: []api.Block{section(textNoCitation)}}
}

// shared shows an answer that somebody shares.
func (s *Service) shared(rec *record.Answer, user string) content {
	c := s.render(rec, true, false)
	by := fmt.Sprintf(textSharedBy, escape(line(user)), escape(short(line(rec.Question), maxFallback)))
	c.body = append([]api.Block{aside(by)}, c.body...)
	return c
}

// section and aside hold text that is escaped already. Slack leaves it as it
// is: without Verbatim it would make links of addresses and names in it.
func section(text string) api.Block {
	return api.NewSectionBlock(&api.TextBlockObject{Type: api.MarkdownType, Text: text, Verbatim: true}, nil, nil)
}

func aside(text string) api.Block {
	return api.NewContextBlock("", &api.TextBlockObject{Type: api.MarkdownType, Text: text, Verbatim: true})
}

// words is text without any markup.
func words(text string) *api.TextBlockObject {
	no := false
	return &api.TextBlockObject{Type: api.PlainTextType, Text: text, Emoji: &no}
}
