package e5

import (
	"context"
	"sync"
)

// attentionScale is 1 / sqrt(headLen).
const attentionScale = 0.17677669

// pass is one run of the encoder: the state of the tokens of one input, and
// what the tokens show each other.
type pass struct {
	*weights
	kernels
	ids    []int32
	panels int
	team   *barrier
	x      []float32 // [token][width]: what each layer changes
	q      []float32 // [token][width]: queries of the attention
	// Keys and values of the attention. There are two of each: while one
	// worker is in the next layer, another may still read this one's.
	// keys: [head][headLen][keyStride]; values: [token][width].
	keys, values [2][]float32
	keyStride    int // number of tokens, rounded up to a multiple of 16
	workers      []worker
}

// worker is the memory that a worker doesn't share.
type worker struct {
	y       [panelLen * rowStride]float32 // what comes out of a matrix
	blocks  [inner / blockLen]block       // what goes into one
	mixed   [panelLen * width]float32     // what comes out of the attention
	weights []float32                     // [panelLen][keyStride]: of the attention
}

// span is the tokens of a panel, from (included) to to (excluded).
type span struct{ from, to int }

func (s span) len() int { return s.to - s.from }

// span returns the tokens of a panel: all panels are of equal length, or one
// more.
func (p *pass) span(panel int) span {
	n := len(p.ids)
	return span{panel * n / p.panels, (panel + 1) * n / p.panels}
}

// start prepares the pass for an input and a number of workers, and keeps the
// memory that it has.
func (p *pass) start(ctx context.Context, ids []int32, workers int) {
	n := len(ids)
	p.ids = ids
	workers = min(workers, (n+3)/4)
	p.panels = (n + panelLen - 1) / panelLen
	p.panels = (p.panels + workers - 1) / workers * workers
	p.team = newBarrier(workers, func() bool { return ctx.Err() == nil })
	p.keyStride = (n + 15) &^ 15
	p.x, p.q = grow(p.x, n*width), grow(p.q, n*width)
	for i := range p.keys {
		p.keys[i] = grow(p.keys[i], width*p.keyStride)
		p.values[i] = grow(p.values[i], n*width)
	}
	for len(p.workers) < workers {
		p.workers = append(p.workers, worker{})
	}
	for i := range workers {
		p.workers[i].weights = grow(p.workers[i].weights, panelLen*p.keyStride)
	}
}

func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// run computes x of the last layer. It reports false if the context ended
// first.
func (p *pass) run() bool {
	var others sync.WaitGroup
	for i := 1; i < p.team.size; i++ {
		others.Go(func() { p.work(i) })
	}
	done := p.work(0)
	others.Wait()
	return done
}

// work takes the panels of one worker through all layers. A token depends on
// other tokens only in the attention, through their keys and values: there the
// workers wait for each other, once a layer.
func (p *pass) work(i int) bool {
	w := &p.workers[i]
	first, last := i*p.panels/p.team.size, (i+1)*p.panels/p.team.size
	for panel := first; panel < last; panel++ {
		p.embed(p.span(panel))
	}
	for l := range p.layers {
		for panel := first; panel < last; panel++ {
			p.project(w, l, p.span(panel))
		}
		if !p.team.wait() {
			return false
		}
		for panel := first; panel < last; panel++ {
			p.attend(w, l, p.span(panel))
			p.feedForward(w, &p.layers[l], p.span(panel))
		}
	}
	return true
}

// embed sets x to the embedding of each token.
func (p *pass) embed(s span) {
	for t := s.from; t < s.to; t++ {
		x := p.token(t)
		p.word(x, p.ids[t])
		p.addNorm(x, p.positions[t*width:][:width], &p.norm, p.epsilon)
	}
}

func (p *pass) token(t int) []float32 { return p.x[t*width:][:width] }

// word writes the embedding of a piece to x.
func (w *weights) word(x []float32, id int32) {
	const rowSize = width / blockLen * wordBlock
	row := w.words[int(id)*rowSize:][:rowSize]
	for ; len(row) > 0; row, x = row[wordBlock:], x[blockLen:] {
		scale := half(uint16(row[0]) | uint16(row[1])<<8)
		for i, v := range row[2:wordBlock] {
			x[i] = float32(int(v&15)-8) * scale
			x[i+16] = float32(int(v>>4)-8) * scale
		}
	}
}

// project computes the queries, keys and values of a panel.
func (p *pass) project(w *worker, l int, s span) {
	in := w.blocks[:width/blockLen]
	for t := s.from; t < s.to; t++ {
		p.quantise(in, t-s.from, p.token(t))
	}
	p.matmul(w.y[:], &p.layers[l].qkv, in, s.len())
	keys, values := p.keys[l%2], p.values[l%2]
	for t := s.from; t < s.to; t++ {
		y := w.y[(t-s.from)*rowStride:][:3*width]
		copy(p.q[t*width:], y[:width])
		for i, v := range y[width : 2*width] {
			keys[i*p.keyStride+t] = v
		}
		copy(values[t*width:], y[2*width:])
	}
}

// attend adds to each token of the panel what it gathers from all tokens.
func (p *pass) attend(w *worker, l int, s span) {
	n := len(p.ids)
	scores := shape{s.len(), headLen, p.keyStride, p.keyStride, width, p.keyStride}
	mix := shape{s.len(), n, headLen, width, p.keyStride, width}
	for h := range headCount {
		at := h * headLen
		p.product(w.weights, p.q[s.from*width+at:], p.keys[l%2][at*p.keyStride:], &scores)
		for t := range s.len() {
			row := w.weights[t*p.keyStride:][:p.keyStride]
			for i := n; i < len(row); i++ {
				row[i] = -1e30 // there is no such token: its weight becomes 0
			}
			p.softmax(row)
		}
		p.product(w.mixed[at:], w.weights, p.values[l%2][at:], &mix)
	}
	in, layer := w.blocks[:width/blockLen], &p.layers[l]
	for t := range s.len() {
		p.quantise(in, t, w.mixed[t*width:][:width])
	}
	p.matmul(w.y[:], &layer.out, in, s.len())
	p.addToTokens(w, s, &layer.outNorm)
}

// feedForward applies the second half of a layer to a panel.
func (p *pass) feedForward(w *worker, l *layer, s span) {
	in := w.blocks[:width/blockLen]
	for t := s.from; t < s.to; t++ {
		p.quantise(in, t-s.from, p.token(t))
	}
	p.matmul(w.y[:], &l.up, in, s.len())
	for t := range s.len() {
		y := w.y[t*rowStride:][:inner]
		p.gelu(y)
		p.quantise(w.blocks[:], t, y)
	}
	p.matmul(w.y[:], &l.down, w.blocks[:], s.len())
	p.addToTokens(w, s, &l.ffNorm)
}

// addToTokens adds what came out of a matrix to the tokens of a panel and
// normalises them.
func (p *pass) addToTokens(w *worker, s span, n *norm) {
	for t := s.from; t < s.to; t++ {
		p.addNorm(p.token(t), w.y[(t-s.from)*rowStride:][:width], n, p.epsilon)
	}
}

// mean adds the mean of all tokens, times weight, to sum.
func (p *pass) mean(sum []float32, weight float32) {
	total := make([]float32, width)
	for t := range p.ids {
		for i, v := range p.token(t) {
			total[i] += v
		}
	}
	weight /= float32(len(p.ids))
	for i, v := range total {
		sum[i] += float32(v * weight)
	}
}
