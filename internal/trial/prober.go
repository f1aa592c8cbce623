// Package trial makes collections that live for one evaluation: those of
// benchmarks, and those that differ in one respect from the stored one.
//
// It owns what such a difference means for passages, their spans and their
// vectors. It scores nothing, stores nothing and never touches the collection
// that readers ask. Its invariant: after a probe its collection is the one that
// was filled in.
package trial

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/eval"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
)

// Prober is an eval.Prober on a collection of its own. It remembers what the
// collection is filled with, so that a probe costs the documents that it
// changes and not the whole collection. It is not safe for concurrent use.
type Prober struct {
	collection *index.Collection
	embedder   llm.Embedder // nil without one
	asker      eval.Asker
	held       map[string]index.Change // by path
}

var _ eval.Prober = (*Prober)(nil)

// NewProber returns a Prober on an empty collection, which it owns from then
// on: fill it through Apply or Load. The asker answers from that collection.
func NewProber(c *index.Collection, embedder llm.Embedder, asker eval.Asker) *Prober {
	return &Prober{collection: c, embedder: embedder, asker: asker, held: make(map[string]index.Change)}
}

// Apply adds one document.
func (p *Prober) Apply(ctx context.Context, c index.Change) error {
	p.hold(c)
	return p.collection.Apply(ctx, c)
}

// Load adds documents; it stops at the first error, also of the sequence.
func (p *Prober) Load(ctx context.Context, changes iter.Seq2[index.Change, error]) error {
	return p.collection.Load(ctx, func(yield func(index.Change, error) bool) {
		for c, err := range changes {
			p.hold(c)
			if !yield(c, err) {
				return
			}
		}
	})
}

// hold remembers a document that has passages. Where two roots have the same
// path, the first counts, as in eval.Names.
func (p *Prober) hold(c index.Change) {
	if len(c.Add) == 0 {
		return
	}
	path := c.Add[0].Document.Path
	if _, ok := p.held[path]; !ok {
		p.held[path] = c
	}
}

// Without implements eval.Prober.
func (p *Prober) Without(ctx context.Context, paths []string, ask func(eval.Asker) error) (err error) {
	for _, path := range paths {
		held, ok := p.held[path]
		if !ok {
			return fmt.Errorf("leave out %s: no such document", path)
		}
		gone := index.Change{DocumentID: held.DocumentID}
		for i := range held.Add {
			gone.Remove = append(gone.Remove, held.Add[i].Passage.ID)
		}
		if err := p.collection.Apply(ctx, gone); err != nil {
			return fmt.Errorf("leave out %s: %w", path, err)
		}
		defer func() { err = errors.Join(err, p.restore(ctx, held)) }()
	}
	return ask(p.asker)
}

// Replaced implements eval.Prober. The passages keep their ids and borders: what
// is put in the place of a number is another number.
func (p *Prober) Replaced(ctx context.Context, r eval.Replacement, ask func(eval.Asker) error) (err error) {
	held, ok := p.held[r.Doc]
	if !ok {
		return fmt.Errorf("change %s: no such document", r.Doc)
	}
	e, ok := newEdit(r, held.Add)
	if !ok {
		return fmt.Errorf("change %s: no passage has [%d, %d)", r.Doc, r.Start, r.End)
	}
	changed := index.Change{DocumentID: held.DocumentID, Add: make([]index.Entry, len(held.Add))}
	for i := range held.Add {
		if changed.Add[i], err = p.edited(ctx, e, held.Add[i]); err != nil {
			return fmt.Errorf("change %s: %w", r.Doc, err)
		}
	}
	if err := p.collection.Apply(ctx, changed); err != nil {
		return fmt.Errorf("change %s: %w", r.Doc, err)
	}
	defer func() { err = errors.Join(err, p.restore(ctx, held)) }()
	return ask(p.asker)
}

// restore puts a document back as it was, also when ctx has ended.
func (p *Prober) restore(ctx context.Context, held index.Change) error {
	if err := p.collection.Apply(context.WithoutCancel(ctx), held); err != nil {
		return fmt.Errorf("restore document %s: %w", held.DocumentID, err)
	}
	return nil
}

// edited is a copy of an entry after an edit; what reads otherwise is embedded
// again.
func (p *Prober) edited(ctx context.Context, e edit, old index.Entry) (index.Entry, error) {
	now := old
	now.Passage = e.passage(&old.Passage)
	if p.embedder == nil {
		return now, nil
	}
	var texts []string
	var places []*llm.Vector
	again := func(before, after string, at *llm.Vector) {
		if before != after {
			texts, places = append(texts, after), append(places, at)
		}
	}
	now.Sentences = append([]llm.Vector(nil), old.Sentences...)
	again(index.PassageInput(old.Document, &old.Passage), index.PassageInput(now.Document, &now.Passage), &now.Vector)
	for i := range now.Passage.Sentences {
		again(index.SentenceInput(old.Document, &old.Passage, &old.Passage.Sentences[i]),
			index.SentenceInput(now.Document, &now.Passage, &now.Passage.Sentences[i]), &now.Sentences[i])
	}
	if len(texts) == 0 {
		return now, nil
	}
	vectors, err := p.embedder.Embed(ctx, llm.Passage, texts)
	if err != nil {
		return now, fmt.Errorf("embed passage %s: %w", now.Passage.ID, err)
	}
	for i, at := range places {
		*at = vectors[i]
	}
	return now, nil
}

// edit is a replacement and what it does to the text around it.
type edit struct {
	span     docs.Span
	old, now string
	shift    int // of what follows, in code points
}

// newEdit finds the old text; false where no passage holds it.
func newEdit(r eval.Replacement, entries []index.Entry) (edit, bool) {
	e := edit{span: docs.Span{Start: r.Start, End: r.End}, now: r.Text}
	for i := range entries {
		p := &entries[i].Passage
		if !p.Span.Contains(e.span) {
			continue
		}
		old, ok := e.within(p.Span).Slice(p.Text)
		e.old, e.shift = old, docs.Characters(e.now)-e.span.Len()
		return e, ok && old != ""
	}
	return e, false
}

// within is the edit's span in a text that begins where outer does.
func (e edit) within(outer docs.Span) docs.Span {
	return docs.Span{Start: e.span.Start - outer.Start, End: e.span.End - outer.Start}
}

func (e edit) passage(p *docs.Passage) docs.Passage {
	out := *p
	out.Span, out.Text, out.Plain = e.place(p.Span), e.text(p.Span, p.Text), e.plain(p.Plain)
	out.Section = nil
	for _, heading := range p.Section {
		out.Section = append(out.Section, e.plain(heading))
	}
	out.Sentences = make([]docs.Sentence, len(p.Sentences))
	for i, s := range p.Sentences {
		out.Sentences[i] = s
		out.Sentences[i].Span, out.Sentences[i].Text, out.Sentences[i].Plain = e.place(s.Span), e.text(s.Span, s.Text), e.plain(s.Plain)
	}
	return out
}

// place is a span after the edit.
func (e edit) place(s docs.Span) docs.Span {
	if s.Start >= e.span.End {
		s.Start += e.shift
	}
	if s.End >= e.span.End {
		s.End += e.shift
	}
	return s
}

func (e edit) text(span docs.Span, text string) string {
	if !span.Contains(e.span) {
		return text
	}
	runes, at := []rune(text), e.within(span)
	return string(runes[:at.Start]) + e.now + string(runes[at.End:])
}

// plain edits a text without offsets. The old text stands once in the document,
// so wherever it is found, as in a table's header before every row, it comes
// from there.
func (e edit) plain(s string) string { return strings.ReplaceAll(s, e.old, e.now) }
