// Package load reads files into documents: the bytes become the stored text,
// and the text is cut into headings, paragraphs, items, rows and lines.
//
// It reads no disk and no network; callers hand it bytes. Its invariants: the
// stored text of a plain text or Markdown file is the file, decoded and
// otherwise untouched, so that offsets hold in the file itself; that of an HTML
// page is the text extracted from it. Blocks are in order, don't overlap, aren't
// empty, and neither begin nor end with white space. Everything that a reader
// would read is in one of them; what only steers (markup, menus, styling) is in
// none.
//
// One file a format: text.go, markdown.go (with md*.go), html.go. Nothing in a document is
// followed, executed or loaded.
package load

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
)

// Version changes whenever the same file could give another document than
// before. Whoever stores documents reads a file again when it changed.
const Version = "2"

// MaxBytes is the largest file that is read. A text of this size is some
// 20,000 pages; anything larger is data, or a mistake.
const MaxBytes = 64 << 20

// MaxPageBytes is the largest HTML file that is read. The parser joins adjacent
// texts one by one, which a page made for it turns into work that grows with the
// square of its size.
const MaxPageBytes = 8 << 20

// Reason says why a file was refused. Its values are stable.
type Reason string

// The reasons for refusing a file.
const (
	Unsupported Reason = "unsupported"
	TooLarge    Reason = "too_large"
	NotText     Reason = "not_text"
	Empty       Reason = "empty"
	TooDeep     Reason = "too_deep"
)

// Error says that a file can't become a document, and why.
type Error struct {
	Path   string
	Reason Reason
	// Err has details for the log; it may be nil.
	Err error
}

// Error is for logs: "load a.pdf: unsupported".
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("load %s: %s: %v", e.Path, e.Reason, e.Err)
	}
	return fmt.Sprintf("load %s: %s", e.Path, e.Reason)
}

// Unwrap gives the details.
func (e *Error) Unwrap() error { return e.Err }

// Message is a Dutch sentence for whoever added the file.
func (e *Error) Message() string {
	switch e.Reason {
	case Unsupported:
		return "Dit soort bestand kan Bronwijzer niet lezen. Het leest .txt, .md en .html."
	case TooLarge:
		return fmt.Sprintf("Het bestand is te groot: meer dan %d MB, of %d MB voor een webpagina.", MaxBytes>>20, MaxPageBytes>>20)
	case NotText:
		return "Het bestand bevat geen leesbare tekst: bewaar het als tekst in UTF-8."
	case Empty:
		return "Er staat geen tekst in het bestand."
	case TooDeep:
		return "De pagina is te diep genest om te lezen."
	}
	return "Het bestand kan niet worden gelezen."
}

var (
	errControl   = errors.New("control characters in it")
	errSurrogate = errors.New("invalid UTF-16")
)

// Supported reports whether the file's extension names a format that Read
// reads, so that others can be passed over without opening them.
func Supported(name string) bool { return reader(name) != nil }

// reader returns what reads a file of that name, or nil.
func reader(name string) func(name string, data []byte) (docs.Document, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt":
		return readText
	case ".md", ".markdown":
		return readMarkdown
	case ".html", ".htm":
		return readHTML
	}
	return nil
}

// Read makes a document of a file. name is its slash-separated path below the
// root of its collection; it decides on the format. The document has Path, Meta
// as far as the file tells, Text, Version and Blocks; ID and Root are the
// caller's. Every error is an [*Error].
func Read(name string, data []byte) (docs.Document, error) {
	read := reader(name)
	switch {
	case read == nil:
		return docs.Document{}, &Error{Path: name, Reason: Unsupported}
	case len(data) > MaxBytes:
		return docs.Document{}, &Error{Path: name, Reason: TooLarge}
	}
	doc, err := read(name, data)
	if err != nil {
		return docs.Document{}, err
	}
	if len(doc.Blocks) == 0 {
		return docs.Document{}, &Error{Path: name, Reason: Empty}
	}
	doc.Path = name
	doc.Version = docs.Version(doc.Text)
	if doc.Title == "" {
		doc.Title = titleOf(doc.Text, doc.Blocks, dutch.Plain)
	}
	if doc.Title == "" {
		doc.Title = fileTitle(name)
	}
	return doc, nil
}

// fileTitle is the name of a file without its folder and extension.
func fileTitle(name string) string {
	return strings.TrimSuffix(path.Base(name), path.Ext(name))
}
