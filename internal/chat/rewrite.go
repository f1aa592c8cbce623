package chat

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"

	"bronwijzer/internal/dutch"
	"bronwijzer/internal/llm"
	"bronwijzer/prompts"
)

const (
	// rewriteTime is how long a reader waits for a better question than the
	// rules make.
	rewriteTime = 4 * time.Second
	// rewriteTokens bounds what the model writes.
	rewriteTokens = 120
	// rewriteTurns is how much of the conversation it sees; rewriteText how much
	// of each turn, in code points.
	rewriteTurns = 6
	rewriteText  = 600
	// maxRewrite is the longest question that is taken from it, in code points.
	maxRewrite = 300
)

// Rewriter lets a model make follow-up questions stand by themselves. What it
// writes is only searched with, and shown to the reader as such.
type Rewriter struct {
	lg        *slog.Logger
	generator llm.Generator
	templates *template.Template
}

// NewRewriter returns a Rewriter that asks the generator.
func NewRewriter(lg *slog.Logger, g llm.Generator) *Rewriter {
	return &Rewriter{lg: lg, generator: g, templates: prompts.Parse()}
}

// Rewrite returns a question that stands by itself. Where the model fails, or
// writes what can't be that question, it is the one of SearchQuestion.
func (r *Rewriter) Rewrite(ctx context.Context, history []llm.Message, question string) string {
	byRules := SearchQuestion(history, question)
	if byRules == question || affirms(question) {
		return byRules
	}
	rewritten, err := r.ask(ctx, history, question)
	if err != nil {
		r.lg.InfoContext(ctx, "follow-up left to rules", "error", err)
		return byRules
	}
	if !plausible(rewritten, history, question) {
		return byRules
	}
	return rewritten
}

// rewriteData is what the template is filled with.
type rewriteData struct {
	Turns    []rewriteTurn
	Question string
}

type rewriteTurn struct {
	Asked bool
	Text  string
}

// errLong stops a model that goes on.
var errLong = errors.New("rewritten question is too long")

func (r *Rewriter) ask(ctx context.Context, history []llm.Message, question string) (string, error) {
	data := rewriteData{Question: oneLine(question, maxRewrite)}
	for _, turn := range history[max(0, len(history)-rewriteTurns):] {
		data.Turns = append(data.Turns, rewriteTurn{Asked: turn.Role == llm.User, Text: oneLine(turn.Content, rewriteText)})
	}
	var prompt strings.Builder
	if err := r.templates.ExecuteTemplate(&prompt, "rewrite.tmpl", data); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, rewriteTime)
	defer cancel()
	var out strings.Builder
	_, err := r.generator.Generate(ctx, llm.Request{
		Messages:  []llm.Message{{Role: llm.User, Content: strings.TrimSpace(prompt.String())}},
		MaxTokens: rewriteTokens,
	}, func(delta string) error {
		if out.WriteString(delta); out.Len() > 4*maxRewrite {
			return errLong
		}
		return nil
	})
	return strings.Trim(strings.TrimSpace(out.String()), `"“”'`), err
}

// oneLine is a text on one line, at most n code points of it, without square
// brackets: nothing of it may look like a passage of a prompt.
func oneLine(text string, n int) string {
	text = strings.NewReplacer("[", "(", "]", ")").Replace(strings.Join(strings.Fields(text), " "))
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

// plausible reports whether a rewritten question can be one: one line of some
// length that keeps the question's own words of content and takes the others
// from the conversation.
func plausible(rewritten string, history []llm.Message, question string) bool {
	if n := utf8.RuneCountInString(rewritten); n < 5 || n > maxRewrite || strings.ContainsAny(rewritten, "\n[]<>{}") || !utf8.ValidString(rewritten) {
		return false
	}
	known := map[string]bool{}
	for _, turn := range history {
		addStems(known, turn.Content)
	}
	own := stems(question)
	got := stems(rewritten)
	kept := 0
	for stem := range own {
		known[stem] = true
		if got[stem] {
			kept++
		}
	}
	foreign := 0
	for stem := range got {
		if !known[stem] {
			foreign++
		}
	}
	return 2*kept >= len(own) && 3*foreign <= len(got)
}

// stems are the stems of a text's words of content.
func stems(text string) map[string]bool {
	out := map[string]bool{}
	addStems(out, text)
	return out
}

func addStems(into map[string]bool, text string) {
	for _, w := range words(text) {
		if !isIdle(w) {
			into[stem(w)] = true
		}
	}
}

func stem(word string) string { return dutch.Stem(dutch.Fold(word)) }
