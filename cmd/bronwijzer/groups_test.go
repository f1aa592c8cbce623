package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bronwijzer/internal/docs"
)

// TestGroups asks random questions as subjects of different groups, over every
// door: what each gets is, but for ids and times, what a server gives that has
// only the documents which they may read, and nothing of the others is in it. By
// default there are 24 questions; with BRONWIJZER_TEST_LONG=1, 200.
func TestGroups(t *testing.T) {
	people := []someone{{"anna", "a,x"}, {"bert", "b"}}
	m := newMixture(t, people...)
	questions := 24
	if os.Getenv(longTest) != "" {
		questions = 200
	}
	r := rand.New(rand.NewPCG(6, 8))
	answered := 0
	for n := range questions {
		q := m.randomQuestion(r)
		for _, who := range people {
			answered += m.ask(t, who, n, q)
		}
	}
	t.Logf("%d of %d questions answered", answered, len(people)*questions)
	if answered < questions/2 {
		t.Errorf("only %d questions were answered: the test tests too little", answered)
	}
	for _, who := range people {
		m.documents(t, who)
		m.afterwards(t, who)
	}
	m.regroup(t, people[0])
}

// ask asks a question at both servers, goes on about it, and asks at the other
// doors. It returns 1 when there was an answer.
func (m *mixture) ask(t *testing.T, who someone, n int, question string) int {
	t.Helper()
	alone := m.alone[who]
	both := func(what, path string, body any) (got, want reply) {
		t.Helper()
		got, want = m.mixed.as(t, who, path, body), alone.as(t, who, path, body)
		m.check(t, who, what+" "+question, got, want)
		return got, want
	}
	type object = map[string]any
	got, want := both("chat", "/api/v1/chat", object{"question": question, "include": []string{"passages"}, "top_k": 20})
	record := func(r reply) (rec struct {
		ID           string `json:"id"`
		Conversation string `json:"conversation_id"`
		Status       string `json:"status"`
	},
	) {
		t.Helper()
		if err := json.Unmarshal([]byte(r.body), &rec); err != nil || rec.ID == "" {
			t.Fatalf("%s: %v", r.body, err)
		}
		return rec
	}
	mine, theirs := record(got), record(want)
	follow := func(s *server, conversation string) reply {
		return s.as(t, who, "/api/v1/chat", object{"question": "En waarom is dat?", "conversation_id": conversation, "include": []string{"passages"}})
	}
	m.check(t, who, "follow-up "+question, follow(m.mixed, mine.Conversation), follow(alone, theirs.Conversation))
	both("search", "/api/v1/search?k=20&q="+url.QueryEscape(question), nil)
	switch n % 4 {
	case 0:
		both("v1", "/v1/chat/completions", object{"model": "bronwijzer", "messages": []object{{"role": "user", "content": question}}})
	case 1:
		both("filter", "/api/v1/chat", object{"question": question, "filter": object{"documents": []string{docs.NewID("corpus", "001_ddf4943c36778a67.txt")}}})
	case 2:
		both("stream", "/api/v1/chat", object{"question": question, "stream": true})
	}
	m.check(t, who, "answer "+question, m.mixed.as(t, who, "/api/v1/answers/"+mine.ID+"?include=passages", nil),
		alone.as(t, who, "/api/v1/answers/"+theirs.ID+"?include=passages", nil))
	if mine.Status == "answered" {
		return 1
	}
	return 0
}

// documents compares lists, counts and texts, and one that isn't theirs with one
// that isn't there.
func (m *mixture) documents(t *testing.T, who someone) {
	t.Helper()
	alone := m.alone[who]
	for _, path := range []string{"/api/v1/documents", "/api/v1/documents?per_page=1&page=2", "/api/v1/info"} {
		m.check(t, who, path, m.mixed.as(t, who, path, nil), alone.as(t, who, path, nil))
	}
	for file, text := range m.texts {
		id := docs.NewID("corpus", file)
		for _, path := range []string{"", "/text", "/text?version=" + docs.Version(text)} {
			path = "/api/v1/documents/" + id + path
			got := m.mixed.as(t, who, path, nil)
			m.check(t, who, path, got, alone.as(t, who, path, nil))
			if want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[who.may(file)]; got.status != want {
				t.Errorf("%s, %s: status %d, want %d", who.name, path, got.status, want)
			}
		}
		if !who.may(file) {
			ask := func(id string) string {
				body := map[string]any{"question": "Wat doet het kabinet?", "filter": map[string]any{"documents": []string{id}}}
				return m.mixed.as(t, who, "/api/v1/chat", body).steady()
			}
			if diff := cmp.Diff(ask("doc_aaaaaaaaaaaaaaaa"), ask(id)); diff != "" {
				t.Errorf("%s, filter on %s (-unknown +hidden):\n%s", who.name, file, diff)
			}
		}
	}
}

// afterwards reads everything back as the same person who is in no group any
// more.
func (m *mixture) afterwards(t *testing.T, who someone) {
	t.Helper()
	was, left := who, someone{who.name, ""}
	var list struct {
		Conversations []struct{ ID string }
		Total         int
	}
	if err := json.Unmarshal([]byte(m.mixed.as(t, was, "/api/v1/conversations?per_page=200", nil).body), &list); err != nil {
		t.Fatal(err)
	}
	gone := 0
	for _, c := range list.Conversations {
		before := m.mixed.as(t, was, "/api/v1/conversations/"+c.ID, nil)
		after := m.mixed.as(t, left, "/api/v1/conversations/"+c.ID, nil)
		m.untraced(t, was, "conversation", before)
		m.untraced(t, left, "conversation afterwards", after)
		if len(after.body) < len(before.body) {
			gone++
		}
		answer := m.mixed.as(t, left, "/api/v1/chat", map[string]any{"question": "En waarom is dat?", "conversation_id": c.ID, "include": []string{"passages"}})
		m.untraced(t, left, "follow-up afterwards", answer)
	}
	if gone == 0 || list.Total == 0 {
		t.Errorf("%s: %d of %d conversations have less for no member", who.name, gone, list.Total)
	}
}

// regroup gives the documents of group a to another in the manifest of the running
// server: from then on their members don't find them, nor what rests on them.
func (m *mixture) regroup(t *testing.T, who someone) {
	t.Helper()
	got := m.mixed.as(t, who, "/api/v1/chat", map[string]any{"question": "Wat vindt het CKM van het plan van aanpak mensenhandel?"})
	var rec struct {
		ID        string
		Citations []struct {
			Document string `json:"document_id"`
			Version  string
		}
	}
	const file = "001_ddf4943c36778a67.txt"
	if err := json.Unmarshal([]byte(got.body), &rec); err != nil || len(rec.Citations) == 0 || rec.Citations[0].Document != docs.NewID("corpus", file) {
		t.Fatalf("%s: %v", got.body, err)
	}
	moved := maps.Clone(limitedTo)
	const last = "002_95c4cf29f59b896b.txt" // of those that change
	moved[file], moved[last] = "c", "c"
	m.house.write(t, file, []byte(m.texts[file]+"\nEen nieuwe regel.\n")) // the version that was cited is an old one now
	m.house.limit(t, moved, func(string) bool { return true })
	paths := []string{
		"/api/v1/documents/" + docs.NewID("corpus", file), "/api/v1/answers/" + rec.ID,
		"/api/v1/documents/" + docs.NewID("corpus", file) + "/text?version=" + rec.Citations[0].Version,
	}
	eventually(t, "the new manifest", func() bool {
		return m.mixed.as(t, who, "/api/v1/documents/"+docs.NewID("corpus", last), nil).status == http.StatusNotFound
	})
	for _, path := range paths {
		for who, want := range map[someone]int{who: http.StatusNotFound, {who.name, "c"}: http.StatusOK} {
			if got := m.mixed.as(t, who, path, nil); got.status != want {
				t.Errorf("%+v, %s: status %d, want %d", who, path, got.status, want)
			}
		}
	}
	search := m.mixed.as(t, who, "/api/v1/search?k=20&q=CKM+plan+van+aanpak", nil)
	if strings.Contains(search.body, docs.NewID("corpus", file)) {
		t.Errorf("still found: %s", search.body)
	}
}
