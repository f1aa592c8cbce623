package eval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// BEIR is a retrieval benchmark in a folder of three parts: corpus.jsonl,
// queries.jsonl and qrels/*.tsv (Thakur et al., NeurIPS 2021). The corpus is
// read line by line and never held.
type BEIR struct {
	// Queries are those with a relevant passage, in the order of their file.
	Queries []BEIRQuery

	fsys fs.FS
}

// BEIRQuery is a query and what is relevant to it.
type BEIRQuery struct {
	ID, Text string
	// Relevant maps passage ids to grades above 0.
	Relevant map[string]float64
}

// BEIRPassage is one line of the corpus.
type BEIRPassage struct {
	ID    string `json:"_id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Searcher ranks passages.
type Searcher interface {
	// Search returns the ids of the k best passages, best first; fewer when
	// there are fewer. Safe for concurrent use.
	Search(ctx context.Context, query string, k int) ([]string, error)
}

// IsBEIR reports whether a folder has the parts of a benchmark.
func IsBEIR(fsys fs.FS) bool {
	for _, name := range []string{"corpus.jsonl", "queries.jsonl", "qrels"} {
		if _, err := fs.Stat(fsys, name); err != nil {
			return false
		}
	}
	return true
}

// OpenBEIR reads queries and judgements. split is the name of a file in qrels
// without its extension; empty takes "test", or the only one.
func OpenBEIR(fsys fs.FS, split string) (*BEIR, error) {
	name, err := qrelsFile(fsys, split)
	if err != nil {
		return nil, fmt.Errorf("open benchmark: %w", err)
	}
	relevant, err := readFile(fsys, name, readQrels)
	if err != nil {
		return nil, fmt.Errorf("open benchmark: %w", err)
	}
	queries, err := readFile(fsys, "queries.jsonl", readQueries)
	if err != nil {
		return nil, fmt.Errorf("open benchmark: %w", err)
	}
	b := &BEIR{fsys: fsys}
	for _, q := range queries {
		if q.Relevant = relevant[q.ID]; len(q.Relevant) > 0 {
			b.Queries = append(b.Queries, q)
			delete(relevant, q.ID)
		}
	}
	if len(relevant) > 0 {
		return nil, fmt.Errorf("open benchmark: %s judges %d queries that queries.jsonl doesn't have", name, len(relevant))
	}
	if len(b.Queries) == 0 {
		return nil, fmt.Errorf("open benchmark: %s: no query has a relevant passage", name)
	}
	return b, nil
}

func qrelsFile(fsys fs.FS, split string) (string, error) {
	if split != "" {
		return path.Join("qrels", split+".tsv"), nil
	}
	names, err := fs.Glob(fsys, "qrels/*.tsv")
	if err != nil {
		return "", err
	}
	switch {
	case slices.Contains(names, "qrels/test.tsv"):
		return "qrels/test.tsv", nil
	case len(names) == 1:
		return names[0], nil
	}
	return "", fmt.Errorf("%d files match qrels/*.tsv; name the split", len(names))
}

func readFile[T any](fsys fs.FS, name string, read func(io.Reader) (T, error)) (T, error) {
	f, err := fsys.Open(name)
	if err != nil {
		var none T
		return none, err
	}
	defer f.Close()
	v, err := read(f)
	if err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}

func readQueries(r io.Reader) ([]BEIRQuery, error) {
	var out []BEIRQuery
	var bad error
	err := readLines(r, func(n int, line []byte) error {
		var q struct {
			ID   string `json:"_id"`
			Text string `json:"text"`
		}
		if err := json.Unmarshal(line, &q); err != nil {
			bad = errors.Join(bad, fmt.Errorf("line %d: %w", n, err))
			return nil
		}
		out = append(out, BEIRQuery{ID: q.ID, Text: q.Text})
		return nil
	})
	return out, errors.Join(bad, err)
}

// readQrels reads "query, passage, grade", or TREC's four columns, by tabs. Passages
// that aren't relevant are left out.
func readQrels(r io.Reader) (map[string]map[string]float64, error) {
	out := make(map[string]map[string]float64)
	var bad error
	err := readLines(r, func(n int, line []byte) error {
		c := strings.Split(string(line), "\t")
		if n == 1 && (c[0] == "query-id" || c[0] == "query_id") {
			return nil
		}
		if len(c) < 3 {
			bad = errors.Join(bad, fmt.Errorf("line %d: %d columns, want 3", n, len(c)))
			return nil
		}
		grade := parseGrade(c[len(c)-1])
		if math.IsNaN(grade) {
			bad = errors.Join(bad, fmt.Errorf("line %d: grade %q isn't a number", n, c[len(c)-1]))
			return nil
		}
		if grade > 0 {
			if out[c[0]] == nil {
				out[c[0]] = make(map[string]float64)
			}
			out[c[0]][docKey(c[len(c)-2])] = grade
		}
		return nil
	})
	return out, errors.Join(bad, err)
}

// parseGrade returns NaN for what isn't a number.
func parseGrade(s string) float64 {
	grade, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return grade
}

// Passages reads the corpus. It ends with the first error.
func (b *BEIR) Passages() iter.Seq2[BEIRPassage, error] {
	return func(yield func(BEIRPassage, error) bool) {
		f, err := b.fsys.Open("corpus.jsonl")
		if err != nil {
			yield(BEIRPassage{}, err)
			return
		}
		defer f.Close()
		stop := errors.New("stop")
		err = readLines(f, func(n int, line []byte) error {
			var p BEIRPassage
			if err := json.Unmarshal(line, &p); err != nil {
				return fmt.Errorf("corpus.jsonl:%d: %w", n, err)
			}
			if !yield(p, nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(BEIRPassage{}, err)
		}
	}
}
