package answer

import (
	"context"
	"strings"
	"time"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
)

// minNearest is how many passages a refusal shows at least, where there are.
const minNearest = 3

// Retriever finds passages and sentences; *retrieve.Retriever is the one.
type Retriever interface {
	Retrieve(ctx context.Context, q retrieve.Query) (retrieve.Result, error)
}

// Extractive answers with the sentences of the documents themselves. It needs
// no model and gives the same answer every time.
type Extractive struct {
	retriever Retriever
}

var _ Answerer = (*Extractive)(nil)

// NewExtractive returns an Extractive that searches with the given Retriever.
func NewExtractive(r Retriever) *Extractive { return &Extractive{retriever: r} }

// Answer implements Answerer.
func (x *Extractive) Answer(ctx context.Context, q Question, emit func(record.Event) error) (record.Answer, error) {
	found, rec, err := find(ctx, x.retriever, q, emit)
	if err != nil {
		return record.Answer{}, err
	}
	rec.Mode = record.Extractive
	if reason, refused := refuse(q.Search, found); refused {
		return Refuse(rec, reason, emit)
	}
	rec, err = write(ctx, rec, choose(found), emit)
	rec.Notice = otherYear(q, rec)
	return rec, err
}

// find retrieves, emits Sources and begins the record.
func find(ctx context.Context, r Retriever, q Question, emit func(record.Event) error) (retrieve.Result, record.Answer, error) {
	began := time.Now()
	found, err := r.Retrieve(ctx, retrieve.Query{Text: q.Search, Filter: q.Filter, K: max(q.TopK, minNearest)})
	if err != nil {
		return retrieve.Result{}, record.Answer{}, err
	}
	rec := record.Answer{Status: record.Answered, Filter: limits(q.Filter), Citations: []record.Citation{}, Passages: Passages(found.Passages)}
	rec.Timings.Retrieve = time.Since(began).Milliseconds()
	if err := emit(record.Sources{Passages: rec.Passages}); err != nil {
		return retrieve.Result{}, record.Answer{}, err
	}
	return found, rec, ctx.Err()
}

// limits are what a filter keeps out whatever its reader may see.
func limits(f docs.Filter) *record.Filter {
	if f.Empty() {
		return nil
	}
	return &record.Filter{Documents: f.Documents, Kinds: f.Kinds, Publishers: f.Publishers, From: f.From, To: f.To}
}

// write composes the answer from the chosen statements. Where there are none it
// refuses.
func write(ctx context.Context, rec record.Answer, statements []statement, emit func(record.Event) error) (record.Answer, error) {
	if len(statements) == 0 {
		return Refuse(rec, record.NoEvidence, emit)
	}
	c := cite.NewComposer(emit)
	var err error
	for i, s := range statements {
		if err = ctx.Err(); err != nil {
			break
		}
		lead := "\n\n"
		switch {
		case i == 0:
			lead = ""
		case s.goesOn && s.sentences[0].Kind == docs.Prose:
			lead = " "
		case s.goesOn:
			lead = "\n"
		}
		if err = s.write(c, lead); err != nil {
			break
		}
	}
	rec.Text, rec.Citations = c.Text(), c.Citations()
	if err != nil {
		if rec.Text == "" {
			return record.Answer{}, err
		}
		cancelled := "cancelled"
		rec.Incomplete = &cancelled
	}
	return rec, err
}

// Refuse turns a record into a refusal and emits its message.
func Refuse(rec record.Answer, reason record.Reason, emit func(record.Event) error) (record.Answer, error) {
	rec.Status, rec.Text = record.Refused, refusals[reason]
	if rec.Filter != nil {
		rec.Text = strings.Replace(rec.Text, "de documenten", "de gekozen documenten", 1)
	}
	if len(rec.Passages) > 0 && (reason == record.NoEvidence || reason == record.NotSupported) {
		rec.Text += nearest
	}
	rec.Refusal = &record.Refusal{Reason: reason, Message: rec.Text}
	rec.Citations = []record.Citation{}
	return rec, emit(record.Delta{Delta: rec.Text})
}

// refusals are the messages for the reader; "de documenten" are the chosen ones
// where the question was limited.
var refusals = map[record.Reason]string{
	record.NoEvidence:       "Het antwoord op deze vraag staat niet in de documenten.",
	record.NotSupported:     "Er is geen antwoord gevonden dat uit de documenten blijkt.",
	record.EmptyCorpus:      "Er zijn geen documenten om in te zoeken. Voeg documenten toe of kies een ruimere selectie.",
	record.ModelUnavailable: "Het taalmodel is nu niet bereikbaar. Probeer het later opnieuw, of vraag om een antwoord zonder taalmodel.",
}

// nearest goes behind a refusal that has passages to show.
const nearest = " Hieronder staan de passages die er het dichtst bij komen."

// Passages are retrieved passages as a record keeps them.
func Passages(found []retrieve.Passage) []record.Passage {
	out := make([]record.Passage, len(found))
	for i, p := range found {
		out[i] = record.Passage{
			DocumentID: p.DocumentID, Version: p.Version, PassageID: p.ID,
			Title: p.Document.Title, Section: append([]string{}, p.Section...), Page: cite.Page(p.Page),
			Start: p.Span.Start, End: p.Span.End, Text: p.Text,
			Score: p.Score, Scores: p.Scores,
		}
	}
	return out
}

// statement is one citation of an answer: sentences that follow each other in
// one passage.
type statement struct {
	source    cite.Source
	sentences []docs.Sentence
	// goesOn says that it continues the paragraph or the list of the statement
	// before it, from another passage.
	goesOn bool
}

// span runs from the first sentence to the last.
func (s statement) span() docs.Span {
	return docs.Span{Start: s.sentences[0].Span.Start, End: s.sentences[len(s.sentences)-1].Span.End}
}

// write cites the statement's span and writes its sentences: paragraphs, and
// the entries of lists on lines of their own.
func (s statement) write(c *cite.Composer, lead string) error {
	n, err := c.Cite(s.source, s.span(), record.Verified)
	if err != nil {
		return err
	}
	lines := s.lines()
	for i, line := range lines {
		switch {
		case i == 0:
		case lines[i-1].bullet != "" && line.bullet == "":
			lead = "\n\n" // else it would read as part of the entry
		default:
			lead = "\n"
		}
		if err := c.Statement(lead+line.bullet, line.text, n); err != nil {
			return err
		}
	}
	return nil
}
