package indextest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// CorpusWords are the words of the default corpus, in order, for benchmarks of
// packages two folders below the project's.
func CorpusWords(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("../../corpus/*.txt")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no corpus: %v", err)
	}
	var words []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		words = append(words, strings.Fields(string(text))...)
	}
	return words
}

// Rewrite makes a text of n words that reads like the corpus and isn't in it: a
// stretch of words, of which chance replaces some, joins some and makes other
// numbers. words has to be longer than n.
func Rewrite(r *rand.Rand, words []string, n int) string {
	out := make([]string, n)
	from := r.IntN(len(words) - n)
	for i, w := range words[from : from+n] {
		switch c := r.IntN(20); {
		case strings.ContainsAny(w, "0123456789"):
			w = fmt.Sprint(r.IntN(3000))
		case c == 0:
			w = strings.Trim(words[r.IntN(len(words))], ".,") + strings.ToLower(words[r.IntN(len(words))])
		case c < 7:
			w = words[r.IntN(len(words))]
		}
		out[i] = w
	}
	return strings.Join(out, " ")
}
