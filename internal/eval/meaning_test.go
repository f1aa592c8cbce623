package eval

import "testing"

func TestMeaning(t *testing.T) {
	for _, name := range order {
		if meaning(name) == "" {
			t.Errorf("no meaning for %s", name)
		}
	}
	if got := meaning("map@10"); got != "" {
		t.Errorf("got %q for a metric that isn't there", got)
	}
}
