package eval

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// memory is a Texts of a few documents.
func memory(tb testing.TB, docs map[string]string) *Folder {
	tb.Helper()
	fsys := fstest.MapFS{}
	for name, text := range docs {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	f, err := NewFolder(fsys)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestBadSetsAreNamedByLine(t *testing.T) {
	texts := memory(t, map[string]string{"brug.txt": "De brug gaat\n op 3 juni open.", "stuk.txt": "\xff"})
	good := `{"id":"a","question":"Wanneer?","gold":[{"doc":"brug.txt","quote":"De brug gaat op 3 juni open.","start":0,"end":29}]}`
	tests := []struct {
		name, set string
		want      []string
	}{
		{"good", good, nil},
		{"byte order mark and blank lines", "\ufeff\n" + good + "\r\n\n", nil},
		{"empty", "\n \n", []string{"q.jsonl: no questions"}},
		{"broken line", good + "\n{\"id\":", []string{"q.jsonl:2: unexpected end of JSON input"}},
		{"not UTF-8", "{\"id\":\"\xff\"}", []string{"q.jsonl:1: not UTF-8"}},
		{"no id", `{"question":"Wat?","answerable":false}`, []string{"q.jsonl:1: no id"}},
		{"no question", `{"id":"a"}`, []string{"q.jsonl:1: a: no question", "q.jsonl:1: a: answerable, but without gold"}},
		{"duplicate id", good + "\n" + good, []string{"q.jsonl:2: a: id is used before, at q.jsonl:1"}},
		{
			"a duplicate has faults of its own",
			good + "\n" + `{"id":"a","gold":[{"doc":"weg.txt","quote":"x"},{"quote":"De brug"}]}`,
			[]string{
				"q.jsonl:2: a: id is used before, at q.jsonl:1", `q.jsonl:2: a: gold 2 has no "doc"; its keys are quote`, "q.jsonl:2: a: no question",
				`q.jsonl:2: a: unknown document "weg.txt"`, `q.jsonl:2: a: gold without a doc: "De brug"`,
			},
		},
		{
			"misspelt keys",
			`{"id":"a","question":"?","must_inclde":["x"],"Note":"","notes":1,"History":[{"role":"user","text":"y"}],` +
				`"gold":[{"doc":"brug.txt","quote":"De brug","title":"Brug"},{"document":"brug.txt","quote":"De brug"}]}`,
			[]string{
				`q.jsonl:1: a: unknown key "must_inclde"; is "must_include" meant?`,
				`q.jsonl:1: a: gold 2 has no "doc"; its keys are document, quote`,
				`q.jsonl:1: a: history 1 has no "content"; its keys are role, text`,
				`q.jsonl:1: a: gold without a doc: "De brug"`,
			},
		},
		{
			"all of them, in order",
			strings.Join([]string{
				`{"id":"b","question":"?","gold":[{"doc":"weg.txt","quote":"x"}]}`,
				`nee`,
				`{"id":"c","question":"?","gold":[{"doc":"stuk.txt","quote":"x"}]}`,
				`{"id":"d","question":"?","gold":[{"doc":"brug","quote":"De brug gaat dicht"}]}`,
				`{"id":"e","question":"?","gold":[{"doc":"brug.txt","quote":"De brug","start":1,"end":8}]}`,
				`{"id":"f","question":"?","gold":[{"doc":"brug.txt","quote":"open.","start":24,"end":99}]}`,
				`{"id":"g","question":"?","gold":[{"doc":"brug.txt","quote":" "}]}`,
				`{"id":"h","question":"?"}`,
				`{"id":"i","question":"?","answerable":false,"gold":[{"doc":"brug.txt","quote":"De brug"}]}`,
				`{"id":"j","question":"?","answerable":false,"history":[{"role":"system","content":"x"}]}`,
				`{"id":"k","question":"?","answerable":false,"must_include":["re:("]}`,
				`{"id":"l","question":"?","answerable":false,"answer":"ja","must_include":["nee"],"must_not_include":["ja"]}`,
			}, "\n"),
			[]string{
				`q.jsonl:1: b: unknown document "weg.txt"`,
				`q.jsonl:2: invalid character 'e' in literal null (expecting 'u')`,
				`q.jsonl:3: c: unknown document "stuk.txt"`,
				`q.jsonl:4: d: quote not found in brug: "De brug gaat dicht"`,
				`q.jsonl:5: e: the span 1-8 of brug.txt isn't the quote "De brug"`,
				`q.jsonl:7: g: gold without a quote`,
				`q.jsonl:8: h: answerable, but without gold`,
				`q.jsonl:9: i: unanswerable, but with gold`,
				`q.jsonl:10: j: history has the role "system"; it knows user and assistant`,
				"q.jsonl:11: k: pattern \"(\": error parsing regexp: missing closing ): `(`",
				`q.jsonl:12: l: the example answer lacks "nee"`,
				`q.jsonl:12: l: the example answer has "ja"`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s Set
			if err := s.Read(strings.NewReader(tt.set), "q.jsonl"); err != nil {
				t.Fatal(err)
			}
			s.Check(texts)
			var got []string
			var bad *SetError
			if err := s.Err(); errors.As(err, &bad) {
				got = strings.Split(bad.Error(), "\n")
			} else if err != nil {
				t.Fatalf("got %T, want a *SetError", err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestSetOfTwoFiles(t *testing.T) {
	var s Set
	line := `{"id":"a","question":"?","answerable":false}`
	for _, name := range []string{"een.jsonl", "twee.jsonl"} {
		if err := s.Read(strings.NewReader("\n"+line), name); err != nil {
			t.Fatal(err)
		}
	}
	want := "twee.jsonl:2: a: id is used before, at een.jsonl:2"
	if err := s.Err(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDefaultSet(t *testing.T) {
	corpus := os.DirFS("../../corpus")
	f, err := corpus.Open("questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	texts, err := NewFolder(corpus)
	if err != nil {
		t.Fatal(err)
	}
	var s Set
	if err := s.Read(f, "questions.jsonl"); err != nil {
		t.Fatal(err)
	}
	s.Check(texts)
	if err := s.Err(); err != nil {
		t.Error(err)
	}
	if len(s.Questions) < 40 {
		t.Errorf("got %d questions, want at least 40", len(s.Questions))
	}
}

func TestReadLinesLongerThanABuffer(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	var got []string
	err := readLines(strings.NewReader("a\n"+long+"\n\n"+long+"y\nb"), func(n int, line []byte) error {
		got = append(got, string(rune('0'+n))+string(line))
		return nil
	})
	if d := cmp.Diff([]string{"1a", "2" + long, "4" + long + "y", "5b"}, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// FuzzReadSet: whatever it reads, it names lines that exist, keeps ids unique,
// and what it accepts without a problem it reads back as the same.
func FuzzReadSet(f *testing.F) {
	b, err := os.ReadFile("testdata/questions.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("{}\n\n{\"id\":1}"))
	f.Add([]byte("\ufeff{\"id\":\"a\",\"question\":\"b\",\"answerable\":false,\"must_include\":[\"re:[\\\\w\",\"cs:\\\\\"]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		qs, err := ReadSet(bytes.NewReader(data), "q")
		lines := bytes.Count(data, []byte("\n")) + 1
		ids := make(map[string]bool)
		for _, q := range qs {
			if q.Line < 1 || q.Line > lines || ids[q.ID] || q.ID == "" || q.Question == "" {
				t.Fatalf("question %+v of %d lines", q, lines)
			}
			ids[q.ID] = true
		}
		if err != nil {
			var bad *SetError
			if !errors.As(err, &bad) || len(bad.Problems) == 0 {
				t.Fatalf("got %v, want a *SetError", err)
			}
			for _, p := range bad.Problems {
				if p.Line < 0 || p.Line > lines {
					t.Fatalf("problem %v of %d lines", p, lines)
				}
			}
			return
		}
		var out bytes.Buffer
		if err := WriteSet(&out, qs); err != nil {
			t.Fatal(err)
		}
		again, err := ReadSet(&out, "q")
		if err != nil {
			t.Fatalf("written set: %v", err)
		}
		for i := range again {
			again[i].Line = qs[i].Line
		}
		var second bytes.Buffer
		if err := WriteSet(&second, again); err != nil {
			t.Fatal(err)
		}
		var first bytes.Buffer
		if err := WriteSet(&first, qs); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first.String(), second.String()); d != "" {
			t.Fatalf("(-want +got):\n%s", d)
		}
	})
}
