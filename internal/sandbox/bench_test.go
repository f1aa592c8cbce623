package sandbox

import (
	"strings"
	"testing"

	"bronwijzer/internal/load"
)

// A file of 1 kB in process, and in a child that is warm.
func BenchmarkRead(b *testing.B) {
	data := []byte(strings.Repeat(letter, 1000/len(letter)))
	b.Run("process", func(b *testing.B) {
		for b.Loop() {
			if _, err := load.Read("brief.md", data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("child", func(b *testing.B) {
		p := newPool(b, asReader, Config{Files: 1 << 30})
		for b.Loop() {
			if _, err := p.Read(b.Context(), "brief.md", data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The start of a child, for texts and for all formats with PDFium's machine
// code at hand.
func BenchmarkStart(b *testing.B) {
	for name, all := range map[string]bool{"texts": false, "all": true} {
		b.Run(name, func(b *testing.B) {
			p := newPool(b, asReader, Config{CacheDir: b.TempDir()})
			for b.Loop() {
				c, err := start(b.Context(), p.lg, &p.cfg, all)
				if err != nil {
					b.Fatal(err)
				}
				c.end()
			}
		})
	}
}
