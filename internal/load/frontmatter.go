package load

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"bronwijzer/internal/docs"
)

// matter is the front matter of a text: what it tells, where its lines stand, and
// where the text goes on behind it. Its zero value is a text without any.
type matter struct {
	meta docs.Meta
	// from and to are where its lines begin and end, body is where the text begins.
	from, to, body int
}

// matterKey is a line of front matter that names something.
var matterKey = regexp.MustCompile(`^[ \t]*(?:-[ \t]+)*([\p{L}_][\p{L}\d_.-]*)[ \t]*:(?:[ \t]+|$)`)

// frontMatter reads the YAML between two lines of dashes at the beginning of a
// text. Where it isn't quite YAML, its lines "name: value" count. What has no
// such line is text between two rules.
func frontMatter(text string) matter {
	const open = "---"
	start := len(text) - len(strings.TrimLeft(text, "\ufeff \t\r\n"))
	end, next := lineEnd(text, start)
	if strings.TrimSpace(text[start:end]) != open {
		return matter{}
	}
	for i := next; i < len(text); {
		end, after := lineEnd(text, i)
		if s := strings.TrimRight(text[i:end], " \t\r"); s == open || s == "..." {
			var fields map[string]any
			if yaml.Unmarshal([]byte(text[next:i]), &fields) != nil {
				fields = linesOfMatter(text[next:i])
			}
			if len(fields) == 0 && strings.TrimSpace(text[next:i]) != "" && !matterKey.MatchString(text[next:i]) {
				return matter{}
			}
			return matter{meta: metaOf(fields), from: next, to: i, body: after}
		}
		i = after
	}
	return matter{}
}

// linesOfMatter reads the lines "name: value" that aren't indented.
func linesOfMatter(s string) map[string]any {
	fields := make(map[string]any)
	for line := range strings.Lines(s) {
		if m := matterKey.FindStringSubmatch(line); m != nil && !strings.ContainsAny(line[:1], " \t-") {
			value := strings.TrimSpace(line[len(matterKey.FindString(line)):])
			fields[m[1]] = strings.Trim(value, `"'`)
		}
	}
	return fields
}

// pieces returns the sentences that stand only in front matter: a summary, an
// explanation, on some pages all there is. Each has the name of its field as a
// heading. A value is a sentence when it begins with a capital, ends with a stop
// and has four words or more; what the body says too, is left to the body.
func (m matter) pieces(text string) []piece {
	var out []piece
	for i := m.from; i < m.to; {
		end, next := lineEnd(text, i)
		name := matterKey.FindStringSubmatchIndex(text[i:end])
		if name == nil {
			i = next
			continue
		}
		indent := len(text[i:end]) - len(strings.TrimLeft(text[i:end], " \t"))
		from := i + name[1]
		for next < m.to && (deeper(text[next:], indent) || isEmptyLine(text[next:m.to])) {
			if _, after := lineEnd(text, next); matterKey.MatchString(text[next:after]) {
				break
			}
			end, next = lineEnd(text, next)
		}
		value := matterValue(text, from, min(end, m.to))
		key := strings.ToLower(text[i+name[2] : i+name[3]])
		if s := text[value.from:value.to]; key != "title" && key != "titel" && isSentence(s) && !strings.Contains(text[m.body:], s) {
			out = append(out, piece{kind: docs.Heading, from: i + name[2], to: i + name[3], level: 1, name: fieldName(key)},
				piece{kind: docs.Paragraph, from: value.from, to: value.to}, piece{closes: true, level: 1})
		}
		i = next
	}
	return out
}

// fieldName is a field of front matter as a heading.
func fieldName(key string) string {
	switch key {
	case "description", "summary", "excerpt", "abstract", "omschrijving", "lead", "intro":
		return "Samenvatting"
	}
	first, size := utf8.DecodeRuneInString(key)
	return string(unicode.ToUpper(first)) + strings.NewReplacer("_", " ", "-", " ").Replace(key[size:])
}

// deeper reports whether the line that s begins with is indented more than indent.
func deeper(s string, indent int) bool {
	return len(s) > indent && strings.Trim(s[:indent+1], " \t") == ""
}

func isEmptyLine(s string) bool {
	end, _ := lineEnd(s, 0)
	return end < len(s) && strings.TrimSpace(s[:end]) == ""
}

// matterValue leaves out the quotes around a value and the sign of a block of
// lines (| or >).
func matterValue(text string, from, to int) extent {
	from, to = trim(text, from, to)
	if end, next := lineEnd(text[:to], from); next < to && strings.Trim(text[from:end], "|>+-0123456789 \t\r") == "" {
		from = next
	}
	from, to = trim(text, from, to)
	if n := to - from; n > 1 && text[from] == text[to-1] && (text[from] == '"' || text[from] == '\'') {
		from, to = from+1, to-1
	}
	from, to = trim(text, from, to)
	return extent{from, to}
}

// isSentence reports whether a value of front matter is a sentence.
func isSentence(s string) bool {
	return isStop(lastRune(s)) && unicode.IsUpper(firstRune(s)) && countWords(s) >= 4
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
