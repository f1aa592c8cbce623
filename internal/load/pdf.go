package load

import (
	"context"
	"errors"
	"path"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
	"bronwijzer/internal/pdf"
)

// isPDF reports whether a file is a PDF by its name.
func isPDF(name string) bool { return strings.EqualFold(path.Ext(name), ".pdf") }

// readPDF reads a PDF file.
func (r *Reader) readPDF(ctx context.Context, name string, data []byte) (docs.Document, error) {
	file, err := r.pdf.Read(ctx, data)
	if err != nil {
		return docs.Document{}, &Error{Path: name, Reason: pdfReason(err), Err: err}
	}
	var text strings.Builder
	words := 0
	for _, p := range file.Pages {
		for i, w := range p.Words {
			if i > 0 && !w.Glued {
				text.WriteByte(' ')
			}
			text.WriteString(w.Text)
			words++
		}
		text.WriteString("\n\n")
	}
	if words == 0 && len(file.Pages) > 0 {
		return docs.Document{}, &Error{Path: name, Reason: Scanned}
	}
	doc := docs.Document{Text: text.String()}
	doc.Blocks = assemble(doc.Text, inferred(doc.Text, 0), dutch.Plain)
	return doc, nil
}

func pdfReason(err error) Reason {
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return Encrypted
	case errors.Is(err, pdf.ErrPages):
		return TooLong
	case errors.Is(err, pdf.ErrDamaged):
		return Damaged
	}
	return Stopped
}
