package answer_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"bronwijzer/internal/record"
)

// shreds are what mixed answers are made of: what holds, what doesn't, and signs
// that mean something to somebody.
var shreds = []string{
	opened, counted, hotels, paid, wrong, made, "De pilot van de signalentafel ", "In 2022 ", "In 1987 waren er 987654. ",
	"{pilot}", "{hotels}", "[1]", "[q9z]", "【7】", "(bron 3)", "[", "]", "(", ")", "[k", "7f]", "**", "```", "# ", "> ",
	"\n", "\n\n", "\n- ", "\n2. ", "Dit staat er:\n- ", "Er zijn 987654 doelen:\n- ", "Dit is ", "Hij ", "niet ", ". ", ", ", " ",
	"https://evil.example ", "![x](https://evil.example)", "<b>", "\u202e", "é", "Dat staat niet in de documenten. ",
}

// TestMixtures wants what every answer promises of random mixtures of all that,
// and the same answer however the text is split.
func TestMixtures(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s, m := newShelf(t, letters), &model{}
	g := generated(t, s, m)
	answered := 0
	for range 150 {
		var parts []string
		for range 1 + r.IntN(20) {
			parts = append(parts, shreds[r.IntN(len(shreds))])
		}
		text := strings.Join(parts, "")
		m.deltas = []string{text}
		whole := ask(t, g, s, question)
		for _, bad := range []string{"987654", "1987", "2019", "Zwartepoort", "![", "<b>"} {
			if strings.Contains(whole.Text, bad) {
				t.Errorf("%q in %q", bad, whole.Text)
			}
		}
		m.deltas = split(r, text)
		if again := ask(t, g, s, question); again.Text != whole.Text || again.Withheld != whole.Withheld {
			t.Errorf("%q\nin one piece %q (%d)\nin many %q (%d)", text, whole.Text, whole.Withheld, again.Text, again.Withheld)
		}
		if whole.Status == record.Answered {
			answered++
		}
		if t.Failed() {
			t.Fatalf("the model wrote %q", text)
		}
	}
	if answered < 50 {
		t.Errorf("only %d mixtures were answers", answered)
	}
}

// split cuts a text at random, but not inside what the model fills in.
func split(r *rand.Rand, text string) []string {
	var out []string
	last, open := 0, false
	for i, c := range text {
		if !open && r.IntN(4) == 0 {
			out = append(out, text[last:i])
			last = i
		}
		open = c == '{' || open && c != '}'
	}
	return append(out, text[last:])
}
