package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/access"
	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
	"bronwijzer/internal/store"
)

// remoteTimeout bounds a question to a running server.
const remoteTimeout = 2 * time.Minute

// remoteSettings say which server a command asks, and as whom. Without an
// address it is the one that runs on the data folder, or else none.
type remoteSettings struct {
	URL     string `name:"url" help:"Vraag het de Bronwijzer op dit adres." placeholder:"URL"`
	Key     string `help:"Sleutel voor die Bronwijzer, of voor de Bronwijzer die op de gegevensmap draait." placeholder:"SLEUTEL"`
	KeyFile string `help:"Bestand met die sleutel." placeholder:"BESTAND"`
}

// server is the address of the server to ask; false when this process has to
// answer itself.
func (r *remoteSettings) server(v *invocation) (string, bool) {
	if r.URL != "" {
		return strings.TrimRight(r.URL, "/"), true
	}
	running, ok := store.RunningAddress(v.settings.Data)
	return address(running), ok
}

// keyHint says what to do when a server doesn't let a command in.
const keyHint = "Geef met --key, --key-file of BRONWIJZER_KEY een sleutel; bronwijzer keys add maakt er een."

// askCmd asks one question: of a server, or in this process.
type askCmd struct {
	remoteSettings

	Question []string `arg:"" name:"vraag" help:"De vraag."`
	JSON     bool     `name:"json" help:"Toon het antwoordrecord als JSON."`
	Mode     string   `help:"auto, extractive of generated." enum:"auto,extractive,generated" default:"auto"`
	TopK     int      `name:"top-k" help:"Aantal passages in het record." default:"10" least:"1" most:"50"`
}

// Run prints the answer with its sources, or the record.
func (c *askCmd) Run(ctx context.Context, v *invocation) error {
	rec, err := c.ask(ctx, v)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(v.stdout, rec)
	}
	return printAnswer(v.stdout, rec)
}

func (c *askCmd) ask(ctx context.Context, v *invocation) (record.Answer, error) {
	question := strings.Join(c.Question, " ")
	if server, ok := c.server(v); ok {
		var rec record.Answer
		body := map[string]any{"question": question, "mode": c.Mode, "top_k": c.TopK, "include": []string{"passages"}}
		return rec, c.call(ctx, http.MethodPost, server+"/api/v1/chat", body, &rec)
	}
	a, err := openCurrent(ctx, v)
	if err != nil {
		return record.Answer{}, err
	}
	defer a.close(v.logger())
	v.deed.Action = access.ActionAsk
	rec, err := a.chat.Ask(ctx, chat.Request{By: operator(), Question: question, Mode: record.Mode(c.Mode), TopK: c.TopK}, nil)
	v.deed.Object = rec.ID
	if rec.Status == record.Refused {
		v.deed.Result = access.ResultRefused
	}
	return rec, err
}

// searchCmd finds passages.
type searchCmd struct {
	remoteSettings

	Query []string `arg:"" name:"woord" help:"Waarnaar wordt gezocht."`
	K     int      `short:"k" help:"Aantal passages." default:"5" least:"1" most:"50"`
	JSON  bool     `name:"json" help:"Toon de passages als JSON."`
}

// Run prints the passages, best first.
func (c *searchCmd) Run(ctx context.Context, v *invocation) error {
	found, err := c.search(ctx, v)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(v.stdout, found)
	}
	for i, p := range found.Passages {
		fmt.Fprintf(v.stdout, "%d. %s  (%.3f)\n", i+1, legible(heading([]string{p.Title}, p.Page, p.Section)), p.Score)
		fmt.Fprintf(v.stdout, "   %s\n\n", legible(body(p)))
	}
	return nil
}

// legible is text of a document without what a terminal takes for an order.
func legible(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

// searchResult is what GET /api/v1/search answers.
type searchResult struct {
	Query    string           `json:"query"`
	Passages []record.Passage `json:"passages"`
}

func (c *searchCmd) search(ctx context.Context, v *invocation) (searchResult, error) {
	out := searchResult{Query: strings.Join(c.Query, " ")}
	if server, ok := c.server(v); ok {
		q := url.Values{"q": {out.Query}, "k": {strconv.Itoa(c.K)}}
		return out, c.call(ctx, http.MethodGet, server+"/api/v1/search?"+q.Encode(), nil, &out)
	}
	a, err := openCurrent(ctx, v)
	if err != nil {
		return out, err
	}
	defer a.close(v.logger())
	v.deed.Action = access.ActionSearch
	out.Passages, err = a.Search(ctx, out.Query, c.K, docs.Filter{Reader: operator().Reader()})
	return out, err
}

// call asks a server and decodes its answer.
func (r *remoteSettings) call(ctx context.Context, method, address string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, remoteTimeout)
	defer cancel()
	key, err := secret("key", r.Key, r.KeyFile)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// refused is what a server says when it doesn't answer.
func refused(resp *http.Response) error {
	var failed struct {
		Error struct{ Message string } `json:"error"`
	}
	err := fmt.Errorf("ask the server: %s", resp.Status)
	if json.NewDecoder(resp.Body).Decode(&failed) == nil && failed.Error.Message != "" {
		err = fmt.Errorf("ask the server: %s", failed.Error.Message)
	}
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		return &hintError{err, keyHint}
	}
	return err
}

// address is the URL of a listen address, which may name no host.
func address(listen string) string {
	for _, anywhere := range []string{"[::]:", "0.0.0.0:", ":"} {
		if port, ok := strings.CutPrefix(listen, anywhere); ok {
			return "http://127.0.0.1:" + port
		}
	}
	return "http://" + listen
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printAnswer writes an answer and its numbered sources, or a refusal and the
// nearest passages.
func printAnswer(w io.Writer, rec record.Answer) error {
	var out strings.Builder
	if rec.SearchQuestion != rec.Question {
		fmt.Fprintf(&out, "Gezocht op: %s\n\n", rec.SearchQuestion)
	}
	out.WriteString(rec.Text + "\n")
	for _, c := range rec.Citations {
		fmt.Fprintf(&out, "\n[%d] %s\n", c.Number, heading([]string{c.Title, c.Publisher, c.Date}, c.Page, c.Section))
		if note := documentNotes[c.DocumentStatus]; note != "" {
			fmt.Fprintf(&out, "    %s\n", note)
		}
		fmt.Fprintf(&out, "    “%s”\n", quoted(c.Quote))
	}
	if rec.Status == record.Refused {
		for _, p := range rec.Passages[:min(3, len(rec.Passages))] {
			fmt.Fprintf(&out, "\n- %s\n  %s\n", heading([]string{p.Title}, p.Page, p.Section), body(p))
		}
	}
	if rec.Notice != "" {
		fmt.Fprintf(&out, "\n%s\n", rec.Notice)
	}
	_, err := io.WriteString(w, legible(out.String()))
	return err
}

// body is a passage on one line, without the headings it opens with: those stand
// above it.
func body(p record.Passage) string {
	text := strings.Join(strings.Fields(p.Text), " ")
	for _, h := range p.Section {
		text = strings.TrimPrefix(strings.TrimPrefix(text, h), " ")
	}
	return text
}

// documentNotes say what the reader of a source has to know of its document.
var documentNotes = map[record.DocumentStatus]string{
	record.Changed:    "Let op: dit document is gewijzigd sinds dit antwoord.",
	record.Withdrawn:  "Let op: dit document is ingetrokken.",
	record.Superseded: "Let op: dit document is door een nieuwer document vervangen.",
}

// quoted is a quote on one line, or one for each row of a table.
func quoted(quote string) string {
	if !strings.Contains(quote, " | ") {
		return strings.Join(strings.Fields(quote), " ")
	}
	var lines []string
	for line := range strings.Lines(quote) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n     ")
}

// heading names a source in one line: what is known of its document, then the
// page and the section.
func heading(known []string, page *int, section []string) string {
	parts := slices.DeleteFunc(known, func(part string) bool { return part == "" })
	if page != nil {
		parts = append(parts, fmt.Sprintf("blz. %d", *page))
	}
	line := strings.Join(parts, ", ")
	if len(section) > 0 {
		line += " › " + strings.Join(section, " › ")
	}
	return line
}
