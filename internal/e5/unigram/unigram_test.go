package unigram

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// newTokeniser makes a tokeniser of pieces and scores, with a normalisation
// that has a few entries of the real one.
func newTokeniser(tb testing.TB, scores map[string]float32) *Tokeniser {
	tb.Helper()
	var pieces []string
	worst := float32(0)
	for p, s := range scores {
		pieces = append(pieces, p)
		worst = min(worst, s)
	}
	packed, order := Pack(pieces)
	trie, n, err := Unpack(packed)
	if err != nil || n != len(pieces) {
		tb.Fatalf("Unpack: %d pieces, %v; want %d", n, err, len(pieces))
	}
	var byID []float32
	for _, p := range order {
		byID = append(byID, scores[p])
	}
	var table []byte
	for _, entry := range [][]rune{{'\n', ' '}, {'ﬁ', 'f', 'i'}, {'½', '1', '⁄', '2'}, {0x7f}} {
		table = binary.LittleEndian.AppendUint32(table, uint32(entry[0]))
		table = append(table, byte(len(entry)-1))
		for _, r := range entry[1:] {
			table = binary.LittleEndian.AppendUint32(table, uint32(r))
		}
	}
	norm, err := ReadNormaliser(string(table), 4)
	if err != nil {
		tb.Fatal(err)
	}
	return New(trie, byID, worst, norm)
}

func TestApply(t *testing.T) {
	tok := newTokeniser(t, map[string]float32{"a": -1})
	for in, want := range map[string]string{
		"":              "▁",
		" ":             "▁",
		"een  twee":     "▁een▁twee",
		" een\n\ntwee ": "▁een▁twee▁",
		"ﬁn ½":          "▁fin▁1⁄2",
		"a\x00b\x7fc":   "▁abc",
		"caf\xe9":       "▁café",
		"\xff":          "▁ÿ",
		"🙂":             "▁🙂",
	} {
		if got := string(tok.norm.Apply(in)); got != want {
			t.Errorf("Apply(%q) = %q, want %q", in, got, want)
		}
	}
	if got := string(tok.norm.inner("een twee")); got != "een▁twee" {
		t.Errorf("inner = %q", got)
	}
}

func TestSplit(t *testing.T) {
	tok := newTokeniser(t, map[string]float32{
		"▁": -3, "▁mensen": -5, "▁mens": -4, "en": -2, "handel": -6, "h": -4, "a": -4, "n": -4,
		"d": -4, "e": -4, "l": -4, "el": -5,
	})
	for text, want := range map[string]string{
		"mensenhandel":  "▁mensen handel",
		"mensen":        "▁mensen",
		"mens":          "▁mens",
		"mens 🙂":        "▁mens ▁ <unk>",
		"handel":        "▁ handel",
		"hand\nel":      "▁ h a n d ▁ el",
		"漢字":            "▁ <unk> <unk>",
		"":              "▁",
		"mensen handel": "▁mensen ▁ handel",
	} {
		if got := strings.Join(tok.Split(text), " "); got != want {
			t.Errorf("Split(%q) = %s, want %s", text, got, want)
		}
	}
}

// TestBestOfAll compares with the best of all ways to cut random strings.
func TestBestOfAll(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		scores := map[string]float32{}
		for range 12 {
			scores[randomText(rnd, 1+rnd.IntN(4))] = -float32(rnd.IntN(1000)) / 8
		}
		tok := newTokeniser(t, scores)
		text := []byte(randomText(rnd, 1+rnd.IntN(9)))
		want := best(text, scores, tok.unknown)
		if got := tok.lattice(text).nodes[len(text)].score; got != want {
			t.Fatalf("%s with %v: score %v, want %v", text, scores, got, want)
		}
	}
}

func randomText(rnd *rand.Rand, n int) string {
	var s strings.Builder
	for range n {
		s.WriteRune([]rune("abé▁")[rnd.IntN(4)])
	}
	return s.String()
}

// best tries all first pieces. Sums of eighths are exact in any order.
func best(text []byte, scores map[string]float32, unknown float32) float32 {
	if len(text) == 0 {
		return 0
	}
	_, size := utf8.DecodeRune(text)
	most := unknown + best(text[size:], scores, unknown)
	for p, s := range scores {
		if rest, ok := strings.CutPrefix(string(text), p); ok {
			most = max(most, s+best([]byte(rest), scores, unknown))
		}
	}
	return most
}

func TestPack(t *testing.T) {
	pieces := []string{"▁de", "de", "d", "▁", "▁den", "\xff", "een", "é"}
	packed, order := Pack(append(pieces, "de"))
	trie, n, err := Unpack(packed)
	if err != nil || n != len(pieces) {
		t.Fatalf("Unpack: %d pieces, %v", n, err)
	}
	tok := New(trie, make([]float32, n), 0, Normaliser{})
	for i, p := range order {
		state := root
		for j := range len(p) {
			next, ok := trie.child(state, p[j])
			if !ok {
				t.Fatalf("%q isn't in the trie", p)
			}
			state = next
		}
		if got := trie.ids[state]; got != FirstPiece+int32(i) {
			t.Errorf("%q has id %d, want %d", p, got, FirstPiece+int32(i))
		}
	}
	slices.Sort(pieces)
	slices.Sort(order)
	if d := cmp.Diff(pieces, order); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, p := range []string{"", "▁d", "dee", "x", "\xe2"} {
		if tok.Has(p) {
			t.Errorf("Has(%q)", p)
		}
	}
}

// TestManyChildren searches a node with a child for every byte.
func TestManyChildren(t *testing.T) {
	var pieces []string
	for c := 1; c < 256; c++ {
		pieces = append(pieces, "x"+string([]byte{byte(c)}))
	}
	packed, _ := Pack(pieces)
	trie, n, err := Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	tok := New(trie, make([]float32, n), 0, Normaliser{})
	for _, p := range pieces {
		if !tok.Has(p) {
			t.Errorf("%q is missing", p)
		}
	}
	if tok.Has("x\x00") {
		t.Error(`Has("x\x00")`)
	}
}

func TestDamaged(t *testing.T) {
	good, _ := Pack([]string{"een", "twee"})
	for name, p := range map[string]Packed{
		"empty":        {},
		"few counts":   {good.Labels, good.Counts[1:], good.Ends},
		"few ends":     {good.Labels, good.Counts, ""},
		"count high":   {good.Labels, "\xff" + good.Counts[1:], good.Ends},
		"no childless": {good.Labels, strings.Repeat("\x01", len(good.Labels)), good.Ends},
	} {
		if _, _, err := Unpack(p); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, data := range []string{"", "\x01\x00\x00\x00", "\x01\x00\x00\x00\x02abcd"} {
		if _, err := ReadNormaliser(data, 1); err == nil {
			t.Errorf("normalisation %q: no error", data)
		}
	}
}

// FuzzEncode holds that any bytes are cut, and that the pieces join to the
// normalised text but for what is unknown.
func FuzzEncode(f *testing.F) {
	tok := newTokeniser(f, map[string]float32{"▁de": -1, "▁": -2, "a": -2, "e": -1.5, "é": -3, "de": -2})
	for _, s := range []string{"", "de de", "\xff\xfe", "é\x00", "🙂de", "\xe2\x96\x81de"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		normal := string(tok.norm.Apply(text))
		ids, pieces := tok.Encode(nil, text), tok.Split(text)
		if len(ids) != len(pieces) || len(ids) == 0 {
			t.Fatalf("%d ids, %d pieces", len(ids), len(pieces))
		}
		for _, p := range pieces {
			if p == "<unk>" {
				_, size := utf8.DecodeRuneInString(normal)
				p = normal[:size]
			}
			rest, ok := strings.CutPrefix(normal, p)
			if !ok {
				t.Fatalf("piece %q where %q follows", p, normal)
			}
			normal = rest
		}
		if normal != "" {
			t.Fatalf("%q is left", normal)
		}
	})
}
