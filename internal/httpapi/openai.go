package httpapi

import (
	"crypto/rand"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/record"
)

// The models that the OpenAI-compatible API has. They answer alike; the second
// also writes its sources out, for clients that show text and nothing else.
const (
	modelPlain = "bronwijzer"
	modelLinks = "bronwijzer-links"
)

// The structs below are OpenAI's, as far as there is something to say, and own
// fields beside them. The client's library has no annotations in its types.

type modelList struct {
	Object string  `json:"object"`
	Data   []model `json:"data"`
}

type model struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

// completion is the answer of POST /v1/chat/completions without a stream.
type completion struct {
	completionHead
	Choices []choice   `json:"choices"`
	Usage   tokenUsage `json:"usage"`
	fromRecord
}

type completionHead struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	Model   string `json:"model"`
}

type choice struct {
	Index        int     `json:"index"`
	Message      message `json:"message"`
	Logprobs     *string `json:"logprobs"`
	FinishReason string  `json:"finish_reason"`
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
	// Refusal stays null: many clients show Content alone, and that a question
	// couldn't be answered is for readers too. fromRecord tells programs.
	Refusal     *string      `json:"refusal"`
	Annotations []annotation `json:"annotations"`
}

// annotation says that a stretch of the content is a citation.
type annotation struct {
	Type        string      `json:"type"`
	URLCitation urlCitation `json:"url_citation"`
}

// urlCitation points at a source. The code points [StartIndex, EndIndex) of the
// content are its marker, [n], so that a client can put a link in its place.
type urlCitation struct {
	StartIndex int    `json:"start_index"`
	EndIndex   int    `json:"end_index"`
	Title      string `json:"title"`
	URL        string `json:"url"`
}

type tokenUsage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

// fromRecord is what OpenAI's form has no place for; the fields are the answer
// record's own, with its citations as sources.
type fromRecord struct {
	AnswerID       string            `json:"answer_id"`
	ConversationID string            `json:"conversation_id"`
	Status         record.Status     `json:"status"`
	Reason         *record.Refusal   `json:"refusal"`
	Incomplete     *string           `json:"incomplete"`
	Sources        []record.Citation `json:"sources"`
	// Passages are the nearest ones on a refusal; empty otherwise.
	Passages []record.Passage `json:"passages"`
	Notice   string           `json:"notice"`
}

// openAIError is OpenAI's form of an error, with the number of the request.
type openAIError struct {
	Error openAIErrorDetail `json:"error"`
}

type openAIErrorDetail struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    string  `json:"code"`
	// RequestID is also in the header X-Request-Id.
	RequestID string `json:"request_id"`
}

func openAIErrorOf(seen *apiError, body errorBody) openAIError {
	kind, code := "invalid_request_error", seen.code
	switch {
	case seen.status == http.StatusUnauthorized:
		// The one code that their clients know, whatever was or wasn't shown.
		code = "invalid_api_key"
	case seen.status == http.StatusTooManyRequests:
		kind = "rate_limit_error"
	case seen.status >= http.StatusInternalServerError:
		kind = "server_error"
	}
	e := openAIErrorDetail{Message: seen.message, Type: kind, Code: code, RequestID: body.Error.RequestID}
	if seen.param != "" {
		e.Param = &seen.param
	}
	return openAIError{e}
}

// getModels lists the models. Created has to be there; they are as old as the
// API, not as any file.
func (a *api) getModels(c *gin.Context) error {
	list := modelList{Object: "list"}
	for _, id := range []string{modelPlain, modelLinks} {
		list.Data = append(list.Data, model{ID: id, Object: "model", OwnedBy: "bronwijzer"})
	}
	writeJSON(c, http.StatusOK, list)
	return nil
}

// postCompletion answers the last question of a conversation that the caller
// keeps.
func (a *api) postCompletion(c *gin.Context) error {
	in, err := readCompletion(c)
	if err != nil {
		return err
	}
	r, err := in.request()
	if err != nil {
		return err
	}
	r.By = subjectOf(c)
	// The record has its id only in the end, a stream needs one for every chunk.
	head := completionHead{ID: "chatcmpl-" + rand.Text(), Created: time.Now().Unix(), Model: in.Model}
	if in.Stream {
		s := newStream(c.Writer)
		return a.streamAnswer(c, r, s, &completionTeller{s: s, head: head, origin: a.origin(c), usage: in.wantsUsage()})
	}
	ans, err := a.ask(c.Request.Context(), r, nil)
	if err != nil {
		return err
	}
	answered(c, &ans)
	head.Object = "chat.completion"
	origin := a.origin(c)
	text := ans.Text
	if in.Model == modelLinks {
		text += sourceList(ans.Citations, origin)
	}
	writeJSON(c, http.StatusOK, completion{
		completionHead: head,
		Choices: []choice{{
			Message:      message{Role: "assistant", Content: text, Annotations: annotations(ans, origin)},
			FinishReason: finishReason(ans),
		}},
		Usage:      usageOf(ans),
		fromRecord: recordPart(ans),
	})
	return nil
}

// origin is how the client reached the server, as https://host; the links of a
// server without a public URL are completed with it. The guard has let the name
// through.
func (a *api) origin(c *gin.Context) string {
	if _, secure := a.proxies.client(c.Request); secure {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// absolute completes a citation's URL.
func absolute(origin, url string) string {
	if strings.HasPrefix(url, "/") {
		return origin + url
	}
	return url
}

func recordPart(ans record.Answer) fromRecord {
	ans = shown(ans, false, 0)
	return fromRecord{
		AnswerID: ans.ID, ConversationID: ans.ConversationID, Status: ans.Status, Reason: ans.Refusal,
		Incomplete: ans.Incomplete, Sources: ans.Citations, Passages: ans.Passages, Notice: ans.Notice,
	}
}

func usageOf(ans record.Answer) tokenUsage {
	u := ans.Usage
	return tokenUsage{u.PromptTokens, u.CompletionTokens, u.PromptTokens + u.CompletionTokens}
}

// finishReason is "length" for an answer that broke off, for whatever cause:
// the other reasons would call it whole.
func finishReason(ans record.Answer) string {
	if ans.Incomplete != nil {
		return "length"
	}
	return "stop"
}

// marker is a citation's in the text of an answer.
var marker = regexp.MustCompile(`\[([1-9][0-9]*)\]`)

// annotations has one for every marker, in order of the text.
func annotations(ans record.Answer, origin string) []annotation {
	cited := map[string]*record.Citation{}
	for i := range ans.Citations {
		cited[strconv.Itoa(ans.Citations[i].Number)] = &ans.Citations[i]
	}
	out := []annotation{}
	at, counted := 0, 0 // code points and bytes up to the last marker
	for _, m := range marker.FindAllStringSubmatchIndex(ans.Text, -1) {
		ci := cited[ans.Text[m[2]:m[3]]]
		if ci == nil {
			continue
		}
		at += utf8.RuneCountInString(ans.Text[counted:m[0]])
		counted = m[0]
		out = append(out, annotation{Type: "url_citation", URLCitation: urlCitation{
			StartIndex: at, EndIndex: at + m[1] - m[0], Title: ci.Title, URL: absolute(origin, ci.URL),
		}})
	}
	return out
}

// listHeading begins the list of sources below an answer of modelLinks.
const listHeading = "\n\nBronnen:\n"

// sourceList writes the citations out, one a line; empty where there are none.
func sourceList(citations []record.Citation, origin string) string {
	if len(citations) == 0 {
		return ""
	}
	var lines []string
	for _, ci := range citations {
		var name []string
		for _, part := range []string{ci.Title, ci.Publisher, ci.Date} {
			if part = label(part); part != "" {
				name = append(name, part)
			}
		}
		lines = append(lines, "- ["+strconv.Itoa(ci.Number)+"] "+strings.Join(name, ", ")+": "+absolute(origin, ci.URL))
	}
	return listHeading + strings.Join(lines, "\n")
}

// label makes one line of a document's words, in which a client that reads
// Markdown sees no markup and no address to link.
func label(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.NewReplacer("[", "(", "]", ")", "<", "‹", ">", "›", "`", "'", "*", "", "://", " ", "\\", "/").Replace(s)
	return barePrefix.ReplaceAllString(s, "$1 ")
}

// barePrefix begins an address that some clients link without a scheme.
var barePrefix = regexp.MustCompile(`(?i)(www)\.`)
