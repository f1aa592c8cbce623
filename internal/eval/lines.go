package eval

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// readLines hands each line that isn't blank to do, with its number from 1. A
// byte order mark in front of the first is skipped. The line is only valid
// during the call. An error of do ends the reading and is returned.
func readLines(r io.Reader, do func(n int, line []byte) error) error {
	br := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	for n := 1; ; {
		part, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		line := part
		if len(long) > 0 {
			line, long = append(long, part...), long[:0]
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := do(n, line); err != nil {
				return err
			}
		}
		n++
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
