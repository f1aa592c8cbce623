package answer_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/answer"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

// TestWholeLists: an answer has every entry of a list, also those of a word, with
// the numbers that the source has; whether the list is cited as a whole or is too
// long for that.
func TestWholeLists(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("woord ", 90)) + ";"
	tests := []struct {
		name, text string
		whole      bool // the List is chosen
		want       string
	}{
		{
			"words, whole", "Deze regeling geldt niet voor:\n\n- stagiairs\n- uitzendkrachten (ABU/NBBU)\n- mensen in dienst van anderen\n- externen\n", true,
			"Deze regeling geldt niet voor: [1]\n- stagiairs [1]\n- uitzendkrachten (ABU/NBBU) [1]\n- mensen in dienst van anderen [1]\n- externen [1]",
		},
		{
			"words, by their lead-in", "Deze regeling geldt niet voor:\n\n- stagiairs\n- uitzendkrachten (ABU/NBBU)\n- mensen in dienst van anderen\n", false,
			"Deze regeling geldt niet voor: [1]\n- stagiairs [1]\n- uitzendkrachten (ABU/NBBU) [1]\n- mensen in dienst van anderen [1]",
		},
		{
			"too long", "Nooit toegestaan zijn hier:\n\n- messen\n- " + long + "\n- lachgas\n", false,
			"Nooit toegestaan zijn hier: [1]\n- messen [1]\n- " + long + " [2]\n- lachgas [3]",
		},
		{
			"numbered, whole", "Thuiswerken mag na drie stappen:\n\n1. aanvragen;\n2. goedkeuren door de leidinggevende;\n3. tekenen.\n", true,
			"Thuiswerken mag na drie stappen: [1]\n1. aanvragen; [1]\n2. goedkeuren door de leidinggevende; [1]\n3. tekenen. [1]",
		},
		{
			"numbered, too long", "Thuiswerken mag na drie stappen:\n\n1. ja;\n2. " + long + "\n3. ja;\n", false,
			"Thuiswerken mag na drie stappen: [1]\n1. ja; [1]\n2. " + long + " [2]\n3. ja; [3]",
		},
		{
			"letters", "Het toezicht op de aanvraag omvat:\n\na) tijd\nb) geld\nc) mensen\n", true,
			"Het toezicht op de aanvraag omvat: [1]\n- a) tijd [1]\n- b) geld [1]\n- c) mensen [1]",
		},
		{
			"nested", "Mee mogen naar het terrein:\n\n- tassen\n  - klein\n  - doorzichtig\n- eten en drinken voor onderweg\n", true,
			"Mee mogen naar het terrein: [1]\n- tassen [1]\n- klein [1]\n- doorzichtig [1]\n- eten en drinken voor onderweg [1]",
		},
		{
			"a lead-in with a letter", "U heeft recht op:\n\n- opvang\n- geld\n", true,
			"U heeft recht op: [1]\n- opvang [1]\n- geld [1]",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newShelf(t, map[string]string{"pilot.txt": "# Regeling\n\n" + tt.text})
			var sentences []retrieve.Sentence
			for _, sentence := range s.result.Sentences {
				if tt.whole && sentence.Kind == docs.List || !tt.whole && sentence.Kind == docs.Prose {
					sentences = append(sentences, sentence)
				}
			}
			s.result.Sentences = sentences
			rec := ask(t, answer.NewExtractive(s), s, pilot)
			if diff := cmp.Diff(tt.want, rec.Text); diff != "" || rec.Status != record.Answered {
				t.Errorf("%s (-want +got):\n%s", rec.Status, diff)
			}
		})
	}
}
