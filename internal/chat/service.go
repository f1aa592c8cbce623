package chat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"bronwijzer/internal/admission"
	"bronwijzer/internal/answer"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
	"bronwijzer/internal/store"
)

// noticeSuperseded goes with an answer that rests on a document whose place
// another has taken.
const noticeSuperseded = "Let op: een van de bronnen is door een nieuwer document vervangen."

// saveTimeout bounds the storing of a record after its reader has left.
const saveTimeout = 10 * time.Second

// Config holds what may differ between installations. The zero value works.
type Config struct {
	// Notice goes with every record.
	Notice string
	// PublicURL is put before the paths in a citation's URL; no slash at its
	// end.
	PublicURL string
	// Ready reports whether there is a collection to answer from; nil is yes.
	Ready func() bool
	// Generated answers with a language model; nil where there is none.
	Generated answer.Answerer
	// Rewriter makes follow-up questions stand by themselves; nil leaves that
	// to rules.
	Rewriter *Rewriter
	// Search has places for answers without the model, Model for those with it;
	// an answer holds its place until it is stored and told. Nil bounds nothing.
	// Whoever takes the events must not wait for a reader meanwhile.
	Search, Model *admission.Gate
}

// Service answers questions and keeps what was answered. It is safe for
// concurrent use.
type Service struct {
	lg         *slog.Logger
	store      *store.Store
	extractive answer.Answerer
	cfg        Config
}

// New returns a Service that answers with the given Answerer when there is no
// model, or none is asked for.
func New(lg *slog.Logger, st *store.Store, extractive answer.Answerer, cfg Config) *Service {
	return &Service{lg: lg, store: st, extractive: extractive, cfg: cfg}
}

// Ask answers a question. It hands the events of the answer's making to emit
// (which may be nil) and returns the record after it is stored; Done comes
// after that too. An error of emit, or the end of ctx, stops the answer: if
// some of it was shown by then, it is stored as incomplete and returned with
// the error. Other errors: *InvalidError, ErrNotFound, ErrNotReady, ErrBusy.
func (s *Service) Ask(ctx context.Context, req Request, emit func(record.Event) error) (record.Answer, error) {
	if emit == nil {
		emit = ignore
	}
	if err := s.check(&req); err != nil {
		return record.Answer{}, err
	}
	rec, answered, err := s.resume(ctx, &req)
	if err != nil {
		return record.Answer{}, err
	}
	if answered {
		return rec, emit(record.Done{Answer: rec})
	}
	leave, err := s.gate(req.Mode).Enter(ctx)
	if err != nil {
		return record.Answer{}, fmt.Errorf("ask: %w", err)
	}
	defer leave()
	rec, err = s.produce(ctx, req, emit)
	if err != nil && rec.Incomplete == nil {
		return record.Answer{}, err
	}
	if saveErr := s.save(ctx, &req, rec); saveErr != nil {
		return record.Answer{}, errors.Join(err, saveErr)
	}
	s.link(&rec)
	if err != nil {
		return rec, err
	}
	return rec, emit(record.Done{Answer: rec})
}

// resume looks for the answer to a request that was asked before. In the place of
// one that was broken off another is to be made.
func (s *Service) resume(ctx context.Context, req *Request) (rec record.Answer, answered bool, err error) {
	if req.ID == "" {
		return rec, false, nil
	}
	rec, err = s.store.Answer(ctx, req.By.ID, req.ID)
	if errors.Is(err, store.ErrNotFound) {
		return rec, false, nil
	}
	if err != nil {
		return rec, false, err
	}
	if rec.Incomplete != nil {
		req.ConversationID = rec.ConversationID
		return rec, false, nil
	}
	rec, err = s.Answer(ctx, req.By, req.ID)
	return rec, true, err
}

// Try answers as Ask does and keeps nothing: an evaluation is nobody's
// conversation, and waits for nobody. The errors are Ask's.
func (s *Service) Try(ctx context.Context, req Request) (record.Answer, error) {
	if err := s.check(&req); err != nil {
		return record.Answer{}, err
	}
	rec, err := s.produce(ctx, req, ignore)
	if err != nil {
		return record.Answer{}, err
	}
	s.link(&rec)
	return rec, nil
}

func ignore(record.Event) error { return nil }

// check refuses what can't be answered, and completes the request.
func (s *Service) check(req *Request) error {
	if s.cfg.Ready != nil && !s.cfg.Ready() {
		return ErrNotReady
	}
	if err := req.validate(); err != nil {
		return err
	}
	if req.Mode == record.Generated && s.cfg.Generated == nil {
		return &InvalidError{"mode", "Er is geen taalmodel ingesteld; kies auto of extractive."}
	}
	return nil
}

// generates reports whether the model is to answer.
func (s *Service) generates(mode record.Mode) bool {
	return s.cfg.Generated != nil && mode != record.Extractive
}

// gate is where answers of a mode find their place.
func (s *Service) gate(mode record.Mode) *admission.Gate {
	if s.generates(mode) {
		return s.cfg.Model
	}
	return s.cfg.Search
}

// produce makes the record of a request that was checked. With an error it is
// empty, or what was shown by then.
func (s *Service) produce(ctx context.Context, req Request, emit func(record.Event) error) (record.Answer, error) {
	began := time.Now()
	history, err := s.history(ctx, req)
	if err != nil {
		return record.Answer{}, err
	}
	q := answer.Question{
		Text: req.Question, History: history, Filter: req.Filter, TopK: req.TopK, Fallback: req.Mode == record.Auto,
	}
	rec, err := s.answer(ctx, &q, req.Mode, func(e record.Event) error {
		if cited, ok := e.(record.Cited); ok {
			cited.Citation.URL = s.cfg.PublicURL + cited.Citation.URL
			e = cited
		}
		return emit(e)
	})
	if err == nil || rec.Incomplete != nil {
		s.complete(&rec, &req, &q, began)
	}
	return rec, err
}

// answer replies, or makes the question stand by itself and has it answered.
func (s *Service) answer(ctx context.Context, q *answer.Question, mode record.Mode, emit func(record.Event) error) (record.Answer, error) {
	text, ok := Reply(q.History, q.Text)
	if !ok && !s.generates(mode) && isTask(q.Text) {
		text, ok = noTask, true
	}
	if ok {
		q.Search = q.Text
		return reply(text, emit)
	}
	q.Search = SearchQuestion(q.History, q.Text)
	if !s.generates(mode) {
		return s.extractive.Answer(ctx, *q, emit)
	}
	if s.cfg.Rewriter != nil && len(q.History) > 0 {
		q.Search = s.cfg.Rewriter.Rewrite(ctx, q.History, q.Text)
	}
	return s.cfg.Generated.Answer(ctx, *q, emit)
}

// complete gives a record what the answerer can't know.
func (s *Service) complete(rec *record.Answer, req *Request, q *answer.Question, began time.Time) {
	rec.ID, rec.ConversationID = req.ID, req.ConversationID
	if rec.ID == "" {
		rec.ID = NewID()
	}
	if rec.ConversationID == "" {
		rec.ConversationID = newID("conv")
	}
	rec.CreatedAt = began.UTC().Truncate(time.Millisecond)
	rec.Question, rec.SearchQuestion = req.Question, q.Search
	if restsOnSuperseded(rec) {
		rec.Notice += " " + noticeSuperseded
	}
	rec.Notice = strings.TrimSpace(rec.Notice + " " + s.cfg.Notice)
	rec.Timings.Total = time.Since(began).Milliseconds()
}

// save stores a record even when the reader has left meanwhile. A conversation
// that was removed since the question came stays removed.
func (s *Service) save(ctx context.Context, req *Request, rec record.Answer) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	if req.ConversationID != "" {
		return notFound(s.store.AddAnswer(ctx, req.By.ID, rec))
	}
	return s.store.SaveAnswer(ctx, req.By.ID, rec)
}

// history is the conversation before the question, oldest turn first.
func (s *Service) history(ctx context.Context, req Request) ([]llm.Message, error) {
	if req.ConversationID == "" {
		return req.History, nil
	}
	_, answers, err := s.conversation(ctx, req.By, req.ConversationID)
	if err != nil {
		return nil, err
	}
	var turns []llm.Message
	for _, a := range answers {
		if a.ID == req.ID {
			continue // this question's own, broken off
		}
		turns = append(turns, llm.Message{Role: llm.User, Content: a.Question}, llm.Message{Role: llm.Assistant, Content: a.Text})
	}
	return turns, nil
}

// validate checks a request and fills in its defaults, and what follows from
// who asks.
func (r *Request) validate() error {
	r.Question = strings.TrimSpace(r.Question)
	r.Filter.Reader = r.By.Reader()
	if r.TopK == 0 {
		r.TopK = DefaultTopK
	}
	if r.Mode == "" {
		r.Mode = record.Auto
	}
	switch n := utf8.RuneCountInString(r.Question); {
	case n == 0:
		return &InvalidError{"question", "Stel een vraag: de vraag is leeg."}
	case n > MaxQuestion:
		return &InvalidError{"question", fmt.Sprintf("De vraag is te lang: %d tekens, ten hoogste %d.", n, MaxQuestion)}
	case !utf8.ValidString(r.Question) || strings.ContainsRune(r.Question, 0):
		return &InvalidError{"question", "De vraag bevat tekens die geen tekst zijn."}
	case r.TopK < 1 || r.TopK > MaxTopK:
		return &InvalidError{"top_k", fmt.Sprintf("Kies een aantal passages van 1 tot en met %d.", MaxTopK)}
	case r.ConversationID != "" && len(r.History) > 0:
		return &InvalidError{"history", "Geef een gesprek (conversation_id) of een geschiedenis (history), niet allebei."}
	case len(r.History) > MaxHistory:
		return &InvalidError{"history", fmt.Sprintf("De geschiedenis is te lang: ten hoogste %d beurten.", MaxHistory)}
	case r.Mode != record.Auto && r.Mode != record.Extractive && r.Mode != record.Generated:
		return &InvalidError{"mode", "Onbekende modus; kies auto, extractive of generated."}
	}
	return nil
}
