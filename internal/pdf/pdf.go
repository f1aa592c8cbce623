// Package pdf reads PDF files: bytes in, pages of placed words out.
//
// It owns PDFium, which runs as WebAssembly inside the process: no C, no files,
// no network, no more memory than it was given, and a fresh instance for every
// document, so that nothing of one document reaches the next. It decides
// nothing about lines, columns or paragraphs; that is package load's. Its
// invariants: words come in the order in which the page draws them, aren't
// empty and hold no white space; coordinates are points (1/72 inch) from the top
// left corner of the page as a reader sees it, also when it is turned.
//
// Compiling PDFium takes about two seconds of one core, or a tenth of one
// when its machine code is found in the cache folder; it happens at the first
// document. An instance costs some milliseconds, a page of 3,000 characters
// about 20.
package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
)

// Limits when Config doesn't say.
const (
	// DefaultPages is the most pages of a document that is read.
	DefaultPages = 2000
	// DefaultMemory is the most bytes that an instance of PDFium may take.
	DefaultMemory = 512 << 20
	// DefaultChars is the most characters of a document that is read.
	DefaultChars = 20_000_000
	// pageChars is the most of one page: a poster has less.
	pageChars = 100_000
)

// Errors of Read, beside those of its context.
var (
	// ErrEncrypted is a file that needs a password to be opened.
	ErrEncrypted = errors.New("password needed")
	// ErrDamaged is a file that isn't a PDF, or one that PDFium can't read.
	ErrDamaged = errors.New("not a readable PDF")
	// ErrPages is a file with more pages or characters than the limit.
	ErrPages = errors.New("too many pages or characters")
	// ErrMemory is a file that takes more memory than the limit.
	ErrMemory = errors.New("out of memory")
)

// Config says what a document may cost. Its zero value works.
type Config struct {
	// CacheDir keeps PDFium's machine code between processes; empty is a folder in
	// the user's cache. Whoever can write there can make this program run what
	// they like. Where it can't be used, PDFium is compiled at every start.
	CacheDir string
	// MaxPages, MaxChars and Memory are limits; 0 is the default of each.
	MaxPages, MaxChars int
	Memory             int64
}

// Reader reads documents. It is safe for concurrent use; one document waits for
// another.
type Reader struct {
	cfg  Config
	mu   sync.Mutex
	pool pdfium.Pool // nil until the first document
}

// New returns a Reader, which costs nothing until its first document.
func New(cfg Config) *Reader {
	if cfg.MaxPages <= 0 {
		cfg.MaxPages = DefaultPages
	}
	if cfg.MaxChars <= 0 {
		cfg.MaxChars = DefaultChars
	}
	if cfg.Memory <= 0 {
		cfg.Memory = DefaultMemory
	}
	return &Reader{cfg: cfg}
}

// Close frees what the Reader holds. A Reader may be used after Close; it
// starts anew.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pool == nil {
		return nil
	}
	err := r.pool.Close()
	r.pool = nil
	return err
}

// Start compiles PDFium now, for those who may open no file later on.
func (r *Reader) Start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.start()
}

// start compiles PDFium if that hasn't been done.
func (r *Reader) start() error {
	if r.pool != nil {
		return nil
	}
	const wasmPage = 64 << 10
	cfg := wazero.NewRuntimeConfigCompiler().WithCloseOnContextDone(true).WithMemoryLimitPages(uint32(r.cfg.Memory / wasmPage))
	wasm := webassembly.Config{
		MaxTotal: 1, MaxIdle: 1,
		FSConfig: wazero.NewFSConfig(), // no files
		Stdout:   io.Discard, Stderr: io.Discard,
		RuntimeConfig: cfg,
	}
	if cache, err := wazero.NewCompilationCacheWithDir(r.cacheDir()); err == nil {
		wasm.RuntimeConfig = cfg.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(wasm)
	if err != nil { // a cache may be damaged
		wasm.RuntimeConfig = cfg
		pool, err = webassembly.Init(wasm)
	}
	if err != nil {
		return fmt.Errorf("start pdfium: %w", err)
	}
	r.pool = pool
	return nil
}

// cacheDir is where machine code is kept. The name of a folder that can't be
// made means that none is.
func (r *Reader) cacheDir() string {
	if r.cfg.CacheDir != "" {
		return r.cfg.CacheDir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return os.DevNull
	}
	return filepath.Join(dir, "bronwijzer", "wasm")
}

// Read reads a document. It ends when ctx does, also in the midst of a page:
// give it a deadline, for a page can be made that is never done. Errors are
// ErrEncrypted, ErrDamaged, ErrPages, ErrMemory, ctx's, or that PDFium couldn't be
// started.
func (r *Reader) Read(ctx context.Context, data []byte) (*Document, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.start(); err != nil {
		return nil, err
	}
	instance, err := r.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("start pdfium: %w", err)
	}
	defer instance.Close()
	m, err := machineOf(ctx, instance)
	if err != nil {
		return nil, fmt.Errorf("start pdfium: %w", err)
	}
	d := reading{machine: m, cfg: r.cfg}
	doc, err := d.document(ctx, data)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && m.full(r.cfg.Memory):
		return nil, fmt.Errorf("%w: %w", ErrMemory, err)
	case err != nil && !errors.Is(err, ErrPages) && !errors.Is(err, ErrEncrypted):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return doc, err
}
