package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"bronwijzer/internal/record"
	"bronwijzer/internal/slack/slacktest"
)

// owner is as long as any.
var owner = newKeys("x").owner(newKeys("x").person("U0PERSOON"))

// hostile are titles, quotes and addresses as documents may have them.
func hostile() []string {
	return []string{
		"", " ", "\n", "a\nb", "a\r\nb", "a\tb", "\x00", "a\u2028b\u2029c", "\xff\xfe", "\u202egekeerd\u202c", "\u2066x\u2069",
		"<", ">", "&", "<>", "&lt;", "&amp;amp;", "<br>", "a<br/>b", "<script>alert(1)</script>",
		"|", "a|b", "](x)", "[klik](https://evil.example)", "(haakjes) (", "https://evil.example/?a=1&b=2", "www.evil.example",
		"<https://evil.example|klik>", "<!channel>", "<!here|hier>", "<@U0PERSOON>", "<#C0ALGEMEEN>", "@here @channel", "*vet* _schuin_ ~door~ `code`",
		"```\ncode\n```", "> citaat", ":smile: 😀👩‍👩‍👧‍👦🇳🇱", "é̀́̂ zalgo̴̵̶", "\"aanhaling\" 'enkel' “krul”",
		strings.Repeat("a", 5000), strings.Repeat("woord ", 1000), strings.Repeat("😀", 2500), strings.Repeat("&", 5000), strings.Repeat("<>", 2500),
		strings.Repeat("regel\n", 900), strings.Repeat("|", 5000), "https://" + strings.Repeat("a", 5000) + ".example",
	}
}

func renderer(tb testing.TB, publicURL string) *Service {
	tb.Helper()
	s, err := New(discard(), nil, nil, Config{SigningSecret: "x", BotToken: "x", PublicURL: publicURL})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// hostileRecord has s wherever a document, a model or a person has a say; its
// own address is this program's, with what may be in a path.
func hostileRecord(s string, citations int, publicURL string) *record.Answer {
	rec := &record.Answer{
		ID: "ans_1", Question: s, SearchQuestion: s + " meer", Status: record.Answered, Notice: s,
		Text: "Een zin. [1] " + s + " [2]\n\n- " + s,
	}
	for i := range citations {
		rec.Citations = append(rec.Citations, record.Citation{
			Number: i + 1, DocumentID: s, Version: "v", Title: s, Publisher: s, Date: s, Section: []string{s, s},
			URL: publicURL + "/documents/a b|c<d>\"e'(f)\n?version=v&start=1&end=2", SourceURL: s, PassageID: "p", Quote: s,
		})
	}
	for range 5 {
		rec.Passages = append(rec.Passages, record.Passage{DocumentID: s, Version: s, PassageID: "p", Title: s, Section: []string{s}, Text: s + "!"})
	}
	return rec
}

// check holds a message against Slack's limits.
func (c content) check(t *testing.T, publicURL string) string {
	t.Helper()
	b, err := json.Marshal(append(c.body, c.tail...))
	if err != nil {
		t.Fatal(err)
	}
	m := &slacktest.Message{Text: c.text, Blocks: b}
	for _, fault := range slacktest.Check(m, publicURL) {
		t.Errorf("Slack finds: %s", fault)
	}
	return m.Shown()
}

// wholeLink makes an address as long as they are; none without base.
func wholeLink(base string) func() string {
	return func() string {
		if base == "" {
			return ""
		}
		return base + "/s/shr_" + strings.Repeat("a", 26)
	}
}

func TestHostileWordsStayWords(t *testing.T) {
	for i, s := range hostile() {
		for _, n := range []int{1, 12, 40} {
			t.Run(fmt.Sprintf("%d %.20q, %d citations", i, s, n), func(t *testing.T) {
				for _, base := range []string{public, ""} {
					r := renderer(t, base)
					rec := hostileRecord(s, n, base)
					shown := r.render(rec, showing{owner: owner, notice: true, private: true, whole: wholeLink(base)}).check(t, base)
					// Every citation can be clicked, or the message says that it isn't all.
					links := strings.Count(shown, "<"+public+"/documents/")
					if base != "" && links < n && !strings.Contains(shown, textWholeLink) || base == "" && strings.Contains(shown, "<http") {
						t.Errorf("%d links for %d citations: %.300q", links, n, shown)
					}
					if n <= 12 && base != "" && links != n {
						t.Errorf("%d of %d citations can be clicked", links, n)
					}
					r.shared(rec, owner, "U0PERSOON", wholeLink(base)).check(t, base)
					r.source(rec, n).check(t, base)
					rec.Status, rec.Refusal = record.Refused, &record.Refusal{Message: s}
					r.render(rec, showing{owner: owner, whole: wholeLink(base)}).check(t, base)
				}
			})
		}
	}
	if n := len(hostile()); n < 40 {
		t.Errorf("only %d hostile words", n)
	}
}

// A stream has no blocks, so what would be markup is replaced there.
func TestMarkdownHasNoMarkup(t *testing.T) {
	for _, s := range hostile() {
		got := markdown(s)
		if strings.ContainsAny(got, "<>*`~|\\#") || strings.Contains(got, "](") || strings.Contains(got, "://") || strings.Contains(got, "www.") {
			t.Errorf("%.60q: got %.60q", s, got)
		}
	}
	if got := markdown("De pilot is in 2022 opgezet. [1]\n\n- punt (a)"); got != "De pilot is in 2022 opgezet. [1]\n\n- punt (a)" {
		t.Errorf("ordinary text changes: %q", got)
	}
}

func TestLink(t *testing.T) {
	for address, want := range map[string]string{
		"https://x.nl/a?b=1&c=2":   "<https://x.nl/a?b=1&amp;c=2|L>",
		"http://x.nl/a b|c>d<\"é":  "<http://x.nl/a%20b%7Cc%3Ed%3C%22%C3%A9|L>",
		"/documents/x":             "L",
		"":                         "L",
		"javascript:alert(1)":      "L",
		"mailto:a@b.nl":            "L",
		"https://":                 "L",
		"https://x.nl/%zz":         "L",
		"https://x.nl/(a)_[b]":     "<https://x.nl/(a)_[b]|L>",
		"https://x.nl/\nhttps://y": "<https://x.nl/%0Ahttps://y|L>",
	} {
		if got := link(address, "L"); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}

// Short answers are whole, and a cut is at white space.
func TestTake(t *testing.T) {
	for _, tt := range []struct {
		s     string
		limit int
		want  string
	}{
		{"een twee drie", 100, "een twee drie"},
		{"een twee drie", 13, "een twee drie"},
		{"een twee drie", 12, "een twee"},
		{"een twee drie", 8, "een twee"},
		{"een tweedrievier", 12, "een tweedrie"},
		{"&&&&", 11, "&&"},
		{"😀😀😀", 5, "😀😀"},
		{"", 0, ""},
		{"a", 0, ""},
	} {
		if got := take(tt.s, tt.limit); got != tt.want {
			t.Errorf("take(%q, %d): got %q, want %q", tt.s, tt.limit, got, tt.want)
		}
	}
}

// Whatever the words, a message is one that Slack takes.
func FuzzRender(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s, 3)
	}
	r := renderer(f, public)
	f.Fuzz(func(t *testing.T, s string, n int) {
		rec := hostileRecord(s, max(0, n%60), public)
		r.render(rec, showing{owner: owner, notice: true, private: true, whole: wholeLink(public)}).check(t, public)
		if got := short(s, 100); units(escape(got)) > 100 && utf8.ValidString(s) {
			t.Errorf("short is %d long: %q", units(escape(got)), got)
		}
	})
}

func TestGrip(t *testing.T) {
	for value, want := range map[string]grip{
		"ans_1":                        {answer: "ans_1"},
		"ans_1:3":                      {answer: "ans_1", citation: 3},
		"ans_1@" + owner:               {answer: "ans_1", owner: owner},
		"ans_1:30@" + owner:            {"ans_1", 30, owner},
		"ans_1:-1@user:jan":            {answer: "ans_1"},
		"ans_1:x@slack:abc":            {answer: "ans_1"},
		"ans_1@" + owner + "0":         {answer: "ans_1"},
		"ans_1@" + owner + "@" + owner: {answer: "ans_1"},
		"":                             {},
	} {
		got := readGrip(value)
		if got != want {
			t.Errorf("%q: got %+v, want %+v", value, got, want)
		}
		if again := readGrip(got.String()); again != got {
			t.Errorf("%+v comes back as %+v", got, again)
		}
	}
}
