package retrieve_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/index"
	"bronwijzer/internal/retrieve"
)

// vocabulary makes texts that share words, compounds among them.
var vocabulary = strings.Fields(`zorg opvang zorgopvang politie gemeente gemeentepolitie mensenhandel handel mensen slachtoffers
	slachtoffer aanpak beleid mensenhandelbeleid CKM OM 2018 2019 270 Polen Kroatië wanneer omdat en of de het`)

func sentenceOf(seed, n int) string {
	r := rand.New(rand.NewPCG(uint64(seed), 7))
	words := make([]string, n)
	for i := range words {
		words[i] = vocabulary[r.IntN(len(vocabulary))]
	}
	return strings.Join(words, " ") + "."
}

// library makes n documents, each the same whenever it is made.
func library(tb testing.TB, n int) []index.Change {
	tb.Helper()
	changes := make([]index.Change, n)
	for i := range changes {
		var passages []string
		for p := range 1 + i%4 {
			passages = append(passages, sentenceOf(100*i+2*p, 9)+" "+sentenceOf(100*i+2*p+1, 6))
		}
		changes[i] = change(tb, embedder, fmt.Sprintf("d%d", i), passages...)
	}
	return changes
}

var libraryQuestions = []string{
	"Hoeveel slachtoffers telde het CKM in 2019?", "Wanneer was mensenhandelbeleid er?", "Wie doet de opvang in Polen?",
	"Waarom handel?", "Welke gemeenten?", "zorgopvangbeleid", "de het en", "onvindbaar woord", "",
}

func everything(tb testing.TB, c *index.Collection) []retrieve.Result {
	tb.Helper()
	var out []retrieve.Result
	for _, text := range libraryQuestions {
		found := find(tb, c, embedder, retrieve.Query{Text: text, K: 7})
		checkResult(tb, 7, found)
		out = append(out, found)
	}
	return out
}

// TestPathIndependence: the same documents give the same Result, bit for bit,
// however the collection came to hold them.
func TestPathIndependence(t *testing.T) {
	changes := library(t, 14)
	want := everything(t, collection(t, changes...))
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 6 {
		c := collection(t)
		for _, i := range r.Perm(len(changes)) {
			detour(t, r, c, changes[i])
		}
		if got := everything(t, c); !reflect.DeepEqual(want, got) { // cmp alone takes ten times as long
			t.Fatalf("round %d (-want +got):\n%s", round, cmp.Diff(want, got))
		}
	}
	atOnce := collection(t)
	err := atOnce.Load(t.Context(), func(yield func(index.Change, error) bool) {
		for _, ch := range changes {
			if !yield(ch, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := everything(t, atOnce); !reflect.DeepEqual(want, got) {
		t.Errorf("at once (-want +got):\n%s", cmp.Diff(want, got))
	}
}

// detour adds a document in one of several ways: as it is, after another
// version of it, after it was removed, or with a stranger who leaves.
func detour(tb testing.TB, r *rand.Rand, c *index.Collection, ch index.Change) {
	tb.Helper()
	var all []string
	for _, e := range ch.Add {
		all = append(all, e.Passage.ID)
	}
	switch r.IntN(4) {
	case 0:
		older := change(tb, embedder, ch.DocumentID, sentenceOf(r.IntN(1e6), 10), sentenceOf(r.IntN(1e6), 10), sentenceOf(r.IntN(1e6), 4),
			sentenceOf(r.IntN(1e6), 8), sentenceOf(r.IntN(1e6), 5))
		apply(tb, c, older)
		for _, e := range older.Add {
			if !slices.Contains(all, e.Passage.ID) {
				ch.Remove = append(ch.Remove, e.Passage.ID)
			}
		}
		apply(tb, c, ch)
	case 1:
		apply(tb, c, ch, index.Change{DocumentID: ch.DocumentID, Remove: all}, ch)
	case 2:
		stranger := change(tb, embedder, "x9", sentenceOf(r.IntN(1e6), 10)+" vreemdelingenketen zorgopvangbeleid")
		apply(tb, c, stranger, ch, index.Change{DocumentID: "x9", Remove: []string{"x9-00"}})
	default:
		apply(tb, c, ch)
	}
}

// TestOneVersion: what is retrieved while documents are replaced is of one
// state of the collection.
func TestOneVersion(t *testing.T) {
	version := func(n int) []index.Change {
		var changes []index.Change
		for _, id := range []string{"a1", "b1"} {
			changes = append(changes, change(t, embedder, id, fmt.Sprintf("Zorg van versie %d. Opvang ook.", n), fmt.Sprintf("Beleid van versie %d.", n)))
		}
		// Both documents in one change, so that they change together.
		changes[0].Add = append(changes[0].Add, changes[1].Add...)
		return changes[:1]
	}
	versions := [][]index.Change{version(0), version(1), version(2)}
	c := collection(t, versions[0]...)
	r := retrieve.New(c, embedder, retrieve.DefaultWeights())
	stop := make(chan struct{})
	var writer, readers sync.WaitGroup
	writer.Go(func() {
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := c.Apply(t.Context(), versions[i%len(versions)][0]); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 4 {
		readers.Go(func() {
			for range 40 {
				found, err := r.Retrieve(t.Context(), retrieve.Query{Text: "zorg beleid versie", K: 4})
				if err != nil || len(found.Passages) == 0 {
					t.Errorf("%d passages, %v", len(found.Passages), err)
					return
				}
				want := found.Passages[0].Plain
				want = want[strings.Index(want, "versie"):][:len("versie 0")]
				for _, p := range found.Pool {
					if !strings.Contains(p.Plain, want) {
						t.Errorf("%q beside %q", p.Plain, want)
					}
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	writer.Wait()
}
