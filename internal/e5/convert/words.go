package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// wordList reads a list of wordfreq, most frequent word first. It is a gzipped
// MessagePack array: a map with its format ("cB", version 1), then arrays of
// words, the n-th of words with a frequency of -n centibels.
func wordList(data []byte) ([]string, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read word list: %w", err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("read word list: %w", err)
	}
	p := packed{rest: raw}
	levels := p.length(arrays)
	for n := 2 * p.length(maps); n > 0 && p.err == nil; n-- {
		p.skip()
	}
	var words []string
	for i := 1; i < levels && p.err == nil; i++ {
		for n := p.length(arrays); n > 0 && p.err == nil; n-- {
			words = append(words, p.text())
		}
	}
	if p.err != nil || len(p.rest) != 0 {
		return nil, fmt.Errorf("read word list: %w", errors.Join(p.err, errPacked))
	}
	return words, nil
}

var errPacked = errors.New("not the MessagePack that was expected")

// packed reads the few kinds of MessagePack values that a word list holds.
// After an error every value is zero.
type packed struct {
	rest []byte
	err  error
}

// family is how one kind of value with a length is written: short ones in a
// byte whose bits above small are fixed, long ones as a code and the length in
// 1, 2 or 4 bytes. A code of 0 means that there is no such form.
type family struct{ fixed, small, code1, code2, code4 byte }

var (
	texts  = family{0xa0, 0x1f, 0xd9, 0xda, 0xdb}
	arrays = family{0x90, 0x0f, 0, 0xdc, 0xdd}
	maps   = family{0x80, 0x0f, 0, 0xde, 0xdf}
)

func (p *packed) take(n int) []byte {
	if p.err != nil || n > len(p.rest) {
		p.err = errPacked
		return make([]byte, min(n, 4))
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *packed) length(f family) int {
	code := p.take(1)[0]
	switch {
	case code&^f.small == f.fixed:
		return int(code & f.small)
	case p.err != nil || code == 0:
		p.err = errPacked
		return 0
	case code == f.code1:
		return int(p.take(1)[0])
	case code == f.code2:
		return int(binary.BigEndian.Uint16(p.take(2)))
	case code == f.code4:
		return int(binary.BigEndian.Uint32(p.take(4)))
	}
	p.err = errPacked
	return 0
}

func (p *packed) text() string {
	return string(p.take(p.length(texts)))
}

// skip passes over a text or a small number.
func (p *packed) skip() {
	if len(p.rest) > 0 && p.rest[0] < 0x80 {
		p.take(1)
		return
	}
	p.text()
}
