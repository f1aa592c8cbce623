package load

import (
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// endings are headings that close a text and belong to no chapter.
var endings = dutch.WordSet(`afsluiting afsluitend bijlage bijlagen bronnen conclusie conclusies literatuur noten
	ondertekenaars ondertekening slot slotwoord totslot voetnoten`)

// introductions are headings that come before the chapters and hold none.
var introductions = dutch.WordSet(`aanleiding inhoud inhoudsopgave inleiding introductie managementsamenvatting
	samenvatting tengeleide vooraf voorwoord`)

// levels gives the headings of a plain text their depth. A number says it by
// itself ("3)" holds "3A)"); a heading without one is placed by those around it:
//
//   - behind a numbered heading it is a part of that chapter ("2) Offline
//     investeringen" > "Internationale opsporing"), unless it is one that closes
//     a text ("Tot slot"), or the numbers after it begin again at 1;
//   - a count that begins at 1 behind it divides it ("No Regrets 2023" > "1. …"),
//     unless it is the first heading of all, or an introduction: then the chapters
//     just begin.
func (c *classifier) levels() {
	o := outline{chapter: 1}
	var at []int
	for i, g := range c.groups {
		if g.kind == docs.Heading && g.level != titleLevel {
			at = append(at, i)
		}
	}
	restarts := c.restarts(at)
	for n, i := range at {
		g := &c.groups[i]
		if g.mark.depth > 0 {
			g.level = o.numbered(g.mark)
			continue
		}
		g.level = o.plain(bareWord(c.at(i)), restarts[n])
	}
}

// restarts says for each of the headings at whether the next one behind it with
// a number of depth 1 begins a count.
func (c *classifier) restarts(at []int) []bool {
	out := make([]bool, len(at))
	next := false
	for n := len(at) - 1; n >= 0; n-- {
		out[n] = next
		if m := c.groups[at[n]].mark; m.depth == 1 {
			next = m.first
		}
	}
	return out
}

// outline follows the headings of a text.
type outline struct {
	// chapter is the level of numbered headings of depth 1.
	chapter int
	// inside is the depth of the last numbered heading, 0 before the first and
	// behind one that stands outside the chapters.
	inside int
	// parent says that the last heading had no number and may hold chapters.
	parent bool
	// plains counts the headings without a number outside the chapters.
	plains int
}

func (o *outline) numbered(m mark) int {
	if m.depth == letterDepth {
		return o.chapter + max(o.inside, 0) + 1
	}
	if m.first && m.depth == 1 {
		o.chapter = 1
		if o.parent {
			o.chapter = 2
		}
	}
	o.inside, o.parent = m.depth, false
	return o.chapter + m.depth - 1
}

func (o *outline) plain(text string, restarts bool) int {
	if o.inside > 0 && !restarts && !endings[text] {
		return o.chapter + o.inside
	}
	o.plains++
	o.inside = 0
	o.parent = o.plains > 1 && !introductions[text] && !endings[text]
	return 1
}

// bareWord is a heading folded and without spaces.
func bareWord(s string) string { return strings.ReplaceAll(dutch.Fold(s), " ", "") }
