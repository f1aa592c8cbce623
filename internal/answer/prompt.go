package answer

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"bronwijzer/internal/cite"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/retrieve"
	"bronwijzer/internal/tokens"
	"bronwijzer/prompts"
)

const (
	// maxShown is how many passages go into a prompt, where they fit: beyond the
	// tenth a passage hardly ever holds the answer, and models start to mix up.
	maxShown = 10
	// historyShare of the room is for the conversation, at most; the question
	// stands by itself, so the conversation only sets the tone.
	historyShare = 4 // one in four
	// perMessage is what a message costs beside its text, in tokens.
	perMessage = 6
	// slack is kept free, in tokens: counting is exact for few models.
	slack = 64
	// leastRoom is how many tokens passages and question need at least.
	leastRoom = 600
)

// prompter writes prompts that fit a model.
type prompter struct {
	templates *template.Template
	system    string
	count     func(string) int
	room      int // tokens for passages, question and history
}

// newPrompter returns a prompter for a model with a window of context tokens, of
// which maxTokens are kept for the answer.
func newPrompter(model string, context, maxTokens int) (*prompter, error) {
	counter, err := tokens.New(model)
	if err != nil {
		if counter, err = tokens.New(""); err != nil {
			return nil, err
		}
	}
	p := &prompter{templates: prompts.Parse(), count: counter.Count}
	if p.system, err = p.render("system.tmpl", nil); err != nil {
		return nil, err
	}
	p.room = context - maxTokens - slack - p.cost(p.system)
	if p.room < leastRoom {
		return nil, fmt.Errorf("prompt: a window of %d tokens with %d for the answer leaves %d for passages and question, want %d",
			context, maxTokens, p.room, leastRoom)
	}
	return p, nil
}

// prompt is what goes to the model, and what its handles stand for.
type prompt struct {
	messages []llm.Message
	handles  *cite.Handles
	shown    []retrieve.Passage // by handle
}

// shownPassage is a passage as the template sees it.
type shownPassage struct{ Handle, Text, Source string }

// questionData is what the template of the last message is filled with.
type questionData struct {
	Passages        []shownPassage
	Question, Meant string
}

// write makes the prompt for a question, with the best of pool, which is sorted
// best first.
func (p *prompter) write(q Question, pool []retrieve.Passage) (prompt, error) {
	data := questionData{Question: cite.Harmless(q.Text)}
	if q.Search != q.Text {
		data.Meant = cite.Harmless(q.Search)
	}
	bare, err := p.render("question.tmpl", data)
	if err != nil {
		return prompt{}, err
	}
	room := p.room - p.cost(bare)
	turns := p.history(q.History, room/historyShare)
	for _, turn := range turns {
		room -= p.cost(turn.Content)
	}
	out := prompt{}
	for _, candidate := range pool[:min(maxShown, len(pool))] {
		s := shownPassage{Handle: "k7f", Text: cite.Harmless(candidate.Plain), Source: named(candidate)}
		cost := p.count("[" + s.Handle + "] " + s.Text + "\n(Uit: " + s.Source + ")\n\n")
		// The best one goes along whatever its length.
		if room -= cost; room < 0 && len(out.shown) > 0 {
			break
		}
		out.shown = append(out.shown, candidate)
		data.Passages = append(data.Passages, s)
	}
	out.handles, err = cite.NewHandles(rand.Reader, len(out.shown), avoided(p.system, data, turns)...)
	if err != nil {
		return prompt{}, err
	}
	for i := range data.Passages {
		data.Passages[i].Handle = out.handles.Name(i)
	}
	last, err := p.render("question.tmpl", data)
	if err != nil {
		return prompt{}, err
	}
	out.messages = append(append(append(out.messages, llm.Message{Role: llm.System, Content: p.system}), turns...),
		llm.Message{Role: llm.User, Content: last})
	return out, nil
}

// avoided are the texts of a prompt, in which no handle may occur.
func avoided(system string, data questionData, turns []llm.Message) []string {
	texts := []string{system, data.Question, data.Meant}
	for _, s := range data.Passages {
		texts = append(texts, s.Text, s.Source)
	}
	for _, turn := range turns {
		texts = append(texts, turn.Content)
	}
	return texts
}

// publicMarker is a marker of an earlier answer, which names nothing here.
var publicMarker = regexp.MustCompile(`\s?\[\d+\]`)

// history is the end of the conversation, as much as fits, in whole turns.
func (p *prompter) history(all []llm.Message, room int) []llm.Message {
	var turns []llm.Message
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Role != llm.User && all[i].Role != llm.Assistant {
			continue
		}
		text := cite.Harmless(publicMarker.ReplaceAllString(all[i].Content, ""))
		if text == "" {
			continue
		}
		if room -= p.cost(text); room < 0 {
			break
		}
		turns = append([]llm.Message{{Role: all[i].Role, Content: text}}, turns...)
	}
	return turns
}

// cost is what a message costs, in tokens.
func (p *prompter) cost(text string) int { return p.count(text) + perMessage }

func (p *prompter) render(name string, data any) (string, error) {
	var b strings.Builder
	if err := p.templates.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render prompt: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// named says where a passage stands.
func named(p retrieve.Passage) string {
	var parts []string
	for _, s := range append([]string{p.Document.Title, p.Document.Publisher, p.Document.Date}, p.Section...) {
		if s = cite.Harmless(s); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}
