package httpapi

import "bronwijzer/internal/record"

// chunk is one event of a streamed completion.
type chunk struct {
	completionHead
	Choices []chunkChoice `json:"choices"`
	// Usage is null in all but the last chunk, and there if it was asked for.
	Usage *tokenUsage `json:"usage"`
	// The chunk that has the finish reason also has the record's part.
	*fromRecord
}

type chunkChoice struct {
	Index        int     `json:"index"`
	Delta        delta   `json:"delta"`
	Logprobs     *string `json:"logprobs"`
	FinishReason *string `json:"finish_reason"`
}

type delta struct {
	Role        string       `json:"role,omitempty"`
	Content     *string      `json:"content,omitempty"`
	Annotations []annotation `json:"annotations,omitempty"`
}

// completionTeller has the chunks of a streamed completion: the text, with the
// role in its first piece, for modelLinks its list, the annotations, the finish reason with
// the sources, the usage where it was asked for, and [DONE]. An error takes the
// place of what is still to come.
type completionTeller struct {
	s      *stream
	head   completionHead
	origin string
	// usage says that the caller wants the usage.
	usage bool
	// begun says that the role was told.
	begun bool
}

func (t *completionTeller) show(e record.Event) error {
	switch e := e.(type) {
	case record.Sources:
		return t.choice(chunkChoice{Delta: delta{Content: new("")}})
	case record.Delta:
		return t.choice(chunkChoice{Delta: delta{Content: &e.Delta}})
	default:
		// Citations follow in one piece, with the places that they stand in.
		return nil
	}
}

func (t *completionTeller) done(ans record.Answer) error {
	if list := sourceList(ans.Citations, t.origin); t.head.Model == modelLinks && list != "" {
		if err := t.choice(chunkChoice{Delta: delta{Content: &list}}); err != nil {
			return err
		}
	}
	if notes := annotations(ans, t.origin); len(notes) > 0 {
		if err := t.choice(chunkChoice{Delta: delta{Annotations: notes}}); err != nil {
			return err
		}
	}
	reason, part := finishReason(ans), recordPart(ans)
	last := chunk{Choices: []chunkChoice{{FinishReason: &reason}}, fromRecord: &part}
	if err := t.send(last); err != nil {
		return err
	}
	if t.usage {
		u := usageOf(ans)
		if err := t.send(chunk{Choices: []chunkChoice{}, Usage: &u}); err != nil {
			return err
		}
	}
	return t.s.write([]byte("data: [DONE]\n\n"))
}

// fail ends the stream without [DONE], which would call it whole.
func (t *completionTeller) fail(seen *apiError, body errorBody) error {
	return t.s.send("", openAIErrorOf(seen, body))
}

func (t *completionTeller) choice(c chunkChoice) error {
	if !t.begun {
		t.begun = true
		c.Delta.Role = "assistant"
	}
	return t.send(chunk{Choices: []chunkChoice{c}})
}

func (t *completionTeller) send(c chunk) error {
	c.completionHead = t.head
	c.Object = "chat.completion.chunk"
	return t.s.send("", c)
}
