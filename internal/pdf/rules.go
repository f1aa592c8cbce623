package pdf

import "context"

// Rule is a line that a page draws, level (Y0 is Y1) or upright (X0 is X1): most
// are borders of tables. Coordinates are those of words.
type Rule struct{ X0, Y0, X1, Y1 float64 }

// Level reports whether a rule runs from left to right.
func (r Rule) Level() bool { return r.Y0 == r.Y1 }

const (
	// ruleWidth is how wide a line is at most, in points; what is wider is a
	// surface, which has four edges.
	ruleWidth = 3
	// ruleLength is how long a line is at least.
	ruleLength = 5
	// rectangleParts is how many parts a rectangle is drawn in at most.
	rectangleParts = 6
	// Bounds on what is looked at: a drawing has paths without end.
	pageObjects = 20_000
	pageRules   = 2_000
	maxRules    = 100_000
)

// rules finds the lines of a page, and the edges of its rectangles.
func (r *reading) rules(ctx context.Context, page uint64, f frame) []Rule {
	const isPath = 2 // FPDF_PAGEOBJ_PATH
	var out []Rule
	limit := min(pageRules, maxRules-r.ruled)
	objects := min(number(r.call(ctx, "FPDFPage_CountObjects", page)), pageObjects)
	for i := 0; i < objects && r.err == nil && len(out)+4 <= limit; i++ {
		object := r.call(ctx, "FPDFPage_GetObject", page, uint64(i))
		if object == 0 || r.call(ctx, "FPDFPageObj_GetType", object) != isPath {
			continue
		}
		at := uint64(r.out) // left, bottom, right, top
		if r.call(ctx, "FPDFPageObj_GetBounds", object, at, at+4, at+8, at+12) == 0 {
			continue
		}
		b := r.floats(4)
		if number(r.call(ctx, "FPDFPath_CountSegments", object)) <= rectangleParts {
			out = append(out, edges(f.rect(box{b[0], b[3], b[2], b[1]}))...)
		}
	}
	r.ruled += len(out)
	return out
}

// edges are the rules that a straight path draws which fills a box.
func edges(b box) []Rule {
	x, y := (b.x0+b.x1)/2, (b.y0+b.y1)/2
	wide, high := b.x1-b.x0 >= ruleLength, b.y1-b.y0 >= ruleLength
	switch {
	case wide && b.y1-b.y0 <= ruleWidth:
		return []Rule{{b.x0, y, b.x1, y}}
	case high && b.x1-b.x0 <= ruleWidth:
		return []Rule{{x, b.y0, x, b.y1}}
	case wide && high:
		return []Rule{{b.x0, b.y0, b.x1, b.y0}, {b.x0, b.y1, b.x1, b.y1}, {b.x0, b.y0, b.x0, b.y1}, {b.x1, b.y0, b.x1, b.y1}}
	}
	return nil
}
