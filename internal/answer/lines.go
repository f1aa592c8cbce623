package answer

import (
	"regexp"
	"slices"
	"strings"

	"bronwijzer/internal/docs"
)

// line is a paragraph, a row or an entry of an answer.
type line struct {
	kind docs.SentenceKind
	// bullet is what stands before an entry: "- " or "3. "; else empty.
	bullet, text string
}

// lines joins sentences of prose to paragraphs. An entry of a list that stands
// alone is no list. A quotation that is cut off is shown to go on.
func (s statement) lines() []line {
	parts := s.parts()
	if len(parts) == 1 && !s.goesOn {
		parts[0].bullet = ""
	}
	var out []line
	for i, p := range parts {
		if p.kind == docs.Prose && i > 0 && parts[i-1].kind == docs.Prose {
			out[len(out)-1].text += " " + p.text
			continue
		}
		out = append(out, p)
	}
	for i := range out {
		out[i].text = balanced(out[i].text)
	}
	return out
}

// parts are the statement's sentences, a List taken apart into its lead-in and
// its entries. Entries keep the numbers that they have in their passage.
func (s statement) parts() []line {
	var out []line
	shown := strings.Split(s.source.Passage.Plain, "\n")
	for _, sentence := range s.sentences {
		switch sentence.Kind {
		case docs.List:
			entries := strings.Split(sentence.Plain, "\n")
			if s.led(sentence) {
				out = append(out, line{kind: docs.Prose, text: entries[0]})
				entries = entries[1:]
			}
			for _, e := range entries {
				out = append(out, entry(e))
			}
		case docs.ListItem:
			next := line{docs.ListItem, "- ", sentence.Plain}
			for i, l := range shown {
				if e := entry(l); strings.HasPrefix(e.text, sentence.Plain) {
					next.bullet, shown = e.bullet, shown[i+1:]
					break
				}
			}
			out = append(out, next)
		default:
			out = append(out, line{kind: sentence.Kind, text: sentence.Plain})
		}
	}
	return out
}

// led reports whether a List has a lead-in: its first entry doesn't begin it.
func (s statement) led(list docs.Sentence) bool {
	return !slices.ContainsFunc(s.source.Passage.Sentences, func(other docs.Sentence) bool {
		return other.Kind == docs.ListItem && other.Span.Start == list.Span.Start
	})
}

// number is what stands before an entry that a line of an answer can be numbered
// with; a letter or "1.2" becomes a part of the entry.
var number = regexp.MustCompile(`^(\d{1,3})[.)]$`)

// entry reads an entry as its passage shows it: behind a sign and a space.
func entry(shown string) line {
	sign, text, _ := strings.Cut(shown, " ")
	if m := number.FindStringSubmatch(sign); m != nil {
		return line{docs.ListItem, m[1] + ". ", text}
	}
	if sign != "-" {
		text = shown
	}
	return line{docs.ListItem, "- ", text}
}
