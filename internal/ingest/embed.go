package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/index"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/store"
)

// embedderSetting names the setting that says which embedder's vectors every
// document has. It is written only after all have them, and emptied before one
// is stored that hasn't.
const embedderSetting = "embedder"

// unitTolerance is how far the length of a vector may be from 1.
const unitTolerance = 1e-3

// vectorsOf are the vectors of one passage.
type vectorsOf struct {
	passage   llm.Vector
	sentences []llm.Vector
}

func (g *Ingester) model() store.Model {
	return store.Model{Name: g.embedder.Model(), Dim: g.embedder.Dim()}
}

// modelName is the model as the setting and the report name it; empty without
// an embedder.
func (g *Ingester) modelName() string {
	if g.embedder == nil {
		return ""
	}
	return fmt.Sprintf("%s (%d)", g.embedder.Model(), g.embedder.Dim())
}

// parseModel reads what modelName wrote.
func parseModel(name string) (store.Model, bool) {
	at := strings.LastIndex(name, " (")
	if at < 0 {
		return store.Model{}, false
	}
	dim, err := strconv.Atoi(strings.TrimSuffix(name[at+2:], ")"))
	return store.Model{Name: name[:at], Dim: dim}, err == nil
}

// readEmbedder notes whose vectors every document has.
func (r *run) readEmbedder(ctx context.Context) (err error) {
	r.had, err = r.store.Setting(ctx, embedderSetting)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	r.claimed = r.had != ""
	return err
}

// disclaim sees to it that the setting doesn't speak for a document that is
// about to be stored without vectors of the embedder that it names.
func (r *run) disclaim(ctx context.Context) error {
	if !r.claimed || r.had == r.modelName() {
		return nil
	}
	if err := r.store.SetSetting(ctx, embedderSetting, ""); err != nil {
		return err
	}
	r.claimed = false
	return nil
}

// inputs are the texts that stand for a document in the embedder, in order:
// each passage followed by its sentences.
func inputs(doc *docs.Document, passages []docs.Passage) []string {
	var texts []string
	for i := range passages {
		p := &passages[i]
		texts = append(texts, index.PassageInput(doc, p))
		for j := range p.Sentences {
			texts = append(texts, index.SentenceInput(doc, p, &p.Sentences[j]))
		}
	}
	return texts
}

func keysOf(texts []string) []store.Key {
	keys := make([]store.Key, len(texts))
	for i, text := range texts {
		keys[i] = sha256.Sum256([]byte(text))
	}
	return keys
}

// vectors returns the vectors of every passage, nil without an embedder. What
// is stored isn't embedded again, and what is embedded is stored at once.
func (r *run) vectors(ctx context.Context, doc *docs.Document, passages []docs.Passage) ([]vectorsOf, error) {
	if r.embedder == nil {
		return nil, nil
	}
	texts := inputs(doc, passages)
	keys := keysOf(texts)
	vectors, err := r.find(ctx, keys)
	if err != nil {
		return nil, err
	}
	var missing []int // the first place of each text that has no vector
	first := make(map[store.Key]int)
	for i, v := range vectors {
		if _, again := first[keys[i]]; v == nil && !again {
			first[keys[i]] = i
			missing = append(missing, i)
		}
	}
	if err := r.embed(ctx, texts, keys, missing, vectors); err != nil {
		return nil, err
	}
	for i := range vectors {
		if vectors[i] == nil {
			vectors[i] = vectors[first[keys[i]]]
		}
	}
	return deal(passages, vectors), nil
}

// find returns the vectors that are there already; nil where there is none.
func (r *run) find(ctx context.Context, keys []store.Key) ([]llm.Vector, error) {
	if r.known == nil {
		return r.store.Vectors(ctx, r.model(), keys)
	}
	found := make([]llm.Vector, len(keys))
	for i, k := range keys {
		found[i] = r.known[k]
	}
	return found, nil
}

// embed fills in and stores the vectors at the places in missing, batch by
// batch.
func (r *run) embed(ctx context.Context, texts []string, keys []store.Key, missing []int, vectors []llm.Vector) error {
	r.at.Embedded, r.at.Pending = 0, len(missing)
	for len(missing) > 0 {
		places := missing[:min(len(missing), r.cfg.Batch)]
		missing = missing[len(places):]
		batch, batchKeys := make([]string, len(places)), make([]store.Key, len(places))
		for i, at := range places {
			batch[i], batchKeys[i] = texts[at], keys[at]
		}
		got, err := r.embedder.Embed(ctx, llm.Passage, batch)
		if err != nil {
			return err
		}
		if err := check(got, len(batch), r.embedder.Dim()); err != nil {
			return err
		}
		if err := r.store.PutVectors(ctx, r.model(), batchKeys, got); err != nil {
			return err
		}
		for i, at := range places {
			vectors[at] = got[i]
			if r.known != nil {
				r.known[keys[at]] = got[i]
			}
		}
		r.at.Embedded += len(places)
		r.report.Embedded += len(places)
		r.progress(r.at)
	}
	return nil
}

// check holds an embedder to its contract before its vectors are kept for good.
func check(vectors []llm.Vector, n, dim int) error {
	if len(vectors) != n {
		return fmt.Errorf("embedder gave %d vectors for %d texts", len(vectors), n)
	}
	for i, v := range vectors {
		if len(v) != dim {
			return fmt.Errorf("embedder gave dimension %d, not %d", len(v), dim)
		}
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		if length := math.Sqrt(sum); !(math.Abs(length-1) <= unitTolerance) { // also when it is no number
			return fmt.Errorf("embedder gave vector %d length %v, not 1", i, length)
		}
	}
	return nil
}

// deal gives each passage its own and its sentences' vectors.
func deal(passages []docs.Passage, vectors []llm.Vector) []vectorsOf {
	dealt := make([]vectorsOf, len(passages))
	for i := range passages {
		n := 1 + len(passages[i].Sentences)
		dealt[i] = vectorsOf{vectors[0], vectors[1:n:n]}
		vectors = vectors[n:]
	}
	return dealt
}

// entries are the passages as the index takes them in.
func entries(doc *docs.Document, passages []docs.Passage, vectors []vectorsOf) []index.Entry {
	head := *doc
	head.Text, head.Blocks = "", nil
	list := make([]index.Entry, len(passages))
	for i := range passages {
		list[i] = index.Entry{Document: &head, Passage: passages[i]}
		if vectors != nil {
			list[i].Vector, list[i].Sentences = vectors[i].passage, vectors[i].sentences
		}
	}
	return list
}

// embedRest sees to it that all documents have vectors of the present embedder,
// also those that didn't change.
func (r *run) embedRest(ctx context.Context) error {
	if r.embedder == nil {
		return nil
	}
	want := r.modelName()
	r.report.Model = want
	if r.had == want {
		return nil
	}
	if r.had != "" {
		r.lg.InfoContext(ctx, "embedder changed: all documents are embedded again", "from", r.had, "to", want)
		r.report.ModelBefore = r.had
	}
	err := r.store.Each(ctx, func(doc docs.Document, passages []docs.Passage) error {
		r.at.Path = doc.Root + "/" + doc.Path
		_, err := r.vectors(ctx, &doc, passages)
		return err
	})
	if err != nil {
		return fmt.Errorf("embed %s: %w", r.at.Path, err)
	}
	r.stale = true
	return r.store.SetSetting(ctx, embedderSetting, want)
}
