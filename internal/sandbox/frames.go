package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
)

// What passes between parent and child are frames: four bytes of length, most
// significant first, and so many bytes. The parent begins with settings, the
// child answers with hello when it is ready. Then, for every file, a request and
// its bytes go down, and a head comes back, followed for a document by its text
// and its blocks, so many in a frame.
//
// The parent believes nothing of it: lengths have limits before there is
// memory for them, and what doesn't fit ends the child.

// maxHead is the most bytes of a frame that is neither a file nor a text.
const maxHead = 1 << 20

// frameBlocks is how many blocks go into a frame.
const frameBlocks = 256

// errGarbage is what a child sends that isn't of the protocol.
var errGarbage = errors.New("garbage from the reader")

// settings are what a child begins with. All has it make ready for all formats.
type settings struct {
	Limits
	CacheDir string
	All      bool
}

// hello says that a child is ready, and what holds it.
type hello struct {
	Guards []string
}

// request announces a file. N is echoed.
type request struct {
	N    int
	Name string
}

// reply is what came of a file.
type reply struct {
	N int
	// Reason and Detail are of a load.Error; without a Reason there is a document.
	Reason load.Reason
	Detail string
	// Worn asks for the child to be replaced.
	Worn bool
	// Text is the length of the text in bytes, Blocks the number of blocks.
	Text, Blocks int
	// Doc has neither of them when it is in the head.
	Doc docs.Document
}

// block is a docs.Block as it is sent: what is as in the block before is left
// out, because the path of a long chapter or the header of a long table would
// otherwise be sent with each.
type block struct {
	docs.Block
	Section *[]string `json:",omitempty"`
	Header  *string   `json:",omitempty"`
}

func writeFrame(w io.Writer, payload []byte) error {
	if _, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(payload)))); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// frameLength reads the length of a frame that has limit bytes at most.
func frameLength(r io.Reader, limit int) (int, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if int64(n) > int64(limit) {
		return 0, fmt.Errorf("%w: a frame of %d bytes where %d are the most", errGarbage, n, limit)
	}
	return int(n), nil
}

func readFrame(r io.Reader, limit int) ([]byte, error) {
	n, err := frameLength(r, limit)
	if err != nil {
		return nil, err
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(r, payload); err != nil {
		return nil, err
	}
	return payload, nil
}

func writeJSON(w io.Writer, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFrame(w, payload)
}

func readJSON(r io.Reader, v any) error {
	payload, err := readFrame(r, maxHead)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("%w: %w", errGarbage, err)
	}
	return nil
}

func writeRequest(w io.Writer, r request, data []byte) error {
	if err := writeJSON(w, r); err != nil {
		return err
	}
	return writeFrame(w, data)
}

func readRequest(r io.Reader) (req request, data []byte, err error) {
	if err := readJSON(r, &req); err != nil {
		return request{}, nil, err
	}
	data, err = readFrame(r, load.MaxBytes)
	return req, data, err
}

// writeReply sends a document or a refusal. What is longer than a frame may be
// becomes a refusal.
func writeReply(w io.Writer, r reply) error {
	text, blocks := r.Doc.Text, r.Doc.Blocks
	r.Doc.Text, r.Doc.Blocks = "", nil
	r.Text, r.Blocks = len(text), len(blocks)
	head, err := json.Marshal(r)
	if err != nil {
		return err
	}
	frames, err := blockFrames(blocks)
	if err != nil {
		return err
	}
	if len(head) > maxHead || slices.ContainsFunc(frames, func(f []byte) bool { return len(f) > maxHead }) {
		return writeJSON(w, reply{N: r.N, Worn: r.Worn, Reason: load.TooLong, Detail: "a title, heading or header of a megabyte"})
	}
	if err := writeFrame(w, head); err != nil || r.Reason != "" {
		return err
	}
	if err := writeFrame(w, []byte(text)); err != nil {
		return err
	}
	for _, f := range frames {
		if err := writeFrame(w, f); err != nil {
			return err
		}
	}
	return nil
}

func blockFrames(blocks []docs.Block) (frames [][]byte, err error) {
	var before docs.Block
	for part := range slices.Chunk(blocks, frameBlocks) {
		out := make([]block, len(part))
		for i := range part {
			out[i].Block = part[i]
			if !slices.Equal(part[i].Section, before.Section) {
				path := append([]string{}, part[i].Section...) // nil would be left out
				out[i].Section = &path
			}
			if part[i].Header != before.Header {
				out[i].Header = &part[i].Header
			}
			before = part[i]
		}
		frame, err := json.Marshal(out)
		if err != nil {
			return nil, err
		}
		frames = append(frames, frame)
	}
	return frames, nil
}

// readReply reads what came of file n.
func readReply(r io.Reader, n int, l *Limits) (reply, error) {
	var out reply
	if err := readJSON(r, &out); err != nil {
		return reply{}, err
	}
	if out.N != n || out.Text > l.Text || out.Blocks > l.Blocks || out.Text < 0 || out.Blocks < 0 {
		return reply{}, fmt.Errorf("%w: answer %d with %d bytes, %d blocks", errGarbage, out.N, out.Text, out.Blocks)
	}
	if out.Reason != "" {
		return out, nil
	}
	length, err := frameLength(r, out.Text)
	if err != nil {
		return reply{}, err
	}
	var text strings.Builder
	text.Grow(length)
	if _, err := io.CopyN(&text, r, int64(length)); err != nil {
		return reply{}, err
	}
	out.Doc.Text = text.String()
	if out.Doc.Blocks, err = readBlocks(r, out.Blocks); err != nil {
		return reply{}, err
	}
	return out, check(&out.Doc)
}

func readBlocks(r io.Reader, n int) ([]docs.Block, error) {
	blocks := make([]docs.Block, 0, n)
	var before docs.Block
	for len(blocks) < n {
		// An array, so that a frame can't hold more than it should.
		var part [frameBlocks]block
		if err := readJSON(r, &part); err != nil {
			return nil, err
		}
		for _, b := range part[:min(frameBlocks, n-len(blocks))] {
			b.Block.Section, b.Block.Header = before.Section, before.Header
			if b.Section != nil {
				b.Block.Section = slices.Clip(*b.Section)
			}
			if b.Header != nil {
				b.Block.Header = *b.Header
			}
			before = b.Block
			blocks = append(blocks, before)
		}
	}
	return blocks, nil
}

// check holds a document against what package docs promises of it.
func check(doc *docs.Document) error {
	if !utf8.ValidString(doc.Text) {
		return fmt.Errorf("%w: a text that isn't UTF-8", errGarbage)
	}
	end := 0
	for _, b := range doc.Blocks {
		if b.Span.Start < end || b.Span.End <= b.Span.Start || b.Page < 0 || !slices.IsSorted(b.Turns) {
			return fmt.Errorf("%w: a block at %d to %d, page %d, behind %d", errGarbage, b.Span.Start, b.Span.End, b.Page, end)
		}
		end = b.Span.End
	}
	if end == 0 || end > utf8.RuneCountInString(doc.Text) {
		return fmt.Errorf("%w: blocks that end at %d", errGarbage, end)
	}
	return nil
}
