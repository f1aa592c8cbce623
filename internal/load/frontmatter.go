package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"bronwijzer/internal/docs"
)

// frontMatter reads the YAML between two lines of dashes at the beginning of a
// text and returns where the text goes on. Front matter that isn't YAML tells
// nothing, and a text without any begins at 0.
func frontMatter(text string) (docs.Meta, int) {
	const open = "---"
	start := 0
	if strings.HasPrefix(text, "\ufeff") {
		start = len("\ufeff")
	}
	end, next := lineEnd(text, start)
	if strings.TrimSpace(text[start:end]) != open {
		return docs.Meta{}, 0
	}
	for i := next; i < len(text); {
		end, after := lineEnd(text, i)
		if s := strings.TrimRight(text[i:end], " \t\r"); s == open || s == "..." {
			var fields map[string]any
			if yaml.Unmarshal([]byte(text[next:i]), &fields) != nil {
				return docs.Meta{}, after
			}
			return metaOf(fields), after
		}
		i = after
	}
	return docs.Meta{}, 0
}

// metaOf takes from front matter what it has under its usual names.
func metaOf(fields map[string]any) docs.Meta {
	named := make(map[string]string)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if s := scalar(fields[key]); s != "" {
			named[strings.ToLower(key)] = s
		}
	}
	get := func(names ...string) string {
		for _, name := range names {
			if s := named[name]; s != "" {
				return s
			}
		}
		return ""
	}
	m := docs.Meta{
		Title:     get("title", "titel"),
		Publisher: get("publisher", "uitgever", "organisatie", "organization", "organisation", "author", "auteur", "authors"),
		Kind:      get("kind", "type", "soort"),
		Date:      day(get("date", "datum", "published", "publicatiedatum", "date_published", "issued")),
		Dossier:   get("dossier"),
		SourceURL: get("source_url", "url", "canonical", "canonical_url", "bron", "source", "link"),
		Language:  get("language", "lang", "taal"),
	}
	if !isURL(m.SourceURL) {
		m.SourceURL = ""
	}
	return m
}

// scalar spells a value of front matter; of a list its first element.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case time.Time:
		return v.Format(time.DateOnly)
	case []any:
		if len(v) > 0 {
			return scalar(v[0])
		}
	case map[string]any:
		return scalar(v["name"])
	case int, float64:
		return fmt.Sprint(v)
	}
	return ""
}

// day returns the day that a date or time begins with, as 2006-01-02, or "".
func day(s string) string {
	for _, layout := range []string{"2-1-2006", "2/1/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	if len(s) < len(time.DateOnly) {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)]); err != nil {
		return dutchDay(s)
	}
	return s[:len(time.DateOnly)]
}

// dutchDay reads "13 november 2018".
func dutchDay(s string) string {
	months := strings.Fields("januari februari maart april mei juni juli augustus september oktober november december")
	f := strings.Fields(strings.ToLower(s))
	if len(f) != 3 {
		return ""
	}
	for i, m := range months {
		if m == f[1] {
			if t, err := time.Parse("2 1 2006", fmt.Sprintf("%s %d %s", f[0], i+1, f[2])); err == nil {
				return t.Format(time.DateOnly)
			}
		}
	}
	return ""
}

// isURL reports whether s is a web address.
func isURL(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}
