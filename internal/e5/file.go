package e5

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"bronwijzer/internal/e5/unigram"
)

// The shape of multilingual-e5-small.
const (
	width     = 384  // values that stand for a token
	headCount = 12   // attention heads
	headLen   = 32   // values of a token in one head
	inner     = 1536 // width of the feed-forward layer
	maxTokens = 512  // tokens in one input of the model, with begin and end
)

// layerCount is 12 as well, but a number of another kind.
const layerCount = 12

const (
	blockLen  = 32 // weights that share a scale
	groupLen  = 16 // rows of a matrix that are multiplied together
	wordBlock = 18 // bytes of a block of the word embedding: scale and nibbles
)

//go:generate sh convert/generate.sh

// modelFile is written by convert. All numbers are little endian, every
// section starts at a multiple of 64 bytes:
//
//	"BWE5", version, CRC-32C of all that follows the first section
//	number of trie nodes, of pieces, of normalisation entries, bytes of these;
//	score of the worst piece of the untrimmed model; epsilon of the norms
//	trie: labels, counts, ends (see unigram.Packed)
//	scores of the pieces
//	normalisation (see unigram.ReadNormaliser)
//	word embedding: 4 + pieces rows of 12 blocks of a half-precision scale and
//	  16 bytes, of which the low nibbles are weights 0–15, the high ones 16–31
//	position embedding, 512 rows, the token type's added; weight and bias of
//	  the norm of the embeddings
//	12 times: matrix and bias to queries, keys and values (1152 rows); of the
//	  attention's output (384); weight and bias of its norm; of the feed-forward
//	  layer's first half (1536 rows) and second (384 rows of 1536); weight and
//	  bias of its norm
//
// A matrix is first its nibbles, then its scales, see matrix.
//
//go:embed model.bin
var modelFile []byte

const fileVersion = 1

// errDamaged is wrapped by every error about the model file.
var errDamaged = errors.New("model file is damaged or of another version")

// weights is the model file, opened.
type weights struct {
	name      string
	tokeniser *unigram.Tokeniser
	epsilon   float32
	words     []byte    // word embedding, in place
	positions []float32 // [maxTokens][width]
	norm      norm      // of the embeddings
	layers    [layerCount]layer
}

// layer is one of the encoder's layers.
type layer struct {
	qkv, out matrix // of the attention
	outNorm  norm
	up, down matrix // of the feed-forward layer
	ffNorm   norm
}

// norm is a layer normalisation.
type norm struct {
	weight, bias []float32 // [width]
}

// matrix is a linear map of columns to rows (outputs), in 4 bits. Weight
// (row, column) is scale * (nibble - 8). Rows are taken in groups of 16, columns
// in blocks of 32. For each group, for each block of it, there are 256 bytes
// of nibbles, four runs of 64: byte 4r+j of run c holds column 8c+j of row r
// in its low half and column 8c+4+j in its high half. So one 64-byte load gives
// 16 rows times 4 consecutive columns twice, which is what the instructions
// that multiply bytes add up into 16 sums.
type matrix struct {
	nibbles []byte    // in place
	scales  []float32 // [group][block][16]
	bias    []float32 // [row]
	groups  int       // rows / 16
	blocks  int       // columns / 32
}

// open checks a model file and makes it usable. Nibbles and word embedding stay
// where they are.
func open(file []byte) (*weights, error) {
	r := reader{file: file}
	magic, version, sum := r.bytes(4), r.u32(), r.u32()
	r.align()
	if string(magic) != "BWE5" || version != fileVersion || sum != checksum(file[min(r.at, len(file)):]) {
		return nil, fmt.Errorf("open model: %w", errDamaged)
	}
	w := &weights{name: fmt.Sprintf("multilingual-e5-small-q4-nl-en/%d-%08x", version, sum)}
	if err := w.read(&r); err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	return w, nil
}

// checksum is CRC-32C: processors compute it at memory speed, where a
// cryptographic sum would take most of the time that opening takes.
func checksum(b []byte) uint32 {
	return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
}

func (w *weights) read(r *reader) error {
	nodes, pieces, norms, normSize := int(r.u32()), int(r.u32()), int(r.u32()), int(r.u32())
	worst := r.f32()
	w.epsilon = r.f32()
	r.align()
	packed := unigram.Packed{
		Labels: string(r.section(nodes)),
		Counts: string(r.section(nodes)),
		Ends:   string(r.section((nodes + 7) / 8)),
	}
	scores := r.floats(pieces)
	table := r.section(normSize)
	w.words = r.section((pieces + int(unigram.FirstPiece)) * width / blockLen * wordBlock)
	w.positions = r.floats(maxTokens * width)
	w.norm = r.norm()
	for i := range w.layers {
		w.layers[i] = layer{
			qkv:     r.matrix(3*width, width),
			out:     r.matrix(width, width),
			outNorm: r.norm(),
			up:      r.matrix(inner, width),
			down:    r.matrix(width, inner),
			ffNorm:  r.norm(),
		}
	}
	if r.err != nil || r.at != len(r.file) {
		return errors.Join(errDamaged, r.err)
	}
	trie, n, err := unigram.Unpack(packed)
	if err != nil || n != pieces {
		return errors.Join(errDamaged, err)
	}
	normaliser, err := unigram.ReadNormaliser(string(table), norms)
	if err != nil {
		return errors.Join(errDamaged, err)
	}
	w.tokeniser = unigram.New(trie, scores, worst, normaliser)
	return nil
}

// reader reads a model file from front to back. After an error what it returns
// is worthless, and of the length that was asked.
type reader struct {
	file []byte
	at   int
	err  error
}

func (r *reader) bytes(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.file)-r.at {
		r.err = errDamaged
		return nil
	}
	r.at += n
	return r.file[r.at-n : r.at]
}

func (r *reader) align() {
	r.bytes(-r.at & 63)
}

func (r *reader) section(n int) []byte {
	s := r.bytes(n)
	r.align()
	return s
}

func (r *reader) u32() uint32 {
	if s := r.bytes(4); r.err == nil {
		return binary.LittleEndian.Uint32(s)
	}
	return 0
}

func (r *reader) f32() float32 { return math.Float32frombits(r.u32()) }

func (r *reader) floats(n int) []float32 {
	s := r.section(4 * n)
	out := make([]float32, len(s)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(s[4*i:]))
	}
	return out
}

func (r *reader) norm() norm {
	return norm{weight: r.floats(width), bias: r.floats(width)}
}

func (r *reader) matrix(rows, columns int) matrix {
	m := matrix{groups: rows / groupLen, blocks: columns / blockLen}
	m.nibbles = r.section(rows * columns / 2)
	s := r.section(rows * m.blocks * 2)
	m.scales = make([]float32, len(s)/2)
	for i := range m.scales {
		m.scales[i] = half(binary.LittleEndian.Uint16(s[2*i:]))
	}
	m.bias = r.floats(rows)
	return m
}

// half converts a half-precision number (IEEE 754 binary16).
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0: // zero and subnormal: frac * 2^-24
		f := float32(frac) / (1 << 24)
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 31: // infinite or not a number
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}
