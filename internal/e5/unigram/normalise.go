package unigram

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// Normaliser replaces characters by others: what SentencePiece calls nmt_nfkc,
// as a table from one code point to none or more.
type Normaliser struct {
	table map[rune]string
}

var errNormaliser = errors.New("read normalisation: table cut off")

// ReadNormaliser reads n entries: a code point (4 bytes, little endian), the
// number of code points that replace it (1 byte), and those (4 bytes each).
func ReadNormaliser(data string, n int) (Normaliser, error) {
	table := make(map[rune]string, n)
	for range n {
		if len(data) < 5 {
			return Normaliser{}, errNormaliser
		}
		from, count := codePoint(data), int(data[4])
		data = data[5:]
		if len(data) < 4*count {
			return Normaliser{}, errNormaliser
		}
		var to []byte
		for i := range count {
			to = utf8.AppendRune(to, codePoint(data[4*i:]))
		}
		table[from] = string(to)
		data = data[4*count:]
	}
	return Normaliser{table}, nil
}

func codePoint(s string) rune {
	return rune(binary.LittleEndian.Uint32([]byte(s[:4])))
}

// Apply returns text as it is cut: characters replaced, runs of spaces made
// one, a space put in front where there is none, and every space written as
// [Space].
func (n *Normaliser) Apply(text string) []byte {
	out := n.inner(text)
	if len(out) >= len(spaceMark) && string(out[:len(spaceMark)]) == spaceMark {
		return out
	}
	return append([]byte(spaceMark), out...)
}

const spaceMark = string(Space)

// inner is Apply without the space in front.
func (n *Normaliser) inner(text string) []byte {
	out := make([]byte, 0, len(text)+len(text)/3+8)
	var last rune
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			r = rune(text[i])
		}
		i += size
		to, ok := n.table[r]
		switch {
		case r == 0: // the model knows no such character, nor does its table
		case !ok:
			out, last = appendSpaced(out, last, r)
		default:
			for _, r := range to {
				out, last = appendSpaced(out, last, r)
			}
		}
	}
	return out
}

// appendSpaced appends r to out, of which last is the last character; a space
// after a space is left out.
func appendSpaced(out []byte, last, r rune) ([]byte, rune) {
	switch {
	case r != ' ':
		return utf8.AppendRune(out, r), r
	case last == ' ':
		return out, last
	default:
		return append(out, spaceMark...), ' '
	}
}
