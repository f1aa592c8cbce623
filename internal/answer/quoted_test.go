package answer

import (
	"strings"
	"testing"
)

func TestBalanced(t *testing.T) {
	for text, want := range map[string]string{
		"Niemand zei iets.":                   "Niemand zei iets.",
		"Hij zei: ‘Ja.’":                      "Hij zei: ‘Ja.’",
		"Hij zei: ‘Ja.":                       "Hij zei: ‘Ja. …’",
		"Hij zei: “Ja. En toen":               "Hij zei: “Ja. En toen …”",
		"Hij zei: „Ja.":                       "Hij zei: „Ja. …”",
		"Het project «Onvindbaren":            "Het project «Onvindbaren …»",
		"En dat is goed.’":                    "‘… En dat is goed.’",
		"En dat is goed,” zei hij. “Maar nu.": "“… En dat is goed,” zei hij. “Maar nu. …”",
		"‘Hij zei: “Ja.":                      "‘Hij zei: “Ja. …”’",
		"De foto’s van ouders’ huizen.":       "De foto’s van ouders’ huizen.",
		"‘De foto’s zijn er.":                 "‘De foto’s zijn er. …’",
		"Op ‘s lands kosten in ‘t huis.":      "Op ‘s lands kosten in ‘t huis.",
		"":                                    "",
		strings.Repeat("Ja.’ ", 99):           "‘… " + strings.Repeat("Ja.’ ", 99),
		strings.Repeat("‘Ja ", 99) + "nee":    strings.Repeat("‘Ja ", 99) + "nee …’",
	} {
		if got := balanced(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
