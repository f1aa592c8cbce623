// Package e5 is the built-in embedder: multilingual-e5-small in pure Go, its
// weights embedded in the program.
package e5
