package eval

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// misspelt names the keys of a line, the JSON of a Question, that are likely meant
// to be others: nobody would notice that what a question must include isn't looked
// at, and gold without a document is a riddle. Other keys are the set's own
// remarks.
func misspelt(line []byte) []string {
	var q struct {
		Gold, History []json.RawMessage
	}
	if err := json.Unmarshal(line, &q); err != nil {
		return nil // not a Question
	}
	var out []string
	keys := keysOf(line)
	for _, known := range []string{"question", "history", "gold", "must_include", "must_not_include", "answerable"} {
		for _, key := range keys {
			if d := distance(key, known); d > 0 && d <= 2 && !slices.Contains(keys, known) {
				out = append(out, fmt.Sprintf("unknown key %q; is %q meant?", key, known))
			}
		}
	}
	for i, raw := range q.Gold {
		out = append(out, inPlaceOf(raw, fmt.Sprintf("gold %d", i+1), "doc", "quote")...)
	}
	for i, raw := range q.History {
		out = append(out, inPlaceOf(raw, fmt.Sprintf("history %d", i+1), "role", "content")...)
	}
	return out
}

// inPlaceOf names the keys of an object that lacks one of those that it needs.
func inPlaceOf(object json.RawMessage, where string, needed ...string) []string {
	keys := keysOf(object)
	var out []string
	for _, name := range needed {
		if len(keys) > 0 && !slices.Contains(keys, name) {
			out = append(out, fmt.Sprintf("%s has no %q; its keys are %s", where, name, strings.Join(keys, ", ")))
		}
	}
	return out
}

// keysOf are the keys of an object, sorted, in small letters: encoding/json doesn't
// look at case.
func keysOf(object json.RawMessage) []string {
	var have map[string]json.RawMessage
	if err := json.Unmarshal(object, &have); err != nil {
		return nil // no object
	}
	var keys []string
	for key := range maps.Keys(have) {
		keys = append(keys, strings.ToLower(key))
	}
	slices.Sort(keys)
	return keys
}

// distance is how many bytes have to be put in, left out or changed to make a of b
// (Levenshtein, 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
