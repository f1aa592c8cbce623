package eval

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// mixedReport is that of a run with every sort of failure, compared with the
// perfect one.
func mixedReport(tb testing.TB) *Report {
	tb.Helper()
	folder, qs := testFolder(tb), testQuestions(tb)
	var reps [2]*Report
	for i, run := range []string{"perfect", "mixed2"} {
		f, err := os.Open("testdata/runs/" + run + ".results.jsonl")
		if err != nil {
			tb.Fatal(err)
		}
		defer f.Close()
		results, err := ReadResults(f, run)
		if err != nil {
			tb.Fatal(err)
		}
		results["hond"] = Result{ID: "hond", Error: "model <unavailable>"}
		reps[i], err = Evaluate(tb.Context(), Asked{qs, results, folder}, Options{
			Resamples: 50, Settings: []Setting{{"mode", "extractive | <auto>"}},
			Limits: []Limit{{"hit@1", 0}, {"false_refusal", 0.01}, {"probe_number", 1}},
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	reps[1].Comparison = Compare(&reps[0].Scored, &reps[1].Scored, 50)
	return reps[1]
}

func TestWriteFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "uit", "vandaag")
	rep := mixedReport(t)
	if err := rep.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"summary.json", "summary.md", "junit.xml", "questions.csv", "run.trec"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("got %q left behind (%v)", left, err)
	}
}

// What Write kept is enough to score again, and gives the same.
func TestRescore(t *testing.T) {
	dir := t.TempDir()
	rep := mixedReport(t)
	if err := rep.Write(dir); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	results, err := ReadResults(f, "results.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Evaluate(t.Context(), Asked{rep.Questions, results, testFolder(t)}, Options{Resamples: 50, Settings: rep.Summary.Settings})
	if err != nil {
		t.Fatal(err)
	}
	a, b := asJSON(t, rep.Summary), asJSON(t, again.Summary)
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func asJSON(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestFormsAreWellFormed(t *testing.T) {
	rep := mixedReport(t)
	var b bytes.Buffer
	if err := rep.WriteJUnit(&b); err != nil {
		t.Fatal(err)
	}
	var suite junitSuite
	if err := xml.Unmarshal(b.Bytes(), &suite); err != nil {
		t.Fatal(err)
	}
	failures, errs := 0, 0
	for _, c := range suite.Cases {
		failures += int(one(c.Failure != nil))
		errs += int(one(c.Error != nil))
	}
	if suite.Tests != len(suite.Cases) || suite.Failures != failures || suite.Errors != errs || errs == 0 {
		t.Errorf("got %d tests, %d failures, %d errors; want %d, %d and %d", suite.Tests, suite.Failures, suite.Errors, len(suite.Cases), failures, errs)
	}
	b.Reset()
	if err := rep.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(rep.Questions)+1 {
		t.Errorf("got %d rows (%v), want %d", len(rows), err, len(rep.Questions)+1)
	}
}

func TestCellIsNoFormula(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "-": "'-", "a=b": "a=b", "": ""} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q): got %q, want %q", in, got, want)
		}
	}
}

// parseReport returns the nodes of a report, by element.
func parseReport(tb testing.TB, rep *Report) map[string][]*html.Node {
	tb.Helper()
	var b bytes.Buffer
	if err := rep.WriteHTML(&b); err != nil {
		tb.Fatal(err)
	}
	doc, err := html.Parse(&b)
	if err != nil {
		tb.Fatal(err)
	}
	out := make(map[string][]*html.Node)
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			out[n.Data] = append(out[n.Data], n)
		}
	}
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestHTMLReport(t *testing.T) {
	folder := testFolder(t)
	rep := evaluate(t, perfect(folder), Options{Resamples: 20, Judge: WordJudge(0.5)})
	nodes := parseReport(t, rep)
	questions := 0
	for _, n := range nodes["details"] {
		questions += int(one(attr(n, "class") == "question"))
	}
	if questions != len(rep.Questions) {
		t.Errorf("got %d questions without a fault, want %d", questions, len(rep.Questions))
	}
	var marked []string
	for _, n := range nodes["mark"] {
		marked = append(marked, textOf(n))
	}
	var want []string
	for _, q := range rep.Questions {
		for _, c := range rep.Results[q.ID].Citations {
			want = append(want, c.Quote)
		}
	}
	// HTML has no carriage returns.
	if d := cmp.Diff(strings.ReplaceAll(strings.Join(want, "\n"), "\r", ""), strings.Join(marked, "\n")); d != "" {
		t.Errorf("marked citations (-want +got):\n%s", d)
	}
}

func TestHTMLReportIsSelfContained(t *testing.T) {
	rep := mixedReport(t)
	rep.Questions[0].Question = `<img src="https://example.org/x.png" onerror="alert(1)"><script>alert(2)</script>`
	nodes := parseReport(t, rep)
	for _, tag := range []string{"img", "link", "iframe", "object", "embed", "base", "audio", "video"} {
		if len(nodes[tag]) > 0 {
			t.Errorf("got <%s>, want nothing from elsewhere", tag)
		}
	}
	if len(nodes["script"]) != 1 {
		t.Errorf("got %d scripts, want the one that filters", len(nodes["script"]))
	}
	ids := make(map[string]bool)
	for _, ns := range nodes {
		for _, n := range ns {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || (a.Key == "src" || a.Key == "href") && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("got <%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
			if id := attr(n, "id"); id != "" && ids[id] {
				t.Errorf("id %q is used twice", id)
			}
			ids[attr(n, "id")] = true
		}
	}
	for _, n := range nodes["a"] {
		if !ids[strings.TrimPrefix(attr(n, "href"), "#")] {
			t.Errorf("link to %s, which isn't there", attr(n, "href"))
		}
	}
	if css := textOf(nodes["style"][0]); regexp.MustCompile(`url\(|@import`).MatchString(css) {
		t.Error("the styles load something")
	}
}

func TestHTMLReportOfNothing(t *testing.T) {
	rep, err := Evaluate(t.Context(), Asked{Questions: testQuestions(t), Texts: testFolder(t)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Summary.Missing != len(rep.Questions) || rep.Failed() != len(rep.Questions) {
		t.Errorf("got %d missing and %d failed, want all", rep.Summary.Missing, rep.Failed())
	}
	if n := len(parseReport(t, rep)["svg"]); n != 1 {
		t.Errorf("got %d plots, want that of the metrics alone", n)
	}
}
