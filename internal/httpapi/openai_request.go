package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/llm"
)

// completionInput is the body of POST /v1/chat/completions. What isn't here is
// accepted without effect: clients send whatever their model could be tuned
// with, and it would change nothing that is promised here. What is here but not
// supported is refused, since an answer without it isn't what was asked for.
type completionInput struct {
	Model         string              `json:"model"`
	Messages      []completionMessage `json:"messages"`
	Stream        bool                `json:"stream"`
	StreamOptions *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`

	N              *int `json:"n"`
	ResponseFormat *struct {
		Type string `json:"type"`
	} `json:"response_format"`
	Modalities []string        `json:"modalities"`
	Logprobs   bool            `json:"logprobs"`
	Tools      json.RawMessage `json:"tools"`
	ToolChoice json.RawMessage `json:"tool_choice"`
	Functions  json.RawMessage `json:"functions"`
	Audio      json.RawMessage `json:"audio"`
	WebSearch  json.RawMessage `json:"web_search_options"`
	Stop       json.RawMessage `json:"stop"`
}

type completionMessage struct {
	Role string `json:"role"`
	// Content is a string, a list of parts, or null.
	Content   json.RawMessage `json:"content"`
	ToolCalls json.RawMessage `json:"tool_calls"`
}

// contentPart is one of a message's parts.
type contentPart struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// readCompletion reads a body, leniently: see completionInput.
func readCompletion(c *gin.Context) (*completionInput, error) {
	body, err := readBody(c)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(body) {
		return nil, invalid("De inhoud is geen geldige UTF-8.")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return nil, invalid("De inhoud moet een JSON-object zijn.")
	}
	var in completionInput
	if err := json.Unmarshal(body, &in); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, invalidParam(wrong.Field, explainJSON(err))
		}
		return nil, invalid(explainJSON(err))
	}
	return &in, nil
}

// invalidParam is invalid with the name of what is wrong.
func invalidParam(param, message string) error {
	return &apiError{status: http.StatusBadRequest, code: "invalid_request", message: message, param: param}
}

// request checks the input and returns what Chat takes.
func (in *completionInput) request() (chat.Request, error) {
	switch in.Model {
	case modelPlain, modelLinks:
	case "":
		return chat.Request{}, invalidParam("model", fmt.Sprintf(`Noem in "model" %q of %q.`, modelPlain, modelLinks))
	default:
		return chat.Request{}, &apiError{
			status: http.StatusNotFound, code: "model_not_found", param: "model",
			message: fmt.Sprintf("Dit model is hier niet. Kies %q of %q.", modelPlain, modelLinks),
		}
	}
	if err := in.supported(); err != nil {
		return chat.Request{}, err
	}
	turns, err := in.turns()
	if err != nil {
		return chat.Request{}, err
	}
	last := len(turns) - 1
	if last < 0 || turns[last].Role != llm.User {
		return chat.Request{}, invalidParam("messages", `Het laatste bericht in "messages" moet de vraag zijn, met "role": "user".`)
	}
	question, err := checkQuestion("messages", turns[last].Content)
	if err != nil {
		return chat.Request{}, err
	}
	history := turns[max(0, last-chat.MaxHistory):last]
	return chat.Request{Question: question, History: slices.Clip(history), TopK: chat.DefaultTopK}, nil
}

// supported refuses what would make the answer another one than was asked for.
func (in *completionInput) supported() error {
	for _, f := range []struct {
		param, message string
		used           bool
	}{
		{"n", `Er is één antwoord: "n" kan alleen 1 zijn.`, in.N != nil && *in.N != 1},
		{
			"response_format", `Het antwoord is tekst met bronnen: "response_format" kan alleen van type "text" zijn.`,
			in.ResponseFormat != nil && in.ResponseFormat.Type != "text",
		},
		{
			"modalities", `Het antwoord is tekst: "modalities" kan alleen ["text"] zijn.`,
			len(in.Modalities) > 0 && !slices.Equal(in.Modalities, []string{"text"}),
		},
		{"logprobs", `"logprobs" wordt niet ondersteund.`, in.Logprobs},
		{"tools", `"tools" wordt niet ondersteund: antwoorden komen alleen uit de documenten.`, isSet(in.Tools)},
		{
			"tool_choice", `"tool_choice" wordt niet ondersteund: antwoorden komen alleen uit de documenten.`,
			isSet(in.ToolChoice, `"none"`, `"auto"`),
		},
		{"functions", `"functions" wordt niet ondersteund: antwoorden komen alleen uit de documenten.`, isSet(in.Functions)},
		{"audio", `"audio" wordt niet ondersteund: het antwoord is tekst.`, isSet(in.Audio)},
		{
			"web_search_options", `"web_search_options" wordt niet ondersteund: antwoorden komen alleen uit de documenten.`,
			in.WebSearch != nil && string(in.WebSearch) != "null",
		},
		{"stop", `"stop" wordt niet ondersteund: een antwoord wordt niet halverwege een bewering afgebroken.`, isSet(in.Stop)},
	} {
		if f.used {
			return invalidParam(f.param, f.message)
		}
	}
	return nil
}

// isSet reports whether a field has a value other than an empty one or one of
// those that ask for nothing.
func isSet(raw json.RawMessage, nothing ...string) bool {
	s := string(bytes.Join(bytes.Fields(raw), nil))
	return s != "" && !slices.Contains(append(nothing, "null", "[]", "{}", `""`), s)
}

// wantsUsage reports whether a stream should end with the usage.
func (in *completionInput) wantsUsage() bool {
	return in.StreamOptions != nil && in.StreamOptions.IncludeUsage
}

// turns are the messages of user and assistant, oldest first. Those of the
// system are left out: the rules that answers follow are this program's.
func (in *completionInput) turns() ([]llm.Message, error) {
	var out []llm.Message
	for _, m := range in.Messages {
		role := llm.Role(m.Role)
		switch {
		case role == llm.System || role == "developer":
			continue
		case role != llm.User && role != llm.Assistant:
			return nil, invalidParam("messages", `"role" in "messages" moet "user", "assistant", "system" of "developer" zijn.`)
		case isSet(m.ToolCalls):
			return nil, invalidParam("messages", `"tool_calls" in "messages" wordt niet ondersteund.`)
		}
		text, err := contentText(m.Content)
		if err != nil {
			return nil, err
		}
		if role == llm.Assistant {
			// What modelLinks added is no part of the answer.
			text, _, _ = strings.Cut(text, listHeading)
		}
		if text != "" || role == llm.User {
			out = append(out, llm.Message{Role: role, Content: text})
		}
	}
	return out, nil
}

// contentText is the text of a message; a line for each part.
func contentText(raw json.RawMessage) (string, error) {
	var text string
	if raw == nil || json.Unmarshal(raw, &text) == nil { // null gives ""
		return text, checkText(text)
	}
	var parts []contentPart
	if err := json.Unmarshal(raw, &parts); err != nil {
		return "", invalidParam("messages", `"content" in "messages" moet tekst zijn, of een lijst van delen met tekst.`)
	}
	var lines []string
	for _, p := range parts {
		if p.Type != "text" {
			return "", invalidParam("messages", `Alleen delen van type "text" worden ondersteund in "content": geen beeld, geluid of bestand.`)
		}
		lines = append(lines, p.Text)
	}
	text = strings.Join(lines, "\n")
	return text, checkText(text)
}

func checkText(s string) error {
	if strings.ContainsRune(s, 0) {
		return invalidParam("messages", "De inhoud bevat een NUL-teken.")
	}
	return nil
}
