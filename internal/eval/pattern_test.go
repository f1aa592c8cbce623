package eval

import (
	"testing"
)

func TestContains(t *testing.T) {
	tests := []struct {
		entry, answer string
		want          bool
	}{
		{"58", "er komt 58 fte bij.", true},
		{"58", "158 fte", false},
		{"58", "580 fte", false},
		{"58", "58,5 fte", false},
		{"58", "1.58", false},
		{"58", "58, of meer", true},
		{"58", "(58), dus", true},
		{"58", "158 en 58", true}, // a later place will do
		{"58 fte", "58 fte5", true},
		{"5", "55", false},
		{"٣", "١٣", false}, // digits of any script
		{"Kroatië", "in KROATIE", true},
		{"“wit”", `het "WIT"`, true},
		{"co\u00adöperatie", "Cooperatie", true},
		{"een  twee", "een\u00a0\ntwee", true},
		{"ﬁjn", "fijn", true},
		{"", "", true},
		{"x", "", false},
		{"re:12 ?(-|tot) ?23", "12 – 23 jaar", true},
		{"re:NEE", "nee", true},
		{"re:één", "EEN", true},
		{`re:\bnee\b`, "neen", false},
		{`re:^dus$`, " dus\n", true},
		{`cs:\bOM\b`, "het OM beslist", true},
		{`cs:\bOM\b`, "om te beslissen", false},
		{`cs:\bOM\b`, "éOM", false},
		{`cs:\béén\b`, "is één van", true},
		{`cs:\béén\b`, "is éénbaans", false},
		{`cs:een\Bb`, "eenbaans", true},
		{`cs:fi\w+$`, "financiële", true},
		{`cs:^[\w-]+$`, "coöperatie-één", true},
		{`cs:^\W+$`, "é", false},
		{`cs:^[]\d]+$`, "]٣", true},
		{`cs:^[^]x]+$`, "a]", false},
		{`cs:a b`, "a\n\tb", true},
		{`cs:\D{3}`, "12a", false},
		{`cs:(`, "(", false}, // not a pattern: in nothing
	}
	for _, tt := range tests {
		if got := contains(tt.entry, tt.answer); got != tt.want {
			t.Errorf("contains(%q, %q): got %v, want %v", tt.entry, tt.answer, got, tt.want)
		}
	}
}

func TestSameDoc(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"./a/b.md", "b.md", true},
		{"002_x.txt", "002_x", true},
		{"a.md", "a.txt", true},
		{"a.md", "b.md", false},
		{"xa.md", "a.md", false},
		{`map\a.md`, "map/a", true},
		{"a.b.md", "a.b", false}, // the last extension goes on both sides
		{".env", ".env", true},
	}
	for _, tt := range tests {
		if got := sameDoc(tt.a, tt.b); got != tt.want {
			t.Errorf("sameDoc(%q, %q): got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNamesFind(t *testing.T) {
	n := NewNames([]string{"a/brief.txt", "b/brief.txt", "c/nota.md"})
	for doc, want := range map[string]string{
		"a/brief.txt": "a/brief.txt", "./b/brief": "b/brief.txt", "brief.txt": "a/brief.txt",
		"nota": "c/nota.md", "elders/nota.md": "c/nota.md", "onbekend": "",
	} {
		if got, ok := n.Find(doc); got != want || ok != (want != "") {
			t.Errorf("Find(%q): got %q %v, want %q", doc, got, ok, want)
		}
	}
}
