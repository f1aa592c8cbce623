// Package prompts holds what language models are told, as templates (package
// text/template). It is text only: package answer renders system and question,
// package chat renders rewrite.
//
// The texts are Dutch, since the questions and documents are. A change here
// changes every answer: records carry Hash, so that answers of one wording can
// be told from those of another.
package prompts

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"text/template"
)

// FS holds the templates: system.tmpl, question.tmpl and rewrite.tmpl.
//
//go:embed *.tmpl
var FS embed.FS

// Parse returns the templates, by their file names.
func Parse() *template.Template { return template.Must(template.ParseFS(FS, "*.tmpl")) }

// Hash identifies the wording of all templates: 64 bits of a SHA-256, in hex.
func Hash() string {
	h := sha256.New()
	names, err := fs.Glob(FS, "*.tmpl") // sorted
	if err != nil {
		panic("unreachable: the pattern is well formed: " + err.Error())
	}
	for _, name := range names {
		text, err := FS.ReadFile(name)
		if err != nil {
			panic("unreachable: the file is embedded: " + err.Error())
		}
		h.Write([]byte(name))
		h.Write([]byte{0})
		h.Write(text)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
