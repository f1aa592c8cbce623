package load

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Bounds on a zip file of XML parts. A report of a thousand pages stays far
// within each of them.
const (
	// maxParts is the most parts that it may have.
	maxParts = 10_000
	// maxUnpacked is how much is unpacked of one file, in bytes.
	maxUnpacked = 64 << 20
	// maxRatio is how many times its packed size a part may unpack to, once it
	// is larger than ratioFrom: documents reach 40, what is packed to do harm
	// reaches a thousand.
	maxRatio  = 300
	ratioFrom = 4 << 20
	// maxToken is the longest tag or text in a part, in bytes.
	maxToken = 4 << 20
)

var (
	errParts    = errors.New("too many parts")
	errUnpacked = errors.New("too much in it once unpacked")
	errNoPart   = errors.New("no such part")
)

// cfbMagic begins an OLE container: an old Word file, or a new one behind a
// password.
const cfbMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// encryptedPackage is what such a container calls a new file, in UTF-16.
const encryptedPackage = "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"

// container is a zip file of XML parts, read within bounds. It unpacks a part
// while that is read, and never writes.
type container struct {
	parts map[string]*zip.File
	// left is how much may still be unpacked.
	left int64
}

// openContainer lists the parts of a zip file. Its errors are of type [*Error],
// without a path.
func openContainer(data []byte) (*container, error) {
	if bytes.HasPrefix(data, []byte(cfbMagic)) {
		if bytes.Contains(data, []byte(encryptedPackage)) {
			return nil, &Error{Reason: Encrypted}
		}
		return nil, &Error{Reason: Unsupported, Err: errors.New("an old Word file")}
	}
	// The reader of the directory allocates for every entry, so they are counted
	// before it does.
	if bytes.Count(data, []byte("PK\x01\x02")) > maxParts {
		return nil, &Error{Reason: TooLarge, Err: errParts}
	}
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, &Error{Reason: Damaged, Err: err}
	}
	c := &container{parts: make(map[string]*zip.File, len(zr.File)), left: maxUnpacked}
	for _, f := range zr.File {
		const encrypted = 1
		if f.Flags&encrypted != 0 {
			return nil, &Error{Reason: Encrypted}
		}
		c.parts[partName(f.Name)] = f
	}
	return c, nil
}

// partName is how a part is looked up: without a slash in front, and names of
// parts have no case.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+name), "/"))
}

// has reports whether there is a part of that name.
func (c *container) has(name string) bool { return c.parts[partName(name)] != nil }

// read hands the XML of a part to do, which reads as much of it as it likes. A
// part that isn't there is an error, as is one that is broken as far as it was
// read.
func (c *container) read(name string, do func(x *xmlReader)) error {
	f := c.parts[partName(name)]
	if f == nil {
		return &Error{Reason: Damaged, Err: fmt.Errorf("%s: %w", name, errNoPart)}
	}
	r, err := f.Open()
	if err != nil {
		return &Error{Reason: Damaged, Err: fmt.Errorf("%s: %w", name, err)}
	}
	defer r.Close()
	x := newXMLReader(&meter{r: r, left: &c.left, packed: int64(f.CompressedSize64)})
	do(x)
	if x.err == nil || errors.Is(x.err, io.EOF) {
		return nil
	}
	var refused *Error
	if errors.As(x.err, &refused) {
		return &Error{Reason: refused.Reason, Err: fmt.Errorf("%s: %w", name, refused.Err)}
	}
	return &Error{Reason: Damaged, Err: fmt.Errorf("%s: %w", name, x.err)}
}

// optional is read for a part that a document may lack.
func (c *container) optional(name string, do func(x *xmlReader)) error {
	if !c.has(name) {
		return nil
	}
	return c.read(name, do)
}

// meter stops a reader that unpacks too much.
type meter struct {
	r    io.Reader
	left *int64
	// packed is the size of the part in the file, unpacked what came out so far.
	packed, unpacked int64
	// token is what came out since the last token.
	token int64
}

// Read reads on, or fails with an [*Error] of reason TooLarge.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.unpacked += int64(n)
	m.token += int64(n)
	*m.left -= int64(n)
	if *m.left < 0 || m.token > maxToken || m.unpacked > ratioFrom && m.unpacked/maxRatio > m.packed {
		return 0, &Error{Reason: TooLarge, Err: errUnpacked}
	}
	return n, err
}

// withPath names the file in an error of reading it.
func withPath(name string, err error) error {
	var refused *Error
	if errors.As(err, &refused) {
		return &Error{Path: name, Reason: refused.Reason, Err: refused.Err}
	}
	return &Error{Path: name, Reason: Damaged, Err: err}
}
