package chunk_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tokens stands in for a tokenizer: Dutch has about one for 4.3 characters.
func tokens(s string) int { return (utf8.RuneCountInString(s)*10 + 42) / 43 }

func read(tb testing.TB, name, text string) *docs.Document {
	tb.Helper()
	doc, err := load.Read(name, []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	doc.ID = docs.NewID("corpus", name)
	return &doc
}

// listing shows the passages and sentences as a reader would see them.
func listing(passages []docs.Passage) string {
	var b strings.Builder
	oneLine := strings.NewReplacer("\n", "⏎")
	kinds := []string{"prose", "item", "row", "list", "fragment"}
	for _, p := range passages {
		fmt.Fprintf(&b, "\n%d [%s] %d–%d, %d tokens\n", p.Ordinal, strings.Join(p.Section, " > "), p.Span.Start, p.Span.End, p.Tokens)
		for _, s := range p.Sentences {
			fmt.Fprintf(&b, "  %3d %-8s %s\n", s.N, kinds[s.Kind], oneLine.Replace(s.Plain))
		}
		if len(p.Sentences) == 0 {
			fmt.Fprintf(&b, "      %-8s %s\n", "none", oneLine.Replace(p.Plain))
		}
	}
	return b.String()
}

// TestGolden cuts the real corpus and the samples of the loader.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../../corpus/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	samples, err := filepath.Glob("../load/testdata/sample*")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, file := range append(files, samples...) {
		name := filepath.Base(file)
		if filepath.Ext(name) == ".golden" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc := read(t, name, string(data))
			passages := chunk.Split(doc, tokens, chunk.Config{})
			check(t, doc, passages, chunk.DefaultTokens)
			got := listing(passages)
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got (-update writes it anew):\n%s", diff)
			}
		})
	}
}

// check holds what passages must be, whatever the document.
func check(tb testing.TB, doc *docs.Document, passages []docs.Passage, budget int) {
	tb.Helper()
	runes := []rune(doc.Text)
	slice := func(s docs.Span) string {
		if s.Start < 0 || s.End < s.Start || s.End > len(runes) {
			tb.Fatalf("span %v outside of %d", s, len(runes))
		}
		return string(runes[s.Start:s.End])
	}
	numbers := make(map[docs.Span]int)
	for i, p := range passages {
		if p.Ordinal != i || p.DocumentID != doc.ID || p.Version != doc.Version || p.ID != docs.PassageID(doc.ID, p.Span, p.Text) {
			tb.Errorf("passage %d has ordinal %d and id %s", i, p.Ordinal, p.ID)
		}
		if p.Text != slice(p.Span) || p.Text != strings.TrimSpace(p.Text) || p.Plain == "" || p.Tokens != tokens(p.Plain) {
			tb.Errorf("passage %d: %q at %v", i, p.Text, p.Span)
		}
		if p.Tokens > budget && len(p.Sentences) > 1 {
			tb.Errorf("passage %d has %d tokens and %d sentences", i, p.Tokens, len(p.Sentences))
		}
		if i > 0 {
			last := passages[i-1].Span
			if p.Span.Start <= last.Start || p.Span.End <= last.End {
				tb.Errorf("passage %d at %v behind %v", i, p.Span, last)
			}
		}
		inSection(tb, doc, &p)
		for k, s := range p.Sentences {
			if s.Text != slice(s.Span) || !p.Span.Contains(s.Span) || s.Plain == "" || !utf8.ValidString(s.Plain) {
				tb.Errorf("sentence %q at %v in %v", s.Text, s.Span, p.Span)
			}
			if k > 0 && s.N <= p.Sentences[k-1].N {
				tb.Errorf("sentence %d behind %d", s.N, p.Sentences[k-1].N)
			}
			if n, ok := numbers[s.Span]; ok && n != s.N {
				tb.Errorf("sentence at %v is %d and %d", s.Span, n, s.N)
			}
			numbers[s.Span] = s.N
		}
	}
	inOrder(tb, numbers)
}

// inSection: no passage reaches over a heading but for those it opens with.
func inSection(tb testing.TB, doc *docs.Document, p *docs.Passage) {
	tb.Helper()
	at, _ := slices.BinarySearchFunc(doc.Blocks, p.Span.Start, func(b docs.Block, start int) int { return b.Span.End - start - 1 })
	for at < len(doc.Blocks) && doc.Blocks[at].Kind == docs.Heading {
		at++
	}
	for ; at < len(doc.Blocks) && doc.Blocks[at].Span.Start < p.Span.End; at++ {
		if b := doc.Blocks[at]; b.Kind == docs.Heading || !slices.Equal(b.Section, p.Section) {
			tb.Errorf("passage at %v of %q reaches over %v of %q", p.Span, p.Section, b.Span, b.Section)
		}
	}
}

// inOrder: sentences are numbered 0, 1, 2… by Start, then End.
func inOrder(tb testing.TB, numbers map[docs.Span]int) {
	tb.Helper()
	spans := make([]docs.Span, len(numbers))
	for s, n := range numbers {
		if n >= len(spans) {
			tb.Fatalf("sentence %d of %d", n, len(spans))
		}
		spans[n] = s
	}
	if !slices.IsSortedFunc(spans, func(a, b docs.Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.End - b.End
	}) {
		tb.Errorf("sentences out of order: %v", spans)
	}
}

// TestCovers: every word outside headings is in some passage, but for stretches
// of one or two words.
func TestCovers(t *testing.T) {
	files, err := filepath.Glob("../../corpus/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc := read(t, filepath.Base(file), string(data))
		for _, budget := range []int{1, 20, 60, 200, 1000} {
			passages := chunk.Split(doc, tokens, chunk.Config{Tokens: budget})
			check(t, doc, passages, budget)
			k := 0
			for _, b := range doc.Blocks {
				if b.Kind == docs.Heading {
					continue
				}
				for k < len(passages) && passages[k].Span.End <= b.Span.Start {
					k++
				}
				if k == len(passages) || passages[k].Span.Start > b.Span.Start {
					text, _ := b.Span.Slice(doc.Text)
					t.Errorf("%s, %d tokens: %q is in no passage", file, budget, text)
				}
			}
		}
	}
}

func split(tb testing.TB, name, text string, budget int) []docs.Passage {
	tb.Helper()
	doc := read(tb, name, text)
	passages := chunk.Split(doc, tokens, chunk.Config{Tokens: budget})
	check(tb, doc, passages, budget)
	return passages
}

// TestOverlap: a passage begins with the last sentence of the one before, if
// there is room for it and more.
func TestOverlap(t *testing.T) {
	const text = "Dit is de eerste zin. Dit is de tweede zin. Dit is de derde zin. Dit is een veel langere vierde zin, die bijna alles vult wat er past. Dit is de vijfde."
	var got []string
	for _, p := range split(t, "a.txt", text, 17) {
		got = append(got, p.Text)
	}
	want := []string{
		"Dit is de eerste zin. Dit is de tweede zin.",
		"Dit is de tweede zin. Dit is de derde zin.",
		"Dit is een veel langere vierde zin, die bijna alles vult wat er past.",
		"Dit is de vijfde.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("passages (-want +got):\n%s", diff)
	}
}

func TestLists(t *testing.T) {
	short := "Wij helpen u bij:\n\n- wonen\n- werk en inkomen\n- zorg\n\nBel ons vandaag nog."
	many := "Wij helpen u bij:\n\n" + strings.Repeat("- wonen, werk en inkomen in de hele gemeente Utrecht\n", 12)
	for name, c := range map[string]struct {
		text   string
		budget int
		want   []string
	}{
		"short": {short, 200, []string{
			"0 prose Wij helpen u bij:", "1 list Wij helpen u bij:⏎- wonen⏎- werk en inkomen⏎- zorg",
			"2 item wonen", "3 item werk en inkomen", "4 item zorg", "5 prose Bel ons vandaag nog.",
		}},
		"under a heading": {"# Kop\n\n- wonen\n- werk\n- zorg en welzijn hier\n", 200, []string{
			"0 item wonen", "1 list - wonen⏎- werk⏎- zorg en welzijn hier", "2 item werk", "3 item zorg en welzijn hier",
		}},
		"words alone, too many": {"# Kop\n\n" + strings.Repeat("- Koraal\n", 7), 12, []string{
			"0 item Koraal", "1 list - Koraal⏎- Koraal⏎- Koraal⏎- Koraal", "2 item Koraal", "3 item Koraal", "4 item Koraal",
			"4 item Koraal", "5 item Koraal", "6 list - Koraal⏎- Koraal⏎- Koraal", "7 item Koraal", "8 item Koraal",
		}},
		"behind prose": {"# Kop\n\nDit is een zin.\n\n- wonen\n- werk en inkomen hier\n", 200, []string{
			"0 prose Dit is een zin.", "1 item wonen", "2 item werk en inkomen hier",
		}},
		"words alone": {"# Kop\n\n- FairWork\n- Koraal\n- Sterk Huis\n", 200, []string{
			"0 item FairWork", "1 list - FairWork⏎- Koraal⏎- Sterk Huis", "2 item Koraal", "3 item Sterk Huis",
		}},
		"a menu": {"# Kop\n\n- Contact\n- Help\n", 200, nil},
		"long, words among": {"Nooit toegestaan zijn:\n\n- messen\n- " + strings.Repeat("woord ", 90) + "\n- lachgas\n", 400, []string{
			"0 prose Nooit toegestaan zijn:", "1 item messen", "2 item " + strings.TrimSpace(strings.Repeat("woord ", 90)), "3 item lachgas",
		}},
		"numbered": {"Drie stappen:\n\n1. Bel de gemeente.\n2. Wacht op antwoord.\n", 200, []string{
			"0 list Drie stappen:⏎1. Bel de gemeente.⏎2. Wacht op antwoord.", "1 item Bel de gemeente.", "2 item Wacht op antwoord.",
		}},
	} {
		var got []string
		for _, p := range split(t, "a.md", c.text, c.budget) {
			for _, s := range p.Sentences {
				got = append(got, fmt.Sprintf("%d %s %s", s.N, []string{"prose", "item", "row", "list", "fragment"}[s.Kind], strings.ReplaceAll(s.Plain, "\n", "⏎")))
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, p := range split(t, "a.md", many, 200) {
		for _, s := range p.Sentences {
			if s.Kind == docs.List {
				t.Errorf("list of %d words", len(strings.Fields(s.Plain)))
			}
		}
	}
}

// TestListStaysWhole: a list that fits isn't cut for want of room behind what
// stands before it.
func TestListStaysWhole(t *testing.T) {
	text := "Dit is een zin vooraf die flink wat ruimte inneemt. Wij helpen u bij:\n\n- wonen in de stad\n- werk en inkomen\n- zorg en welzijn\n"
	for _, p := range split(t, "a.md", text, 24) {
		if strings.Contains(p.Text, "Wij helpen") && !strings.Contains(p.Text, "zorg en welzijn") {
			t.Errorf("list cut: %q", p.Text)
		}
	}
}

func TestRows(t *testing.T) {
	const table = "Kop hier\n\nSoort | Prijs |  | Geldig\n---|---|---|---\nPas \\| 18+ | € 5 | ja |\nKaart | | | 10 jaar | over\n"
	passages := split(t, "a.txt", table, 200)
	var got []string
	for _, s := range passages[0].Sentences {
		got = append(got, s.Plain)
	}
	want := []string{"Soort: Pas | 18+; Prijs: € 5; ja", "Soort: Kaart; Geldig: 10 jaar; over"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestTables: whatever a table comes from, each of its rows names its columns.
func TestTables(t *testing.T) {
	for name, file := range map[string]string{
		"a.md":   "# Bezoekers\n\n| Bad | Jaar | Aantal |\n|--|--|--|\n| Het Diep | 2030 | 40.020 |\n",
		"b.md":   "# Bezoekers\n\n<table><tr><th>Bad</th><th>Jaar</th><th>Aantal</th></tr>\n<tr><td>Het Diep</td><td>2030</td><td>40.020</td></tr></table>\n",
		"a.txt":  "Bezoekers\n\nBad | Jaar | Aantal\n--|--|--\nHet Diep | 2030 | 40.020\n",
		"a.html": "<h1>Bezoekers</h1><table><tr><th>Bad<th>Jaar<th>Aantal<tr><td>Het Diep<td>2030<td>40.020</table>",
		"a.docx": sample(t, "sample_office.docx"),
		"a.odt":  sample(t, "sample_office.odt"),
	} {
		want := "Bad: Het Diep; Jaar: 2030; Aantal: 40.020"
		if strings.HasPrefix(file, "PK") {
			want = "Bad: Het Diep; Jaar: 2030; Bezoekers: 40.020"
		}
		found := false
		for _, p := range split(t, name, file, 200) {
			for _, s := range p.Sentences {
				found = found || s.Kind == docs.TableRow && s.Plain == want && strings.Contains(p.Plain, want)
			}
		}
		if !found {
			t.Errorf("%s: no row %q", name, want)
		}
	}
}

// sample is a file that package load is tested with.
func sample(tb testing.TB, name string) string {
	tb.Helper()
	data, err := os.ReadFile("../load/testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// TestLongRow: a row that has to be cut goes on with the right columns.
func TestLongRow(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("heel lang ", 120))
	table := "Kop hier\n\nEen | Twee | Drie\n---|---|---\n" + long + " | " + long + " | derde cel\n"
	var got []string
	for _, p := range split(t, "a.txt", table, 200) {
		for _, s := range p.Sentences {
			got = append(got, s.Plain)
		}
	}
	if len(got) != 2 || !strings.HasPrefix(got[0], "Een: heel") || !strings.HasPrefix(got[1], "Twee: ") || !strings.HasSuffix(got[1], "; Drie: derde cel") {
		t.Errorf("got %.60q", got)
	}
}

func TestShort(t *testing.T) {
	for text, want := range map[string][]string{
		"# Kop\n\nVijf dagen.":                                 nil,
		"# Kop\n\nJa. Dat kan altijd.":                         {"Ja. Dat kan altijd."},
		"# Kop\n\nLet op:\n\nDe balie is dicht.":               {"Let op: De balie is dicht."},
		"# Kop\n\nDe balie is dicht. Jammer. Kom morgen eens.": {"De balie is dicht. Jammer.", "Kom morgen eens."},
	} {
		passages := split(t, "a.md", text, 200)
		if len(passages) != 1 {
			t.Errorf("%q: %d passages, want 1", text, len(passages))
			continue
		}
		var got []string
		for _, s := range passages[0].Sentences {
			got = append(got, s.Plain)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if got := split(t, "a.txt", "Titel van de pagina\n\nOver ons", 200); len(got) != 0 {
		t.Errorf("two words of no prose gave %v", got)
	}
}

// TestLongSentence: what no model can take in is cut, at a comma if there is one.
func TestLongSentence(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("woord, ", 2000), strings.Repeat("woord ", 2000), strings.Repeat("ë", 20_000), "- " + strings.Repeat("item ", 5000),
	} {
		for _, p := range split(t, "a.txt", text, 200) {
			if n := utf8.RuneCountInString(p.Text); n > chunk.MaxRunes {
				t.Errorf("%.20q: passage of %d characters", text, n)
			}
		}
	}
}

// TestBadCounter: a tokenizer that counts the whole higher than its parts still
// gets passages within the budget, and an end.
func TestBadCounter(t *testing.T) {
	doc := read(t, "a.txt", strings.Repeat("Dit is een zin. ", 200))
	count := func(s string) int { return len(s) * len(s) / 100 }
	for _, p := range chunk.Split(doc, count, chunk.Config{Tokens: 50}) {
		if p.Tokens > 50 && len(p.Sentences) > 1 {
			t.Errorf("%d tokens in %d sentences", p.Tokens, len(p.Sentences))
		}
	}
}

// TestLinear takes seconds, or hours if a span is counted from the beginning.
func TestLinear(t *testing.T) {
	for _, text := range []string{
		"Dit is een zin. ", "Kop hier\n\nEen zin is dit.\n\n", "- een\n", "Nogal. ", "woord ",
	} {
		doc := read(t, "a.txt", strings.Repeat(text, 4*hostileSize/len(text)))
		if got := chunk.Split(doc, tokens, chunk.Config{}); len(got) == 0 {
			t.Errorf("%.20q: no passages", text)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("Kop\n\nEen zin. Nog een zin:\n- een\n- twee drie vier\n1. x\n", false, 20)
	f.Add("# Kop\n\nJa. **Nee** [a](b).\n\n| a |\n|---|\n| b c d |\n> q\n", true, 3)
	f.Add("a\r\rb \x00\xff", false, 0)
	f.Fuzz(func(t *testing.T, text string, markdown bool, budget int) {
		name := "a.txt"
		if markdown {
			name = "a.md"
		}
		doc, err := load.Read(name, []byte(text))
		var refused *load.Error
		if errors.As(err, &refused) {
			return
		}
		passages := chunk.Split(&doc, tokens, chunk.Config{Tokens: budget})
		if budget <= 0 {
			budget = chunk.DefaultTokens
		}
		check(t, &doc, passages, budget)
	})
}

// TestPages has a page that turns inside a paragraph: a sentence is on the page
// that it begins on.
func TestPages(t *testing.T) {
	doc := read(t, "a.txt", "De eerste zin staat op bladzijde zeven. De tweede zin begint daar ook, maar houdt later op. De derde zin staat op bladzijde acht.")
	turn := utf8.RuneCountInString(doc.Text[:strings.Index(doc.Text, "houdt")])
	for i := range doc.Blocks {
		doc.Blocks[i].Page, doc.Blocks[i].Turns = 7, []int{turn}
	}
	var pages []int
	for _, p := range chunk.Split(doc, tokens, chunk.Config{Tokens: 200}) {
		for _, s := range p.Sentences {
			pages = append(pages, s.Page)
		}
	}
	if diff := cmp.Diff([]int{7, 7, 8}, pages); diff != "" {
		t.Errorf("pages (-want +got)\n%s", diff)
	}
}
