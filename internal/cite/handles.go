package cite

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"bronwijzer/internal/dutch"
)

// The alphabet of handles: a consonant, a digit, a consonant, so that no handle
// is a word or a number, without signs that are taken for another (l and 1, o
// and 0). That makes 2592 handles of three signs.
const (
	handleLetters = "bcdfghjkmnpqrstvwxz"
	handleDigits  = "23456789"
)

// The lengths of a handle, in signs. More than the shortest is only needed when
// the texts to avoid hold nearly every short one.
const (
	minHandle = 3
	maxHandle = 9
)

// maxDraws is how often a handle of one length is drawn before a longer one is
// tried.
const maxDraws = 64

var errNoHandle = errors.New("the texts hold every handle that was drawn")

// Handles are the names that the passages of one prompt go by: random, made for
// one request, and nowhere in the texts that the model is shown. A model that
// cites can only repeat them, so what it never saw it can't name.
type Handles struct {
	names []string
	index map[string]int
}

// NewHandles draws n different handles from random, which is crypto/rand.Reader
// but in tests. None of them occurs in texts, in any case. It fails when random
// does.
func NewHandles(random io.Reader, n int, texts ...string) (*Handles, error) {
	h := &Handles{index: make(map[string]int, n)}
	avoid := dutch.Fold(strings.Join(texts, "\n"))
	for len(h.names) < n {
		name, err := h.draw(random, avoid)
		if err != nil {
			return nil, fmt.Errorf("draw handle: %w", err)
		}
		h.index[name] = len(h.names)
		h.names = append(h.names, name)
	}
	return h, nil
}

// draw returns a handle that is neither taken nor in avoid.
func (h *Handles) draw(random io.Reader, avoid string) (string, error) {
	for length := minHandle; length <= maxHandle; length += 2 {
		for range maxDraws {
			name, err := randomHandle(random, length)
			if err != nil {
				return "", err
			}
			if _, taken := h.index[name]; !taken && !strings.Contains(avoid, name) {
				return name, nil
			}
		}
	}
	return "", errNoHandle
}

func randomHandle(random io.Reader, length int) (string, error) {
	name := make([]byte, length)
	for i := range name {
		signs := handleLetters
		if i%2 == 1 {
			signs = handleDigits
		}
		sign, err := pick(random, signs)
		if err != nil {
			return "", err
		}
		name[i] = sign
	}
	return string(name), nil
}

// pick returns one of signs, each as likely as any other.
func pick(random io.Reader, signs string) (byte, error) {
	limit := 256 - 256%len(signs)
	for {
		var b [1]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return 0, err
		}
		if int(b[0]) < limit {
			return signs[int(b[0])%len(signs)], nil
		}
	}
}

// Len is the number of handles.
func (h *Handles) Len() int { return len(h.names) }

// Name is the handle of passage i, without brackets; i is in [0, Len).
func (h *Handles) Name(i int) string { return h.names[i] }

// Index returns the passage that a handle names, in any case and width of its
// letters, and false for what is no handle of this request.
func (h *Handles) Index(name string) (int, bool) {
	if len(name) < minHandle || len(name) > 4*maxHandle {
		return 0, false
	}
	i, ok := h.index[dutch.Fold(name)]
	return i, ok
}

// pattern matches every handle, in any case; nil when there are none.
func (h *Handles) pattern() *regexp.Regexp {
	if len(h.names) == 0 {
		return nil
	}
	return regexp.MustCompile("(?i)" + strings.Join(h.names, "|"))
}

// isHandleShaped reports whether a folded word looks like a handle, of this
// request or of another.
func isHandleShaped(word string) bool {
	return len(word) >= minHandle && len(word) <= maxHandle && len(word)%2 == 1 && isHandleStart(word)
}

// isHandleStart reports whether a handle could begin with word, which isn't
// empty.
func isHandleStart(word string) bool {
	for i := range len(word) {
		signs := handleLetters
		if i%2 == 1 {
			signs = handleDigits
		}
		if strings.IndexByte(signs, word[i]) < 0 {
			return false
		}
	}
	return word != ""
}

// isHandleLike reports whether a folded word in square brackets is meant as a
// handle, also one that no request ever had: letters and digits mixed.
func isHandleLike(word string) bool {
	if len(word) < 2 || len(word) > maxHandle || word[0] < 'a' || word[0] > 'z' {
		return false
	}
	return strings.ContainsAny(word, "0123456789") && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
