package load

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// pdfReader is what every test of PDF files reads with: starting it takes
// seconds where nothing is cached.
var pdfReader = New(Config{})

func readPDFFile(t *testing.T, name string) docs.Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "pdf", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := pdfReader.Read(t.Context(), name, data)
	if err != nil {
		t.Fatal(err)
	}
	check(t, &doc)
	return doc
}

// known is a block as the text beside the PDF files has it.
type known struct {
	kind docs.BlockKind
	text string
	page int
}

var noteMark = regexp.MustCompile(`\[\^\d+\]`)

// knownBlocks reads the text that a PDF was made from; see testdata/pdf/make.go.
// Footnotes come last, as in the document.
func knownBlocks(t *testing.T, file string) []known {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "pdf", file))
	if err != nil {
		t.Fatal(err)
	}
	var blocks, notes []known
	page, inTable := 1, false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(noteMark.ReplaceAllString(line, ""))
		mark, rest, _ := strings.Cut(line, " ")
		b := known{text: rest, page: page}
		inTable = inTable && mark == "|"
		switch {
		case mark == "===":
			if page, err = strconv.Atoi(rest); err != nil {
				t.Fatal(err)
			}
			continue
		case line == "||":
			continue
		case mark == "title", mark == "#", mark == "##":
			b.kind = docs.Heading
		case mark == "-", regexp.MustCompile(`^\d+\.$`).MatchString(mark):
			b.kind = docs.Item
		case mark == "!":
			b.kind = docs.Line
		case mark == "|":
			b.kind = docs.Row
			if !inTable {
				inTable = true
				continue // the header
			}
		case mark[0] == '^':
			b.kind = docs.Item
			notes = append(notes, b)
			continue
		default:
			b.text = line
		}
		blocks = append(blocks, b)
	}
	return append(blocks, notes...)
}

func blockTexts(doc *docs.Document) []string {
	var out []string
	runes := []rune(doc.Text)
	for _, b := range doc.Blocks {
		out = append(out, string(runes[b.Span.Start:b.Span.End]))
	}
	return out
}

// pdfSentences are the sentences of blocks.
func pdfSentences(texts []string) []string {
	var out []string
	for _, s := range texts {
		for _, sentence := range dutch.Sentences(s) {
			out = append(out, strings.Join(strings.Fields(sentence), " "))
		}
	}
	return out
}

// distance is the number of characters to insert, remove or change to make b of a.
func distance(a, b []rune) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range a {
		before := row[0]
		row[0] = i + 1
		for j, d := range b {
			cost := before
			if c != d {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}

// TestPDFKnownText compares what is read with the text that the files were made
// from: characters, borders of sentences, kinds of blocks, and pages.
func TestPDFKnownText(t *testing.T) {
	files, err := filepath.Glob("testdata/pdf/*-*.pdf")
	if err != nil || len(files) < 8 {
		t.Fatalf("files %q, %v", files, err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			text, _, _ := strings.Cut(name, "-")
			want := knownBlocks(t, text+".txt")
			doc := readPDFFile(t, name)
			golden(t, filepath.Join("pdf", name), pdfListing(t, &doc))
			got := blockTexts(&doc)
			var wanted []string
			for _, b := range want {
				wanted = append(wanted, b.text)
			}
			a, b := []rune(strings.Join(wanted, " ")), []rune(strings.Join(got, " "))
			errs := distance(a, b)
			recovered := 1 - float64(errs)/float64(len(a))
			sentences, right := pdfSentences(wanted), 0
			read := pdfSentences(got)
			for _, s := range sentences {
				if slices.Contains(read, s) {
					right++
				} else {
					t.Logf("not a sentence: %s", s)
				}
			}
			borders := float64(right) / float64(len(sentences))
			t.Logf("%.3f %% of %d characters, %.1f %% of %d sentences, %d blocks for %d", 100*recovered, len(a), 100*borders, len(sentences), len(got), len(want))
			if recovered < 0.995 || borders < 0.98 {
				t.Errorf("%.3f %% of characters, %.1f %% of sentences", 100*recovered, 100*borders)
			}
			comparePages(t, want, &doc)
		})
	}
}

// comparePages compares kinds and pages of the blocks that were found whole, of
// which there must be nearly all. The paper in columns doesn't say its pages.
func comparePages(t *testing.T, want []known, doc *docs.Document) {
	t.Helper()
	texts := blockTexts(doc)
	found := 0
	for _, w := range want {
		i := slices.Index(texts, w.text)
		if i < 0 && w.kind == docs.Item {
			continue
		}
		if i < 0 {
			t.Logf("not a block: %.60s", w.text)
			continue
		}
		found++
		b := doc.Blocks[i]
		if b.Kind != w.kind {
			t.Errorf("%.40q is of kind %d, want %d", w.text, b.Kind, w.kind)
		}
		if b.Page != w.page && !strings.HasPrefix(doc.Path, "kolommen") {
			t.Errorf("%.40q on page %d, want %d", w.text, b.Page, w.page)
		}
	}
	if found*100 < len(want)*95 {
		t.Errorf("%d of %d blocks found whole", found, len(want))
	}
}

// pdfListing is the listing of a document with its pages.
func pdfListing(t *testing.T, doc *docs.Document) string {
	t.Helper()
	var pages strings.Builder
	at := 0
	for i, b := range doc.Blocks {
		if b.Page != at {
			at = b.Page
			fmt.Fprintf(&pages, "  page %d from block %d\n", at, i)
		}
	}
	return listing(t, doc) + "\n" + pages.String()
}
