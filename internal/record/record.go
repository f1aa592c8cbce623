// Package record holds the answer record: the one value that the live stream,
// the history, the OpenAI-compatible API, Slack, the command line and the
// evaluation all show. It also holds the events of a record's making.
//
// It only describes. That a citation is exact is seen to by whoever makes one;
// see package cite.
package record

import "time"

// Status of an answer.
type Status string

// The statuses of an answer.
const (
	// Answered means that Text makes statements and each has a citation.
	Answered Status = "answered"
	// Refused means that Text is Refusal.Message and nothing is cited.
	Refused Status = "refused"
	// Reply is a fixed text of this program: a greeting, thanks.
	Reply Status = "reply"
)

// Reason says why an answer was refused.
type Reason string

// The reasons for a refusal.
const (
	NoEvidence       Reason = "no_evidence"
	NotSupported     Reason = "not_supported"
	EmptyCorpus      Reason = "empty_corpus"
	ModelUnavailable Reason = "model_unavailable"
)

// Mode says how an answer is made.
type Mode string

// The modes. Auto is only asked for, never recorded.
const (
	Auto       Mode = "auto"
	Extractive Mode = "extractive"
	Generated  Mode = "generated"
)

// Answer is the answer record.
type Answer struct {
	ID             string    `json:"id"`
	ConversationID string    `json:"conversation_id"`
	CreatedAt      time.Time `json:"created_at"`
	Question       string    `json:"question"`
	// SearchQuestion is what was searched for: the question, or its rewrite in
	// a conversation.
	SearchQuestion string `json:"search_question"`
	// Filter is what the question was limited to; nil is the whole collection.
	Filter  *Filter  `json:"filter,omitempty"`
	Status  Status   `json:"status"`
	Refusal *Refusal `json:"refusal"`
	// Incomplete is nil, "cancelled", "upstream" or "length".
	Incomplete *string `json:"incomplete"`
	Mode       Mode    `json:"mode"`
	// Model is the generator's name; empty in extractive mode, as PromptHash.
	Model      string `json:"model"`
	PromptHash string `json:"prompt_hash"`
	// Text is plain text: paragraphs, lists of "- " and "1. ", and markers [n].
	Text      string     `json:"text"`
	Citations []Citation `json:"citations"`
	// Passages are what was retrieved, best first.
	Passages []Passage `json:"passages"`
	// Withheld counts the generated sentences that couldn't be supported.
	Withheld int     `json:"withheld"`
	Notice   string  `json:"notice"`
	Usage    Usage   `json:"usage"`
	Timings  Timings `json:"timings_ms"`
}

// Filter is what a search was limited to, as the request had it: empty fields
// didn't limit, the others all had to hold.
type Filter struct {
	Documents  []string `json:"documents,omitempty"`
	Kinds      []string `json:"kinds,omitempty"`
	Publishers []string `json:"publishers,omitempty"`
	// From and To are days (2006-01-02), both inclusive.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Refusal says why there is no answer.
type Refusal struct {
	Reason Reason `json:"reason"`
	// Message is Dutch, for the reader.
	Message string `json:"message"`
}

// CitationStatus says where a citation's words were found.
type CitationStatus string

// The statuses of a citation.
const (
	// Verified: in the passage that the answer named.
	Verified CitationStatus = "verified"
	// Corrected: in another retrieved passage than the model named.
	Corrected CitationStatus = "corrected"
)

// DocumentStatus compares a citation with its document as it is now.
type DocumentStatus string

// The statuses of a cited document.
const (
	Current    DocumentStatus = "current"
	Changed    DocumentStatus = "changed"
	Withdrawn  DocumentStatus = "withdrawn"
	Superseded DocumentStatus = "superseded"
)

// Citation is a quote and where it stands: in the text of the document's
// version, the code points [Start, End) are exactly Quote.
type Citation struct {
	// Number is the n of its marker [n], from 1 in order of first use.
	Number     int      `json:"number"`
	DocumentID string   `json:"document_id"`
	Version    string   `json:"version"`
	Title      string   `json:"title"`
	Publisher  string   `json:"publisher"`
	Date       string   `json:"date"`
	Section    []string `json:"section"`
	// Page is nil where the document has none.
	Page *int `json:"page"`
	// URL is the viewer at the quote, SourceURL the original.
	URL       string         `json:"url"`
	SourceURL string         `json:"source_url"`
	PassageID string         `json:"passage_id"`
	Quote     string         `json:"quote"`
	Start     int            `json:"start"`
	End       int            `json:"end"`
	Status    CitationStatus `json:"status"`
	// DocumentStatus is computed when a record is read.
	DocumentStatus DocumentStatus `json:"document_status"`
	// AnswerSpans are the stretches of Answer.Text that this citation
	// supports, in code points, markers left out.
	AnswerSpans []Span `json:"answer_spans,omitempty"`
}

// Span is a stretch of Answer.Text: code points, End exclusive.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Passage is a retrieved passage.
type Passage struct {
	DocumentID string   `json:"document_id"`
	Version    string   `json:"version"`
	PassageID  string   `json:"passage_id"`
	Title      string   `json:"title"`
	Section    []string `json:"section"`
	Page       *int     `json:"page"`
	Start      int      `json:"start"`
	End        int      `json:"end"`
	Text       string   `json:"text"`
	// Score orders the passages of one search; higher is better. Scores of
	// different searches aren't comparable.
	Score  float64 `json:"score"`
	Scores Scores  `json:"scores"`
}

// Scores are the parts of a passage's score, each in [0, 1] over the
// candidates of the search.
type Scores struct {
	Words    float64 `json:"words"`
	Vector   float64 `json:"vector"`
	Sentence float64 `json:"sentence"`
}

// Usage counts the model's tokens.
type Usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// Timings are in milliseconds.
type Timings struct {
	Retrieve int64 `json:"retrieve"`
	Generate int64 `json:"generate"`
	Total    int64 `json:"total"`
}

// Event is one step of an answer's making. They come in this order: one
// Sources, any of Cited and Delta, then one Done. Where the making fails, none
// follows.
type Event interface{ event() }

// Sources tells what was retrieved.
type Sources struct {
	Passages []Passage `json:"passages"`
}

// Cited announces a citation, without its AnswerSpans, before the Delta that
// carries its marker.
type Cited struct{ Citation Citation }

// Delta is a piece of the answer's text. All of them joined are Answer.Text.
type Delta struct {
	Delta string `json:"delta"`
}

// Done carries the record as it was stored.
type Done struct{ Answer Answer }

func (Sources) event() {}
func (Cited) event()   {}
func (Delta) event()   {}
func (Done) event()    {}

// Conversation is the head of a stored conversation.
type Conversation struct {
	ID string `json:"id"`
	// Title is the first question, cut, until somebody gives another.
	Title     string    `json:"title"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// Answers counts its records.
	Answers int `json:"answers"`
}

// Marks are what was said of a conversation's answers, and who else may see them.
type Marks struct {
	// Feedback are the last verdicts on each answer and each citation.
	Feedback []Feedback `json:"feedback"`
	Shares   []Share    `json:"shares"`
}

// Share is an answer that is open under a link.
type Share struct {
	AnswerID string `json:"answer_id"`
	// ID is what the link ends in.
	ID string `json:"id"`
}

// Verdict is what a reader thinks of an answer.
type Verdict string

// The verdicts.
const (
	Good Verdict = "good"
	Bad  Verdict = "bad"
)

// Feedback is a reader's verdict on an answer or on one of its citations.
type Feedback struct {
	AnswerID string  `json:"answer_id"`
	Verdict  Verdict `json:"verdict"`
	// Citation is the number of the citation it is about; nil for the answer.
	Citation  *int      `json:"citation,omitempty"`
	Comment   string    `json:"comment,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	// Key says who judged what without naming it: a later verdict with the same key
	// takes an earlier one's place. Empty: each verdict counts.
	Key string `json:"-"`
}
