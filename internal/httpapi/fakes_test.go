package httpapi

import (
	"cmp"
	"context"
	"strconv"
	"sync"
	"time"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

var (
	_ Chat      = (*fakeChat)(nil)
	_ Documents = (*fakeDocuments)(nil)
	_ Searcher  = (*fakeSearcher)(nil)
	_ Jobs      = (*fakeJobs)(nil)
)

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// The one document of the tests has a BOM, a CR and characters of two and four
// bytes, all of which count.
const (
	testText = "\ufeffBrief\r\nDe pilot kost € 5 en is in 2022 opgezet. 😀 <b>Slot</b>\r\n"
	oldText  = "De pilot is nog niet opgezet."
	docID    = "doc_a"
	goneID   = "doc_gone"
)

func testDocument() DocumentInfo {
	return DocumentInfo{
		ID: docID, Path: "brief.txt", Title: "Brief <aan> de Kamer", Publisher: "Ministerie", Kind: "kamerbrief",
		Date: "2023-10-18", Dossier: "28 638, nr. 184", SourceURL: "https://example.org/brief", Language: "nl",
		Characters: docs.Characters(testText), Passages: 1, Version: docs.Version(testText), IngestedAt: testTime,
	}
}

// testPassages makes n passages; Section is nil, as an implementation may
// leave it.
func testPassages(n int) []record.Passage {
	out := make([]record.Passage, n)
	for i := range out {
		out[i] = record.Passage{
			DocumentID: docID, Version: docs.Version(testText), PassageID: "pas_" + strconv.Itoa(i),
			Title: "Brief", Start: 8, End: 20, Text: "De pilot & zo", Score: 1 - float64(i)/100,
		}
	}
	return out
}

// testAnswer is what the fake answers to r.
func testAnswer(r chat.Request) record.Answer {
	return record.Answer{
		ID: "ans_1", ConversationID: "conv_1", CreatedAt: testTime,
		Question: r.Question, SearchQuestion: r.Question,
		Status: record.Answered, Mode: record.Extractive,
		Text: "De pilot is in 2022 opgezet. [1]",
		Citations: []record.Citation{{
			Number: 1, DocumentID: docID, Version: docs.Version(testText), Title: "Brief", Date: "2023-10-18",
			URL: "/documents/doc_a?version=x&start=8&end=20", PassageID: "pas_0", Quote: "De pilot", Start: 8, End: 16,
			Status: record.Verified, DocumentStatus: record.Current, AnswerSpans: []record.Span{{Start: 0, End: 28}},
		}},
		Passages: testPassages(r.TopK), Notice: "Controleer de bronnen.",
		Timings: record.Timings{Retrieve: 3, Generate: 1, Total: 5},
	}
}

func refusal(r chat.Request, passages int) record.Answer {
	a := testAnswer(r)
	a.Status, a.Citations = record.Refused, nil
	a.Refusal = &record.Refusal{Reason: record.NoEvidence, Message: "Dat staat niet in de documenten."}
	a.Text, a.Passages = a.Refusal.Message, testPassages(passages)
	return a
}

// fakeChat answers with ask, and remembers what it was asked.
type fakeChat struct {
	// ask replaces the ordinary answer where it is set.
	ask func(context.Context, chat.Request, func(record.Event) error) (record.Answer, error)
	// err is what everything but Ask fails with, where it is set.
	err error

	mu       sync.Mutex
	asked    []chat.Request
	calls    []string
	feedback []record.Feedback
	owner    string // of conv_1
	title    string
}

func (f *fakeChat) note(call string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
}

func (f *fakeChat) Ask(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
	f.mu.Lock()
	f.asked = append(f.asked, r)
	f.mu.Unlock()
	if f.ask != nil {
		return f.ask(ctx, r, emit)
	}
	ans := testAnswer(r)
	return ans, emitAll(ans, emit)
}

// emitAll sends the events that add up to ans.
func emitAll(ans record.Answer, emit func(record.Event) error) error {
	if emit == nil {
		return nil
	}
	events := []record.Event{record.Sources{Passages: ans.Passages}}
	for _, c := range ans.Citations {
		events = append(events, record.Cited{Citation: c})
	}
	half := len(ans.Text) / 2
	events = append(events, record.Delta{Delta: ans.Text[:half]}, record.Delta{Delta: ans.Text[half:]}, record.Done{Answer: ans})
	for _, e := range events {
		if err := emit(e); err != nil {
			return err
		}
	}
	return nil
}

func (f *fakeChat) Answer(_ context.Context, _ access.Subject, id string) (record.Answer, error) {
	if f.err != nil {
		return record.Answer{}, f.err
	}
	switch id {
	case "ans_1":
		return testAnswer(chat.Request{Question: "Wat?", TopK: 4}), nil
	case "ans_refused":
		return refusal(chat.Request{Question: "Wat?"}, 5), nil
	default:
		return record.Answer{}, chat.ErrNotFound
	}
}

// known reports whether conv_1 is the owner's.
func (f *fakeChat) known(owner, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	if id != "conv_1" || owner != f.owner {
		return chat.ErrNotFound
	}
	return nil
}

func (f *fakeChat) head() record.Conversation {
	f.mu.Lock()
	defer f.mu.Unlock()
	title := f.title
	if title == "" {
		title = "Wat?"
	}
	return record.Conversation{ID: "conv_1", Title: title, CreatedAt: testTime, UpdatedAt: testTime, Answers: 1}
}

func (f *fakeChat) Conversations(_ context.Context, by access.Subject, page, _ int) ([]record.Conversation, int, error) {
	f.note("list " + by.ID)
	if f.err != nil {
		return nil, 0, f.err
	}
	if page > 1 {
		return nil, 1, nil
	}
	return []record.Conversation{f.head()}, 1, nil
}

func (f *fakeChat) Conversation(_ context.Context, by access.Subject, id string) (record.Conversation, []record.Answer, error) {
	if err := f.known(by.ID, id); err != nil {
		return record.Conversation{}, nil, err
	}
	return f.head(), []record.Answer{testAnswer(chat.Request{Question: "Wat?", TopK: 4})}, nil
}

func (f *fakeChat) Marks(_ context.Context, by access.Subject, id string) (record.Marks, error) {
	one := 1
	return record.Marks{
		Feedback: []record.Feedback{{AnswerID: "ans_1", Verdict: record.Good}, {AnswerID: "ans_1", Citation: &one, Verdict: record.Bad}, {AnswerID: "ans_9", Verdict: record.Bad}},
		Shares:   []record.Share{{AnswerID: "ans_1", ID: "shr_1"}, {AnswerID: "ans_9", ID: "shr_9"}},
	}, f.known(by.ID, id)
}

func (f *fakeChat) Rename(_ context.Context, by access.Subject, id, title string) error {
	if err := f.known(by.ID, id); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.title = title
	return nil
}

func (f *fakeChat) Delete(_ context.Context, by access.Subject, id string) error {
	f.note("delete " + by.ID)
	return f.known(by.ID, id)
}

func (f *fakeChat) DeleteAll(_ context.Context, by access.Subject) error {
	f.note("delete all " + by.ID)
	return f.err
}

func (f *fakeChat) Feedback(_ context.Context, _ access.Subject, fb record.Feedback) error {
	if f.err != nil {
		return f.err
	}
	if fb.AnswerID != "ans_1" {
		return chat.ErrNotFound
	}
	if fb.Citation != nil && *fb.Citation > 1 {
		return &chat.InvalidError{Field: "citation", Message: "Deze bron heeft het antwoord niet."}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.feedback = append(f.feedback, fb)
	return nil
}

func (f *fakeChat) Share(ctx context.Context, by access.Subject, id string) (string, error) {
	f.note("share " + by.ID)
	return f.ShareOf(ctx, by, id)
}

func (f *fakeChat) ShareOf(_ context.Context, _ access.Subject, id string) (string, error) {
	if f.err != nil || id != "ans_1" {
		return "", cmp.Or(f.err, chat.ErrNotFound)
	}
	return "shr_1", nil
}

func (f *fakeChat) Unshare(ctx context.Context, by access.Subject, id string) error {
	_, err := f.ShareOf(ctx, by, id)
	return err
}

func (f *fakeChat) Shared(ctx context.Context, by access.Subject, id string) (record.Answer, error) {
	if id != "shr_1" {
		return record.Answer{}, cmp.Or(f.err, chat.ErrNotFound)
	}
	a, err := f.Answer(ctx, by, "ans_1")
	a.ConversationID = ""
	return a, err
}

// fakeDocuments holds one document with an older version, and the text of one
// that is gone.
type fakeDocuments struct{ err error }

func (f *fakeDocuments) Documents(_ context.Context, _ docs.Reader, page, _ int) ([]DocumentInfo, int, error) {
	if f.err != nil || page > 1 {
		return nil, 1, f.err
	}
	return []DocumentInfo{testDocument()}, 1, nil
}

func (f *fakeDocuments) Document(_ context.Context, _ docs.Reader, id string) (DocumentInfo, error) {
	switch {
	case f.err != nil:
		return DocumentInfo{}, f.err
	case id != docID:
		return DocumentInfo{}, chat.ErrNotFound
	}
	return testDocument(), nil
}

func (f *fakeDocuments) Text(_ context.Context, _ docs.Reader, id, version string) (string, error) {
	switch {
	case f.err != nil:
		return "", f.err
	case id == docID && version == docs.Version(testText):
		return testText, nil
	case (id == docID || id == goneID) && version == docs.Version(oldText):
		return oldText, nil
	}
	return "", chat.ErrNotFound
}

// fakeJobs has one job of everybody's, that ends when it is looked at again.
type fakeJobs struct {
	mu       sync.Mutex
	err      error
	uploads  []Upload
	looked   int
	cancel   bool
	changing chan struct{} // closed already: there is always something new
	asked    func()        // called with every look at a job; may be nil
}

func newFakeJobs() *fakeJobs {
	f := &fakeJobs{changing: make(chan struct{})}
	close(f.changing)
	return f
}

func (f *fakeJobs) job() Job {
	f.looked++
	j := Job{ID: "job_1", State: "running", CreatedAt: testTime, Total: 2, Done: 1, Documents: []JobDocument{{ID: docID, Path: "brief.txt"}}}
	if f.looked > 2 || f.cancel {
		j.State, j.FinishedAt, j.Done = "done", &testTime, 2
		j.Errors = []JobError{{Path: "stuk.txt", Message: "Er staat geen tekst in het bestand."}}
	}
	return j
}

func (f *fakeJobs) Add(_ context.Context, _ access.Subject, files []Upload) (Job, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.uploads = append(f.uploads, files...)
	return f.job(), f.err
}

func (f *fakeJobs) Replace(ctx context.Context, by access.Subject, id string, file Upload) (Job, error) {
	if f.err != nil || id != docID {
		return Job{}, cmp.Or(f.err, chat.ErrNotFound)
	}
	return f.Add(ctx, by, []Upload{file})
}

func (f *fakeJobs) Remove(_ context.Context, _ access.Subject, id string) (Job, error) {
	if f.err != nil || id != docID {
		return Job{}, cmp.Or(f.err, chat.ErrNotFound)
	}
	return Job{}, &ConflictError{Message: "Dit document komt uit een map."}
}

func (f *fakeJobs) Jobs(_ context.Context, _ access.Subject, page, _ int) ([]Job, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil || page > 1 {
		return nil, 1, f.err
	}
	return []Job{f.job()}, 1, nil
}

func (f *fakeJobs) Job(_ context.Context, _ access.Subject, id string) (Job, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.asked != nil {
		f.asked()
	}
	if f.err != nil || id != "job_1" {
		return Job{}, cmp.Or(f.err, chat.ErrNotFound)
	}
	return f.job(), nil
}

func (f *fakeJobs) Cancel(ctx context.Context, by access.Subject, id string) (Job, error) {
	f.cancel = true
	return f.Job(ctx, by, id)
}

func (f *fakeJobs) Changed() <-chan struct{} { return f.changing }

// fakeSearcher finds as many passages as it is asked for, up to 30, of one
// document, where the filter lets it through.
type fakeSearcher struct{ err error }

func (f *fakeSearcher) Search(_ context.Context, _ string, k int, filter docs.Filter) ([]record.Passage, error) {
	if f.err != nil {
		return nil, f.err
	}
	d := testDocument()
	if !filter.Match(docID, &docs.Meta{Publisher: d.Publisher, Kind: d.Kind, Date: d.Date}) {
		return nil, nil
	}
	return testPassages(min(k, 30)), nil
}
