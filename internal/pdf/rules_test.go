package pdf

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestRules: what is drawn thin is a line, what is drawn wide has edges; curves
// and dots are neither. Coordinates count from the top.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []Rule
	}{
		{"level", "100 700 m 300 700 l S", []Rule{{100, 100, 300, 100}}},
		{"upright", "100 700 m 100 600 l S", []Rule{{100, 100, 100, 200}}},
		{"filled", "100 699.5 200 1 re f", []Rule{{100, 100, 300, 100}}},
		{"a surface", "100 600 200 100 re f", []Rule{{100, 100, 300, 100}, {100, 200, 300, 200}, {100, 100, 100, 200}, {300, 100, 300, 200}}},
		{"a dot", "100 700 2 2 re f", nil},
		{"a drawing", "100 700 m 110 690 l 120 700 l 130 690 l 140 700 l 150 690 l 160 700 l 170 600 l S", nil},
	} {
		doc, err := reader.Read(t.Context(), page(c.content, ""))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, doc.Pages[0].Rules, cmpopts.EquateApprox(0, 1.5), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}
