package load

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decode turns the bytes of a file into text. A byte order mark stays in the
// text as U+FEFF, so that offsets count the file's characters.
//
// UTF-8 and UTF-16 are known by their mark or by being valid UTF-8. Anything
// else is taken for Windows-1252, which old Dutch files mostly are, unless it
// has control bytes: those aren't text in any encoding of one byte. A NUL is
// refused everywhere; it tells of UTF-16 without a mark, or of no text at all.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return decodeUTF16(data, binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return decodeUTF16(data, binary.BigEndian)
	case bytes.IndexByte(data, 0) >= 0:
		return "", errControl
	case utf8.Valid(data):
		return string(data), nil
	}
	return decodeWindows1252(data)
}

func decodeUTF16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", errSurrogate
	}
	var b strings.Builder
	b.Grow(len(data))
	for i := 0; i < len(data); i += 2 {
		r := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(r) {
			if i+4 > len(data) {
				return "", errSurrogate
			}
			i += 2
			if r = utf16.DecodeRune(r, rune(order.Uint16(data[i:]))); r == utf8.RuneError {
				return "", errSurrogate
			}
		}
		if r == 0 {
			return "", errControl
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

func decodeWindows1252(data []byte) (string, error) {
	var b strings.Builder
	b.Grow(len(data) + len(data)/8)
	for _, c := range data {
		r := charmap.Windows1252.DecodeByte(c)
		// The five bytes that Windows-1252 leaves open decode to U+FFFD.
		if r == utf8.RuneError || r == 0x7F || r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' {
			return "", errControl
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}
