package answer

import (
	"context"
	"strconv"
	"strings"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/record"
)

// writer checks the sentences of a model and composes the answer of those that
// hold. It keeps paragraphs and lists in shape around what is withheld.
type writer struct {
	checker  *cite.Checker
	sources  []cite.Source
	composer *cite.Composer
	emitErr  error // of whoever takes the events

	withheld int
	declined bool

	// intro leads in what is being read; nil for nothing. listing says that its
	// list has begun.
	intro   *leadIn
	listing bool
	// brk and bullet are what a withheld sentence leaves to the one after it.
	brk    cite.Break
	bullet string
	// gap says that the sentence before this one was withheld, so that a word
	// that points back would point at another.
	gap bool
	// item is the number of the last item, in a list that is numbered.
	item int
}

func newWriter(checker *cite.Checker, sources []cite.Source, emit func(record.Event) error) *writer {
	w := &writer{checker: checker, sources: sources}
	w.composer = cite.NewComposer(func(e record.Event) error {
		w.emitErr = emit(e)
		return w.emitErr
	})
	return w
}

// shown reports whether a reader has seen any of it.
func (w *writer) shown() bool { return w.composer.Text() != "" }

func (w *writer) write(ctx context.Context, pieces []cite.Piece) error {
	for _, p := range pieces {
		if err := w.piece(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// piece shows a sentence, keeps it for later, or withholds it.
func (w *writer) piece(ctx context.Context, p cite.Piece) error {
	if p.Break != cite.Joined {
		w.bullet, w.gap = "", false
	}
	w.brk = max(w.brk, p.Break)
	if p.Bullet != "" {
		w.bullet = p.Bullet
	}
	if p.Opens {
		w.open(p)
		return nil
	}
	w.listing = w.listing || p.Bullet != ""
	if w.listing && p.Bullet == "" && p.Break != cite.Joined {
		w.intro = nil // its list is over
	}
	if w.gap && pointsBack(p.Text) {
		w.withhold()
		return nil
	}
	verdict, err := w.check(ctx, p)
	if err != nil {
		return err
	}
	switch {
	case verdict.Reason == cite.Declined:
		w.declined, w.gap = true, true
	case !verdict.Supported():
		w.withhold()
	default:
		err = w.show(p, verdict)
	}
	if !w.listing {
		w.intro = nil // it led in this sentence or none
	}
	return err
}

// check checks a sentence: by itself, or as its lead-in makes it read.
func (w *writer) check(ctx context.Context, p cite.Piece) (cite.Verdict, error) {
	if w.intro == nil {
		return w.checker.Check(ctx, p.Text, p.Passages)
	}
	cited := p.Passages
	if len(cited) == 0 {
		cited = w.intro.Passages
	}
	if w.intro.plain {
		return w.checker.Check(ctx, p.Text, cited)
	}
	together, err := w.checker.Check(ctx, strings.TrimSuffix(w.intro.Text, ":")+" "+p.Text, cited)
	w.intro.holds = together.Supported()
	if err != nil || together.Supported() || !isSentence(p.Text) {
		return together, err
	}
	return w.checker.Check(ctx, p.Text, cited)
}

func (w *writer) withhold() {
	w.withheld++
	w.gap = true
}

// open keeps a lead-in for what it introduces. A heading says nothing that a
// source could support, and goes.
func (w *writer) open(p cite.Piece) {
	w.intro, w.listing, w.gap = nil, false, false
	if strings.HasSuffix(p.Text, ":") {
		p.Break, p.Bullet = w.brk, w.bullet
		w.intro = newLeadIn(p)
		w.brk, w.bullet = cite.Joined, ""
	}
}

// show cites the quotes of a sentence and writes it, behind its lead-in.
func (w *writer) show(p cite.Piece, verdict cite.Verdict) error {
	if err := w.showIntro(); err != nil {
		return err
	}
	var numbers []int
	for _, q := range verdict.Quotes {
		n, err := w.composer.Cite(w.sources[q.Source], q.Span, q.Status)
		if err != nil {
			return err
		}
		numbers = append(numbers, n)
	}
	w.gap = false
	return w.composer.Statement(w.lead(), p.Text, numbers...)
}

// showIntro writes the lead-in of what is shown next, once, or drops it.
func (w *writer) showIntro() error {
	intro := w.intro
	if intro == nil || intro.done {
		return nil
	}
	intro.done = true
	brk, bullet := w.brk, w.bullet
	if !intro.plain && !intro.holds {
		w.withheld++
		w.brk = max(brk, intro.Break)
		return nil
	}
	w.brk, w.bullet = intro.Break, intro.Bullet
	err := w.composer.Statement(w.lead(), intro.Text)
	w.brk, w.bullet = brk, bullet
	return err
}

// lead is the white space and the bullet before the next sentence.
func (w *writer) lead() string {
	brk, bullet := w.brk, w.bullet
	w.brk, w.bullet = cite.Joined, ""
	space := " "
	switch {
	case !w.shown():
		space = ""
	case brk == cite.Line, brk == cite.Joined && bullet != "":
		space = "\n"
	case brk == cite.Paragraph:
		space = "\n\n"
	}
	switch {
	case bullet == "- ":
		return space + bullet
	case bullet != "":
		w.item++ // anew, since some may be missing
		return space + strconv.Itoa(w.item) + ". "
	case brk == cite.Paragraph:
		w.item = 0
	}
	return space
}

// whole leaves out the last of the pieces when it breaks off: what was to come
// could turn it into its opposite.
func whole(pieces []cite.Piece) []cite.Piece {
	if n := len(pieces); n > 0 && !strings.ContainsAny(lastSign(pieces[n-1].Text), ".?!…") {
		return pieces[:n-1]
	}
	return pieces
}

// lastSign is the last character of a sentence, closing quotes left out.
func lastSign(s string) string {
	r := []rune(strings.TrimRight(s, `"'”’»›)`))
	if len(r) == 0 {
		return ""
	}
	return string(r[len(r)-1])
}
