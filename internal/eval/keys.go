package eval

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// unknownKeys names the keys of a line that nothing reads: a misspelt one would
// make a question easier, or its gold a riddle, without a word. The line is the
// JSON of a Question.
func unknownKeys(line []byte) []string {
	var q struct {
		Gold, History []json.RawMessage
	}
	if err := json.Unmarshal(line, &q); err != nil {
		return nil // not a Question
	}
	out := strange[Question](line, "")
	for i, raw := range q.Gold {
		out = append(out, strange[Gold](raw, fmt.Sprintf(" in gold %d", i+1))...)
	}
	for i, raw := range q.History {
		out = append(out, strange[Turn](raw, fmt.Sprintf(" in history %d", i+1))...)
	}
	return out
}

// strange names the keys of an object that a T has no field for, as encoding/json
// matches them: whatever their case.
func strange[T any](object json.RawMessage, where string) []string {
	var have map[string]json.RawMessage
	if err := json.Unmarshal(object, &have); err != nil {
		return nil // no object
	}
	var known []string
	for field := range reflect.TypeFor[T]().Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "-" {
			known = append(known, name)
		}
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(have)) {
		if !slices.ContainsFunc(known, func(name string) bool { return strings.EqualFold(name, key) }) {
			out = append(out, fmt.Sprintf("unknown key %q%s; there are %s", key, where, strings.Join(known, ", ")))
		}
	}
	return out
}
