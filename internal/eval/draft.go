package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"bronwijzer/internal/record"
)

// Rated is an answer and what a reader thought of it.
type Rated struct {
	Answer   record.Answer
	Feedback record.Feedback
	// History is what was said before the question, oldest first.
	History []Turn
}

// Draft makes a question set of readers' verdicts, for a person to finish. A
// good answer gives its citations as gold, a good refusal an unanswerable
// question. A bad answer gives a question without gold, which the check of the
// set reports until somebody fills it in. Of several verdicts on a question the
// last one counts. path is as Config.Path.
//
// Questions are numbered anew: ids of answers open them to whoever has them,
// and don't belong in a file.
func Draft(rated iter.Seq2[Rated, error], path func(documentID string) string) ([]Question, error) {
	var out []Question
	at := make(map[string]int)
	for r, err := range rated {
		if err != nil {
			return nil, fmt.Errorf("draft questions: %w", err)
		}
		if r.Answer.Status == record.Reply || r.Answer.Question == "" {
			continue
		}
		q := draft(r, path)
		key := normalise(r.Answer.SearchQuestion + "\n" + r.Answer.Question)
		i, ok := at[key]
		if !ok {
			i, at[key] = len(out), len(out)
			out = append(out, Question{})
		}
		q.ID = fmt.Sprintf("f%03d", i+1)
		out[i] = q
	}
	return out, nil
}

func draft(r Rated, path func(string) string) Question {
	result := NewResult(Question{}, &r.Answer, path)
	q := Question{
		Type: "feedback", Question: r.Answer.Question, History: r.History,
		Gold: []Gold{}, Answerable: true, Note: r.Feedback.Comment,
	}
	if r.Feedback.Verdict != record.Good {
		return q
	}
	q.Answer = result.Answer
	if result.Refused {
		q.Answerable = false
		return q
	}
	for i, c := range result.Citations {
		if n := r.Feedback.Citation; n != nil && *n != c.Number {
			continue
		}
		group := json.RawMessage(fmt.Sprint(i + 1))
		q.Gold = append(q.Gold, Gold{Doc: c.Doc, Quote: c.Quote, Start: c.Start, End: c.End, Group: group})
	}
	return q
}

// WriteSet writes a question set.
func WriteSet(w io.Writer, qs []Question) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, q := range qs {
		if err := enc.Encode(q); err != nil {
			return fmt.Errorf("write question %s: %w", q.ID, err)
		}
	}
	return nil
}
