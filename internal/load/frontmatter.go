package load

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// matter is the front matter of a text: what it tells, where its lines stand, and
// where the text goes on behind it. Its zero value is a text without any.
type matter struct {
	meta docs.Meta
	// from and to are where its lines begin and end, body is where the text begins.
	from, to, body int
}

// maxMatter is the most front matter that is read as text, in bytes: each of its
// sentences is looked for in the body.
const maxMatter = 64 << 10

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
			fields := yamlFields(text[next:i])
			if fields == nil {
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

// yamlFields returns the fields of front matter that is YAML, by their names in
// small letters, and nil of what is none. It reads the nodes: decoding them into
// a map takes time that grows with the square of the names that come twice.
func yamlFields(s string) map[string]string {
	var root yaml.Node
	if len(s) > maxMatter || yaml.Unmarshal([]byte(s), &root) != nil || len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	fields := make(map[string]string)
	for pair := range slices.Chunk(root.Content[0].Content, 2) {
		if value := scalar(pair[1]); value != "" {
			fields[strings.ToLower(pair[0].Value)] = value
		}
	}
	return fields
}

// scalar spells a value of front matter; of a list its first element, of a map
// what it has as name.
func scalar(v *yaml.Node) string {
	switch {
	case v.Kind == yaml.ScalarNode && v.Tag != "!!null":
		return strings.TrimSpace(v.Value)
	case v.Kind == yaml.SequenceNode && len(v.Content) > 0:
		return scalar(v.Content[0])
	case v.Kind == yaml.MappingNode:
		for pair := range slices.Chunk(v.Content, 2) {
			if pair[0].Value == "name" {
				return scalar(pair[1])
			}
		}
	}
	return ""
}

// linesOfMatter reads the lines "name: value" that aren't indented.
func linesOfMatter(s string) map[string]string {
	fields := make(map[string]string)
	for line := range strings.Lines(s) {
		if m := matterKey.FindStringSubmatch(line); m != nil && !strings.ContainsAny(line[:1], " \t-") {
			fields[strings.ToLower(m[1])] = strings.Trim(strings.TrimSpace(line[len(m[0]):]), `"'`)
		}
	}
	return fields
}

// pieces returns the sentences that stand only in front matter: a summary, an
// explanation, questions with their answers, on some pages all there is. Each has
// the name of its field as a heading, an answer its question. A value is a
// sentence when it begins with a capital, ends with a stop and has four words or
// more; what the body says too, is left to the body.
func (m matter) pieces(text string) []piece {
	if m.to-m.from > maxMatter {
		return nil
	}
	var out []piece
	asked := false
	for i := m.from; i < m.to; {
		name, value, next := m.field(text, i)
		first := strings.HasPrefix(strings.TrimSpace(text[i:next]), "-")
		s, key := text[value.from:value.to], text[name.from:name.to]
		asked = asked && !first
		if title := strings.ToLower(key); title != "title" && title != "titel" && isSentence(s) && !strings.Contains(text[m.body:], s) {
			heading := piece{kind: docs.Heading, from: name.from, to: name.to, level: 1, name: fieldName(key)}
			switch isQuestion := strings.HasSuffix(s, "?") && countWords(s) <= maxHeadingWords; {
			case isQuestion:
				out = append(out, piece{kind: docs.Heading, from: value.from, to: value.to, level: 1})
			case asked:
				out = append(out, piece{kind: docs.Paragraph, from: value.from, to: value.to})
			default:
				out = append(out, heading, piece{kind: docs.Paragraph, from: value.from, to: value.to})
			}
			asked = strings.HasSuffix(s, "?")
		}
		i = next
	}
	return append(out, piece{closes: true, level: 1})
}

// field returns the name and value of the field on the line at i, both empty
// when there is none, and where the next begins. A value goes on over lines that
// are indented deeper.
func (m matter) field(text string, i int) (name, value extent, next int) {
	end, next := lineEnd(text, i)
	found := matterKey.FindStringSubmatchIndex(text[i:end])
	if found == nil {
		return extent{}, extent{}, next
	}
	indent := end - i - len(strings.TrimLeft(text[i:end], " \t"))
	for next < m.to && (deeper(text[next:], indent) || isEmptyLine(text[next:m.to])) {
		to, after := lineEnd(text, next)
		if matterKey.MatchString(text[next:to]) {
			break
		}
		end, next = to, after
	}
	return extent{i + found[2], i + found[3]}, matterValue(text, i+found[1], min(end, m.to)), next
}

// fieldName is a field of front matter as a heading.
func fieldName(key string) string {
	switch strings.ToLower(key) {
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
func metaOf(named map[string]string) docs.Meta {
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
		Date:      dutch.Day(get("date", "datum", "published", "publicatiedatum", "date_published", "issued")),
		Dossier:   get("dossier"),
		SourceURL: get("source_url", "url", "canonical", "canonical_url", "bron", "source", "link"),
		Language:  get("language", "lang", "taal"),
	}
	if !isURL(m.SourceURL) {
		m.SourceURL = ""
	}
	return m
}

// isURL reports whether s is a web address.
func isURL(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}
