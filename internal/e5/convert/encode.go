package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"bronwijzer/internal/e5/unigram"
)

// version goes up with every change of what is written.
const version = 1

// encode writes the model in the format that package e5's file.go describes.
func encode(src *source, kept []string) ([]byte, error) {
	trie, order := unigram.Pack(kept)
	w := &writer{src: src}
	for _, n := range []int{len(trie.Labels), len(order), src.norms, len(src.norm)} {
		w.u32(uint32(n))
	}
	w.u32(math.Float32bits(src.worst()))
	w.u32(math.Float32bits(src.epsilon))
	w.align()

	w.section([]byte(trie.Labels))
	w.section([]byte(trie.Counts))
	w.section([]byte(trie.Ends))
	for _, p := range order {
		w.u32(math.Float32bits(src.scores[src.ids[p]]))
	}
	w.align()
	w.section(src.norm)
	w.embeddings(order)
	for l := range layers {
		w.layer(fmt.Sprintf("l%d.", l))
	}
	if w.err != nil {
		return nil, w.err
	}

	head := []byte("BWE5")
	head = binary.LittleEndian.AppendUint32(head, version)
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(w.out, crc32.MakeTable(crc32.Castagnoli)))
	head = append(head, make([]byte, alignment-len(head))...)
	return append(head, w.out...), nil
}

// alignment of every section, in bytes: a cache line.
const alignment = 64

type writer struct {
	src *source
	out []byte
	err error
}

func (w *writer) u32(v uint32) { w.out = binary.LittleEndian.AppendUint32(w.out, v) }

func (w *writer) align() {
	for len(w.out)%alignment != 0 {
		w.out = append(w.out, 0)
	}
}

func (w *writer) section(b []byte) {
	w.out = append(w.out, b...)
	w.align()
}

// tensor returns a tensor of the source, which must have size bytes.
func (w *writer) tensor(name string, size int) []byte {
	t := w.src.tensors[name]
	if len(t) != size && w.err == nil {
		w.err = fmt.Errorf("encode %s: %d bytes, want %d", name, len(t), size)
	}
	if len(t) != size {
		return make([]byte, size)
	}
	return t
}

func (w *writer) floats(name string, n int) { w.section(w.tensor(name, 4*n)) }

// embeddings writes the rows of the special pieces and the kept ones, and what
// is added to them: the position's vector plus the one token type's.
func (w *writer) embeddings(order []string) {
	const rowSize = width / blockLen * blockSize
	words := w.src.tensors["emb.word"]
	if len(words) < len(w.src.pieces)*rowSize {
		w.err = fmt.Errorf("encode emb.word: %d bytes", len(words))
		return
	}
	for id := range int(unigram.FirstPiece) {
		w.out = append(w.out, words[id*rowSize:][:rowSize]...)
	}
	for _, p := range order {
		w.out = append(w.out, words[w.src.ids[p]*rowSize:][:rowSize]...)
	}
	w.align()

	pos, kind := w.tensor("emb.pos", 4*positions*width), w.tensor("emb.type", 4*2*width)
	for i := range positions * width {
		w.u32(math.Float32bits(float(pos, i) + float(kind, i%width)))
	}
	w.align()
	w.floats("emb.ln.w", width)
	w.floats("emb.ln.b", width)
}

func float(b []byte, i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
}

// layer writes one layer; the projections to queries, keys and values become
// one matrix.
func (w *writer) layer(prefix string) {
	const rows = width * width / blockLen * blockSize
	var qkv []byte
	var bias []byte
	for _, name := range []string{"q", "k", "v"} {
		qkv = append(qkv, w.tensor(prefix+name+".w", rows)...)
		bias = append(bias, w.tensor(prefix+name+".b", 4*width)...)
	}
	w.matrix(qkv, 3*width, width)
	w.section(bias)

	w.matrix(w.tensor(prefix+"ao.w", rows), width, width)
	w.floats(prefix+"ao.b", width)
	w.floats(prefix+"aln.w", width)
	w.floats(prefix+"aln.b", width)

	w.matrix(w.tensor(prefix+"fi.w", 4*rows), inner, width)
	w.floats(prefix+"fi.b", inner)
	w.matrix(w.tensor(prefix+"fo.w", 4*rows), width, inner)
	w.floats(prefix+"fo.b", width)
	w.floats(prefix+"oln.w", width)
	w.floats(prefix+"oln.b", width)
}

// groupLen is the number of rows (outputs) whose weights stand together: the
// 32-bit lanes of a 512-bit register.
const groupLen = 16

// matrix writes a matrix of rows x columns weights, given row by row as blocks.
// First the nibbles: by group of 16 rows, then by block of 32 columns, 256
// bytes that are four registers of 64. Byte 4r+j of register c has, for row r
// of the group, column 8c+j in its low nibble and column 8c+4+j in its high
// one. Then, in the same order, the 16 scales of each block.
func (w *writer) matrix(blocks []byte, rows, columns int) {
	perRow := columns / blockLen
	at := func(row, b int) []byte { return blocks[(row*perRow+b)*blockSize:][:blockSize] }
	for row := 0; row < rows; row += groupLen {
		for b := range perRow {
			for c := range 4 {
				for lane := range groupLen {
					for j := range 4 {
						nibbles := at(row+lane, b)[2:]
						w.out = append(w.out, nibble(nibbles, 8*c+j)|nibble(nibbles, 8*c+4+j)<<4)
					}
				}
			}
		}
	}
	w.align()
	for row := 0; row < rows; row += groupLen {
		for b := range perRow {
			for lane := range groupLen {
				w.out = append(w.out, at(row+lane, b)[:2]...)
			}
		}
	}
	w.align()
}

// nibble returns weight i of a block: the first 16 are the low halves of its
// bytes, the others the high ones.
func nibble(block []byte, i int) byte {
	if i < 16 {
		return block[i] & 15
	}
	return block[i-16] >> 4
}
