package e5

// panelLen is the number of tokens that go through a matrix together. Twelve
// sums of 16 rows, the same number of running totals and what else a product
// needs fill the 32 registers of AVX-512.
const panelLen = 12

// rowStride is the distance between the outputs of two tokens of a panel, in
// values: as wide as the widest matrix, and a cache line more, so that the
// tokens' outputs don't compete for the same lines of the cache.
const rowStride = inner + 16

// block is 32 consecutive values of every token of a panel, as 8-bit numbers.
// Value i of token t is scale[t] * values[t][i]. The kernels in assembly rely
// on this layout.
type block struct {
	values [panelLen][blockLen]int8 // in [-127, 127]
	scale  [panelLen]float32
	// offset is -8 times the sum of a token's values. Weights are nibbles
	// minus 8, so a product with the nibbles starts from here.
	offset [panelLen]int32
}

// shape describes a product of matrices whose rows needn't be adjacent.
type shape struct {
	rows, inner, columns int // columns is a multiple of 16
	// The distances between rows, in values.
	resultStride, leftStride, rightStride int
}

// kernels are the loops in which all the time goes, for one kind of processor.
// Every implementation gives the same bits: sums of integers are exact, and
// those of floats are taken in the same order, multiplied and added in two
// steps, each rounded, never fused. It costs nothing on processors that
// multiply and add in different units.
//
// The sum of a row is taken over 8 lanes (value i in lane i mod 8), see sum8.
type kernels struct {
	name string
	// matmul multiplies the first tokens of a panel, in, with m and adds m's
	// bias. Output i of token t goes to y[t*rowStride+i]. tokens is in
	// [1, panelLen], len(in) is m.blocks.
	matmul func(y []float32, m *matrix, in []block, tokens int)
	// quantise writes x, 32 values for each of out, to one token of out.
	quantise func(out []block, token int, x []float32)
	// gelu replaces each value x by x * Phi(x). len(x) is a multiple of 8.
	gelu func(x []float32)
	// softmax replaces x by exp((x - max) / sqrt(headLen)), divided by the sum
	// of these. len(x) is a multiple of 8.
	softmax func(x []float32)
	// addNorm replaces x by norm(x + y). All have width values.
	addNorm func(x, y []float32, n *norm, epsilon float32)
	// product sets result to left times right.
	product func(result, left, right []float32, s *shape)
}
