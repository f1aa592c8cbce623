package e5

import "golang.org/x/sys/cpu"

// available returns the kernels that this processor has, fastest first.
func available() []kernels {
	all := []kernels{portable()}
	x := &cpu.X86
	if !x.HasAVX2 {
		return all
	}
	k := kernels{"avx2", matmulAVX2, quantiseVector, geluVector, softmaxVector, addNormVector, productVector}
	all = append([]kernels{k}, all...)
	if x.HasAVX512F && x.HasAVX512VNNI {
		// The floats stay at 256 bits: at most a tenth of the time is in it.
		k.name, k.matmul = "avx512vnni", matmulVNNI
		all = append([]kernels{k}, all...)
	}
	return all
}

func matmulVNNI(y []float32, m *matrix, in []block, tokens int) {
	panelVNNI(&y[0], m, &in[0], tokens)
}

func matmulAVX2(y []float32, m *matrix, in []block, tokens int) {
	for t := 0; t < tokens; t += 4 {
		quadAVX2(&y[t*rowStride], m, &in[0], t, min(4, tokens-t))
	}
}

func quantiseVector(out []block, token int, x []float32) {
	quantiseAVX2(&out[0], &x[0], len(out), token)
}

func geluVector(x []float32) { geluAVX2(&x[0], len(x)) }

func softmaxVector(x []float32) { softmaxAVX2(&x[0], len(x)) }

func addNormVector(x, y []float32, n *norm, epsilon float32) { addNormAVX2(&x[0], &y[0], n, epsilon) }

// stripRows is how many rows of a product are computed together: 6 times 16
// sums fill 12 of the 16 registers.
const stripRows = 6

// strip is some rows of a product of matrices.
type strip struct {
	left, result                [stripRows]*float32
	right                       *float32
	inner, columns, rightStride int // columns is a multiple of 16
}

// productVector computes strips; the last one does its last row several times
// if there are too few.
func productVector(result, left, right []float32, s *shape) {
	p := strip{right: &right[0], inner: s.inner, columns: s.columns, rightStride: s.rightStride}
	for first := 0; first < s.rows; first += stripRows {
		for i := range stripRows {
			row := min(first+i, s.rows-1)
			p.left[i] = &left[row*s.leftStride]
			p.result[i] = &result[row*s.resultStride]
		}
		stripAVX2(&p)
	}
}

//go:noescape
func panelVNNI(y *float32, m *matrix, in *block, tokens int)

//go:noescape
func quadAVX2(y *float32, m *matrix, in *block, first, tokens int)

//go:noescape
func quantiseAVX2(out *block, x *float32, blocks, token int)

//go:noescape
func geluAVX2(x *float32, n int)

//go:noescape
func softmaxAVX2(x *float32, n int)

//go:noescape
func addNormAVX2(x, y *float32, n *norm, epsilon float32)

//go:noescape
func stripAVX2(s *strip)
