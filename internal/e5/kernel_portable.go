package e5

import "math"

// portable is the kernels in Go, for processors that have no others and as the
// definition of what those compute. The conversions float32(a*b) keep a
// compiler from fusing a product with the sum that it goes into.
func portable() kernels {
	return kernels{"portable", matmul, quantise, gelu, softmax, addNorm, product}
}

func matmul(y []float32, m *matrix, in []block, tokens int) {
	var wide wideBlock
	var total [panelLen][groupLen]float32
	for g := range m.groups {
		for t := range tokens {
			copy(total[t][:], m.bias[g*groupLen:])
		}
		for b := range m.blocks {
			i := g*m.blocks + b
			wide.set(m.nibbles[i*groupLen*blockLen/2:])
			for t := range tokens {
				wide.addTo(&total[t], m.scales[i*groupLen:], &in[b], t)
			}
		}
		for t := range tokens {
			copy(y[t*rowStride+g*groupLen:], total[t][:])
		}
	}
}

// wideBlock is the weights of 16 rows and 32 columns. A number holds four rows,
// row 4q+i in the i-th 16 bits, so that one multiplication does four. The sum of
// 16 products of a nibble and a value is at most 16*15*127 = 30480 and fits:
// 2.5 times as fast as one row at a time.
type wideBlock [groupLen / 4][blockLen]int64

// set unpacks nibbles, see matrix.
func (w *wideBlock) set(nibbles []byte) {
	for c := range 4 {
		for q := range w {
			run := nibbles[64*c+16*q:][:16]
			for j := range 4 {
				four := int64(run[j]) | int64(run[j+4])<<16 | int64(run[j+8])<<32 | int64(run[j+12])<<48
				w[q][8*c+j] = four & 0x000f000f000f000f
				w[q][8*c+4+j] = four >> 4 & 0x000f000f000f000f
			}
		}
	}
}

// addTo adds the products of the 16 rows with one token's values.
func (w *wideBlock) addTo(total *[groupLen]float32, scales []float32, in *block, token int) {
	var x [blockLen]int64
	for i, v := range in.values[token] {
		x[i] = int64(v)
	}
	scales = scales[:groupLen]
	for q := range w {
		var first, second int64
		for i := range blockLen / 2 {
			first += w[q][i] * x[i]
			second += w[q][i+blockLen/2] * x[i+blockLen/2]
		}
		for r := 4 * q; r < 4*q+4; r++ {
			a, b := int16(first), int16(second)
			sum := in.offset[token] + int32(a) + int32(b)
			total[r] += float32(float32(scales[r]*in.scale[token]) * float32(sum))
			// What is left of a negative sum is one too low: take it off first.
			first, second = (first-int64(a))>>16, (second-int64(b))>>16
		}
	}
}

// tiny is the scale below which a block counts as zero: its inverse would not
// be finite.
const tiny = 1e-30

func quantise(out []block, token int, x []float32) {
	for b := range out {
		v := x[b*blockLen:][:blockLen]
		var most float32
		for _, f := range v {
			most = max(most, abs(f))
		}
		scale := most / 127
		var inverse float32
		if scale < tiny {
			scale = 0
		} else {
			inverse = 1 / scale
		}
		var sum int32
		for i, f := range v {
			n := int8(roundEven(float32(f * inverse)))
			out[b].values[token][i] = n
			sum += int32(n)
		}
		out[b].scale[token] = scale
		out[b].offset[token] = -8 * sum
	}
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// roundEven rounds to the nearest integer, halves to the even one. The sum is
// so large that its last bit counts ones. |x| must be below 2^22.
func roundEven(x float32) float32 {
	const big = 3 << 22
	return float32(x+big) - big
}

// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26:
// erf(z) = 1 - (a1 t + ... + a5 t^5) exp(-z^2), t = 1 / (1 + p z), for z >= 0.
// The error is below 1.5e-7.
const (
	erfP  = 0.3275911
	erfA1 = 0.254829592
	erfA2 = -0.284496736
	erfA3 = 1.421413741
	erfA4 = -1.453152027
	erfA5 = 1.061405429
)

func gelu(x []float32) {
	for i, v := range x {
		a := abs(v)
		z := a * (math.Sqrt2 / 2)
		t := 1 / (1 + float32(erfP*z))
		p := float32(erfA5*t) + erfA4
		p = float32(p*t) + erfA3
		p = float32(p*t) + erfA2
		p = float32(p*t) + erfA1
		p = float32(p * t)
		erf := 1 - float32(p*exp(-float32(z*z)))
		x[i] = (v + float32(a*erf)) / 2
	}
}

const (
	// expMin is the least argument of exp; its result is a normal number.
	expMin = -87
	// ln2High has few bits, so that its product with a small integer is exact.
	ln2High = 0.693359375
	ln2Low  = math.Ln2 - ln2High
)

// exp returns e^x for x <= 0: x = n ln 2 + r with |r| <= ln 2 / 2, then the
// Taylor series of e^r up to r^6, times 2^n. The relative error is below 2e-7.
func exp(x float32) float32 {
	x = max(x, expMin)
	n := roundEven(float32(x * math.Log2E))
	r := x - float32(n*ln2High)
	r -= float32(n * ln2Low)
	p := float32(r*(1./720)) + 1./120
	p = float32(p*r) + 1./24
	p = float32(p*r) + 1./6
	p = float32(p*r) + 1./2
	p = float32(p*r) + 1
	p = float32(p*r) + 1
	return p * math.Float32frombits(uint32(int32(n)+127)<<23)
}

func softmax(x []float32) {
	most := x[0]
	for _, v := range x {
		most = max(most, v)
	}
	var lanes [8]float32
	for i, v := range x {
		x[i] = exp(float32((v - most) * attentionScale))
		lanes[i%8] += x[i]
	}
	inverse := 1 / sum8(&lanes)
	for i := range x {
		x[i] *= inverse
	}
}

func addNorm(x, y []float32, n *norm, epsilon float32) {
	var lanes [8]float32
	for i := range x {
		x[i] += y[i]
		lanes[i%8] += x[i]
	}
	mean := sum8(&lanes) / width
	lanes = [8]float32{}
	for i := range x {
		x[i] -= mean
		lanes[i%8] += float32(x[i] * x[i])
	}
	variance := sum8(&lanes) / width
	inverse := 1 / float32(math.Sqrt(float64(variance+epsilon)))
	for i := range x {
		x[i] = float32(float32(x[i]*inverse)*n.weight[i]) + n.bias[i]
	}
}

// sum8 adds up lanes in the order in which halving a register does.
func sum8(l *[8]float32) float32 {
	return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
}

func product(result, left, right []float32, s *shape) {
	for i := range s.rows {
		to := result[i*s.resultStride:][:s.columns]
		clear(to)
		for k, a := range left[i*s.leftStride:][:s.inner] {
			for j, b := range right[k*s.rightStride:][:s.columns] {
				to[j] += float32(a * b)
			}
		}
	}
}
