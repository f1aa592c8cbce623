// Package ingest brings store and index up to date with folders of files and
// with files that are sent: it reads, cuts and embeds what changed, and removes
// what is gone. Watch calls when folders change, Jobs takes over what is sent,
// and Verify holds what is stored against what it was made from.
//
// It owns the order of things. A document is embedded, then stored as a whole,
// then indexed; so whatever stops it, store and index hold the old or the new
// version of a document, and at the next run nothing is embedded twice. A file
// that is sent is stored before it is worked on. It decides nothing about
// formats, passages or ranking, and never writes to the folders.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
	"bronwijzer/internal/tokens"
)

// tokenizer measures passages. It is fixed: with the tokenizer of whichever
// model writes the answers, another model would cut every document anew.
const tokenizer = "o200k_base"

// defaultBatch is how many texts go to the embedder at a time: enough to keep
// it busy, few enough that a stop loses seconds.
const defaultBatch = 64

// Index is what becomes searchable.
type Index interface {
	// Apply makes one change visible as a whole, or fails and changes nothing.
	Apply(ctx context.Context, c index.Change) error
	// Load applies many, and stops at the first error, also of the sequence.
	Load(ctx context.Context, changes iter.Seq2[index.Change, error]) error
}

// Config says how documents are taken in. Its zero value works.
type Config struct {
	Chunk chunk.Config
	// Count is the length of a text in tokens; nil counts as o200k_base does.
	Count func(string) int
	// Batch is the most texts in one call of the embedder; 0 is 64.
	Batch int
	// Read makes a document of a file, as a load.Reader does, and doesn't keep data.
	// What isn't a load.Error ends a run. nil reads in process.
	Read func(ctx context.Context, name string, data []byte) (docs.Document, error)
}

// Ingester takes documents in. It is safe for concurrent use; one run waits for
// another.
type Ingester struct {
	lg       *slog.Logger
	store    *store.Store
	index    Index        // nil where nothing is searched
	embedder llm.Embedder // nil where words have to do
	cfg      Config
	running  sync.Mutex
}

// New returns an Ingester. Without an index it only stores; without an embedder
// passages have no vectors.
func New(lg *slog.Logger, st *store.Store, ix Index, embedder llm.Embedder, cfg Config) (*Ingester, error) {
	if cfg.Batch <= 0 {
		cfg.Batch = defaultBatch
	}
	if cfg.Read == nil {
		cfg.Read = load.New(load.Config{}).Read
	}
	if cfg.Count == nil {
		counter, err := tokens.New(tokenizer)
		if err != nil {
			return nil, fmt.Errorf("set up ingestion: %w", err)
		}
		cfg.Count = counter.Count
	}
	return &Ingester{lg: lg, store: st, index: ix, embedder: embedder, cfg: cfg}, nil
}

// Progress says how far a run is.
type Progress struct {
	// Done of Total files are dealt with; in Fill, documents.
	Done, Total int
	// Path is the file at hand: root and path below it.
	Path string
	// Embedded of Pending texts of that file are embedded.
	Embedded, Pending int
}

// Run takes over what changed in the folders, and among the files that were sent
// (see Jobs), since they were last taken in, and removes what is gone from them. Documents of other roots stay. A file that
// can't be read is refused, and its old version stays while the file is there;
// the rest goes on. So is a manifest: as long as it is broken, its folder keeps the
// documents that it has, as they are, and who may read them; only what is gone is
// removed. Any other error ends the run: a folder that isn't there, a broken
// manifest of a folder of which there is nothing yet, a store or embedder that
// fails. What was done by then stays. progress may be nil.
func (g *Ingester) Run(ctx context.Context, roots []Root, progress func(Progress)) (Report, error) {
	g.running.Lock()
	defer g.running.Unlock()
	r := &run{Ingester: g, progress: progress}
	if r.progress == nil {
		r.progress = func(Progress) {}
	}
	err := r.all(ctx, roots)
	return r.report, err
}

// run is one run at work.
type run struct {
	*Ingester
	progress func(Progress)
	at       Progress
	report   Report
	stale    bool // there may be vectors of another embedder
	// had is the embedder whose vectors every document had when the run began,
	// as modelName names it; claimed is true while the setting still says so.
	had     string
	claimed bool
	// known are all vectors of the present embedder; nil asks the store.
	known map[store.Key]llm.Vector
	// buffer is for one file after another: the largest of them is all that a run
	// takes for files.
	buffer []byte
}

func (r *run) all(ctx context.Context, roots []Root) error {
	named, err := r.resolve(ctx, roots)
	if err != nil {
		return err
	}
	var folders []*folder
	for _, root := range named {
		f, err := scan(root)
		if err != nil {
			return err
		}
		defer f.files.close()
		folders = append(folders, f)
	}
	sent, err := r.uploads(ctx)
	if err != nil {
		return err
	}
	folders = append(folders, sent)
	for _, f := range folders {
		r.at.Total += len(f.paths)
	}
	if err := r.readEmbedder(ctx); err != nil {
		return err
	}
	for _, f := range folders {
		if err := r.limit(ctx, f); err != nil {
			return err
		}
	}
	for _, f := range folders {
		if err := r.folder(ctx, f); err != nil {
			return err
		}
	}
	if err := r.embedRest(ctx); err != nil {
		return err
	}
	return r.collect(ctx)
}

// folder brings the store up to date with one folder.
func (r *run) folder(ctx context.Context, f *folder) error {
	held, err := r.store.Fingerprints(ctx, f.root.Name)
	if err != nil {
		return err
	}
	if f.broken != nil && len(held) == 0 {
		return f.broken // there is nothing to go on with
	}
	if err := r.store.SetRoot(ctx, f.root.Name, f.root.Dir); err != nil {
		return err
	}
	if f.broken != nil {
		r.refuse(f, load.ManifestName, f.broken, false)
		r.at.Done += len(f.paths)
		return r.removeGone(ctx, f, held)
	}
	for _, path := range f.skipped {
		r.report.Skipped = append(r.report.Skipped, f.name(path))
	}
	r.report.Missing = append(r.report.Missing, f.missing()...)
	r.report.Unknown = append(r.report.Unknown, f.unknown()...)
	r.report.Questions = append(r.report.Questions, f.manifest.Questions...)
	for _, refused := range f.refused {
		r.refuse(f, refused.path, refused.err, anyBelow(held, refused.path))
	}
	for _, path := range f.paths {
		r.at.Path, r.at.Embedded, r.at.Pending = f.name(path), 0, 0
		r.progress(r.at)
		if err := r.file(ctx, f, path, held); err != nil {
			return err
		}
		r.at.Done++
	}
	return r.removeGone(ctx, f, held)
}

// removeGone removes the documents whose files aren't in the folder any more.
func (r *run) removeGone(ctx context.Context, f *folder, held map[string]string) error {
	r.progress(r.at)
	for _, path := range slices.Sorted(maps.Keys(held)) {
		if !f.has(path) {
			if err := r.remove(ctx, f, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// file takes over one file if it changed.
func (r *run) file(ctx context.Context, f *folder, path string, held map[string]string) error {
	before, known := held[path]
	data, err := f.files.read(ctx, path, r.buffer)
	switch {
	case errors.Is(err, fs.ErrNotExist): // since the folder was listed
		f.drop(path)
		return nil
	case err != nil:
		r.refuse(f, path, err, known)
		return nil
	}
	r.buffer = data
	fingerprint := r.fingerprint(f, path, data)
	if known && before == fingerprint {
		r.report.Unchanged++
		return nil
	}
	doc, err := r.parse(ctx, f, path, data)
	var refused *load.Error
	switch {
	case errors.As(err, &refused):
		r.refuse(f, path, err, known)
		return nil
	case err != nil:
		return err
	}
	if err := r.put(ctx, doc, fingerprint); err != nil {
		return err
	}
	if known {
		r.report.Changed = append(r.report.Changed, f.name(path))
	} else {
		r.report.Added = append(r.report.Added, f.name(path))
	}
	return nil
}

// parse makes the document of a file. A file that can't be one is a *load.Error.
func (r *run) parse(ctx context.Context, f *folder, path string, data []byte) (docs.Document, error) {
	doc, err := r.cfg.Read(ctx, path, data)
	if err == nil && borders(doc.Text) > maxBorders {
		err = &load.Error{Path: path, Reason: load.TooLong}
	}
	if err != nil {
		return docs.Document{}, fmt.Errorf("read %s: %w", f.name(path), err)
	}
	f.manifest.Apply(&doc)
	doc.ID, doc.Root = docs.NewID(f.root.Name, path), f.root.Name
	doc.Supersedes = f.ids(doc.Supersedes)
	return doc, nil
}

// maxBorders is the most borders of sentences that a document may have. A text of
// the greatest length has some 80,000 when people wrote it; one of nine
// characters a sentence would take a gigabyte to cut.
const maxBorders = 150_000

// borders counts, roughly, where a sentence or line of a text ends.
func borders(text string) int {
	return strings.Count(text, ". ") + strings.Count(text, "\n") + strings.Count(text, "? ") + strings.Count(text, "! ")
}

// put embeds, stores and indexes a document.
func (r *run) put(ctx context.Context, doc docs.Document, fingerprint string) error {
	passages := chunk.Split(&doc, r.cfg.Count, r.cfg.Chunk)
	vectors, err := r.vectors(ctx, &doc, passages)
	if err != nil {
		return fmt.Errorf("embed %s: %w", r.at.Path, err)
	}
	if err := r.disclaim(ctx); err != nil {
		return err
	}
	doc.IngestedAt = time.Now().UTC().Truncate(time.Microsecond)
	replaced, err := r.store.PutDocument(ctx, doc, passages, fingerprint)
	if err != nil {
		return err
	}
	return r.apply(ctx, index.Change{DocumentID: doc.ID, Remove: replaced, Add: entries(&doc, passages, vectors)})
}

func (r *run) remove(ctx context.Context, f *folder, path string) error {
	id := docs.NewID(f.root.Name, path)
	gone, err := r.store.RemoveDocument(ctx, id)
	if err != nil {
		return err
	}
	r.report.Removed = append(r.report.Removed, f.name(path))
	return r.apply(ctx, index.Change{DocumentID: id, Remove: gone})
}

// apply indexes what is stored already: so it doesn't stop halfway when ctx
// ends, or the index would miss it until the next start.
func (r *run) apply(ctx context.Context, c index.Change) error {
	if r.index == nil {
		return nil
	}
	return r.index.Apply(context.WithoutCancel(ctx), c)
}

func (r *run) refuse(f *folder, path string, err error, kept bool) {
	r.lg.Warn("file refused", "root", f.root.Name, "path", path, "kept", kept, "error", err)
	r.report.Refused = append(r.report.Refused, Refusal{Path: f.name(path), Reason: reason(err), Kept: kept})
}

// anyBelow reports whether there is a document at a path or below it.
func anyBelow(held map[string]string, path string) bool {
	for p := range held {
		if p == path || strings.HasPrefix(p, path+"/") {
			return true
		}
	}
	return false
}
