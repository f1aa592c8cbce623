package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
)

// UploadRoot names the root of files that were sent. No folder has that name on
// every system, and on none by chance.
const UploadRoot = ":uploads"

// sent is the files that were sent: the store keeps them.
type sent struct{ store *store.Store }

func (s sent) read(ctx context.Context, path string, _ []byte) ([]byte, error) {
	data, err := s.store.UploadData(ctx, path)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return data, err
}

func (sent) close() {}

// uploads is the root of the files that were sent, with what was said of them in
// place of a manifest.
func (r *run) uploads(ctx context.Context) (*folder, error) {
	metas, err := r.store.UploadMetas(ctx)
	if err != nil {
		return nil, err
	}
	f := &folder{
		root: Root{Name: UploadRoot, Dir: UploadRoot}, files: sent{r.store},
		manifest: &load.Manifest{Documents: make(map[string]docs.Meta)}, paths: slices.Sorted(maps.Keys(metas)),
	}
	for path, text := range metas {
		if err := f.describe(path, []byte(text)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// describe takes over what was said of a file.
func (f *folder) describe(path string, meta []byte) error {
	var m docs.Meta
	if err := json.Unmarshal(meta, &m); err != nil {
		return fmt.Errorf("read what is known of %s: %w", f.name(path), err)
	}
	f.manifest.Documents[path] = m
	return nil
}

// replace is describe for a file that may take another's place, and returns what
// holds then. It keeps that one's groups unless it comes with its own: who says
// nothing of groups doesn't mean that everybody may read it.
func (f *folder) replace(path string, meta []byte) ([]byte, error) {
	groups := f.manifest.Documents[path].Groups
	if err := f.describe(path, meta); err != nil {
		return nil, err
	}
	m := f.manifest.Documents[path]
	if len(m.Groups) == 0 {
		m.Groups = groups
		f.manifest.Documents[path] = m
	}
	return json.Marshal(m)
}

// take does file number ordinal of a job: it takes it over, or removes the
// document that stands at its path. A file that can't be a document is refused
// with a *load.Error and changes nothing. What was done before is done again
// without harm.
func (g *Ingester) take(ctx context.Context, job *Job, ordinal int, progress func(Progress)) error {
	g.running.Lock()
	defer g.running.Unlock()
	r := &run{Ingester: g, progress: progress}
	f, err := r.uploads(ctx)
	if err != nil {
		return err
	}
	if err := r.readEmbedder(ctx); err != nil {
		return err
	}
	if err := r.store.SetRoot(ctx, f.root.Name, f.root.Dir); err != nil {
		return err
	}
	held, err := r.store.Fingerprints(ctx, f.root.Name)
	if err != nil {
		return err
	}
	path := job.Files[ordinal].Path
	r.at = Progress{Total: 1, Path: f.name(path)}
	before, known := held[path]
	doc, fingerprint, err := r.promote(ctx, f, job.ID, ordinal)
	switch {
	case err != nil:
		return err
	case doc != nil && known && before == fingerprint:
		return nil
	case doc != nil:
		return r.put(ctx, *doc, fingerprint)
	case slices.Contains(f.paths, path): // promoted before the process ended
		return r.file(ctx, f, path, held)
	case known:
		return r.remove(ctx, f, path)
	}
	return nil
}

// promote makes a file of a job one of the root, once it is known to be a
// document, and returns that with its fingerprint; or it takes the path out of
// the root. There is no document either when this was done before.
func (r *run) promote(ctx context.Context, f *folder, jobID string, ordinal int) (*docs.Document, string, error) {
	file, err := r.store.JobFile(ctx, jobID, ordinal)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	if file.Data == nil {
		f.drop(file.Path)
		return nil, "", r.store.TakeOver(ctx, jobID, ordinal, nil)
	}
	if file.Meta, err = f.replace(file.Path, file.Meta); err != nil {
		return nil, "", err
	}
	doc, err := r.parse(ctx, f, file.Path, file.Data)
	if err != nil {
		return nil, "", err
	}
	return &doc, r.fingerprint(f, file.Path, file.Data), r.store.TakeOver(ctx, jobID, ordinal, file.Meta)
}
