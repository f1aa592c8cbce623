package dutch

import (
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/dutch"
)

// maxStemmed is the longest word, in bytes, that Stem touches. The longest
// Dutch compounds in use stay below it; what is longer is no word.
const maxStemmed = 64

// Stem strips the endings of a folded word: inflections of one word mostly
// share a stem, which need not be a word itself. It is the Snowball stemmer for
// Dutch (M. Porter, snowballstem.org) with what that leaves apart and policy
// prose is full of put right: "organisaties" and "organisatie", "ideeen" and
// "idee", "huizen" and "huis", "brieven" and "brief". A word it can't stem is
// returned as it is.
func Stem(word string) (stem string) {
	if len(word) > maxStemmed || utf8.RuneCountInString(word) < 3 {
		return word
	}
	// The stemmer is generated code that slices by its own cursors; an input
	// that breaks it costs that word its stem and not the program.
	defer func() {
		if recover() != nil {
			stem = word
		}
	}()
	env := snowballstem.NewEnv(singular(word))
	dutch.Stem(env)
	stem = env.Current()
	switch {
	case stem == "":
		return word
	case strings.HasSuffix(stem, "z"):
		return stem[:len(stem)-1] + "s"
	case strings.HasSuffix(stem, "v"):
		return stem[:len(stem)-1] + "f"
	}
	return stem
}

// singular takes off the plural endings after a vowel that the stemmer keeps.
func singular(word string) string {
	switch {
	case strings.HasSuffix(word, "ieen"), strings.HasSuffix(word, "eeen"):
		return word[:len(word)-2]
	case !strings.HasSuffix(word, "ies"):
		return word
	}
	for _, whole := range []string{"advies", "verlies", "precies", "kies", "vies", "devies", "spies", "fries", "dies"} {
		if strings.HasSuffix(word, whole) && (whole != "dies" || len(word) == len(whole)) {
			return word
		}
	}
	return word[:len(word)-1]
}
