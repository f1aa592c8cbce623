package cite_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/cite"
)

// handles are k7f, m2x and p4d.
func handles(tb testing.TB) *cite.Handles {
	tb.Helper()
	var random []byte
	for _, name := range []string{"k7f", "m2x", "p4d"} {
		random = append(random, byte(strings.IndexByte("bcdfghjkmnpqrstvwxz", name[0])),
			name[1]-'2', byte(strings.IndexByte("bcdfghjkmnpqrstvwxz", name[2])))
	}
	h, err := cite.NewHandles(bytes.NewReader(random), 3)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func parse(h *cite.Handles, deltas ...string) []cite.Piece {
	p := cite.NewParser(h)
	var out []cite.Piece
	for _, d := range deltas {
		out = append(out, p.Feed(d)...)
	}
	return append(out, p.Flush()...)
}

// show writes pieces on one line: breaks and bullets, text, {passages}.
func show(pieces []cite.Piece) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			b.WriteString([]string{" ", "/", "//"}[p.Break])
		}
		b.WriteString(p.Bullet + p.Text)
		if p.Opens {
			b.WriteString("»")
		}
		b.WriteString("{")
		for _, i := range p.Passages {
			b.WriteByte("kmp"[i])
		}
		b.WriteString("}")
	}
	return b.String()
}

func TestParse(t *testing.T) {
	const s = "De pilot is in 2022 opgezet."
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"none", s, s + "{}"},
		{"behind the stop", s + " [k7f]", s + "{k}"},
		{"before the stop", "De pilot is in 2022 opgezet [k7f].", s + "{k}"},
		{"both", "De pilot is in 2022 opgezet [k7f]. [m2x]", s + "{km}"},
		{"glued", s + "[k7f]", s + "{k}"},
		{"glued on both sides", s + "[k7f]Daarna volgt meer.[m2x]", s + "{k} Daarna volgt meer.{m}"},
		{"two sentences", s + " [k7f] Daarna volgt meer. [m2x]", s + "{k} Daarna volgt meer.{m}"},
		{"inside", "De pilot [k7f] is in 2022 [m2x] opgezet.", s + "{km}"},
		{"list", s + " [k7f, m2x]", s + "{km}"},
		{"list with and", s + " [k7f en m2x; p4d]", s + "{kmp}"},
		{"next to each other", s + " [k7f][m2x]", s + "{km}"},
		{"apart", "De pilot is in 2022 opgezet [k7f], [m2x] en [p4d].", s + "{kmp}"},
		{"apart behind the stop", s + " [k7f], [m2x] en [p4d]. Daarna.", s + "{kmp} Daarna.{}"},
		{"twice the same", s + " [k7f][k7f]", s + "{k}"},
		{"capitals", s + " [K7F]", s + "{k}"},
		{"wide", s + " ［ｋ７ｆ］", s + "{k}"},
		{"spaces", s + " [ k7f ]", s + "{k}"},
		{"lenticular", s + " 【k7f】", s + "{k}"},
		{"lenticular with lines", s + " 【k7f†L1-L4】", s + "{k}"},
		{"round with bron", s + " (bron k7f)", s + "{k}"},
		{"round with bronnen", "De pilot is in 2022 opgezet (bronnen: k7f, m2x).", s + "{km}"},
		{"round", s + " (k7f)", s + "{k}"},
		{"square in round", s + " (zie [k7f] en [m2x])", s + "{km}"},
		{"square with bron", s + " [bron: k7f]", s + "{k}"},
		{"footnote", s + " [^k7f]", s + "{k}"},
		{"doubled", s + " [[k7f]]", s + "{k}"},
		{"bold", s + " **[k7f]**", s + "{k}"},
		{"code", s + " `[k7f]`", s + "{k}"},
		{"escaped", s + ` \[k7f\]`, s + "{k}"},
		{"link", s + " [k7f](https://evil.example/a)", s + "{k}"},
		{"bare", "De pilot is in 2022 opgezet k7f.", s + "{k}"},
		{"bare behind the stop", s + " k7f", s + "{k}"},
		{"bron behind the stop", s + " Bron: [k7f]", s + "{}"},
		{"zero width", s + " [k\u200b7f]", s + "{k}"},
		{"in front", "[k7f] " + s, s + "{k}"},
		{"line of its own", s + "\n[k7f]\nDaarna volgt meer.", s + "{k}/Daarna volgt meer.{}"},

		{"number", s + " [1]", s + "{}"},
		{"numbers", "De pilot is in 2022 opgezet [1, 12-14].", s + "{}"},
		{"bron and number", s + " (bron 3)", s + "{}"},
		{"bron and number in square", s + " [bron 3]", s + "{}"},
		{"numbered source of another kind", s + " 【4:0†source】", s + "{}"},
		{"year in round", "De pilot (2022) loopt.", "De pilot (2022) loopt.{}"},
		{"unknown", s + " [x9q]", s + "{}"},
		{"unknown of another shape", s + " [a10]", s + "{}"},
		{"unknown in round", s + " (x9q)", s + "{}"},
		{"unknown and known", s + " [x9q, k7f]", s + "{k}"},
		{"nothing", s + " []", s + "{}"},
		{"unclosed", "De pilot [k7f is in 2022 opgezet.", s + "{k}"},
		{"unclosed unknown", "De pilot [x9q is in 2022 opgezet.", s + "{}"},
		{"unclosed number", "De pilot [12 is in 2022 opgezet.", s + "{}"},
		{"unopened", "De pilot k7f] is in 2022 opgezet.", s + "{k}"},
		{"unopened unknown", "De pilot x9q] is in 2022 opgezet.", s + "{}"},
		{"half", s + " [k7", s + "{}"},
		{"less than half", s + " [", s + "{}"},
		{"half with bron", s + " (bron: k7", s + "{}"},
		{"half with bron in square", s + " [bron k", s + "{}"},
		{"half bare", s + " k7", s + "{}"},
		{"half of a list", s + " [k7f, m2", s + "{k}"},
		{"whole but for the bracket", s + " [k7f", s + "{k}"},

		{"words in square", "De pilot [sic] loopt.", "De pilot (sic) loopt.{}"},
		{"left out", "De pilot [...] loopt.", "De pilot (...) loopt.{}"},
		{"link to elsewhere", "Zie [de brief](https://evil.example/a?b=[1]) hier.", "Zie de brief hier.{}"},
		{"image", "Zie ![x](https://evil.example/x.png) hier.", "Zie !x hier.{}"},
		{"round behind words", "Zie [de brief](uit 2022) hier.", "Zie (de brief)(uit 2022) hier.{}"},
		{"unclosed words", "Zie [de brief hier.", "Zie de brief hier.{}"},
		{"unclosed round", "Zie (de brief hier.", "Zie (de brief hier.{}"},

		{
			"abbreviations", "Zie art. 5 en nr. 3, d.w.z. de brief. Mr. A. de Vries tekende. Klaar.",
			"Zie art. 5 en nr. 3, d.w.z. de brief.{} Mr. A. de Vries tekende.{} Klaar.{}",
		},
		{
			"doubtful", "Fier B.V. Nederland helpt. Dat doet Fier B.V. Daarnaast werkt het CKM.",
			"Fier B.V. Nederland helpt.{} Dat doet Fier B.V.{} Daarnaast werkt het CKM.{}",
		},
		{"date", "Op 4 nov. 2020 kwam de brief. 's Avonds ook.", "Op 4 nov. 2020 kwam de brief.{} 's Avonds ook.{}"},
		{"quote", "‘Dat is zo.’ [k7f] “Nu ook.” [m2x] Klaar", "‘Dat is zo.’{k} “Nu ook.”{m} Klaar{}"},
		{"glued sentences", "Dat moet worden.Een ander doet mee.[k7f]", "Dat moet worden.{} Een ander doet mee.{k}"},
		{"numbers begin", "Dat is zo. 55 procent doet mee.", "Dat is zo.{} 55 procent doet mee.{}"},

		{"paragraphs", s + " [k7f]\n\nDaarna volgt meer. [m2x]\n", s + "{k}//Daarna volgt meer.{m}"},
		{
			"list of items", "De doelen zijn:\n- zien [k7f]\n- melden; [m2x]\n* helpen\n\nKlaar.",
			"De doelen zijn:»{}/- zien{k}/- melden;{m}/- helpen{}//Klaar.{}",
		},
		{"numbered", "Twee doelen:\n1. Zien. Dat eerst. [k7f]\n2) Melden.", "Twee doelen:»{}/1. Zien.{} Dat eerst.{k}/2. Melden.{}"},
		{"handle first in item", "- [k7f] zien\n- [m2x] melden", "- zien{k}/- melden{m}"},
		{"heading", "## De pilot\n\n" + s + " [k7f]", "De pilot»{}//" + s + "{k}"},
		{"bold heading", "**De pilot**\n" + s, "De pilot»{}/" + s + "{}"},
		{"bold words", "De **pilot** is in _2022_ __opgezet__ met file_name.", "De pilot is in 2022 opgezet met file_name.{}"},
		{"bold item", "- **Zien:** meer zien. [k7f]", "- Zien: meer zien.{k}"},
		{"wrapped line", "De pilot is\nin 2022 opgezet. [k7f]", s + "{k}"},
		{"lines", "De pilot\nIn 2022\n", "De pilot{}/In 2022{}"},
		{"code block", "```json\n{\"jaar\": \"[k7f]\"}\n```\n" + s, "{\"jaar\": \"\"}{k}/" + s + "{}"},
		{"quoted block", "> " + s + " [k7f]", s + "{k}"},
		{"rule", s + "\n\n---\n\nKlaar.", s + "{}//Klaar.{}"},
		{"decimal at line start", "1.5 miljoen euro.", "1.5 miljoen euro.{}"},
	}
	h := handles(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, show(parse(h, tt.in))); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.in, diff)
			}
			if diff := cmp.Diff(tt.want, show(parse(h, strings.Split(tt.in, "")...))); diff != "" {
				t.Errorf("%q, split (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

// TestParseYieldsEarly feeds character by character and wants each piece with
// the first one that shows that it has ended; | marks those.
func TestParseYieldsEarly(t *testing.T) {
	for _, tt := range []string{
		"De pilot is opgezet. [k7f] D|aarna volgt meer. [m2x]\n\nK|laar.|",
		"De pilot is opgezet [k7f]. D|aarna 55 procent. 6|7 procent. “N|u ook.”|",
		"Dat doet Fier B.V. Daarnaast |werkt het CKM. H|et CKM helpt.|",
		"Fier B.V. Nederland helpt. K|laar.|",
		"Doelen:\n- |zien [k7f]\n- |melden.|",
		"Een kop\n\n|", // flushed
	} {
		h := handles(t)
		p := cite.NewParser(h)
		var got strings.Builder
		for _, r := range strings.ReplaceAll(tt, "|", "") {
			got.WriteRune(r)
			if len(p.Feed(string(r))) > 0 {
				got.WriteByte('|')
			}
		}
		if len(p.Flush()) > 0 {
			got.WriteByte('|')
		}
		if diff := cmp.Diff(tt, got.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"De pilot [k7f, m2x] is in 2022 opgezet. [1] (bron p4d) Dat was 【k7f】 alles.\n- a\n2. b",
		"[[[k7f(((]]])))", "’s Avonds é 🙂 [k\xff7f]. iDEAL", "**a** _b_ `c` [x](http://y) ... B.V. De",
	} {
		f.Add(s, uint64(0b1011001))
	}
	h := handles(f)
	f.Fuzz(func(t *testing.T, s string, cuts uint64) {
		whole := parse(h, s)
		var parts []string
		for rest := s; rest != ""; cuts = cuts>>1 | cuts<<63 {
			n := min(len(rest), 1+int(cuts&7))
			parts, rest = append(parts, rest[:n]), rest[n:]
		}
		if diff := cmp.Diff(whole, parse(h, parts...)); diff != "" {
			t.Errorf("%q split as %q (-whole +split):\n%s", s, parts, diff)
		}
		for _, p := range whole {
			checkPiece(t, h, p)
		}
	})
}

// checkPiece wants a piece that may be shown: plain text, without handles.
func checkPiece(t *testing.T, h *cite.Handles, p cite.Piece) {
	t.Helper()
	if !utf8.ValidString(p.Text) || strings.TrimSpace(p.Text) != p.Text || p.Text == "" || strings.ContainsAny(p.Text, "[]\n\r\t") {
		t.Errorf("text %q", p.Text)
	}
	for _, w := range strings.FieldsFunc(p.Text, func(r rune) bool { return !strings.ContainsRune("kmpfxd247KMPFXD", r) }) {
		if _, known := h.Index(w); known && len(w) == len(p.Text) {
			t.Errorf("handle %q in %q", w, p.Text)
		}
	}
	for _, i := range p.Passages {
		if i < 0 || i >= h.Len() {
			t.Errorf("passage %d", i)
		}
	}
}
