package eval

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
	"unicode/utf8"

	"bronwijzer/internal/docs"
)

// Texts gives documents their text. Names are compared as sameDoc does: without
// "./" in front and without the last extension, and a bare file name stands for
// the path that ends with it.
type Texts interface {
	// Text returns the stored text of a version of a document, of the current
	// one where version is empty: the text that spans count in. ok is false
	// when there is no such document, or that version isn't kept. Safe for
	// concurrent use.
	Text(doc, version string) (text string, ok bool)
}

// Source names a version of a document; an empty Version is the current one.
type Source struct{ Doc, Version string }

// docKey is what remains of a document's name for comparison.
func docKey(doc string) string {
	doc = strings.ReplaceAll(doc, `\`, "/")
	for strings.HasPrefix(doc, "./") {
		doc = doc[2:]
	}
	base := doc[strings.LastIndexByte(doc, '/')+1:]
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		doc = doc[:len(doc)-len(base)+i]
	}
	return doc
}

// sameDoc reports whether two names mean the same document.
func sameDoc(a, b string) bool {
	a, b = docKey(a), docKey(b)
	return a == b || strings.HasSuffix(a, "/"+b) || strings.HasSuffix(b, "/"+a)
}

// Names finds a document's path by any of the names it goes by.
type Names struct{ paths map[string]string }

// NewNames takes the paths of a collection. Where two share a bare name, the
// first has it.
func NewNames(paths []string) Names {
	n := Names{paths: make(map[string]string, 2*len(paths))}
	add := func(key, p string) {
		if _, ok := n.paths[key]; !ok {
			n.paths[key] = p
		}
	}
	for _, p := range paths {
		add(docKey(p), p)
		add("base:"+docKey(path.Base(p)), p)
	}
	return n
}

// Find returns the path of the document with this name.
func (n Names) Find(doc string) (string, bool) {
	key := docKey(doc)
	for _, k := range []string{key, "base:" + key, "base:" + key[strings.LastIndexByte(key, '/')+1:]} {
		if p, ok := n.paths[k]; ok {
			return p, true
		}
	}
	return "", false
}

// Folder is the Texts of a folder of text files, each read when first asked
// for. A file that isn't UTF-8 has no text; of versions there is but the current
// one.
type Folder struct {
	fsys  fs.FS
	names Names

	mu    sync.Mutex
	texts map[string]string
}

var _ Texts = (*Folder)(nil)

// NewFolder lists the files below the root of fsys.
func NewFolder(fsys fs.FS) (*Folder, error) {
	var paths []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return &Folder{fsys: fsys, names: NewNames(paths), texts: make(map[string]string)}, nil
}

// Text implements Texts.
func (f *Folder) Text(doc, version string) (string, bool) {
	p, ok := f.names.Find(doc)
	if !ok {
		return "", false
	}
	text, ok := f.current(p)
	if !ok || version != "" && version != docs.Version(text) {
		return "", false
	}
	return text, true
}

// current is the text of a file.
func (f *Folder) current(p string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text, ok := f.texts[p]; ok {
		return text, true
	}
	b, err := fs.ReadFile(f.fsys, p)
	if err != nil || !utf8.Valid(b) {
		return "", false
	}
	f.texts[p] = string(b)
	return f.texts[p], true
}

// library keeps what scoring needs of each text: its runes and its collapsed
// form.
type library struct {
	texts Texts

	mu   sync.Mutex
	read map[string]*volume // by text, as a version is mostly the current one
}

type volume struct {
	runes     []rune
	collapsed string
}

// volume returns nil for an unknown document, and for a version that isn't kept.
func (l *library) volume(doc, version string) *volume {
	text, ok := l.texts.Text(doc, version)
	if !ok {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if v, ok := l.read[text]; ok {
		return v
	}
	if l.read == nil {
		l.read = make(map[string]*volume)
	}
	v := &volume{runes: []rune(text), collapsed: collapse(text)}
	l.read[text] = v
	return v
}

// slice returns the code points [start, end), end cut off at the text's; false
// where that isn't a stretch of the text.
func (v *volume) slice(start, end int) (string, bool) {
	end = min(end, len(v.runes))
	if start < 0 || start >= end {
		return "", false
	}
	return string(v.runes[start:end]), true
}

// span is a stretch of a collapsed text in code points.
type span struct{ start, end int }

// occurrences finds a needle in the collapsed text, also where it overlaps
// itself. Fifty are enough: a longer list comes from a needle of a few letters.
func (v *volume) occurrences(needle string) []span {
	const most = 50
	var out []span
	length := utf8.RuneCountInString(needle)
	bytes, runes := 0, 0 // the same place, counted twice
	for len(out) < most {
		i := strings.Index(v.collapsed[bytes:], needle)
		if i < 0 {
			break
		}
		runes += utf8.RuneCountInString(v.collapsed[bytes : bytes+i])
		bytes += i
		out = append(out, span{runes, runes + length})
		_, size := utf8.DecodeRuneInString(v.collapsed[bytes:])
		if size == 0 {
			break
		}
		bytes, runes = bytes+size, runes+1
	}
	return out
}

// overlaps reports whether two stretches share at least half of the shorter.
func (s span) overlaps(t span) bool {
	shared := min(s.end, t.end) - max(s.start, t.start)
	return 2*shared >= min(s.end-s.start, t.end-t.start)
}
