package index

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"

	"bronwijzer/internal/docs"
)

// Collection joins the indexes with the passages that they find.
//
// One lock makes a change visible in all of them at once. A request searches
// inside Read, which takes a few milliseconds, and holds the lock as a reader
// for just that long; what it takes along, passages and documents, is never
// written to again, so it can be cited after the document was replaced. The
// alternative, indexes that keep old versions for as long as someone reads
// them, would cost every search something to spare a rare change a short wait.
type Collection struct {
	mu        sync.RWMutex
	words     *BM25
	grams     *Grams
	vectors   Vectors    // nil without an embedder
	sentences *Sentences // nil without an embedder
	passages  map[string]filed
	documents map[string]*counted // by id
	// successors are the documents that take the place of one, by its id, whether
	// that is here or not.
	successors map[string][]*docs.Document
}

// filed is a passage in the catalogue. Neither side is ever written to.
type filed struct {
	passage  docs.Passage
	document *docs.Document
}

// counted is a document that has passages.
type counted struct {
	document *docs.Document
	passages int
}

// NewCollection returns an empty collection. Vectors, of dim numbers each, may
// be nil when nothing embeds; then it leaves vectors alone and dim is ignored.
func NewCollection(vectors Vectors, dim int) *Collection {
	c := &Collection{
		words: NewBM25(), grams: NewGrams(), vectors: vectors,
		passages: make(map[string]filed), documents: make(map[string]*counted),
		successors: make(map[string][]*docs.Document),
	}
	if vectors != nil {
		c.sentences = NewSentences(dim)
	}
	return c
}

// Apply makes a change visible as a whole, in all indexes, or fails and changes
// nothing.
func (c *Collection) Apply(ctx context.Context, change Change) error {
	if err := check(change); err != nil {
		return err
	}
	p, err := c.prepare(change)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// The one that may fail comes first; the others were prepared and can't.
	if c.vectors != nil {
		if err := c.vectors.Apply(ctx, change); err != nil {
			return fmt.Errorf("index document %s: %w", change.DocumentID, err)
		}
		c.sentences.commit(change, p.matrices)
	} else if err := ctx.Err(); err != nil {
		return err
	}
	c.words.commit(change, p.sheets)
	c.grams.commit(change, p.grams)
	c.file(change, p.filed)
	return nil
}

// prepared is what a change comes to before anything is locked.
type prepared struct {
	sheets   []sheet
	grams    []gramSheet
	matrices [][]float32
	filed    []filed
}

func (c *Collection) prepare(change Change) (prepared, error) {
	terms := change.read()
	p := prepared{sheets: prepareSheets(change, terms), grams: prepareGrams(terms)}
	if c.sentences != nil {
		var err error
		if p.matrices, err = c.sentences.prepare(change); err != nil {
			return prepared{}, err
		}
	}
	copies := make(map[*docs.Document]*docs.Document)
	p.filed = make([]filed, len(change.Add))
	for i := range change.Add {
		e := &change.Add[i]
		if copies[e.Document] == nil {
			d := *e.Document
			d.Text, d.Blocks = "", nil
			copies[e.Document] = &d
		}
		p.filed[i] = filed{passage: e.Passage, document: copies[e.Document]}
		p.filed[i].passage.Section = slices.Clone(e.Passage.Section)
		p.filed[i].passage.Sentences = slices.Clone(e.Passage.Sentences)
	}
	return p, nil
}

// file brings the catalogue up to date.
func (c *Collection) file(change Change, added []filed) {
	for _, id := range change.Remove {
		c.unfile(id)
	}
	for _, f := range added {
		c.unfile(f.passage.ID)
		c.passages[f.passage.ID] = f
		d := c.documents[f.document.ID]
		if d == nil {
			d = &counted{}
			c.documents[f.document.ID] = d
		}
		if d.document != f.document {
			c.withdraw(d.document)
			c.succeed(f.document)
			d.document = f.document
		}
		d.passages++
	}
}

// succeed notes what a document takes the place of; withdraw forgets it.
func (c *Collection) succeed(d *docs.Document) {
	for _, id := range d.Supersedes {
		if id != d.ID {
			c.successors[id] = append(c.successors[id], d)
		}
	}
}

func (c *Collection) withdraw(d *docs.Document) {
	if d == nil {
		return
	}
	for _, id := range d.Supersedes {
		rest := slices.DeleteFunc(c.successors[id], func(s *docs.Document) bool { return s == d })
		if c.successors[id] = rest; len(rest) == 0 {
			delete(c.successors, id)
		}
	}
}

func (c *Collection) unfile(id string) {
	f, ok := c.passages[id]
	if !ok {
		return
	}
	delete(c.passages, id)
	d := c.documents[f.document.ID]
	if d.passages--; d.passages == 0 {
		c.withdraw(d.document)
		delete(c.documents, f.document.ID)
	}
}

// Load applies many changes, on all cores; each becomes visible as a whole, in
// any order. It stops at the first error, of the sequence or of a change.
func (c *Collection) Load(ctx context.Context, changes iter.Seq2[Change, error]) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan Change)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for change := range queue {
				if err := c.Apply(ctx, change); err != nil {
					cancel(err)
				}
			}
		})
	}
	for change, err := range changes {
		if err != nil {
			cancel(err)
		}
		if ctx.Err() != nil {
			break
		}
		queue <- change
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// Read calls f with the collection as it is now. Until f returns no change
// becomes visible, so f should only search; what it takes out of the View stays
// valid afterwards, the View itself doesn't.
func (c *Collection) Read(f func(View) error) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return f(View{c})
}

// View is one state of a Collection.
type View struct{ c *Collection }

// Words searches by words.
func (v View) Words() Words { return v.c.words }

// Vectors searches by meaning; nil without an embedder.
func (v View) Vectors() Vectors { return v.c.vectors }

// Grams rates passages by pieces of words.
func (v View) Grams() *Grams { return v.c.grams }

// Sentences rates sentences by meaning; nil without an embedder.
func (v View) Sentences() *Sentences { return v.c.sentences }

// Passage returns a passage and its document, whose Text and Blocks are empty.
// They are shared: nobody may write to them.
func (v View) Passage(id string) (docs.Passage, *docs.Document, bool) {
	f, ok := v.c.passages[id]
	return f.passage, f.document, ok
}

// Superseded reports whether a document that the reader may see takes the place
// of this one.
func (v View) Superseded(id string, r docs.Reader) bool {
	return slices.ContainsFunc(v.c.successors[id], func(d *docs.Document) bool { return r.May(d.Groups) })
}

// Find returns the ids, in order, of the documents that the filter lets through
// and that match.
func (v View) Find(f docs.Filter, match func(*docs.Meta) bool) []string {
	var ids []string
	for id, d := range v.c.documents {
		if match(&d.document.Meta) && f.Match(id, &d.document.Meta) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Len is the number of passages.
func (v View) Len() int { return len(v.c.passages) }

// Filter is f as the indexes apply it fastest: where a reader may see every
// document that there is, it doesn't matter who reads.
func (v View) Filter(f docs.Filter) docs.Filter {
	f.Reader.All = f.Reader.All || v.c.words.whole(f.Reader)
	return f
}

// Count is the number of documents with passages that the filter lets through,
// and of those passages.
func (v View) Count(f docs.Filter) (documents, passages int) {
	if f.Empty() && f.Reader.All {
		return len(v.c.documents), len(v.c.passages)
	}
	for id, d := range v.c.documents {
		if f.Match(id, &d.document.Meta) {
			documents++
			passages += d.passages
		}
	}
	return documents, passages
}
