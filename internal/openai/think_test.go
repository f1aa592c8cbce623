package openai

import "testing"

// TestThinking wants the same text whatever the splits.
func TestThinking(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"Het antwoord.":                     "Het antwoord.",
		"<think>Hm.</think>Het antwoord.":   "Het antwoord.",
		"\n<think>\nHm < 3.\n</think>\n\nA": "\n\nA",
		"<think></think>A":                  "A",
		"<think>Hm, en dan":                 "",
		"<thin ice":                         "<thin ice",
		"<":                                 "",
		"A <think>B</think> C":              "A <think>B</think> C",
		"<think>a</think>b</think>":         "b</think>",
		"<think>a</thin</think>b":           "b",
	} {
		for first := range len(in) + 1 {
			for second := first; second <= len(in); second++ {
				var f thinking
				if got := f.text(in[:first]) + f.text(in[first:second]) + f.text(in[second:]); got != want {
					t.Errorf("%q cut at %d and %d: got %q, want %q", in, first, second, got, want)
				}
			}
		}
	}
}
