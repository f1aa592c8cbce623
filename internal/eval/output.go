package eval

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// WriteJSON writes summary.json.
func (s Summary) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(s)
}

func (rep *Report) writeProbes(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, s := range rep.Scores {
		for _, p := range s.Probes {
			if err := enc.Encode(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteCSV writes a line for each question, with a column for each metric that
// has the question's own value, empty where it has none.
func (rep *Report) WriteCSV(w io.Writer) error {
	var metrics []string
	for _, name := range rep.Summary.Metrics.Names() {
		if name != "refusal_f1" { // not a figure of one question
			metrics = append(metrics, name)
		}
	}
	cw := csv.NewWriter(w)
	head := append([]string{"id", "type", "question", "answerable", "refused", "answer", "failures", "latency_ms"}, metrics...)
	if err := cw.Write(head); err != nil {
		return err
	}
	for i, q := range rep.Questions {
		r := rep.Results[q.ID]
		var faults []string
		for _, f := range rep.Failures[i] {
			faults = append(faults, string(f.Fault)+": "+f.Message)
		}
		row := []string{
			cell(q.ID), cell(q.Type), cell(q.Question), strconv.FormatBool(q.Answerable), strconv.FormatBool(r.Refused),
			cell(r.Answer), cell(strings.Join(faults, "; ")), strconv.FormatFloat(r.LatencyMS, 'f', 1, 64),
		}
		for _, name := range metrics {
			row = append(row, number(rep.Scores[i].Metrics[name].value()))
		}
		if err := cw.Write(row); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// value is NaN where the denominator is 0.
func (r Ratio) value() float64 { return r.Num / r.Den }

func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// WriteTREC writes the passages in the form of TREC runs: question, Q0,
// passage, rank, score, tag. A passage is named path#start-end.
func (rep *Report) WriteTREC(w io.Writer) error {
	bw := bufio.NewWriter(w)
	for _, q := range rep.Questions {
		found := rep.Results[q.ID].Retrieved
		ids := make([]string, len(found))
		for i, p := range found {
			ids[i] = fmt.Sprintf("%s#%d-%d", (&url.URL{Path: p.Doc}).EscapedPath(), p.Start, p.End)
		}
		writeTREC(bw, q.ID, ids)
	}
	return bw.Flush()
}

// writeTREC writes one question's ranking. The scores count down: whoever reads
// a run sorts by them, and ties would lose the order.
func writeTREC(w *bufio.Writer, id string, ranked []string) {
	id = url.QueryEscape(id)
	for i, doc := range ranked {
		fmt.Fprintf(w, "%s Q0 %s %d %d bronwijzer\n", id, doc, i+1, len(ranked)-i) // Flush reports its error
	}
}
