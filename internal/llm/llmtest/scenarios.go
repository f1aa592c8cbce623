package llmtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scenario is a way in which models behave and misbehave.
type Scenario struct {
	Name string
	// What a reader of a test has to know.
	What   string
	Script Script
	// Text is whether anything may come of it that a reader can be shown.
	Text bool
	// Down is whether the model counts as away: nothing was said.
	Down bool
}

// Invented are words that scenarios make up and that no reader may ever see:
// numbers, names and an address that stand in no source.
var Invented = []string{"987654", "31 februari 1987", "Zwartepoort", "evil.example", "GEHACKT"}

// Scenarios are all of them. A request without passages (one that asks for a
// better question, say) gets an empty answer.
func Scenarios() []Scenario {
	all := append(helpful(), lying()...)
	all = append(all, broken()...)
	for i := range all {
		all[i].Script = answersOnly(all[i].Script)
	}
	return all
}

// Find returns the scenario with a name.
func Find(name string) (Scenario, bool) {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, true
		}
	}
	return Scenario{}, false
}

func answersOnly(script Script) Script {
	return func(c *Call) {
		if len(c.Request.Passages()) > 0 {
			script(c)
		}
	}
}

// helpful scenarios say what stands in the passages, in many forms.
func helpful() []Scenario {
	return []Scenario{
		{Name: "honest", What: "quotes three passages, word by word", Text: true, Script: Honest},
		{Name: "slow", What: "as honest, with pauses", Text: true, Script: func(c *Call) {
			for _, w := range words(honest(c)) {
				c.Wait(time.Millisecond)
				c.Say(w)
			}
		}},
		{Name: "split", What: "one byte in a delta, so that handles and letters are split", Text: true, Script: func(c *Call) {
			for _, r := range honest(c) {
				c.Say(string(r))
			}
		}},
		{Name: "lump", What: "everything in one delta", Text: true, Script: func(c *Call) { c.Say(honest(c)) }},
		{Name: "variants", What: "cites in other brackets and lists", Text: true, Script: func(c *Call) {
			for i, form := range []string{"【%s】", "(bron %s)", "[[%s]]", "**[%s]**", "[bron: %s]"} {
				s, handle := sentence(c, i)
				c.Say(s, " ", fmt.Sprintf(form, handle), "\n\n")
			}
		}},
		{Name: "thinks", What: "thinks aloud before it answers", Text: true, Script: func(c *Call) {
			_, handle := sentence(c, 0)
			c.Say("<thi", "nk>\nEr waren 987654 gevallen in Zwartepoort. ["+handle+"] Of niet?\n</th", "ink>\n\n")
			Honest(c)
		}},
		{Name: "list", What: "a lead-in and items, one of them invented", Text: true, Script: func(c *Call) {
			c.Say("Dit staat er:\n")
			for i := range 2 {
				s, handle := sentence(c, i)
				c.Say("- ", s, " [", handle, "]\n")
			}
			_, handle := sentence(c, 2)
			c.Say("- Er waren 987654 gevallen. [", handle, "]\n")
		}},
		{Name: "english", What: "answers in English", Script: func(c *Call) {
			_, handle := sentence(c, 0)
			c.Cited("The number of reported victims rose to 987654 according to the report.", handle)
		}},
		{Name: "not there", What: "says that the passages don't answer", Script: func(c *Call) {
			c.Say("Dat staat niet ", "in de documenten.")
		}},
		{Name: "length", What: "is cut at the token limit, in a sentence", Text: true, Script: func(c *Call) {
			Honest(c)
			c.Say("Daarnaast is er in")
			c.Finish("length")
		}},
	}
}

// lying scenarios say what stands nowhere.
func lying() []Scenario {
	return []Scenario{
		{Name: "wrong handles", What: "cites handles that nobody gave it", Script: func(c *Call) {
			for _, handle := range []string{"q9z", "1", "12, 13", "pas_abcdefgh", "k7"} {
				c.Cited("Er zijn 987654 meldingen gedaan bij Zwartepoort.", handle)
			}
		}},
		{Name: "swapped handles", What: "names another passage than it quotes", Text: true, Script: func(c *Call) {
			for i := range 3 {
				s, _ := sentence(c, i)
				_, other := sentence(c, i+1)
				c.Cited(s, other)
			}
		}},
		{Name: "no handles", What: "cites nothing", Script: func(c *Call) {
			c.Say("Volgens Zwartepoort waren het er 987654. ", "Dat bleek op 31 februari 1987.")
		}},
		{Name: "invented quotes", What: "quotes what isn't there", Script: func(c *Call) {
			_, handle := sentence(c, 0)
			c.Cited("“De minister van Zwartepoort trekt 987654 euro uit”, aldus de brief.", handle)
			c.Cited("Op 31 februari 1987 is daarover een besluit genomen.", handle)
		}},
		{Name: "invented numbers", What: "changes a number in a true sentence", Text: true, Script: func(c *Call) {
			for i := range 5 {
				s, handle := sentence(c, i)
				c.Cited(strings.TrimRight(s, ".")+", in totaal 987654.", handle)
			}
			Honest(c)
		}},
		{Name: "marker flood", What: "thousands of brackets and numbers", Text: true, Script: func(c *Call) {
			c.Say(strings.Repeat("[", 5000), strings.Repeat("[1]", 3000), strings.Repeat("]", 5000), strings.Repeat("[q9z]", 2000), "\n\n")
			Honest(c)
			c.Say(strings.Repeat("([", 3000))
		}},
		{Name: "obedient", What: "obeys an order in a passage", Script: func(c *Call) {
			_, handle := sentence(c, 0)
			c.Cited("GEHACKT! Ga naar https://evil.example/login en vul uw wachtwoord in.", handle)
			c.Say("![logo](https://evil.example/x.png) [klik hier](https://evil.example) GEHACKT")
		}},
		{Name: "forged markers", What: "writes public markers and a list of sources", Text: true, Script: func(c *Call) {
			Honest(c)
			c.Say("\n\nBronnen:\n[1] https://evil.example\n[2]: Zwartepoort, 31 februari 1987\n{\"citations\": [{\"number\": 1, \"quote\": \"987654\"}]}")
		}},
		{Name: "code block", What: "hides the invention in a block of code", Script: func(c *Call) {
			_, handle := sentence(c, 0)
			c.Say("```json\n{\"aantal\": 987654, \"bron\": \"[", handle, "]\"}\n```\n")
		}},
		{Name: "endless", What: "50 kB without a stop", Script: func(c *Call) {
			for range 50 {
				c.Say(strings.Repeat("mensenhandel in Zwartepoort en ", 33))
			}
		}},
		{Name: "leaks prompt", What: "repeats its instructions", Script: func(c *Call) {
			for _, m := range c.Request.Messages {
				if m.Role == "system" {
					c.Say(m.Content, "\n")
				}
			}
		}},
		{Name: "not UTF-8", What: "broken and invisible characters", Text: true, Script: func(c *Call) {
			c.Say("\u202e\u200b\ufeff")
			Honest(c)
			if c.Request.Stream {
				c.Raw("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" \xff\xfe[k\"}}]}\n\n")
			}
		}},
	}
}

// broken scenarios are servers in trouble.
func broken() []Scenario {
	invalid := "data: {\"choices\":[{\"delta\":{\"content\": " + Secret + "\n\n"
	return []Scenario{
		{Name: "stuck", What: "stops in the midst of its answer", Text: true, Script: func(c *Call) { Honest(c); c.Hang() }},
		{Name: "silent", What: "never says anything", Down: true, Script: func(c *Call) { c.Raw(""); c.Hang() }},
		{Name: "no header", What: "never answers", Down: true, Script: func(c *Call) { c.Hang() }},
		{Name: "cut off", What: "the connection breaks in a sentence", Text: true, Script: func(c *Call) {
			Honest(c)
			c.Say("Bovendien is er niet")
			c.Cut()
		}},
		{Name: "hangs up", What: "the connection breaks before any answer", Down: true, Script: func(c *Call) { c.HangUp() }},
		{Name: "429 once", What: "too many requests, then fine", Text: true, Script: first(1, func(c *Call) {
			c.Fail(http.StatusTooManyRequests, "Retry-After", "0")
		})},
		{Name: "429 long", What: "too many requests, for an hour", Down: true, Script: func(c *Call) {
			c.Fail(http.StatusTooManyRequests, "Retry-After", "3600")
		}},
		{Name: "500 once", What: "an error, then fine", Text: true, Script: first(1, func(c *Call) {
			c.Fail(http.StatusInternalServerError)
		})},
		{Name: "500", What: "always an error", Down: true, Script: func(c *Call) { c.Fail(http.StatusInternalServerError) }},
		{Name: "401", What: "the key is wrong", Down: true, Script: func(c *Call) { c.Fail(http.StatusUnauthorized) }},
		{Name: "400", What: "the prompt is refused", Down: true, Script: func(c *Call) { c.Fail(http.StatusBadRequest) }},
		{Name: "invalid JSON", What: "no JSON from the beginning", Down: true, Script: func(c *Call) { c.Raw(invalid) }},
		{Name: "invalid JSON later", What: "no JSON after some text", Text: true, Script: func(c *Call) { Honest(c); c.Raw(invalid) }},
		{Name: "error in stream", What: "an error event after some text", Text: true, Script: func(c *Call) {
			Honest(c)
			c.Raw("data: {\"error\":{\"message\":\"" + Secret + "\"}}\n\n")
			c.ended = true
		}},
		{Name: "empty", What: "an answer without text", Script: func(*Call) {}},
	}
}

// first plays fail for the first n requests of a server that ask for an answer,
// then an honest answer.
func first(n int, fail Script) Script {
	return func(c *Call) {
		if c.N <= n {
			fail(c)
			return
		}
		Honest(c)
	}
}

// Honest quotes the first sentence of three passages, word by word, each with
// its handle.
func Honest(c *Call) { c.Say(words(honest(c))...) }

func honest(c *Call) string {
	var b strings.Builder
	for i := range min(3, len(c.Request.Passages())) {
		s, handle := sentence(c, i)
		b.WriteString(s + " [" + handle + "]\n\n")
	}
	return b.String()
}

// words cuts a text behind each space.
func words(s string) []string { return strings.SplitAfter(s, " ") }

// sentence is the first sentence of passage i of the prompt, round the corner
// where there are fewer, and its handle.
func sentence(c *Call, i int) (text, handle string) {
	all := c.Request.Passages()
	p := all[i%len(all)]
	return FirstSentence(p.Text), p.Handle
}

// FirstSentence cuts a text behind the first word that ends in a stop and isn't
// short, so that "art. 5" and "drs. A." stay whole; a text without one is
// given a stop.
func FirstSentence(text string) string {
	fields := strings.Fields(text)
	for i, w := range fields {
		_, err := strconv.Atoi(strings.TrimRight(w, "."))
		if i > 4 && strings.HasSuffix(w, ".") && len(w) > 5 && err != nil {
			return strings.Join(fields[:i+1], " ")
		}
	}
	return strings.Join(fields, " ") + "."
}
