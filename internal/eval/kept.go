package eval

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// keptScore is a line of scores.jsonl: what one question came to.
type keptScore struct {
	ID       string                `json:"id"`
	Question string                `json:"question"`
	Metrics  map[string][2]float64 `json:"metrics"` // numerator, denominator
	Failures []Failure             `json:"failures,omitempty"`
}

func (s *Scored) writeScores(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, q := range s.Questions {
		k := keptScore{ID: q.ID, Question: q.Question, Metrics: make(map[string][2]float64), Failures: s.Failures[i]}
		for name, r := range s.Scores[i].Metrics {
			k.Metrics[name] = [2]float64{r.Num, r.Den}
		}
		if err := enc.Encode(k); err != nil {
			return fmt.Errorf("scores of %s: %w", q.ID, err)
		}
	}
	return nil
}

// ReadBaseline reads what an earlier run wrote into a folder, as far as Compare
// needs it: questions, metrics and failures, as they were scored then. Scoring
// its results again would hold old quotes against documents that have changed
// since, and call that an improvement.
func ReadBaseline(dir string) (*Scored, error) {
	out := &Scored{}
	err := readKept(filepath.Join(dir, "scores.jsonl"), func(line []byte) error {
		var k keptScore
		if err := json.Unmarshal(line, &k); err != nil {
			return err
		}
		s := Score{Metrics: make(Metrics)}
		for name, r := range k.Metrics {
			s.Metrics[name] = Ratio{r[0], r[1]}
		}
		out.Questions = append(out.Questions, Question{ID: k.ID, Question: k.Question})
		out.Scores = append(out.Scores, s)
		out.Failures = append(out.Failures, k.Failures)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	return out, nil
}

// ReadProbes reads the probes of a run that wrote into a folder; none when it
// probed nothing.
func ReadProbes(dir string) ([]Probe, error) {
	var out []Probe
	err := readKept(filepath.Join(dir, "probes.jsonl"), func(line []byte) error {
		var p Probe
		err := json.Unmarshal(line, &p)
		out = append(out, p)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read probes: %w", err)
	}
	return out, nil
}

// readKept hands each line of a file to do, whose error names the line.
func readKept(path string, do func(line []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return readLines(f, func(n int, line []byte) error {
		if err := do(line); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
		return nil
	})
}
