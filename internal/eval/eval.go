package eval

import (
	"bytes"
	"encoding/json"

	"bronwijzer/internal/record"
)

// Question is one line of a question set.
type Question struct {
	ID string `json:"id"`
	// Type groups questions in reports: "number", "who", "unanswerable".
	Type     string `json:"type,omitempty"`
	Question string `json:"question"`
	// History is the conversation before the question, oldest first.
	History []Turn `json:"history,omitempty"`
	Gold    []Gold `json:"gold"`
	// Answer is an example of a right answer.
	Answer string `json:"answer,omitempty"`
	// MustInclude are the parts that a right answer has, MustNotInclude those
	// that none may have. "re:" begins a regular expression on the normalised
	// answer, "cs:" one on the answer as it is, both in RE2's syntax; anything
	// else is a literal that is looked for in the normalised answer.
	MustInclude    []string `json:"must_include,omitempty"`
	MustNotInclude []string `json:"must_not_include,omitempty"`
	// Answerable tells whether the documents hold the answer; true where a line
	// doesn't say.
	Answerable bool `json:"answerable"`
	// Note is for whoever edits the set; nothing reads it.
	Note string `json:"note,omitempty"`
	// Line is where the question stands in its file, from 1.
	Line int `json:"-"`
}

// Turn is one message of a conversation.
type Turn struct {
	Role    string `json:"role"` // "user" or "assistant"
	Content string `json:"content"`
}

// Gold is a passage that answers a question.
type Gold struct {
	// Doc is the document's path; see Texts for what else is understood.
	Doc   string `json:"doc"`
	Quote string `json:"quote"`
	// Start and End are code points in the document's text, End exclusive; both
	// 0 where the set gives none.
	Start int `json:"start"`
	End   int `json:"end"`
	// Group is the JSON of the group, `1` or `"a"`. Gold of one group is
	// interchangeable: one of it is enough. Without a group it stands alone.
	Group json.RawMessage `json:"group,omitempty"`
}

// groups puts interchangeable gold together, in the order of the set.
func (q *Question) groups() [][]Gold {
	var out [][]Gold
	at := make(map[string]int)
	for _, g := range q.Gold {
		key := string(bytes.TrimSpace(g.Group))
		i, ok := at[key]
		if !ok || key == "" {
			i, at[key] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], g)
	}
	return out
}

// Result is what a system made of one question. Nothing else is needed to score
// it, but for the texts of the documents.
type Result struct {
	ID string `json:"id"`
	// Question is what was asked; a kept result of another question isn't used
	// again.
	Question string `json:"question,omitempty"`
	// SearchQuestion is what was searched for.
	SearchQuestion string `json:"search_question,omitempty"`
	// Answer is the text without the markers of its citations, Text the one
	// with them.
	Answer  string `json:"answer"`
	Text    string `json:"text,omitempty"`
	Refused bool   `json:"refused"`
	// Citations are in the order of their numbers.
	Citations []Citation `json:"citations"`
	// Retrieved are the passages found, best first.
	Retrieved []Retrieved `json:"retrieved"`
	// LatencyMS is the time to the whole answer in milliseconds; 0 when it
	// wasn't measured.
	LatencyMS float64     `json:"latency_ms,omitempty"`
	Mode      record.Mode `json:"mode,omitempty"`
	Model     string      `json:"model,omitempty"`
	// Usage counts the model's tokens; nil when no model was asked.
	Usage *record.Usage `json:"usage,omitempty"`
	// Error says why there is no answer.
	Error string `json:"error,omitempty"`
}

// Citation is a quote and where it is said to stand.
type Citation struct {
	// Number is the n of its marker [n] in Result.Text; 0 where there are none.
	Number int    `json:"number,omitempty"`
	Doc    string `json:"doc"`
	// Version is that of the text that the span counts in; empty means the
	// current one.
	Version string `json:"version,omitempty"`
	Quote   string `json:"quote"`
	// Start and End are code points in the document's text, End exclusive.
	Start int `json:"start"`
	End   int `json:"end"`
	// AnswerSpans are the statements in Result.Text that the citation supports.
	AnswerSpans []record.Span `json:"answer_spans,omitempty"`
}

// Retrieved is a passage that was found.
type Retrieved struct {
	Doc string `json:"doc"`
	// Text is nil where it is the document's text at [Start, End).
	Text  *string `json:"text,omitempty"`
	Start int     `json:"start"`
	End   int     `json:"end"`
}

// questionLine is a Question as it is read: what may be absent is a pointer.
type questionLine struct {
	Question
	Answerable *bool `json:"answerable"`
}

// parseQuestion reads one line of a set.
func parseQuestion(line []byte) (Question, error) {
	var l questionLine
	if err := json.Unmarshal(line, &l); err != nil {
		return Question{}, err
	}
	q := l.Question
	q.Answerable = l.Answerable == nil || *l.Answerable
	return q, nil
}
