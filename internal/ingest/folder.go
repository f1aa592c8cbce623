package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"bronwijzer/internal/chunk"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// Root is a folder of documents. Its name is part of their ids.
type Root struct {
	// Name is how the folder is known; empty takes the name that it had before,
	// else that of the folder itself.
	Name string
	Dir  string
}

// resolve makes folders absolute and gives each its name. Two folders of one
// name would overwrite each other's documents, so that is an error; but a folder
// that isn't any more where it was has moved.
func (g *Ingester) resolve(ctx context.Context, roots []Root) ([]Root, error) {
	known, err := g.store.Roots(ctx)
	if err != nil {
		return nil, err
	}
	byDir := make(map[string]string, len(known))
	for name, dir := range known {
		byDir[dir] = name
	}
	var named []Root
	for _, r := range roots {
		dir, err := realDir(r.Dir)
		if err != nil {
			return nil, fmt.Errorf("open folder %s: %w", r.Dir, err)
		}
		before, seen := byDir[dir]
		switch {
		case r.Name == "" && seen:
			r.Name = before
		case r.Name == "":
			r.Name = filepath.Base(dir)
		case seen && r.Name != before:
			return nil, fmt.Errorf("open folder %s: it is known as %q already, not as %q", dir, before, r.Name)
		}
		old, taken := known[r.Name]
		if taken && old != dir {
			if _, err := realDir(old); err == nil {
				return nil, fmt.Errorf("open folder %s: %q is the name of %s; give one of them another name", dir, r.Name, old)
			}
			g.lg.InfoContext(ctx, "folder moved", "root", r.Name, "from", old, "to", dir)
		}
		known[r.Name], byDir[dir] = dir, r.Name
		if r.Dir = dir; !slices.Contains(named, r) {
			named = append(named, r)
		}
	}
	return named, nil
}

// realDir is the absolute path of a folder, without symbolic links.
func realDir(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	return dir, err
}

// files are the files of a root.
type files interface {
	// read returns the bytes of a file, in buffer if they fit there. One that is
	// gone is fs.ErrNotExist.
	read(ctx context.Context, path string, buffer []byte) ([]byte, error)
	close()
}

// folder is a root and the files that were found in it.
type folder struct {
	root     Root
	files    files
	manifest *load.Manifest
	blank    bool // there is no manifest, or nothing in it
	// broken is why the manifest can't be followed; nil when it can.
	broken error
	// paths are of the files to be read: slash-separated, sorted.
	paths   []string
	refused []refused
	skipped []string // files of another kind
}

// refused is a file or folder that couldn't be looked at.
type refused struct {
	path string
	err  error
}

// scan lists a folder. It goes through os.Root: nothing outside is ever read,
// whatever the links inside point at. Names that begin with a dot are passed
// over, as are links to folders.
func scan(root Root) (*folder, error) {
	dir, err := os.OpenRoot(root.Dir)
	if err != nil {
		return nil, fmt.Errorf("open folder %s: %w", root.Dir, err)
	}
	f := &folder{root: root, files: disk{dir}}
	if err := f.walk(dir); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return f, nil
}

func (f *folder) walk(dir *os.Root) error {
	data, err := dir.ReadFile(load.ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	f.blank = len(bytes.TrimSpace(data)) == 0
	if err != nil {
		return fmt.Errorf("read %s: %w", f.manifestPath(), err)
	}
	if f.manifest, err = load.ReadManifest(bytes.NewReader(data)); err != nil {
		f.broken, f.manifest = fmt.Errorf("read %s: %w", f.manifestPath(), err), &load.Manifest{}
	}
	err = fs.WalkDir(dir.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case path == "." && err != nil:
			return err
		case path == ".":
			return nil
		case err != nil:
			f.refused = append(f.refused, refused{path, err})
			return nil //nolint:nilerr // what can't be listed is refused, the rest goes on
		case strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		f.see(dir, path, d)
		return nil
	})
	if err != nil {
		return fmt.Errorf("list folder %s: %w", f.root.Dir, err)
	}
	slices.Sort(f.paths)
	return nil
}

func (f *folder) manifestPath() string { return filepath.Join(f.root.Dir, load.ManifestName) }

// see files a name that the walk found.
func (f *folder) see(dir *os.Root, path string, d fs.DirEntry) {
	mode := d.Type()
	if mode&fs.ModeSymlink != 0 {
		info, err := dir.Stat(filepath.FromSlash(path))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return // points at nothing
		case err != nil:
			f.refused = append(f.refused, refused{path, err})
			return
		}
		mode = info.Mode()
	}
	switch {
	case !mode.IsRegular() || path == load.ManifestName:
	case load.Supported(path):
		f.paths = append(f.paths, path)
	default:
		f.skipped = append(f.skipped, path)
	}
}

// name is how a file is shown: root and path below it.
func (f *folder) name(path string) string { return f.root.Name + "/" + path }

// has reports whether a path was found, or may lie in what couldn't be listed.
func (f *folder) has(path string) bool {
	if _, ok := slices.BinarySearch(f.paths, path); ok {
		return true
	}
	return slices.ContainsFunc(f.refused, func(r refused) bool { return path == r.path || strings.HasPrefix(path, r.path+"/") })
}

// drop forgets a path.
func (f *folder) drop(path string) {
	f.paths = slices.DeleteFunc(slices.Clone(f.paths), func(p string) bool { return p == path })
}

// missing are the files that the manifest names but that aren't there, sorted.
func (f *folder) missing() []string {
	var paths []string
	for path := range f.manifest.Documents {
		if !f.has(path) {
			paths = append(paths, f.name(path))
		}
	}
	slices.Sort(paths)
	return paths
}

// unknown are the files of which the manifest says that another takes their place,
// but that aren't there, sorted, each behind that other.
func (f *folder) unknown() []string {
	var names []string
	for path, meta := range f.manifest.Documents {
		for _, old := range meta.Supersedes {
			if !docs.IsID(old) && !f.has(old) {
				names = append(names, f.name(path)+": "+old)
			}
		}
	}
	slices.Sort(names)
	return names
}

// disk is the files of a folder.
type disk struct{ *os.Root }

func (d disk) close() { d.Close() }

// read implements files. A pipe that took the place of a file since the folder
// was listed doesn't keep it waiting.
func (d disk) read(_ context.Context, path string, buffer []byte) ([]byte, error) {
	file, err := d.OpenFile(filepath.FromSlash(path), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readStable(file, path, buffer)
}

// readStable reads an open file to its end. One that changes meanwhile is refused:
// half of the old and half of the new would be neither.
func readStable(file fs.File, path string, buffer []byte) ([]byte, error) {
	before, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !before.Mode().IsRegular():
		return nil, fmt.Errorf("read %s: not a file but %s", path, before.Mode())
	case before.Size() > load.MaxBytes:
		return nil, &load.Error{Path: path, Reason: load.TooLarge}
	}
	size := int(before.Size())
	data := slices.Grow(buffer[:0], size+1)[:size+1] // one more, to see that there isn't
	n, err := io.ReadFull(file, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	after, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if n != size || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, &load.Error{Path: path, Reason: load.Changed}
	}
	return data[:n], nil
}

// ids makes ids of paths below the root; what is an id already stays.
func (f *folder) ids(paths []string) []string {
	var ids []string
	for _, p := range paths {
		ids = append(ids, docs.Refer(f.root.Name, p))
	}
	return ids
}

// fingerprint stands for everything that a document is made of. Vectors have
// keys of their own.
func (g *Ingester) fingerprint(f *folder, path string, data []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %d %q\n", load.Version, chunk.Version, tokenizer, g.cfg.Chunk.Tokens, f.manifest.Documents[path])
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}
