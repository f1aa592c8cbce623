package answer

import (
	"context"
	"regexp"
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

	// opening waits for a sentence that it introduces; nil for none. listing says
	// that its list has begun.
	opening *cite.Piece
	listing bool
	// led are the passages that the last lead-in cited, for items that cite none.
	led []int
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
		w.opening, w.led = nil, nil // its list is over
	}
	if w.listing && len(p.Passages) == 0 {
		p.Passages = w.led
	}
	if w.gap && pointsBack(p.Text) {
		w.withhold()
		return nil
	}
	verdict, err := w.checker.Check(ctx, p.Text, p.Passages)
	if err != nil {
		return err
	}
	switch {
	case verdict.Reason == cite.Declined:
		w.declined, w.gap = true, true
	case !verdict.Supported():
		w.withhold()
	default:
		err = w.show(ctx, p, verdict)
	}
	if !w.listing {
		w.opening = nil // it introduced this sentence or none
	}
	return err
}

func (w *writer) withhold() {
	w.withheld++
	w.gap = true
}

// open keeps a lead-in for what it introduces. A heading says nothing that a
// source could support, and goes.
func (w *writer) open(p cite.Piece) {
	w.opening, w.listing, w.led = nil, false, p.Passages
	if strings.HasSuffix(p.Text, ":") {
		p.Break, p.Bullet = w.brk, w.bullet
		w.opening = &p
		w.brk, w.bullet = cite.Joined, ""
	}
	w.gap = false
}

// show cites the quotes of a sentence and writes it.
func (w *writer) show(ctx context.Context, p cite.Piece, verdict cite.Verdict) error {
	if opening := w.opening; opening != nil {
		w.opening = nil
		holds, err := w.introduces(ctx, *opening, p)
		if err != nil {
			return err
		}
		brk, bullet := w.brk, w.bullet
		w.brk, w.bullet = opening.Break, opening.Bullet
		if holds {
			if err := w.composer.Statement(w.lead(), opening.Text); err != nil {
				return err
			}
		} else {
			w.withheld++
			brk = max(brk, w.brk)
		}
		w.brk, w.bullet = brk, bullet
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

// introduces reports whether a lead-in may stand before a sentence that holds:
// it claims nothing by itself, or it holds together with that sentence.
func (w *writer) introduces(ctx context.Context, opening, p cite.Piece) (bool, error) {
	if claimsNothing(opening.Text) {
		return true, nil
	}
	verdict, err := w.checker.Check(ctx, strings.TrimSuffix(opening.Text, ":")+" "+p.Text, append(opening.Passages, p.Passages...))
	return verdict.Supported(), err
}

var (
	// holdsFigure finds numbers, in digits and words.
	holdsFigure = regexp.MustCompile(`(?i)\d|^(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|\w+tien|\w+tig|honderd|duizend|miljoen|miljard|helft|two|three|four|five|six|seven|eight|nine|ten)$`)
	denies      = map[string]bool{"niet": true, "geen": true, "nooit": true, "nergens": true, "niemand": true, "niets": true, "zonder": true, "not": true, "no": true, "never": true}
)

// claimsNothing reports whether a lead-in holds nothing that could be wrong: no
// number, no name, no denial.
func claimsNothing(leadIn string) bool {
	for i, word := range strings.FieldsFunc(leadIn, func(r rune) bool { return strings.ContainsRune(" ,:;()‘’“”\"'", r) }) {
		lower := strings.ToLower(word)
		if holdsFigure.MatchString(word) || denies[lower] || i > 0 && lower != word || i == 0 && len(word) > 1 && lower[1:] != word[1:] {
			return false
		}
	}
	return true
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
