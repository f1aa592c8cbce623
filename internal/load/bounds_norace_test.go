//go:build !race

package load

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// The race detector makes these tests ten times slower and finds nothing in them:
// nothing here runs at the same time.

// TestContainerBounds: files made to take long or much are refused soon.
func TestContainerBounds(t *testing.T) {
	many := make([]string, 0, 2*maxParts+2)
	for i := range maxParts + 1 {
		many = append(many, fmt.Sprint(i), "")
	}
	for _, c := range []struct {
		name string
		data []byte
		want Reason
	}{
		{"too many parts", packed(t, many...), TooLarge},
		{"bomb", word(t, strings.Repeat("<w:a/>", ratioFrom/5)), TooLarge},
		{"endless table", word(t, manyRows(maxFlowBlocks/4)), TooLong},
		{"one endless text", word(t, para("", run(strings.Repeat("a", maxToken)))), TooLarge},
		{"one endless tag", word(t, "<w:p "+strings.Repeat("a", maxToken)), TooLarge},
		{"deep", word(t, nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 100_000)), TooDeep},
		{"deep in what isn't read", word(t, nested("<w:a>", "</w:a>", 100_000)), TooDeep},
	} {
		refuses(t, c.name, c.data, c.want)
	}
}

// manyRows is a table of n rows, each another.
func manyRows(n int) string {
	var b strings.Builder
	b.WriteString("<w:tbl>")
	for i := range n {
		fmt.Fprintf(&b, "<w:tr><w:tc><w:p><w:r><w:t>%x</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>%x</w:t></w:r></w:p></w:tc></w:tr>", i*7919, i*104729)
	}
	b.WriteString("</w:tbl>")
	return b.String()
}

// allocated is how many bytes do allocates: a measure of its work that doesn't
// depend on the machine, in which copying over and over shows.
func allocated(do func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// TestWordWork: twice the document is at most twice the work, and a little.
func TestWordWork(t *testing.T) {
	for name, body := range map[string]func(n int) string{
		"paragraphs":     func(n int) string { return kop + strings.Repeat(para("", run("Een zin.")), n) },
		"no headings":    func(n int) string { return strings.Repeat(para("", run("Een zin.")), n) },
		"runs":           func(n int) string { return kop + para("", strings.Repeat(run("woord "), n)) },
		"entries":        func(n int) string { return kop + strings.Repeat(entryOf("1", "1", "een"), n) },
		"headings":       func(n int) string { return strings.Repeat(kop, n) },
		"ends deleted":   func(n int) string { return kop + strings.Repeat(para("<w:rPr><w:del/></w:rPr>", run("een ")), n) },
		"rows":           manyRows,
		"cells of a row": func(n int) string { return "<w:tbl><w:tr>" + strings.Repeat(cellOf("", "a"), n) + "</w:tr></w:tbl>" },
		"wide cells": func(n int) string {
			return "<w:tbl><w:tr>" + strings.Repeat(cellOf(`<w:gridSpan w:val="999999"/>`, "a"), n) + "</w:tr></w:tbl>"
		},
		"header and rows": func(n int) string {
			return "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>" + strings.Repeat(cellOf("", "naam"), n) + "</w:tr>" + strings.Repeat("<w:tr>"+cellOf("", "a")+cellOf("", "b")+"</w:tr>", n) + "</w:tbl>"
		},
		"notes": func(n int) string {
			return kop + strings.Repeat(para("", run("Zin.")+`<w:r><w:footnoteReference w:id="2"/></w:r>`), n)
		},
		"boxes": func(n int) string {
			return kop + para("", strings.Repeat("<w:r><w:pict><w:txbxContent>"+para("", run("kader"))+"</w:txbxContent></w:pict></w:r>", n))
		},
		"fields": func(n int) string {
			return kop + para("", strings.Repeat(`<w:r><w:instrText>x</w:instrText><w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="end"/></w:r>`, n))
		},
	} {
		t.Run(name, func(t *testing.T) {
			work := func(n int) float64 {
				data := word(t, body(n))
				return allocated(func() {
					if _, err := Read("a.docx", data); err != nil {
						t.Fatal(err)
					}
				})
			}
			const n = 2000
			work(n) // what is made once
			if small, large := work(n), work(2*n); large > 2.6*small {
				t.Errorf("%.0f bytes for %d, %.0f for twice as many", small, n, large)
			}
		})
	}
}
