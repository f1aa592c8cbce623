// Package load reads files into documents: the bytes become the stored text,
// and the text is cut into headings, paragraphs, items, rows and lines.
//
// It reads no disk and no network; callers hand it bytes. Its invariants: the
// stored text of a plain text or Markdown file is the file, decoded and
// otherwise untouched, so that offsets hold in the file itself; that of a web
// page, a Word file, an OpenDocument text or a PDF is the text extracted from it.
// Blocks are in order, don't overlap, aren't empty, and neither begin nor end
// with white space. Everything that a reader would read is in one of them, or in
// the Header of the rows of its table; what only steers (markup, menus, styling)
// is in none.
//
// One file a format: text.go, markdown.go (with md*.go), html.go (with html*.go
// and chrome.go), docx.go and odt.go (with docx*.go, odt*.go, flow.go and zip.go),
// pdf.go (with pdf*.go); table.go is for all that have tables, head.go for all.
// Nothing in a document is followed, executed or loaded.
package load

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
	"bronwijzer/internal/pdf"
)

// Version changes whenever the same file could give another document than
// before. Whoever stores documents reads a file again when it changed.
const Version = "6"

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
	Encrypted   Reason = "encrypted"
	Damaged     Reason = "damaged"
	Scanned     Reason = "no_text_layer"
	TooLong     Reason = "too_long"
	Stopped     Reason = "stopped" // the context ended, or what reads the format couldn't start
	// Of those who hand files to Read.
	Changed Reason = "changed" // while it was read
	Crashed Reason = "crashed" // the process that read it died
	Timeout Reason = "timeout"
	Memory  Reason = "memory"
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
		return "Dit soort bestand kan Bronwijzer niet lezen. " + instead(e.Path) + "Het leest .txt, .md, .html, .docx, .odt en .pdf."
	case TooLarge:
		return fmt.Sprintf("Het bestand is te groot: meer dan %d MB, of %d MB voor een webpagina, of uitgepakt veel meer dan dat.", MaxBytes>>20, MaxPageBytes>>20)
	case NotText:
		return "Het bestand bevat geen leesbare tekst: bewaar het als tekst in UTF-8."
	case Empty:
		return "Er staat geen tekst in het bestand."
	case TooDeep:
		return "Het bestand is te diep genest om te lezen."
	case Encrypted:
		return "Het bestand is met een wachtwoord beveiligd: bewaar het zonder wachtwoord."
	case Damaged:
		return "Het bestand is beschadigd en kan niet worden gelezen."
	case Scanned:
		return "Geen tekstlaag: laat het document eerst door tekstherkenning (OCR) gaan."
	case TooLong:
		return "Het document heeft te veel bladzijden of te veel tekst."
	case Stopped:
		return "Het lezen van het bestand is afgebroken."
	case Changed:
		return "Het bestand veranderde terwijl het werd gelezen; de volgende keer wordt het opnieuw geprobeerd."
	case Crashed:
		return "Het lezen van het bestand liep vast: het is beschadigd, of er staat iets in dat Bronwijzer niet aankan."
	case Timeout:
		return "Het lezen van het bestand duurde te lang en is afgebroken."
	case Memory:
		return "Het lezen van het bestand kostte te veel geheugen en is afgebroken."
	}
	return "Het bestand kan niet worden gelezen."
}

// instead says what to do about a file that isn't read.
func instead(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".doc", ".dot", ".rtf", ".wpd", ".docx":
		return "Bewaar het in Word of LibreOffice als .docx. "
	case ".mht", ".mhtml", ".html", ".htm", ".webarchive":
		return "Bewaar de pagina opnieuw, als HTML en niet als webarchief. "
	case ".ott", ".fodt", ".pages":
		return "Bewaar het als .odt of .docx. "
	}
	return ""
}

var (
	errControl   = errors.New("control characters in it")
	errSurrogate = errors.New("invalid UTF-16")
)

// Supported reports whether the file's extension names a format that Read
// reads, so that others can be passed over without opening them.
func Supported(name string) bool { return isPDF(name) || reader(name) != nil }

// reader returns what reads a file of that name by its bytes alone, or nil.
func reader(name string) func(name string, data []byte) (docs.Document, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt":
		return readText
	case ".md", ".markdown":
		return readMarkdown
	case ".html", ".htm":
		if isSavedPart(name) {
			return nil
		}
		return readHTML
	case ".docx":
		return readDOCX
	case ".odt":
		return readODT
	}
	return nil
}

// Config says how a Reader reads. Its zero value works.
type Config struct {
	// CacheDir is where machine code for reading PDF files is kept between
	// processes; empty is a folder in the user's cache. See [pdf.Config].
	CacheDir string
	// MaxPages is the most pages that a PDF file may have; 0 is [pdf.DefaultPages].
	MaxPages int
	// Memory is the most bytes that reading a PDF file may take beside the
	// document itself; 0 is [pdf.DefaultMemory].
	Memory int64
}

// Reader reads files of every format. It owns what some formats need, which is
// made when the first such file comes. It is safe for concurrent use.
type Reader struct {
	pdf *pdf.Reader
}

// New returns a Reader, which costs nothing until it reads. Close it when done.
func New(cfg Config) *Reader {
	return &Reader{pdf: pdf.New(pdf.Config{CacheDir: cfg.CacheDir, MaxPages: cfg.MaxPages, Memory: cfg.Memory})}
}

// Start makes now what the first file of some formats needs, so that reading
// opens no file later on.
func (r *Reader) Start() error { return r.pdf.Start() }

// NeedsStart reports whether a file of that name can't be read before Start.
func NeedsStart(name string) bool { return isPDF(name) }

// Close frees what the Reader holds.
func (r *Reader) Close() error { return r.pdf.Close() }

// Read is the function Read for all formats. It ends soon after ctx does, with
// the reason Stopped.
func (r *Reader) Read(ctx context.Context, name string, data []byte) (docs.Document, error) {
	if !isPDF(name) {
		return Read(name, data)
	}
	return finish(name, data, func() (docs.Document, error) { return r.readPDF(ctx, name, data) })
}

// Read makes a document of a file of any format but PDF, for which it takes a
// [Reader]. name is its slash-separated path below the
// root of its collection; it decides on the format. The document has Path, Meta
// as far as the file tells, Text, Version and Blocks; ID and Root are the
// caller's. Every error is an [*Error].
func Read(name string, data []byte) (docs.Document, error) {
	read := reader(name)
	if read == nil {
		return docs.Document{}, &Error{Path: name, Reason: Unsupported}
	}
	return finish(name, data, func() (docs.Document, error) { return read(name, data) })
}

// finish reads a file with what reads its format, and fills in what is the same
// for all.
func finish(name string, data []byte, read func() (docs.Document, error)) (docs.Document, error) {
	if len(data) > MaxBytes {
		return docs.Document{}, &Error{Path: name, Reason: TooLarge}
	}
	doc, err := read()
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
	fillHead(&doc)
	return doc, nil
}

// fileTitle is the name of a file without its folder and extension.
func fileTitle(name string) string {
	return strings.TrimSuffix(path.Base(name), path.Ext(name))
}
