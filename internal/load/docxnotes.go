package load

import (
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// notes adds the notes that the text refers to, footnotes before endnotes, each
// with its number before it and outside every section. They stand at the end: a
// note between two sentences would part them, and mostly names a source.
func (r *wordReader) notes(c *container, targets map[string]string) error {
	if len(r.cited) == 0 {
		return nil
	}
	cited := r.cited
	r.flow.add(flowBlock{closes: true})
	for _, part := range []string{"footnote", "endnote"} {
		found, err := r.readNotes(c, targets[part+"s"], part, cited)
		if err != nil {
			return err
		}
		n := 0
		for _, note := range cited {
			blocks, ok := found[note.id]
			if note.part != part || !ok {
				continue
			}
			n++
			addNote(r.flow, n, blocks)
			delete(found, note.id) // referred to twice, it stands there once
		}
	}
	return nil
}

// readNotes returns the blocks of those notes in a part that are referred to.
func (r *wordReader) readNotes(c *container, name, part string, cited []wordNote) (map[string][]flowBlock, error) {
	found := make(map[string][]flowBlock)
	wanted := make(map[string]bool)
	for _, note := range cited {
		if note.part == part {
			wanted[note.id] = true
		}
	}
	if len(wanted) == 0 {
		return found, nil
	}
	err := c.optional(name, func(x *xmlReader) {
		r.x = x
		for root := range x.children() {
			if tag(root) != "w:"+part+"s" {
				continue
			}
			for e := range x.children() {
				id := xmlAttr(e, "id")
				if tag(e) != "w:"+part || !wanted[id] || found[id] != nil {
					continue
				}
				found[id] = r.aside(r.blocks)
			}
		}
	})
	return found, err
}

// readProperties reads what a Word file says of itself.
func readProperties(c *container, targets map[string]string) (docs.Meta, error) {
	var m docs.Meta
	var author string
	err := c.optional(targets["core"], func(x *xmlReader) {
		for range x.children() {
			for e := range x.children() {
				switch tag(e) {
				case "dc:title":
					m.Title = ownTitle(x.text())
				case "dc:creator":
					author = x.text()
				case "dcterms:created":
					m.Date = dutch.Day(x.text())
				}
			}
		}
	})
	if err != nil {
		return m, err
	}
	err = c.optional(targets["app"], func(x *xmlReader) {
		for range x.children() {
			for e := range x.children() {
				if tag(e) == "app:Company" {
					m.Publisher = ownName(x.text())
				}
			}
		}
	})
	if m.Publisher == "" {
		m.Publisher = ownName(author)
	}
	return m, err
}

// maxProperty is the most of a property that is taken over, in code points.
const maxProperty = 300

// ownTitle returns a title from the properties of a file, or "" for what
// programs fill in by themselves.
func ownTitle(s string) string {
	s = shorten(strings.Join(strings.Fields(s), " "), maxProperty)
	bare := strings.ToLower(s)
	for _, start := range []string{"microsoft word", "document", "naamloos", "untitled", "powerpoint", "template", "sjabloon"} {
		if strings.HasPrefix(bare, start) && countWords(s) < 4 {
			return ""
		}
	}
	for _, end := range []string{".doc", ".docx", ".dot", ".dotx", ".odt", ".pdf"} {
		if strings.HasSuffix(bare, end) {
			return ""
		}
	}
	if !hasWord(s) {
		return ""
	}
	return s
}

// ownName returns the name of whoever made a file, or "" for a user name
// ("jansen02") and for what programs fill in.
func ownName(s string) string {
	s = shorten(strings.Join(strings.Fields(s), " "), maxProperty)
	switch bare := strings.ToLower(s); {
	case countWords(s) < 2 && strings.ToUpper(s) != s, strings.Contains(bare, "windows"), strings.Contains(bare, "microsoft"), strings.Contains(bare, "gebruiker"):
		return ""
	}
	return s
}
