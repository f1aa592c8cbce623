package load

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"bronwijzer/internal/docs"
)

// ManifestName is what the manifest of a collection is called; it stands in its
// root.
const ManifestName = "manifest.yaml"

// Manifest says what is known about the documents of a collection, and which
// questions it answers. As YAML:
//
//	documents:
//	  brieven/2020-11-18.txt:          # slash-separated path below the root
//	    title: Opsporing en vervolging
//	    publisher: Ministerie van Justitie en Veiligheid
//	    kind: kamerbrief               # the publisher's word for it
//	    date: 2020-11-18               # day of publication
//	    dossier: 28 638, nr. 184       # parliamentary file and number
//	    source_url: https://…          # where the original can be read
//	    language: nl                   # BCP 47
//	    groups: [opsporing]            # who may read it; left out: everybody
//	    supersedes: [brieven/oud.txt]  # what it takes the place of, by path
//	questions:                         # examples, shown to readers
//	  - Wat is de signalentafel?
//
// Every key may be left out; any other is an error, for it is a typing error.
// What the manifest says of a document goes before what its file says.
type Manifest struct {
	// Documents by path.
	Documents map[string]docs.Meta
	Questions []string
}

// ManifestError says where a manifest is wrong.
type ManifestError struct {
	// Line is 1-based; 0 when the file as a whole is meant.
	Line int
	// Key is the path of the key: "documents.a.txt.date".
	Key string
	// Problem is for whoever wrote the manifest, in English.
	Problem string
}

// Error names line and key: "manifest line 3: documents.a.txt.date: …".
func (e *ManifestError) Error() string {
	if e.Line == 0 {
		return "manifest: " + e.Problem
	}
	return fmt.Sprintf("manifest line %d: %s: %s", e.Line, e.Key, e.Problem)
}

// Message is a Dutch sentence for whoever wrote the manifest.
func (e *ManifestError) Message() string {
	if e.Line == 0 {
		return "Het manifest is geen geldige YAML: kijk naar het inspringen, en zet tekst met leestekens tussen aanhalingstekens."
	}
	return fmt.Sprintf("Het manifest klopt niet in regel %d, bij %q.", e.Line, e.Key)
}

// ReadManifest reads a manifest. Nothing in it is a manifest without entries.
// Every error is a [*ManifestError], but for one of reading from r.
func ReadManifest(r io.Reader) (*Manifest, error) {
	m := &Manifest{Documents: make(map[string]docs.Meta)}
	var root yaml.Node
	switch err := yaml.NewDecoder(r).Decode(&root); {
	case errors.Is(err, io.EOF):
		return m, nil
	case err != nil:
		return nil, &ManifestError{Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	err := eachKey(root.Content[0], "", func(key string, value *yaml.Node) error {
		switch key {
		case "documents":
			return m.documents(value)
		case "questions":
			return m.questions(value)
		}
		return wrong(value, key, "unknown key; documents and questions are known")
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Apply overrides in doc what the manifest says about it.
func (m *Manifest) Apply(doc *docs.Document) {
	entry := m.Documents[doc.Path]
	for _, f := range metaFields {
		if s := *f.of(&entry); s != "" {
			*f.of(&doc.Meta) = s
		}
	}
	doc.Groups, doc.Supersedes = entry.Groups, entry.Supersedes
}

func wrong(n *yaml.Node, key, problem string) error {
	return &ManifestError{Line: n.Line, Key: key, Problem: problem}
}

// eachKey calls do for every key of a mapping, in order, with the path of the
// key. A key that stands twice is an error; an empty node has none.
func eachKey(n *yaml.Node, path string, do func(key string, value *yaml.Node) error) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return wrong(n, path, "keys with values wanted")
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if path != "" {
			key = path + "." + key
		}
		if seen[key] {
			return wrong(n.Content[i], key, "stands here twice")
		}
		seen[key] = true
		if err := do(key, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// metaFields are the keys of a document.
var metaFields = []struct {
	key string
	of  func(*docs.Meta) *string
}{
	{"title", func(m *docs.Meta) *string { return &m.Title }},
	{"publisher", func(m *docs.Meta) *string { return &m.Publisher }},
	{"kind", func(m *docs.Meta) *string { return &m.Kind }},
	{"date", func(m *docs.Meta) *string { return &m.Date }},
	{"dossier", func(m *docs.Meta) *string { return &m.Dossier }},
	{"source_url", func(m *docs.Meta) *string { return &m.SourceURL }},
	{"language", func(m *docs.Meta) *string { return &m.Language }},
}

func (m *Manifest) documents(n *yaml.Node) error {
	return eachKey(n, "documents", func(path string, entry *yaml.Node) error {
		var meta docs.Meta
		err := eachKey(entry, path, func(key string, value *yaml.Node) (err error) {
			switch key {
			case path + ".groups":
				meta.Groups, err = names(key, value)
				return err
			case path + ".supersedes":
				meta.Supersedes, err = names(key, value)
				return err
			}
			return setField(&meta, strings.TrimPrefix(key, path+"."), key, value)
		})
		m.Documents[strings.TrimPrefix(path, "documents.")] = meta
		return err
	})
}

// setField sets the field called name from a value; key is its whole path.
func setField(meta *docs.Meta, name, key string, value *yaml.Node) error {
	for _, f := range metaFields {
		if f.key != name {
			continue
		}
		if value.Kind != yaml.ScalarNode {
			return wrong(value, key, "one value wanted")
		}
		s := strings.TrimSpace(value.Value)
		if value.Tag == "!!null" {
			s = ""
		}
		if _, err := time.Parse(time.DateOnly, s); name == "date" && s != "" && err != nil {
			return wrong(value, key, fmt.Sprintf("%q isn't a day such as 2020-11-18", s))
		}
		if name == "source_url" && s != "" && !isURL(s) {
			return wrong(value, key, fmt.Sprintf("%q isn't a web address", s))
		}
		*f.of(meta) = s
		return nil
	}
	return wrong(value, key, "unknown key; title, publisher, kind, date, dossier, source_url, language, groups and supersedes are known")
}

// names reads a list of names, or one. An empty list of groups is a mistake: it
// would open the document to everybody where somebody meant to close it.
func names(key string, n *yaml.Node) ([]string, error) {
	list := n.Content
	if n.Kind == yaml.ScalarNode {
		list = []*yaml.Node{n}
	}
	var found []string
	for _, v := range list {
		name := strings.TrimSpace(v.Value)
		if v.Kind != yaml.ScalarNode || name == "" || v.Tag == "!!null" || strings.ContainsFunc(name, unicode.IsControl) {
			return nil, wrong(v, key, "names wanted")
		}
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return nil, wrong(n, key, "a list without names means nothing; leave the key out")
	}
	return found, nil
}

func (m *Manifest) questions(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return wrong(n, "questions", "a list wanted")
	}
	for _, q := range n.Content {
		s := strings.TrimSpace(q.Value)
		if q.Kind != yaml.ScalarNode || s == "" {
			return wrong(q, "questions", "a question wanted")
		}
		m.Questions = append(m.Questions, s)
	}
	return nil
}
