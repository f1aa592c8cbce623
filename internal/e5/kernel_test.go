package e5

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMatmul compares the product of every length of panel with every matrix
// of a layer, bit by bit, with the portable one.
func TestMatmul(t *testing.T) {
	l := &newTestModel(t).layers[3]
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, k := range available() {
		for name, m := range map[string]*matrix{"out": &l.out, "down": &l.down} {
			in := make([]block, m.blocks)
			for token := range panelLen {
				quantise(in, token, randoms(rnd, m.blocks*blockLen))
			}
			for tokens := 1; tokens <= panelLen; tokens++ {
				t.Run(fmt.Sprintf("%s/%s/%d", k.name, name, tokens), func(t *testing.T) {
					got, want := make([]float32, panelLen*rowStride), make([]float32, panelLen*rowStride)
					k.matmul(got, m, in, tokens)
					matmul(want, m, in, tokens)
					if d := cmp.Diff(want, got); d != "" {
						t.Errorf("(-want +got):\n%s", d)
					}
				})
			}
		}
	}
}

// randoms returns n values of the size that occurs in the model, some large.
func randoms(rnd *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rnd.NormFloat64())
		if rnd.IntN(50) == 0 {
			x[i] *= 30
		}
	}
	return x
}

// BenchmarkMatmul reports multiplications and additions of weights, in 10^9 a
// second.
func BenchmarkMatmul(b *testing.B) {
	m := &newTestModel(b).layers[3].up
	in := make([]block, m.blocks)
	rnd := rand.New(rand.NewPCG(1, 2))
	for token := range panelLen {
		quantise(in, token, randoms(rnd, width))
	}
	y := make([]float32, panelLen*rowStride)
	for _, k := range available() {
		for _, tokens := range []int{1, 4, 8, 12} {
			b.Run(fmt.Sprintf("%s/%d", k.name, tokens), func(b *testing.B) {
				for b.Loop() {
					k.matmul(y, m, in, tokens)
				}
				b.ReportMetric(float64(b.N)*float64(tokens*width*inner)/1e9/b.Elapsed().Seconds(), "GMAC/s")
			})
		}
	}
}

// TestFloats compares every kernel on floats, bit by bit, with the portable
// one, on values of all sizes.
func TestFloats(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	n := &newTestModel(t).layers[5].outNorm
	for _, k := range available() {
		check := func(name string, run func(k *kernels) any) {
			t.Run(k.name+"/"+name, func(t *testing.T) {
				want := portable()
				if d := cmp.Diff(run(&want), run(&k), cmp.AllowUnexported(block{})); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			})
		}
		for scale := float32(1e-35); scale < 1e6; scale *= 100 {
			x := randoms(rnd, width)
			for i := range x {
				x[i] *= scale
			}
			clear(x[:blockLen]) // a block of zeros
			y := randoms(rnd, width)
			check(fmt.Sprintf("quantise/%g", scale), func(k *kernels) any {
				out := make([]block, width/blockLen)
				k.quantise(out, 7, x)
				return out
			})
			check(fmt.Sprintf("gelu/%g", scale), func(k *kernels) any {
				x := slices.Clone(x)
				k.gelu(x)
				return x
			})
			check(fmt.Sprintf("softmax/%g", scale), func(k *kernels) any {
				x := slices.Clone(x)
				for n := 16; n <= 160; n += 16 {
					k.softmax(x[n : 2*n])
				}
				return x
			})
			check(fmt.Sprintf("addNorm/%g", scale), func(k *kernels) any {
				x := slices.Clone(x)
				k.addNorm(x, y, n, 1e-12)
				return x
			})
		}
		for rows := 1; rows <= panelLen; rows++ {
			s := &shape{rows, 7 * rows, 48, 50, 100, 60}
			left, right := randoms(rnd, 100*panelLen), randoms(rnd, 60*7*panelLen)
			check(fmt.Sprintf("product/%d", rows), func(k *kernels) any {
				result := make([]float32, 50*panelLen)
				k.product(result, left, right, s)
				return result
			})
		}
	}
}
