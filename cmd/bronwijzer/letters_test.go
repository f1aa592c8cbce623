package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// full makes the tests of what a service goes through as large as they are
// meant; without it they take seconds.
const full = "BRONWIJZER_TEST_FULL"

func size(usual, whole int) int {
	if os.Getenv(full) != "" {
		return whole
	}
	return usual
}

// letters are a folder of short letters, each with a subject and an amount of
// its own.
type letters struct {
	house
	texts map[string]string // by path
}

func newLetters(t *testing.T, n int) *letters {
	t.Helper()
	l := &letters{house{filepath.Join(t.TempDir(), "brieven"), filepath.Join(t.TempDir(), "data")}, map[string]string{}}
	if err := os.Mkdir(l.corpus, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		l.put(t, i, 0)
	}
	return l
}

// put writes letter i in a version.
func (l *letters) put(t *testing.T, i, version int) {
	t.Helper()
	name := fmt.Sprintf("%04d.txt", i)
	l.texts[name] = letter(i, version)
	l.write(t, name, []byte(l.texts[name]))
}

// change writes and removes n letters at random.
func (l *letters) change(t *testing.T, random *rand.Rand, letters, n int) {
	t.Helper()
	for range n {
		i := random.IntN(letters)
		name := fmt.Sprintf("%04d.txt", i)
		if _, there := l.texts[name]; there && random.IntN(4) == 0 {
			delete(l.texts, name)
			if err := os.Remove(filepath.Join(l.corpus, name)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		l.put(t, i, 1+random.IntN(900))
	}
}

var (
	things = strings.Fields("bruggen viaducten sluizen dijken havens tunnels kades stations molens wegen")
	places = strings.Fields("Assen Breda Delft Emmen Gouda Hoorn Leiden Meppel Sneek Tiel")
)

func topic(i int) string { return things[i%len(things)] + " in " + places[i/len(things)%len(places)] }

// letter is letter i in a version, about 1 kB: every sentence names both.
func letter(i, version int) string {
	var b strings.Builder
	about := topic(i)
	fmt.Fprintf(&b, "Brief %d over de %s\n\n", i, about)
	fmt.Fprintf(&b, "Het kabinet trekt in ronde %d € %d miljoen uit voor de %s.\n\n", version, 1000*i+version, about)
	for n := 1; n <= 6; n++ {
		fmt.Fprintf(&b, "In stap %d van ronde %d onderzoekt de inspectie hoe veilig de %s zijn en wat het onderhoud de gemeente kost. ", n, version, about)
	}
	return b.String() + "\n"
}

func questionAbout(i int) string {
	return "Hoeveel miljoen trekt het kabinet uit voor de " + topic(i) + "?"
}
