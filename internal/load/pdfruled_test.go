package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pdfRules draws lines of half a point, each from x0, y0 to x1, y1.
func pdfRules(lines ...[4]float64) string {
	var b strings.Builder
	b.WriteString("0.5 w\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "%g %g m %g %g l S\n", l[0], l[1], l[2], l[3])
	}
	return b.String()
}

// pdfBorders draws all borders of a table.
func pdfBorders(xs, ys []float64) string {
	var lines [][4]float64
	for _, x := range xs {
		lines = append(lines, [4]float64{x, ys[0], x, ys[len(ys)-1]})
	}
	for _, y := range ys {
		lines = append(lines, [4]float64{xs[0], y, xs[len(xs)-1], y})
	}
	return pdfRules(lines...)
}

func TestPDFBorders(t *testing.T) {
	xs := []float64{50, 150, 300, 400}
	// The lines of all cells stand at one distance, within rows and between them.
	wrapped := pdfText(55, 700, 10, "Taak", "Het bijhouden van", "Wegen in de wijk", "Toezicht") +
		pdfText(155, 700, 10, "Wat", "Gaten vullen, borden plaatsen,", "Strepen zetten", "Wie te hard rijdt") +
		pdfText(305, 700, 10, "Wie", "Beheer & onderhoud", "Team Noord", "Politie")
	rows := []float64{711, 697.5, 673.3, 661}
	merged := pdfText(55, 700, 10, "Jaar en bedragen") +
		pdfText(55, 680, 10, "Wijk") + pdfText(155, 680, 10, "Jaar") + pdfText(305, 680, 10, "Bedrag") +
		pdfText(55, 650, 10, "Noord") + pdfText(155, 660, 10, "2024") + pdfText(305, 660, 10, "12") + pdfText(155, 640, 10, "2025") + pdfText(305, 640, 10, "14") +
		pdfText(55, 620, 10, "Zuid") + pdfText(155, 620, 10, "2024") + pdfText(305, 620, 10, "9") +
		pdfRules([4]float64{50, 715, 400, 715}, [4]float64{50, 695, 400, 695}, [4]float64{50, 675, 400, 675}, [4]float64{150, 655, 400, 655},
			[4]float64{50, 635, 400, 635}, [4]float64{50, 615, 400, 615}, [4]float64{50, 715, 50, 615}, [4]float64{150, 695, 150, 615},
			[4]float64{300, 695, 300, 615}, [4]float64{400, 715, 400, 615})
	head := pdfText(55, 700, 10, "Partij") + pdfText(155, 700, 10, "Zetels")
	page := func(top string, names ...string) pdfPage {
		p := top
		ys := []float64{715, 695}
		for i, name := range names {
			y := 680 - 20*float64(i)
			p += pdfText(55, y, 10, name) + pdfText(155, y, 10, fmt.Sprint(5+i))
			ys = append(ys, y-5)
		}
		return pdfPage{content: p + pdfBorders([]float64{50, 150, 300}, ys)}
	}
	prose := "Dit is een lange zin die in een kader staat en daarin over meer dan een regel loopt,"
	for _, c := range []struct {
		name  string
		pages []pdfPage
		want  []string
	}{
		{"wrapped cells", []pdfPage{{content: wrapped + pdfBorders(xs, rows) + pdfText(55, 652, 10, "Dit staat onder de tabel.")}}, []string{
			"Taak | Wat | Wie", "Het bijhouden van Wegen in de wijk | Gaten vullen, borden plaatsen, Strepen zetten | Beheer & onderhoud Team Noord",
			"Toezicht | Wie te hard rijdt | Politie", "Dit staat onder de tabel.",
		}},
		{"no sides", []pdfPage{{content: wrapped + pdfBorders(xs[1:3], rows[1:3]) + pdfRules([4]float64{50, 711, 400, 711}, [4]float64{50, 697.5, 400, 697.5}, [4]float64{50, 673.3, 400, 673.3}, [4]float64{50, 661, 400, 661}, [4]float64{150, 711, 150, 661}, [4]float64{300, 711, 300, 661})}}, []string{
			"Taak | Wat | Wie", "Het bijhouden van Wegen in de wijk | Gaten vullen, borden plaatsen, Strepen zetten | Beheer & onderhoud Team Noord", "Toezicht | Wie te hard rijdt | Politie",
		}},
		{"merged cells", []pdfPage{{content: merged}}, []string{"Jaar en bedragen", "Noord | 2024 | 12", "Noord | 2025 | 14", "Zuid | 2024 | 9"}},
		{"rows without a rule between", []pdfPage{{
			content: head + pdfText(55, 680, 10, "VVD", "PvdA", "D66") + pdfText(155, 680, 10, "9", "7", "4") + pdfBorders([]float64{50, 150, 300}, []float64{715, 695, 650}),
		}}, []string{"VVD | 9", "PvdA | 7", "D66 | 4"}},
		{"over two pages", []pdfPage{page(head, "VVD", "PvdA", "D66"), page(head, "SGP", "CDA")}, []string{"VVD | 5", "PvdA | 6", "D66 | 7", "SGP | 5", "CDA | 6"}},
		{"a box is no table", []pdfPage{{
			content: pdfText(55, 700, 10, prose, "en die dan eindigt.") + pdfBorders([]float64{50, 550}, []float64{715, 660}),
		}}, []string{prose + " en die dan eindigt."}},
		{"text runs through the rules", []pdfPage{{
			content: pdfText(55, 700, 10, prose, "en die dan ergens op een volgende regel van dit zelfde kader nog steeds doorloopt,", "tot zij eindigt.") + pdfBorders(xs, []float64{711, 697.5, 684, 673}),
		}}, []string{prose + " en die dan ergens op een volgende regel van dit zelfde kader nog steeds doorloopt, tot zij eindigt."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := pdfReader.Read(t.Context(), "a.pdf", makePDF("", c.pages...))
			if err != nil {
				t.Fatal(err)
			}
			check(t, &doc)
			if diff := cmp.Diff(c.want, blockTexts(&doc)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if last := &doc.Blocks[len(doc.Blocks)-1]; c.name == "over two pages" && (last.Page != 2 || last.Header != "Partij | Zetels") {
				t.Errorf("last row on page %d under %q", last.Page, last.Header)
			}
		})
	}
}

// TestPDFNoBorders has tables whose cells have lines of their own, and nothing
// but white space to tell so.
func TestPDFNoBorders(t *testing.T) {
	// row draws the lines of cells, 12 points apart, and each cell after the other.
	row := func(y float64, cells ...[]string) string {
		out := ""
		for i, lines := range cells {
			out += pdfText(50+100*float64(i), y, 10, lines...)
		}
		return out
	}
	type cell = []string
	head := row(700, cell{"Taak"}, cell{"Wat zij inhoudt"})
	for _, c := range []struct {
		name, page string
		want       []string
	}{
		{
			"rows further apart than lines", head + row(685, cell{"Beheer", "Van wegen"}, cell{"Gaten in het wegdek", "vullen"}) +
				row(658, cell{"Toezicht"}, cell{"Wie te hard rijdt"}) + row(643, cell{"Zorg"}, cell{"Het is onze plicht om", "er voor hen te zijn"}),
			[]string{"Beheer Van wegen | Gaten in het wegdek vullen", "Toezicht | Wie te hard rijdt", "Zorg | Het is onze plicht om er voor hen te zijn"},
		},
		{
			"all at one distance", head + row(688, cell{"Beheer"}, cell{"Gaten in het wegdek", "vullen"}) +
				row(664, cell{"Toezicht"}, cell{"Wie te hard rijdt op", "de weg, is strafbaar"}) + row(640, cell{"Zorg"}, cell{"Het is onze plicht om", "er voor hen te zijn"}),
			[]string{"Beheer | Gaten in het wegdek vullen", "Toezicht | Wie te hard rijdt op de weg, is strafbaar", "Zorg | Het is onze plicht om er voor hen te zijn"},
		},
		{
			"a paragraph behind it", row(700, cell{"Wijk"}, cell{"Kosten"}, cell{"Jaar"}) + row(688, cell{"Noord"}, cell{"14"}, cell{"2027"}) +
				row(676, cell{"Oost"}, cell{"8"}, cell{"2028"}) + row(664, cell{"Klaar met die."}),
			[]string{"Noord | 14 | 2027", "Oost | 8 | 2028", "Klaar met die."},
		},
		{
			"a blank first cell", row(700, cell{"Wijk"}, cell{"Kosten"}, cell{"Jaar"}) + row(688, cell{"Noord"}, cell{"14"}, cell{"2027"}) +
				row(676, nil, cell{"15"}, cell{"2028"}) + row(664, cell{"Oost"}, cell{"8"}, cell{"2028"}),
			[]string{"Noord | 14 | 2027", "| 15 | 2028", "Oost | 8 | 2028"},
		},
		{
			"a cell that fills its column", head + row(688, cell{"Beheer"}, cell{"Gaten in het wegdek"}) +
				row(676, cell{"Toezicht"}, cell{"Rijdt men nog te"}, cell{"Politie"}) + row(664, nil, cell{"hard, dan volgt straf"}, cell{"en brandweer"}),
			[]string{"Taak | Wat zij inhoudt |", "Beheer | Gaten in het wegdek |", "Toezicht | Rijdt men nog te hard, dan volgt straf | Politie en brandweer"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := pdfReader.Read(t.Context(), "a.pdf", makePDF("", pdfPage{content: c.page}))
			if err != nil {
				t.Fatal(err)
			}
			check(t, &doc)
			if diff := cmp.Diff(c.want, blockTexts(&doc)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
