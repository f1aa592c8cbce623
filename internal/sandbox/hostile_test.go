//go:build !race

// The race detector makes these ten times slower and larger, and finds nothing
// in them: one file follows another.

package sandbox

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// hostile is a file made to do harm, and what may come of it.
type hostile struct {
	name string
	data []byte
	want outcome
}

// outcome are the reasons for which a file may be refused; the empty one is
// that it is read.
type outcome []load.Reason

var (
	ok = outcome{""}
	// tooMuch is what takes more than there is: of PDFium that can't be told from
	// damage.
	tooMuch = outcome{load.Damaged, load.Memory, load.TooLarge, load.TooLong}
)

// full takes the files at their full size, which takes minutes.
var full = flag.Bool("full", false, "read hostile files of full size")

// sized is a number that makes a file large: a part of it where nobody asks for
// more, with limits to match.
func sized(n int) int {
	if *full {
		return n
	}
	return n / 16
}

func refusedAs(reasons ...load.Reason) outcome { return reasons }

// noise is n bytes without meaning.
func noise(n int) []byte {
	source := rand.NewChaCha8([32]byte{1})
	data := make([]byte, n)
	_, _ = source.Read(data) // never fails
	return data
}

// hostileTexts are texts, Markdown and HTML made to do harm.
func hostileTexts() []hostile {
	utf16le := func(s string) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return b
	}
	page := func(body string) []byte { return []byte("<!DOCTYPE html><title>x</title><body><main>" + body) }
	repeat := func(s string, n int) []byte { return bytes.Repeat([]byte(s), n) }
	return []hostile{
		{"leeg.txt", nil, refusedAs(load.Empty)},
		{"wit.txt", repeat(" \r\n\t\f", 1<<16), refusedAs(load.Empty)},
		{"nul.txt", []byte("Goed\x00 zo."), refusedAs(load.NotText)},
		{"ruis.txt", noise(1 << 16), refusedAs(load.NotText)},
		{"ruis.md", noise(1 << 16), refusedAs(load.NotText)},
		{"ruis.html", noise(1 << 16), refusedAs(load.NotText)},
		{"is-pdf.txt", append([]byte("\x00"), pdfLetter("", "", "", "", "")...), refusedAs(load.NotText)},
		{"utf16-zonder-merk.txt", utf16le(letter), refusedAs(load.NotText)},
		{"half-teken.txt", append([]byte{0xff, 0xfe}, append(utf16le(letter), 0, 0xd8)...), refusedAs(load.NotText)},
		{"half-paar.txt", append([]byte{0xff, 0xfe, 0, 0xdc}, utf16le(letter)...), refusedAs(load.NotText)},
		{"los-teken.txt", []byte("Goed \xed\xa0\x80 zo.\x01"), refusedAs(load.NotText)},
		{"een-regel.txt", repeat("a", sized(load.MaxBytes)), refusedAs(load.TooLong)},
		{"een-regel-woorden.txt", repeat("Een zin. ", sized(7<<20)/9), ok},
		{"te-groot.txt", repeat("a", load.MaxBytes+1), refusedAs(load.TooLarge)},
		{"regels.txt", repeat("a\n", sized(8<<20)-1), refusedAs(load.TooLong, load.Memory)},
		{"miljoen-rijen.md", append([]byte("| kop |\n|---|\n"), repeat("| 1 |\n", sized(1_000_000))...), refusedAs(load.TooLong, load.Memory)},
		{"diep.md", repeat("> ", sized(1<<20)), refusedAs(load.Empty)},
		{"haken.md", append(repeat("[", sized(1<<20)), repeat("](x)", sized(1<<14))...), ok},
		{"nadruk.md", repeat("*a _b ", sized(1<<19)), ok},
		{"voorwerk.md", []byte("---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n" +
			"e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\ntitle: *g\n---\n\nGoed zo, dit is een zin.\n"), ok},
		{"diep.html", append(page(""), repeat("<div>", 100_000)...), refusedAs(load.TooDeep, load.Empty)},
		{"miljoen-rijen.html", append(page("<table><tr><th>kop</th></tr>"), repeat("<tr><td>1", sized(900_000))...), refusedAs(load.TooLong)},
		{"span.html", page(`<table><tr><td rowspan="65534" colspan="1000">a` + strings.Repeat(`<tr><td rowspan="65534" colspan="1000">b`, 1000) + "</table>"), ok},
		{"kop.html", page("<h1>" + strings.Repeat("Kop ", sized(1<<20)) + "</h1><p>Goed zo, dit is een zin.</p>"), outcome{"", load.TooLong}},
		{"is-plaatje.html", append([]byte("\x89PNG\r\n\x1a\n\x00\x00"), noise(1<<12)...), refusedAs(load.NotText)},
		{"afgekapt.html", page("<p>De minister schrijft dat het goed gaat.</p><table><tr><td>a<!-- "), ok},
	}
}

var showOutcomes = flag.Bool("outcomes", false, "show what came of every hostile file")

// TestHostileFiles reads files that were made to do harm, with a good one behind
// each. Nothing but the file suffers, every file comes to an end within its
// time, and whoever added it is told why it was refused.
func TestHostileFiles(t *testing.T) {
	limits := Limits{Memory: 384 << 20, Time: 20 * time.Second, Text: sized(8 << 20), Blocks: sized(100_000)}
	if *full {
		limits.Memory, limits.Time = 0, 0
	}
	p := newPool(t, asReader, Config{Limits: limits, Children: 1, CacheDir: t.TempDir()})
	files := slices.Concat(hostileTexts(), hostileZips(t), hostilePDFs(t))
	good := mustRead(t, p)
	for _, h := range files {
		t.Run(h.name, func(t *testing.T) {
			begin := time.Now()
			doc, err := p.Read(t.Context(), h.name, h.data)
			took := time.Since(begin)
			if *showOutcomes {
				t.Logf("%6d ms, %d bytes, %d characters, %d blocks: %v", took.Milliseconds(), len(h.data), docs.Characters(doc.Text), len(doc.Blocks), err)
			}
			if took > p.cfg.Time+startTime {
				t.Errorf("took %s", took)
			}
			reason := load.Reason("")
			if err != nil {
				reason = reasonOf(t, err)
				var refused *load.Error
				if errors.As(err, &refused) && refused.Message() == (&load.Error{}).Message() {
					t.Errorf("reason %q has no sentence of its own", reason)
				}
			}
			if !slices.Contains(h.want, reason) {
				t.Errorf("got %v, want one of %q", err, h.want)
			}
			if again := mustRead(t, p); again.Version != good.Version {
				t.Error("the letter behind it came out otherwise")
			}
		})
	}
}
