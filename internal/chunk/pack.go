package chunk

import (
	"strings"

	"bronwijzer/internal/docs"
)

// cutter packs units into passages.
type cutter struct {
	units  []unit
	count  func(string) int
	budget int
}

// cut packs the units from..to, which have no section border between them.
func (c *cutter) cut(doc *docs.Document, from, to int) []docs.Passage {
	p := packer{cutter: c, doc: doc, units: c.units[from:to]}
	for _, u := range p.units {
		p.tokens = append(p.tokens, c.count(u.lead+u.plain)+1) // one for what joins it
	}
	p.lists = p.listsOf()
	p.keepLists()
	var out []docs.Passage
	for i := 0; i < len(p.units); {
		end, plain, tokens := p.fill(i)
		passage := p.passage(i, end)
		passage.Plain, passage.Tokens = plain, tokens
		if len(passage.Sentences) > 0 || p.says(i, end) {
			out = append(out, passage)
		}
		i = p.next(i, end)
	}
	return out
}

// packer packs one stretch.
type packer struct {
	*cutter
	doc   *docs.Document
	units []unit
	// tokens is what each unit adds to a passage at most.
	tokens []int
	lists  []list
	// kept has for the first unit of a list the index behind its last one.
	kept map[int]int
}

// keepLists notes which units the lists hold together; each fits into a passage.
func (p *packer) keepLists() {
	p.kept = make(map[int]int, len(p.lists))
	for _, l := range p.lists {
		p.kept[l.from] = l.to
	}
}

func (p *packer) sum(from, to int) int {
	n := 0
	for _, t := range p.tokens[from:to] {
		n += t
	}
	return n
}

// atom returns the end of what has to stay together from unit i on.
func (p *packer) atom(i int) int {
	if to, ok := p.kept[i]; ok {
		return to
	}
	return i + 1
}

// fill returns where a passage that begins with unit i ends, its plain text and
// the tokens of that. The tokens of the parts bound those of the whole, except
// for a tokenizer that joins badly: then the passage is shortened until it fits.
func (p *packer) fill(i int) (end int, plain string, tokens int) {
	ends := []int{p.atom(i)}
	sum := p.sum(i, ends[0])
	for end := ends[0]; end < len(p.units); {
		next := p.atom(end)
		if sum += p.sum(end, next); sum > p.budget {
			break
		}
		end = next
		ends = append(ends, end)
	}
	for {
		end = ends[len(ends)-1]
		plain = p.plain(i, end)
		if tokens = p.count(plain); tokens <= p.budget || len(ends) == 1 {
			return end, plain, tokens
		}
		ends = ends[:len(ends)-1]
	}
}

// next returns where the passage after units i..end begins: with the last unit
// of this one, so that the two overlap, unless this one is nothing else or there
// would be no room for anything new.
func (p *packer) next(i, end int) int {
	if end == len(p.units) || end-i < 2 {
		return end
	}
	if p.tokens[end-1]+p.sum(end, p.atom(end)) > p.budget {
		return end
	}
	return end - 1
}

// says reports whether units in which nothing can be cited are worth finding:
// a whole sentence, however short ("Hoe lang duurt het?" "Vijf dagen.").
func (p *packer) says(from, to int) bool {
	for _, u := range p.units[from:to] {
		if u.kind == docs.Prose && strings.HasSuffix(u.plain, ".") {
			return true
		}
	}
	return false
}

// plain joins units as a reader should see them: sentences of a paragraph with
// a space between them, everything else on a line of its own.
func (p *packer) plain(from, to int) string {
	var b strings.Builder
	for i, u := range p.units[from:to] {
		if i > 0 {
			if last := p.units[from+i-1]; last.block == u.block {
				b.WriteByte(' ')
			} else {
				b.WriteByte('\n')
			}
		}
		b.WriteString(u.lead)
		b.WriteString(u.plain)
	}
	return b.String()
}

// passage makes a passage of units from..to, but for its plain text.
func (p *packer) passage(from, to int) docs.Passage {
	first, last := p.units[from], p.units[to-1]
	block := p.doc.Blocks[first.block]
	begin := place{bytes: first.from, runes: first.span.Start}
	if first.heading.known {
		begin = first.heading
	}
	out := docs.Passage{
		DocumentID: p.doc.ID, Version: p.doc.Version,
		Section: block.Section, Page: block.PageAt(first.span.Start),
		Span: docs.Span{Start: begin.runes, End: last.span.End},
		Text: p.doc.Text[begin.bytes:last.to],
	}
	out.ID = docs.PassageID(out.DocumentID, out.Span, out.Text)
	lists := p.lists
	for i := from; i < to; i++ {
		u := p.units[i]
		if u.words >= minWords || u.listed {
			out.Sentences = append(out.Sentences, p.sentence(u.kind, i, i+1))
		}
		for len(lists) > 0 && lists[0].from < i {
			lists = lists[1:]
		}
		if len(lists) > 0 && lists[0].from == i && lists[0].to <= to {
			out.Sentences = append(out.Sentences, p.sentence(docs.List, i, lists[0].to))
		}
	}
	return out
}

func (p *packer) sentence(kind docs.SentenceKind, from, to int) docs.Sentence {
	first, last := p.units[from], p.units[to-1]
	s := docs.Sentence{
		Kind: kind, Span: docs.Span{Start: first.span.Start, End: last.span.End},
		Page: p.doc.Blocks[first.block].PageAt(first.span.Start),
		Text: p.doc.Text[first.from:last.to], Plain: first.plain,
	}
	if kind == docs.List {
		s.Plain = p.plain(from, to)
	}
	return s
}
