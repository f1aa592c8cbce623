package load

import (
	"regexp"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// headBlocks is how many blocks at the beginning of a document may tell its date
// and file: the head of a letter has some eight.
const headBlocks = 14

// maxHeadWords is the most words of a line that does.
const maxHeadWords = 25

var (
	// dateLabel is what a date stands behind.
	dateLabel = regexp.MustCompile(`(?i)^(?:datum(?: publicatie| brief)?|dagtekening|publicatiedatum|gepubliceerd(?: op)?|verschenen(?: op)?|geldend (?:van|vanaf|per|op)|date)\b[ :|]*`)
	// dossierLine begins with a parliamentary file; chapters of the budget have a
	// Roman number behind it.
	dossierLine = regexp.MustCompile(`^(?:Kamerstuk(?:ken)?(?: II?)? |Dossier )?(\d{2})[ \x{A0}]?(\d{3})(?:[ -]([IVX]{1,5}))?\b`)
	// numberLine begins with the number of a piece in it.
	numberLine = regexp.MustCompile(`(?i)^nr\.?[ \x{A0}]?(\d{1,4})\b`)
	// dossierWhole is both in one.
	dossierWhole = regexp.MustCompile(`(?i)\b(\d{2})[ \x{A0}]?(\d{3})(?:[ -]([IVX]{1,5}))?(?:,? nr\.?[ \x{A0}]?|-)(\d{1,4})\b`)
)

// fillHead takes from the head of a document its date and file, as far as they
// aren't known.
func fillHead(doc *docs.Document) {
	if doc.Date == "" {
		doc.Date = headDate(doc)
	}
	if doc.Dossier == "" {
		doc.Dossier = headDossier(doc)
	}
}

// head yields the short lines at the beginning of a document that are no prose.
func head(doc *docs.Document) []string {
	var lines []string
	bytes, runes := 0, 0
	for _, b := range doc.Blocks[:min(len(doc.Blocks), headBlocks)] {
		gap, _ := docs.Span{End: b.Span.Start - runes}.Slice(doc.Text[bytes:])
		bytes += len(gap)
		s, _ := docs.Span{End: b.Span.Len()}.Slice(doc.Text[bytes:])
		bytes += len(s)
		runes = b.Span.End
		if len(s) > maxFlowLine || countWords(s) > maxHeadWords {
			continue
		}
		lines = append(lines, strings.Join(strings.Fields(s), " "))
	}
	return lines
}

// maxFlowLine is the longest line of a head, in bytes.
const maxFlowLine = 400

// headDate returns the day that the head of a document says that it is of:
// "Datum: 18 november 2020", "Den Haag, 18 november 2020", or a date by itself.
func headDate(doc *docs.Document) string {
	for _, s := range head(doc) {
		if label := dateLabel.FindString(s); label != "" {
			if day := dutch.FindDay(s[len(label):min(len(s), len(label)+40)]); day != "" {
				return day
			}
		}
		for part := range strings.SplitSeq(s, " | ") {
			if day := dutch.Day(part); day != "" {
				return day
			}
		}
		if place, rest, ok := strings.Cut(s, ", "); ok && countWords(place) <= 4 {
			if day := dutch.Day(strings.TrimPrefix(rest, "d.d. ")); day != "" {
				return day
			}
		}
	}
	return ""
}

// headDossier returns the parliamentary file and number that the head of a
// document says: "28 638, nr. 184", on one line or on two.
func headDossier(doc *docs.Document) string {
	file := ""
	for _, s := range append([]string{doc.Title}, head(doc)...) {
		if d := dossierIn(s); d != "" {
			return d
		}
		if m := dossierLine.FindStringSubmatch(s); m != nil {
			file = dossier(m[1], m[2], m[3], "")
			continue
		}
		if m := numberLine.FindStringSubmatch(s); m != nil && file != "" {
			return file + ", nr. " + m[1]
		}
	}
	return ""
}

// dossierIn returns the file and number in a short text, or "".
func dossierIn(s string) string {
	if m := dossierWhole.FindStringSubmatch(s); m != nil && !strings.Contains(m[0], "-0") {
		return dossier(m[1], m[2], m[3], m[4])
	}
	return ""
}

// dossier writes a file, its chapter and a number as they are written: "28 638,
// nr. 184", "36 410 VI, nr. 3". Chapter and number may be empty.
func dossier(a, b, chapter, number string) string {
	s := a + " " + b
	if chapter != "" {
		s += " " + chapter
	}
	if number != "" {
		s += ", nr. " + number
	}
	return s
}
