package e5

import "math"

// portable is the kernels in Go, for processors that have no others and as the
// definition of what those compute. The conversions float32(a*b) keep a
// compiler from fusing a product with the sum that it goes into.
func portable() kernels {
	return kernels{"portable", matmul, quantise, gelu, softmax, addNorm, product}
}

func matmul(y []float32, m *matrix, in []block, tokens int) {
	var wide [groupLen][blockLen]int32
	var total [panelLen][groupLen]float32
	for g := range m.groups {
		for t := range tokens {
			copy(total[t][:], m.bias[g*groupLen:])
		}
		for b := range m.blocks {
			i := g*m.blocks + b
			widen(&wide, m.nibbles[i*groupLen*blockLen/2:])
			for t := range tokens {
				addBlock(&total[t], &wide, m.scales[i*groupLen:], &in[b], t)
			}
		}
		for t := range tokens {
			copy(y[t*rowStride+g*groupLen:], total[t][:])
		}
	}
}

// widen unpacks the nibbles of 16 rows and 32 columns, see matrix.
func widen(to *[groupLen][blockLen]int32, nibbles []byte) {
	nibbles = nibbles[:groupLen*blockLen/2]
	for i, v := range nibbles {
		row, column := i/4%groupLen, i/64*8+i%4
		to[row][column] = int32(v & 15)
		to[row][column+4] = int32(v >> 4)
	}
}

// addBlock adds the products of 16 rows with one block of one token.
func addBlock(total *[groupLen]float32, w *[groupLen][blockLen]int32, scales []float32, in *block, token int) {
	var x [blockLen]int32
	for i, v := range in.values[token] {
		x[i] = int32(v)
	}
	scales = scales[:groupLen]
	for r := range total {
		sum := in.offset[token]
		row := &w[r]
		for i := 0; i < blockLen; i += 4 {
			sum += row[i]*x[i] + row[i+1]*x[i+1] + row[i+2]*x[i+2] + row[i+3]*x[i+3]
		}
		total[r] += float32(float32(scales[r]*in.scale[token]) * float32(sum))
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
