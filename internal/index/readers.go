package index

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"bronwijzer/internal/docs"
)

// shelf counts the passages that have the same readers: those of documents that
// are limited to the same groups, or to none. What a score rests on is counted
// shelf by shelf, so that for any reader it is a sum over the shelves that they
// may see: of whole numbers, and so to the last bit what it would be if there
// were nothing else.
type shelf struct {
	key      string
	groups   []string
	passages int
	length   int64 // of all passages together
	// df says in how many passages a gram is; nil where words are counted.
	df map[gram]int32
}

// shelves are all of them that aren't empty, by key, in order of it.
type shelves []*shelf

// shelfKey names the groups of a shelf. No group's name has a line break.
func shelfKey(groups []string) string {
	if len(groups) < 2 {
		return strings.Join(groups, "")
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(groups))), "\n")
}

func (all shelves) find(key string) (int, bool) {
	return slices.BinarySearchFunc(all, key, func(s *shelf, key string) int { return cmp.Compare(s.key, key) })
}

// put takes a passage in and returns its shelf.
func (all *shelves) put(groups []string, length int32) *shelf {
	key := shelfKey(groups)
	i, ok := all.find(key)
	if !ok {
		*all = slices.Insert(*all, i, &shelf{key: strings.Clone(key), groups: slices.Clone(groups)})
	}
	s := (*all)[i]
	s.passages++
	s.length += int64(length)
	return s
}

// take takes a passage out of its shelf.
func (all *shelves) take(s *shelf, length int32) {
	s.passages--
	s.length -= int64(length)
	if s.passages > 0 {
		return
	}
	if i, ok := all.find(s.key); ok {
		*all = slices.Delete(*all, i, i+1)
	}
}

// seenBy are the shelves that a reader may see, in order; all says that there are
// no others.
func (all shelves) seenBy(r docs.Reader) (seen shelves, whole bool) {
	for _, s := range all {
		if r.May(s.groups) {
			seen = append(seen, s)
		}
	}
	return seen, len(seen) == len(all)
}

// size is the number of passages and their length together.
func (all shelves) size() (passages int, length int64) {
	for _, s := range all {
		passages += s.passages
		length += s.length
	}
	return passages, length
}

// mean is the mean length of passages, at least 1.
func mean(passages int, length int64) float64 {
	return max(1, float64(length)/max(1, float64(passages)))
}

// maxEditions is how many are kept. Making one for 10,000 passages takes 19 MB and
// a tenth of a second (BenchmarkFirstOfReaders in package retrieve), half of it
// to look for compounds. Statistics of each audience kept up to date with every
// change would spare that, for memory that most collections have no use for.
const maxEditions = 8

// edition is what readers of the same shelves see of the words.
type edition struct {
	shelves shelves
	once    sync.Once
	vocab   *vocabulary
	visible []bool // by slot
}

// editions are those that were asked for since the last change, the last used
// last.
type editions struct {
	mu   sync.Mutex
	list []*edition
}

// of returns the edition of these shelves, which may have to be made.
func (e *editions) of(seen shelves) *edition {
	e.mu.Lock()
	defer e.mu.Unlock()
	at := slices.IndexFunc(e.list, func(one *edition) bool { return slices.Equal(one.shelves, seen) })
	one := &edition{shelves: seen}
	if at >= 0 {
		one = e.list[at]
		e.list = slices.Delete(e.list, at, at+1)
	} else if len(e.list) == maxEditions {
		e.list = slices.Delete(e.list, 0, 1)
	}
	e.list = append(e.list, one)
	return one
}

// clear forgets all editions: a change makes them wrong.
func (e *editions) clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = nil
}
