package slacktest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf16"
)

// Slack's limits, in UTF-16 units where they are of text.
const (
	maxBlocks   = 50
	maxObject   = 3_000
	maxMessage  = 12_000
	maxFallback = 4_000
	maxButton   = 75
	maxValue    = 150
	maxOptions  = 100
)

// Check returns what is wrong with a message: a limit that it breaks, mrkdwn
// that isn't valid, a link elsewhere than to publicURL (where that is set).
func Check(m *Message, publicURL string) []string {
	c := &checker{public: publicURL}
	c.text("text", m.Text, maxFallback)
	c.total += units(m.Markdown)
	var blocks []block
	if len(m.Blocks) > 0 {
		if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
			c.fault("blocks aren't blocks: %v", err)
		}
	}
	if len(blocks) > maxBlocks {
		c.fault("%d blocks", len(blocks))
	}
	for _, b := range blocks {
		c.block(b)
	}
	if c.total > maxMessage {
		c.fault("message of %d characters", c.total)
	}
	return c.faults
}

type block struct {
	Type     string    `json:"type"`
	Text     *object   `json:"text"`
	Elements []element `json:"elements"`
}

// object is a text.
type object struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji"`
	Verbatim bool   `json:"verbatim"`
}

// element is a text, a button or a menu.
type element struct {
	Type        string          `json:"type"`
	Text        json.RawMessage `json:"text"`
	Verbatim    bool            `json:"verbatim"`
	ActionID    string          `json:"action_id"`
	Value       string          `json:"value"`
	Placeholder *object         `json:"placeholder"`
	Options     []struct {
		Text  object `json:"text"`
		Value string `json:"value"`
	} `json:"options"`
}

// Values are those of a message's buttons, or of the entries of its menus, for an
// action.
func (m *Message) Values(action string) []string {
	var blocks []block
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
		return nil // Check says so
	}
	var values []string
	for _, b := range blocks {
		for _, e := range b.Elements {
			if e.ActionID != action {
				continue
			}
			if e.Value != "" {
				values = append(values, e.Value)
			}
			for _, o := range e.Options {
				values = append(values, o.Value)
			}
		}
	}
	return values
}

type checker struct {
	public string
	total  int
	faults []string
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *checker) block(b block) {
	switch b.Type {
	case "section":
		if b.Text == nil {
			c.fault("section without text")
			return
		}
		c.object(*b.Text, maxObject)
	case "context":
		if len(b.Elements) < 1 || len(b.Elements) > 10 {
			c.fault("context of %d elements", len(b.Elements))
		}
		for _, e := range b.Elements {
			var text string
			if err := json.Unmarshal(e.Text, &text); err != nil {
				c.fault("context element: %v", err)
			}
			c.object(object{Type: e.Type, Text: text, Verbatim: e.Verbatim}, maxObject)
		}
	case "actions":
		c.actions(b.Elements)
	default:
		c.fault("block of type %q", b.Type)
	}
}

func (c *checker) object(o object, limit int) {
	if n := units(o.Text); n < 1 || n > limit {
		c.fault("text of %d characters: %.60q", n, o.Text)
	}
	switch o.Type {
	case "mrkdwn":
		if !o.Verbatim {
			c.fault("Slack would make links of the text %.60q", o.Text)
		}
		c.text("mrkdwn", o.Text, limit)
	case "plain_text":
		if strings.Contains(o.Text, "\n") {
			c.fault("a label of two lines: %q", o.Text)
		}
		c.total += units(o.Text)
	default:
		c.fault("text of type %q", o.Type)
	}
}

func (c *checker) actions(elements []element) {
	seen := map[string]bool{}
	if len(elements) < 1 || len(elements) > 25 {
		c.fault("%d actions", len(elements))
	}
	for _, e := range elements {
		if seen[e.ActionID] || e.ActionID == "" {
			c.fault("action id %q isn't unique", e.ActionID)
		}
		seen[e.ActionID] = true
		switch e.Type {
		case "button":
			var o object
			if err := json.Unmarshal(e.Text, &o); err != nil {
				c.fault("button: %v", err)
			}
			c.object(o, maxButton)
		case "static_select":
			if e.Placeholder == nil || len(e.Options) < 1 || len(e.Options) > maxOptions {
				c.fault("menu of %d options", len(e.Options))
				continue
			}
			c.object(*e.Placeholder, maxValue)
			for _, o := range e.Options {
				c.object(o.Text, maxButton)
				if len(o.Value) < 1 || len(o.Value) > maxValue {
					c.fault("option value %q", o.Value)
				}
			}
		default:
			c.fault("action of type %q", e.Type)
		}
	}
}

var (
	entity  = regexp.MustCompile(`&(?:amp|lt|gt);`)
	mention = regexp.MustCompile(`^@U[A-Z0-9]+$`)
)

// text checks mrkdwn: an & begins an entity, a < a link or mention that ends.
func (c *checker) text(where, s string, limit int) {
	n := units(s)
	c.total += n
	if n > limit {
		c.fault("%s of %d characters", where, n)
	}
	if strings.Contains(entity.ReplaceAllString(s, ""), "&") {
		c.fault("%s has a bare &: %.80q", where, s)
	}
	for rest := s; ; {
		before, after, found := strings.Cut(rest, "<")
		if strings.Contains(before, ">") {
			c.fault("%s has a bare >: %.80q", where, s)
		}
		if !found {
			return
		}
		inside, tail, closed := strings.Cut(after, ">")
		if !closed {
			c.fault("%s has a bare <: %.80q", where, s)
			return
		}
		if !mention.MatchString(inside) {
			c.link(inside)
		}
		rest = tail
	}
}

// link checks what stands between < and >: an address and a label.
func (c *checker) link(s string) {
	address, label, _ := strings.Cut(s, "|")
	if strings.ContainsAny(label, "\n\r|<") || strings.TrimSpace(label) == "" {
		c.fault("label %q", label)
	}
	u, err := url.Parse(strings.ReplaceAll(address, "&amp;", "&"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(address, " \n\t\"<>|`") {
		c.fault("address %q", address)
	}
	if c.public != "" && !strings.HasPrefix(address, c.public+"/") {
		c.fault("a link elsewhere: %q", address)
	}
}

// texts are all the texts in blocks.
func texts(blocks json.RawMessage) []string {
	var v any
	if json.Unmarshal(blocks, &v) != nil {
		return nil
	}
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if s, ok := v["text"].(string); ok {
				out = append(out, s)
			}
			for _, key := range []string{"text", "elements"} {
				walk(v[key])
			}
		}
	}
	walk(v)
	return out
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
