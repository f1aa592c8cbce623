package main

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func gzipped(t *testing.T, data string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const listHead = "\x82\xa6format\xa2cB\xa7version\x01"

func TestWordList(t *testing.T) {
	long := strings.Repeat("x", 40)
	for name, c := range map[string]struct {
		data string
		want []string
	}{
		"short forms": {"\x94" + listHead + "\x90\x92\xa2de\xa3het\x91\xa3een", []string{"de", "het", "een"}},
		"long forms":  {"\xdc\x00\x02" + listHead + "\xdd\x00\x00\x00\x01\xd9\x28" + long, []string{long}},
		"no words":    {"\x91" + listHead, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := wordList(gzipped(t, c.data))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestWordListDamaged(t *testing.T) {
	for name, data := range map[string]string{
		"empty":      "",
		"cut off":    "\x94" + listHead + "\x90\x92\xa2de\xa3he",
		"more":       "\x92" + listHead + "\x90\x90",
		"not a list": "\x94" + listHead + "\xc0",
		"huge":       "\xdd\xff\xff\xff\xff" + listHead + "\xdd\xff\xff\xff\xff",
	} {
		if _, err := wordList(gzipped(t, data)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := wordList([]byte("not gzip")); err == nil {
		t.Error("not gzip: no error")
	}
}

func TestSpellings(t *testing.T) {
	for word, want := range map[string][]string{
		"ijs":          {"ijs", "Ijs", "IJs", "IJS"},
		"één":          {"één", "Één", "ÉÉN"},
		"mensenhandel": {"mensenhandel", "Mensenhandel"},
	} {
		if d := cmp.Diff(want, spellings(word)); d != "" {
			t.Errorf("%s (-want +got):\n%s", word, d)
		}
	}
}

func TestAlways(t *testing.T) {
	for piece, want := range map[string]bool{
		"2018": true, "▁(": true, "▁é": true, "ß": true, "▁": true, "…": true, "€": true, "▁1.": true,
		"de": false, "▁漢": false, "д": false, "。": false, "٣": false, "1e": false,
	} {
		if got := always(piece); got != want {
			t.Errorf("always(%q) = %v, want %v", piece, got, want)
		}
	}
}

// TestMatrix looks up each weight and scale where package e5's matrix says that
// it is.
func TestMatrix(t *testing.T) {
	const rows, columns = 32, 64
	var blocks []byte
	weight := func(row, column int) byte { return byte(row*7+column*3+column/32) & 15 }
	for row := range rows {
		for b := range columns / blockLen {
			blocks = append(blocks, byte(row), byte(b))
			for i := range 16 {
				blocks = append(blocks, weight(row, 32*b+i)|weight(row, 32*b+16+i)<<4)
			}
		}
	}
	var w writer
	w.matrix(blocks, rows, columns)
	for row := range rows {
		for column := range columns {
			group, lane, b, i := row/16, row%16, column/32, column%32
			at := w.out[(group*2+b)*256+i/8*64+4*lane+i%4]
			if i%8 >= 4 {
				at >>= 4
			}
			if got, want := at&15, weight(row, column); got != want {
				t.Fatalf("weight (%d, %d) = %d, want %d", row, column, got, want)
			}
			scale := w.out[rows*columns/2+2*((group*2+b)*16+lane):]
			if scale[0] != byte(row) || scale[1] != byte(b) {
				t.Fatalf("scale (%d, %d) = %v", row, b, scale[:2])
			}
		}
	}
}

func TestParseSourceDamaged(t *testing.T) {
	for _, image := range []string{"", "E5S1", "E5S1\x01\x00\x00\x00\x80\x01\x00\x00", strings.Repeat("\xff", 500)} {
		if _, err := parseSource([]byte(image)); err == nil {
			t.Errorf("%.10q: no error", image)
		}
	}
}
