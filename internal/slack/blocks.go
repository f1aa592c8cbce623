package slack

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"

	api "github.com/slack-go/slack"

	"bronwijzer/internal/access"
	"bronwijzer/internal/record"
)

// Limits of a message, in units; see units. Slack allows 3,000 in a text, 50
// blocks, and about 12,000 in a message.
const (
	maxMessage = 11_500
	maxObject  = 2_900
	// An answer's text has between minText and maxText, depending on how much
	// its sources need; maxWord is the longest word that a stream waits for.
	minText = 3_000
	maxText = 6_000
	maxWord = 500
	// maxFallback is the text beside the blocks, for notifications, and the most
	// of any other remark.
	maxFallback = 300
	// maxRest is what may come beside all that render counts: who shares an
	// answer, and the link to all of it.
	maxRest    = 1_200
	maxSources = 30
	maxQuote   = 1_200
	maxLabel   = 120
	maxPart    = 80
	maxOption  = 40
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

// showing says how an answer is shown, beside what it says.
type showing struct {
	// owner is whom the answer belongs to; its buttons say so.
	owner string
	// notice is for a person's first answer; a private one can be shared.
	notice, private bool
	// whole makes the address of the whole answer, for a message that can't hold
	// it; "" where there is none. It is called only then.
	whole func() string
}

// render shows a record.
func (s *Service) render(rec *record.Answer, how showing) content {
	sources := s.citations(rec.Citations)
	if rec.Status == record.Refused {
		sources = s.passages(rec.Passages)
	}
	above, below := s.remarks(rec, len(sources) > 0, how)
	c := content{text: escape(line(rec.Text, maxFallback))}
	room := maxMessage - maxRest - units(c.text) - size(above) - size(below)

	limit := min(maxText, max(minText, room-least(sources)))
	if c.shown = rec.Text; units(escape(rec.Text)) > limit {
		c.shown = strings.TrimSpace(take(rec.Text, limit)) + " …"
	}
	c.body = sections(c.shown)
	blocks := sourceBlocks(sources, room-size(c.body))
	c.tail = append(above, blocks...)
	if c.shown != rec.Text || len(blocks) < len(sources) {
		c.tail = append(c.tail, aside(how.rest()))
	}
	c.tail = append(c.tail, below...)
	return c
}

// sections are a text in pieces that Slack takes.
func sections(text string) []api.Block {
	var blocks []api.Block
	for rest := strings.TrimSpace(clean(text)); rest != ""; {
		head := take(rest, maxObject)
		blocks = append(blocks, section(escape(head)))
		rest = strings.TrimSpace(rest[len(head):])
	}
	return blocks
}

// remarks are what stands above and below an answer's sources.
func (s *Service) remarks(rec *record.Answer, sources bool, how showing) (above, below []api.Block) {
	add := func(blocks []api.Block, format, words string) []api.Block {
		if words = line(words, maxFallback); words == "" {
			return blocks
		}
		return append(blocks, aside(fmt.Sprintf(format, escape(words))))
	}
	if rec.SearchQuestion != rec.Question {
		above = add(above, textSearchedFor, rec.SearchQuestion)
	}
	above = add(above, "%s", strings.TrimSuffix(rec.Notice, s.cfg.Notice))
	if rec.Incomplete != nil {
		above = add(above, "%s", textIncomplete)
	}
	if rec.Status == record.Refused && sources {
		above = add(above, "%s", textNearest)
	}
	if how.notice {
		below = add(below, "%s", s.cfg.Notice)
	}
	if rec.Status != record.Reply {
		below = append(below, actions(rec, how))
	}
	return above, below
}

// rest says that the message isn't all, and where all of it is.
func (how showing) rest() string {
	if how.whole != nil {
		if address := how.whole(); address != "" {
			return textWhole + " " + link(address, textWholeLink)
		}
	}
	return textWhole
}

// whole makes a link to an answer of the owner. A reader of the web chat is
// somebody else than a thread or person in Slack, so it takes a shared one.
func (s *Service) whole(ctx context.Context, t *task, owner access.Subject) func() string {
	return func() string {
		if s.cfg.PublicURL == "" {
			return ""
		}
		id, err := s.chat.Share(ctx, owner, t.answer.ID)
		if t.Kind != share { // that has a line of its own
			s.note(ctx, t, access.ActionShare, t.answer.ID, err)
		}
		if err != nil {
			s.lg.ErrorContext(ctx, "no link to a slack answer", slog.String("answer", t.answer.ID), slog.Any("error", err))
			return ""
		}
		return s.cfg.PublicURL + "/s/" + url.PathEscape(id)
	}
}

// source is what a message shows of a citation or passage, escaped but for the
// quote: what names it, the same in fewer words, and the quote.
type source struct{ head, least, quote string }

// citations are the sources of an answer.
func (s *Service) citations(list []record.Citation) []source {
	out := make([]source, len(list))
	for i, ci := range list {
		number := fmt.Sprintf("[%d] ", ci.Number)
		out[i] = source{
			head:  join(number+link(ci.URL, title(ci.Title, maxLabel)), ci.Publisher, ci.Date, page(ci.Page), strings.Join(ci.Section, " › "), documentNotes[ci.DocumentStatus]),
			least: number + link(ci.URL, title(ci.Title, maxOption)),
			quote: line(ci.Quote, maxObject-len("“”")),
		}
	}
	return out
}

// passages are what comes nearest to an answer that there isn't.
func (s *Service) passages(list []record.Passage) []source {
	list = list[:min(nearest, len(list))]
	out := make([]source, len(list))
	for i, p := range list {
		address := ""
		if s.cfg.PublicURL != "" {
			q := url.Values{"version": {p.Version}, "start": {strconv.Itoa(p.Start)}, "end": {strconv.Itoa(p.End)}}
			address = s.cfg.PublicURL + "/documents/" + url.PathEscape(p.DocumentID) + "?" + q.Encode()
		}
		out[i] = source{
			head:  join("• "+link(address, title(p.Title, maxLabel)), page(p.Page), strings.Join(p.Section, " › ")),
			least: "• " + link(address, title(p.Title, maxOption)),
			quote: line(p.Text, maxQuote),
		}
	}
	return out
}

// documentNotes say what the reader of a source has to know of its document.
var documentNotes = map[record.DocumentStatus]string{
	record.Changed:    "gewijzigd sinds dit antwoord",
	record.Withdrawn:  "ingetrokken",
	record.Superseded: "door een nieuwer document vervangen",
}

func page(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf("blz. %d", *n)
}

func title(s string, limit int) string {
	if s = label(s, limit); s != "" {
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

// least is what the sources need when they have as few words as can be.
func least(sources []source) int {
	n := 0
	for _, s := range sources[:min(maxSources, len(sources))] {
		n += units(s.least)
	}
	return n
}

// sourceBlocks has as many sources as there is room for; all in few words
// rather than some in many. What is then left is for the quotes.
func sourceBlocks(sources []source, room int) []api.Block {
	heads := make([]string, 0, maxSources)
	full := 0
	for _, s := range sources {
		full += units(s.head)
	}
	for _, s := range sources[:min(maxSources, len(sources))] {
		head := s.head
		if full > room {
			head = s.least
		}
		heads = append(heads, head)
	}
	n := 0
	for n < len(heads) && room >= units(heads[n]) {
		room -= units(heads[n])
		n++
	}
	var blocks []api.Block
	for i, head := range heads[:n] {
		// What a short quote leaves is for those after it.
		share := min(room/(n-i)-len("\n“”…"), maxQuote)
		if quote := sources[i].quote; quote != "" && share >= minQuote {
			quote = "\n“" + escape(short(quote, share)) + "”"
			head += quote
			room -= units(quote)
		}
		blocks = append(blocks, aside(head))
	}
	return blocks
}

// size is how much text blocks have.
func size(blocks []api.Block) int {
	n := 0
	for _, b := range blocks {
		switch b := b.(type) {
		case *api.SectionBlock:
			n += units(b.Text.Text)
		case *api.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				if text, ok := e.(*api.TextBlockObject); ok {
					n += units(text.Text)
				}
			}
		case *api.ActionBlock:
			for _, e := range b.Elements.ElementSet {
				if menu, ok := e.(*api.SelectBlockElement); ok {
					for _, o := range menu.Options {
						n += units(o.Text.Text)
					}
				}
			}
		}
	}
	return n
}

// actions has the buttons of an answer and the menu of its sources.
func actions(rec *record.Answer, how showing) api.Block {
	value := grip{answer: rec.ID, owner: how.owner}
	elements := []api.BlockElement{
		api.NewButtonBlockElement(actionGood, value.String(), words(textGood)),
		api.NewButtonBlockElement(actionBad, value.String(), words(textBad)),
	}
	if how.private {
		elements = append(elements, api.NewButtonBlockElement(actionShare, value.String(), words(textShare)))
	}
	var options []*api.OptionBlockObject
	for _, ci := range rec.Citations[:min(maxSources, len(rec.Citations))] {
		shown := line(fmt.Sprintf("[%d] %s", ci.Number, ci.Title), maxOption)
		value.citation = ci.Number
		options = append(options, api.NewOptionBlockObject(value.String(), words(shown), nil))
	}
	if len(options) > 0 {
		elements = append(elements, api.NewOptionsSelectBlockElement(api.OptTypeStatic, words(textShowSource), actionSource, options...))
	}
	return api.NewActionBlock("", elements...)
}

// source shows one citation with the passage around it.
func (s *Service) source(rec *record.Answer, number int) content {
	for i, ci := range rec.Citations {
		if ci.Number != number {
			continue
		}
		shown := s.citations(rec.Citations[i : i+1])[0]
		blocks := []api.Block{section(shown.head), section("“" + escape(shown.quote) + "”")}
		at := slices.IndexFunc(rec.Passages, func(p record.Passage) bool { return p.PassageID == ci.PassageID })
		if at >= 0 {
			if around := short(strings.TrimSpace(clean(rec.Passages[at].Text)), maxObject); around != "" {
				blocks = append(blocks, aside(escape(around)))
			}
		}
		return content{text: shown.head, body: blocks}
	}
	return content{text: textNoCitation, body: []api.Block{section(textNoCitation)}}
}

// shared shows an answer that a user shares.
func (s *Service) shared(rec *record.Answer, owner, user string, whole func() string) content {
	c := s.render(rec, showing{owner: owner, notice: true, whole: whole})
	by := fmt.Sprintf(textSharedBy, escape(line(user, maxPart)), escape(line(rec.Question, maxFallback)))
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
