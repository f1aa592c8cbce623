package httpapi

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

// nearest is how many passages a refusal shows when nobody asks for more.
const nearest = 3

// chatInput is the body of POST /api/v1/chat.
type chatInput struct {
	Question       string      `json:"question"`
	ConversationID string      `json:"conversation_id"`
	History        []turn      `json:"history"`
	Filter         docs.Filter `json:"filter"`
	// TopK tells a 0, which is wrong, from none.
	TopK    *int        `json:"top_k"`
	Mode    record.Mode `json:"mode"`
	Include []string    `json:"include"`
	Stream  bool        `json:"stream"`
}

type turn struct {
	Role    llm.Role `json:"role"`
	Content string   `json:"content"`
}

// request checks the input and returns what Chat takes, and whether the
// passages are to be shown.
func (in *chatInput) request() (chat.Request, bool, error) {
	var r chat.Request
	question, err := checkQuestion("question", in.Question)
	if err != nil {
		return r, false, err
	}
	include, err := included(in.Include)
	if err != nil {
		return r, false, err
	}
	if err := checkFilter(in.Filter); err != nil {
		return r, false, err
	}
	if !slices.Contains([]record.Mode{"", record.Auto, record.Extractive, record.Generated}, in.Mode) {
		return r, false, invalid(`"mode" moet "auto", "extractive" of "generated" zijn.`)
	}
	k := chat.DefaultTopK
	if in.TopK != nil {
		k = *in.TopK
	}
	if k < 1 || k > chat.MaxTopK {
		return r, false, invalid(fmt.Sprintf("\"top_k\" moet van 1 tot en met %d zijn.", chat.MaxTopK))
	}
	if in.ConversationID != "" && !saneRecordID.MatchString(in.ConversationID) {
		return r, false, errNotFound
	}
	history, err := in.messages()
	if err != nil {
		return r, false, err
	}
	return chat.Request{
		Question: question, ConversationID: in.ConversationID, History: history,
		Filter: in.Filter, TopK: k, Mode: in.Mode,
	}, include, nil
}

// messages checks the history.
func (in *chatInput) messages() ([]llm.Message, error) {
	if len(in.History) > 0 && in.ConversationID != "" {
		return nil, invalid(`"history" en "conversation_id" kunnen niet samen.`)
	}
	if len(in.History) > chat.MaxHistory {
		return nil, invalid(fmt.Sprintf("\"history\" mag hooguit %d beurten hebben.", chat.MaxHistory))
	}
	var out []llm.Message
	for _, t := range in.History {
		if t.Role != llm.User && t.Role != llm.Assistant {
			return nil, invalid(`"role" in "history" moet "user" of "assistant" zijn.`)
		}
		out = append(out, llm.Message{Role: t.Role, Content: t.Content})
	}
	return out, nil
}

// postChat answers a question, in JSON or as a stream of events.
func (a *api) postChat(c *gin.Context) error {
	var in chatInput
	if err := readJSON(c, &in); err != nil {
		return err
	}
	r, include, err := in.request()
	if err != nil {
		return err
	}
	r.By = subjectOf(c)
	if err := a.knownDocuments(c.Request.Context(), r.By.Reader(), r.Filter.Documents); err != nil {
		return err
	}
	if in.Stream || wantsEvents(c.Request) {
		s := newStream(c.Writer)
		return a.streamAnswer(c, r, s, chatTeller{s, include, r.TopK})
	}
	ans, err := a.ask(c.Request.Context(), r, nil)
	if err != nil {
		return err
	}
	answered(c, &ans)
	writeJSON(c, http.StatusOK, shown(ans, include, r.TopK))
	return nil
}

// knownDocuments refuses a filter on a document that isn't there: whoever asks
// should not take "nothing found" for an answer about it.
func (a *api) knownDocuments(ctx context.Context, r docs.Reader, ids []string) error {
	for _, id := range ids {
		err := chat.ErrNotFound
		if saneRecordID.MatchString(id) {
			_, err = a.Documents.Document(ctx, r, id)
		}
		if errors.Is(err, chat.ErrNotFound) {
			return invalid(`In "filter" staat een document dat niet bestaat.`)
		}
		if err != nil {
			return fmt.Errorf("filter on document %s: %w", id, err)
		}
	}
	return nil
}

// ask is the way to Chat for every door of this package: it counts answers, and
// a panic becomes an error, so that a stream can still end in order.
func (a *api) ask(ctx context.Context, r chat.Request, emit func(record.Event) error) (record.Answer, error) {
	var ans record.Answer
	err := recovered(func() (err error) {
		ans, err = a.Chat.Ask(ctx, r, emit)
		return err
	})
	if err != nil {
		return record.Answer{}, err
	}
	a.metrics.answered(&ans)
	return ans, nil
}

// wantsEvents reports whether a request accepts a stream of events.
func wantsEvents(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err == nil && kind == "text/event-stream" && params["q"] != "0" {
			return true
		}
	}
	return false
}

// shown is the record as a caller sees it: the passages only where they are
// asked for, at most k of them, or on a refusal, at least the nearest. Lists
// are never null. The record that came in stays as it is.
func shown(a record.Answer, include bool, k int) record.Answer {
	switch {
	case a.Status == record.Refused && include:
		k = max(k, nearest)
	case a.Status == record.Refused:
		k = nearest
	case !include:
		k = 0
	}
	a.Passages = shownPassages(a.Passages, k)
	citations := make([]record.Citation, len(a.Citations))
	for i, ci := range a.Citations {
		citations[i] = shownCitation(ci)
	}
	a.Citations = citations
	return a
}

// shownPassages returns the first k, with lists that aren't null.
func shownPassages(ps []record.Passage, k int) []record.Passage {
	out := make([]record.Passage, min(k, len(ps)))
	for i := range out {
		out[i] = ps[i]
		out[i].Section = notNull(ps[i].Section)
	}
	return out
}

func shownCitation(ci record.Citation) record.Citation {
	ci.Section = notNull(ci.Section)
	return ci
}

// notNull keeps a list without elements from becoming null in JSON.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
