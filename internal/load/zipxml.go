package load

import (
	"encoding/xml"
	"errors"
	"iter"
	"strings"
)

// maxDepth is how deep elements may lie in each other. Documents reach some 60:
// a text box in a cell of a table in a table.
const maxDepth = 256

var errDepth = errors.New("elements too deep in each other")

// spaces are the namespaces that are read, and what they are called here. A
// Word file may use either of two.
var spaces = map[string]string{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main":              "w",
	"http://purl.oclc.org/ooxml/wordprocessingml/main":                          "w",
	"http://schemas.openxmlformats.org/markup-compatibility/2006":               "mc",
	"http://schemas.openxmlformats.org/officeDocument/2006/math":                "m",
	"http://purl.oclc.org/ooxml/officeDocument/math":                            "m",
	"http://schemas.openxmlformats.org/package/2006/relationships":              "rel",
	"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties": "app",
	"http://purl.oclc.org/ooxml/officeDocument/extendedProperties":              "app",
	"http://purl.org/dc/elements/1.1/":                                          "dc",
	"http://purl.org/dc/terms/":                                                 "dcterms",
	"urn:oasis:names:tc:opendocument:xmlns:office:1.0":                          "office",
	"urn:oasis:names:tc:opendocument:xmlns:text:1.0":                            "text",
	"urn:oasis:names:tc:opendocument:xmlns:table:1.0":                           "table",
	"urn:oasis:names:tc:opendocument:xmlns:style:1.0":                           "style",
	"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0":                         "draw",
	"urn:oasis:names:tc:opendocument:xmlns:meta:1.0":                            "meta",
	"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0":                        "manifest",
	"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0":               "fo",
	"http://schemas.openxmlformats.org/package/2006/metadata/core-properties":   "cp",
	"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties":   "custom",
	"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing":    "wp",
	"http://schemas.microsoft.com/office/word/2010/wordprocessingShape":         "wps",
	"http://schemas.openxmlformats.org/schemaLibrary/2006/main":                 "sl",
}

// xmlReader reads a part element by element. Its error stays: once there is
// one, every loop ends, and whoever began reads it.
type xmlReader struct {
	dec *xml.Decoder
	src *meter
	// depth is the number of elements that are open.
	depth int
	err   error
}

func newXMLReader(src *meter) *xmlReader {
	return &xmlReader{dec: xml.NewDecoder(src), src: src}
}

// next returns the next token, or nil at the end and after an error. Names have
// the space that [spaces] gives them.
func (x *xmlReader) next() xml.Token {
	if x.err != nil {
		return nil
	}
	x.src.token = 0
	tok, err := x.dec.Token()
	if err != nil {
		x.err = err
		return nil
	}
	switch t := tok.(type) {
	case xml.StartElement:
		if x.depth++; x.depth > maxDepth {
			x.err = &Error{Reason: TooDeep, Err: errDepth}
			return nil
		}
		t.Name.Space = spaces[t.Name.Space]
		return t
	case xml.EndElement:
		x.depth--
	}
	return tok
}

// nodes yields what stands right inside the element that was opened last (or,
// before any, in the part): elements and texts. What the loop leaves unread of
// an element is passed over, and so is the rest when it breaks off.
func (x *xmlReader) nodes() iter.Seq[xml.Token] {
	return func(yield func(xml.Token) bool) {
		inside := x.depth
		reading := true
		for {
			tok := x.next()
			if tok == nil || x.depth < inside {
				return
			}
			switch tok.(type) {
			case xml.StartElement, xml.CharData:
				reading = reading && yield(tok)
				for x.depth > inside && x.err == nil {
					x.next()
				}
			}
		}
	}
}

// children yields the elements among [xmlReader.nodes].
func (x *xmlReader) children() iter.Seq[xml.StartElement] {
	return func(yield func(xml.StartElement) bool) {
		for tok := range x.nodes() {
			if e, ok := tok.(xml.StartElement); ok && !yield(e) {
				return
			}
		}
	}
}

// text returns the text of the element that was opened last, without that of
// elements in it.
func (x *xmlReader) text() string {
	var b strings.Builder
	for tok := range x.nodes() {
		if t, ok := tok.(xml.CharData); ok {
			b.Write(t)
		}
	}
	return b.String()
}

// fail ends the reading with err.
func (x *xmlReader) fail(err error) {
	if x.err == nil {
		x.err = err
	}
}

// tag is the name of an element: "w:p".
func tag(e xml.StartElement) string { return e.Name.Space + ":" + e.Name.Local }

// xmlAttr returns an attribute by its name without a space, or "".
func xmlAttr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
