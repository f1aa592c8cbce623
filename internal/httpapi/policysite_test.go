package httpapi

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bronwijzer/internal/access"
	"bronwijzer/internal/answer"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/retrieve/retrievetest"
	"bronwijzer/internal/store"
)

// peerHeader tells the policy's server which address a test's client has.
const peerHeader = "X-Test-Peer"

// asked is a question that the open document answers.
const asked = "Wanneer is de pilot signalentafel mensenhandel opgezet?"

// policyFiles are a document that everybody may read, and one that only members
// of a group may that no visitor is in.
func policyFiles() fstest.MapFS {
	const text = "Brief\n\nIn 2022 is een pilot van de signalentafel mensenhandel opgezet in Midden-Nederland.\n"
	return fstest.MapFS{
		"open.txt":      {Data: []byte(text)},
		"dicht.txt":     {Data: []byte(text + "Dit staat er ook.\n")},
		"manifest.yaml": {Data: []byte("documents:\n  dicht.txt:\n    groups: [directie]\n")},
	}
}

// policySite is a server whose people, records and documents are real.
type policySite struct {
	*site
	store  *store.Store
	people *access.Service
	chat   *chat.Service
	// open and closed are ids of documents.
	open, closed string
	// template is an answer on the open document.
	template record.Answer
	// others is whose records the visitors ask for in vain.
	others string
	made   int
	// some are records for those who don't get to see them.
	some records
	// toNobody is what a public route answers to nobody.
	toNobody int
}

// policyDocuments shows a store's documents, as far as this test looks at them.
type policyDocuments struct{ store *store.Store }

func missing(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", chat.ErrNotFound, err)
	}
	return nil
}

func policyInfo(d *store.DocumentInfo) DocumentInfo {
	return DocumentInfo{ID: d.ID, Path: d.Path, Title: d.Title, Version: d.Version, Characters: d.Characters, Passages: d.Passages, IngestedAt: d.IngestedAt}
}

func (d policyDocuments) Documents(ctx context.Context, r docs.Reader, page, perPage int) ([]DocumentInfo, int, error) {
	list, total, err := d.store.DocumentPage(ctx, r, page, perPage)
	out := make([]DocumentInfo, len(list))
	for i := range list {
		out[i] = policyInfo(&list[i])
	}
	return out, total, err
}

func (d policyDocuments) Document(ctx context.Context, r docs.Reader, id string) (DocumentInfo, error) {
	found, err := d.store.Document(ctx, r, id)
	return policyInfo(&found), missing(err)
}

func (d policyDocuments) Text(ctx context.Context, r docs.Reader, id, version string) (string, error) {
	text, err := d.store.Text(ctx, r, id, version)
	return text, missing(err)
}

// policySearcher searches as the program does.
type policySearcher struct{ *retrieve.Retriever }

func (s policySearcher) Search(ctx context.Context, query string, k int, f docs.Filter) ([]record.Passage, error) {
	found, err := s.Retrieve(ctx, retrieve.Query{Text: query, K: k, Filter: f})
	if err != nil {
		return nil, err
	}
	return answer.Passages(found.Passages), nil
}

// policyJobs has a job for everybody, under an id of their own.
type policyJobs struct{ *fakeJobs }

func (j policyJobs) Job(ctx context.Context, by access.Subject, id string) (Job, error) {
	if id != jobOf(by.ID) {
		return Job{}, chat.ErrNotFound
	}
	return j.fakeJobs.Job(ctx, by, "job_1")
}

func (j policyJobs) Cancel(ctx context.Context, by access.Subject, id string) (Job, error) {
	return j.Job(ctx, by, id)
}

func jobOf(owner string) string { return "job_" + strings.ReplaceAll(owner, ":", "_") }

func newPolicySite(t *testing.T) *policySite {
	t.Helper()
	p := &policySite{site: newSite(), others: "key:iemand-anders"}
	lg := slog.New(slog.NewTextHandler(p.logs, nil))
	var err error
	// The context has to outlive the test: the store is closed after it.
	if p.store, err = store.Open(context.WithoutCancel(t.Context()), lg, t.TempDir(), store.Owner); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.store.Close(); err != nil {
			t.Error(err)
		}
	})
	if p.people, err = access.New(lg, p.store, access.Config{
		Ways: access.ByKey | access.ByProxy, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")},
	}); err != nil {
		t.Fatal(err)
	}
	retriever := p.fill(t)
	p.chat = chat.New(lg, p.store, answer.NewExtractive(retriever), chat.Config{Notice: "Controleer de bronnen."})
	h, err := New(lg, Deps{
		Access: p.people, Audit: p.audit, Chat: p.chat, Documents: policyDocuments{p.store}, Jobs: policyJobs{p.jobs}, Searcher: policySearcher{retriever},
		Info: func(context.Context, docs.Reader) (Info, error) {
			return Info{Name: "Bronwijzer", Version: "1", Mode: record.Extractive, Notice: "Let op.", Examples: []string{}}, nil
		},
		Ready: func() bool { return true },
		Busy:  func() bool { return false },
		Web:   testWeb(),
	}, Config{Limits: Limits{Rate: -1, SubjectRate: -1}})
	if err != nil {
		t.Fatal(err)
	}
	p.listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = r.Header.Get(peerHeader) + ":4711"
		r.Header.Del(peerHeader)
		h.ServeHTTP(w, r)
	}))
	if p.template, err = p.chat.Ask(t.Context(), chat.Request{By: access.Subject{ID: p.others}, Question: asked}, nil); err != nil {
		t.Fatal(err)
	}
	if len(p.template.Citations) == 0 || p.template.Citations[0].DocumentID != p.open {
		t.Fatalf("the template doesn't cite the open document: %+v", p.template)
	}
	p.some = p.records(t, p.others, p.open)
	return p
}

// fill stores the documents.
func (p *policySite) fill(t *testing.T) *retrieve.Retriever {
	t.Helper()
	library, err := retrievetest.Folder(t.Context(), policyFiles(), nil, retrievetest.Letters)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.store.SetRoot(t.Context(), "corpus", "corpus"); err != nil {
		t.Fatal(err)
	}
	for id, doc := range library.Documents {
		doc.IngestedAt = testTime
		if _, err := p.store.PutDocument(t.Context(), doc, library.Passages[id], "1"); err != nil {
			t.Fatal(err)
		}
		if doc.Path == "open.txt" {
			p.open = id
		} else {
			p.closed = id
		}
	}
	return retrieve.New(library.Collection, nil, retrieve.DefaultWeights())
}

// records are the ids of one of each.
type records struct{ answer, conversation, share, job string }

// records makes an answer of an owner, on the open document or on the closed
// one, and shares it.
func (p *policySite) records(t *testing.T, owner, document string) records {
	t.Helper()
	p.made++
	rec := p.template
	rec.ID, rec.ConversationID, rec.CreatedAt = fmt.Sprintf("ans_p%d", p.made), fmt.Sprintf("conv_p%d", p.made), time.Now()
	rec.Citations, rec.Passages = nil, []record.Passage{{DocumentID: document, Section: []string{}}}
	if err := p.store.SaveAnswer(t.Context(), owner, rec); err != nil {
		t.Fatal(err)
	}
	share, err := p.store.Share(t.Context(), owner, rec.ID, fmt.Sprintf("shr_p%d", p.made))
	if err != nil {
		t.Fatal(err)
	}
	return records{rec.ID, rec.ConversationID, share, jobOf(owner)}
}

// visitor is what a client shows, and who it is for that.
type visitor struct {
	name    string
	headers []string
	// signsIn is the key that a browser was signed in with, if any.
	signsIn string
	// refused is the code of the 401 on every route that needs somebody; empty
	// for whoever is known.
	refused string
	by      access.Subject
}

// visitors are all kinds of them.
func (p *policySite) visitors(t *testing.T) []visitor {
	t.Helper()
	const unknown, wrong = "unauthorized", "invalid_credentials"
	bearer := func(key string) []string { return []string{"Authorization", "Bearer " + key} }
	never := "bw_" + strings.Repeat("A", 43)
	all, whole := p.key(t, access.Key{Name: "alles", Scopes: access.Everything})
	revoked, made := p.key(t, access.Key{Name: "ingetrokken", Scopes: access.Everything})
	sessionOfRevoked := p.session(t, revoked)
	if _, err := p.people.RevokeKey(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	list := []visitor{
		{name: "nobody", refused: unknown},
		{name: "browser's random id", headers: []string{"Cookie", "bronwijzer_browser=ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, refused: unknown},
		{name: "proxy's headers from a stranger", headers: []string{"X-Forwarded-User", "jan", "X-Forwarded-Groups", "directie", "X-Forwarded-For", "10.9.0.1"}, refused: unknown},
		{name: "malformed", headers: []string{"Authorization", "Bearer x"}, refused: wrong},
		{name: "empty", headers: []string{"X-Api-Key", ""}, refused: wrong},
		{name: "unknown key", headers: bearer(never), refused: wrong},
		{name: "unknown key, by a proxy", headers: append(bearer(never), peerHeader, "10.9.0.1", "X-Forwarded-User", "jan"), refused: wrong},
		{name: "known and unknown key", headers: append(bearer(all), "Api-Key", never), refused: wrong},
		{name: "revoked key", headers: bearer(revoked), refused: wrong},
		{name: "expired key", headers: bearer(p.expired(t)), refused: wrong},
		{name: "proxy's user twice", headers: []string{peerHeader, "10.9.0.1", "X-Forwarded-User", "jan, piet"}, refused: wrong},
		{name: "bad session", headers: []string{"Cookie", "bronwijzer_session=x"}, refused: wrong},
		{name: "unknown session", headers: []string{"Cookie", "bronwijzer_session=" + strings.Repeat("A", 43)}, refused: wrong},
		{name: "session of a revoked key", headers: []string{"Cookie", sessionOfRevoked}, refused: wrong},
		{name: "every scope", headers: bearer(all), by: whole.Subject()},
		{name: "session with every scope", signsIn: all, by: whole.Subject()},
		{
			name: "proxy", headers: []string{peerHeader, "10.9.0.1", "X-Forwarded-User", "jan"},
			by: access.Subject{ID: "user:jan", Scopes: access.Chat | access.Search | access.Feedback},
		},
	}
	for _, name := range access.Everything.Names() {
		scopes, err := access.ParseScopes([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		key, made := p.key(t, access.Key{Name: name, Scopes: scopes})
		list = append(list, visitor{name: "scope " + name, headers: []string{"X-Api-Key", key}, by: made.Subject()})
	}
	for i := range list {
		// The last of two counts.
		list[i].headers = append([]string{peerHeader, "192.0.2.9"}, list[i].headers...)
	}
	return list
}

func (p *policySite) key(t *testing.T, k access.Key) (string, access.Key) {
	t.Helper()
	key, made, err := p.people.NewKey(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return key, made
}

// expired is a key whose time is over. It can't be made; it becomes so.
func (p *policySite) expired(t *testing.T) string {
	t.Helper()
	key := "bw_" + strings.Repeat("B", 43)
	hash := sha256.Sum256([]byte(key))
	if err := p.store.AddAccessKey(t.Context(), store.AccessKey{
		ID: "verlopen", Hash: hash[:], Name: "verlopen", Scopes: access.Everything.Names(), CreatedAt: testTime, ExpiresAt: time.Now(),
	}); err != nil {
		t.Fatal(err)
	}
	return key
}

// session is the cookie of a browser that is signed in with a key.
func (p *policySite) session(t *testing.T, key string) string {
	t.Helper()
	w := httptest.NewRecorder()
	if _, err := p.people.SignInWithKey(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil), key); err != nil {
		t.Fatal(err)
	}
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	return cookie
}
