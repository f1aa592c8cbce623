package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
	"bronwijzer/internal/record"
)

var testModel = Model{Name: "fake", Dim: 8}

// testExpected wants a vector of every passage and sentence of made.
func testExpected() Expected {
	return Expected{Model: testModel, Keys: testKeys}
}

func testKeys(_ *docs.Document, passages []docs.Passage) []Key {
	var keys []Key
	for _, p := range passages {
		keys = append(keys, key(p.Plain))
		for _, s := range p.Sentences {
			keys = append(keys, key(s.Plain))
		}
	}
	return keys
}

// furnish stores some of everything.
func furnish(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	fill(t, s, 3)
	var cited []docs.Document
	for i := range 3 {
		doc, passages := made(fmt.Sprintf("%04d.txt", i), 3, 4)
		keys := testKeys(&doc, passages)
		vectors := make([]llm.Vector, len(keys))
		for i := range keys {
			vectors[i] = vector(string(keys[i][:]), testModel.Dim)
		}
		if err := s.PutVectors(ctx, testModel, keys, vectors); err != nil {
			t.Fatal(err)
		}
		cited = append(cited, doc)
	}
	save(t, s, "jan", quoting("ans_1", "conv_1", 1, cited...))
	save(t, s, "jan", quoting("ans_2", "conv_1", 2, cited[0]))
	save(t, s, "", asked("ans_3", "conv_2", 3))
	one := 1
	for _, f := range []record.Feedback{{AnswerID: "ans_1", Verdict: record.Good}, {AnswerID: "ans_1", Citation: &one, Verdict: record.Bad}} {
		if err := s.AddFeedback(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, "0000.txt", 0, 0) // its old text stays, cited
}

// quoting is a record that quotes the first sentence of each document.
func quoting(id, conversation string, at int, cited ...docs.Document) record.Answer {
	a := asked(id, conversation, at, cited...)
	for i := range a.Citations {
		c := &a.Citations[i]
		c.Start, c.End = 0, 20
		c.Quote, _ = docs.Span{End: 20}.Slice(cited[i].Text)
		c.AnswerSpans = []record.Span{{Start: 0, End: 1}}
	}
	return a
}

func verify(tb testing.TB, s *Store) Verification {
	tb.Helper()
	seen, err := s.Verify(tb.Context(), testExpected())
	if err != nil {
		tb.Fatal(err)
	}
	return seen
}

func TestVerifyFindsNothingWrong(t *testing.T) {
	empty := verify(t, open(t, t.TempDir(), Owner))
	if empty.Faults != 0 || empty.Documents != 0 {
		t.Errorf("of an empty store: %+v", empty)
	}
	dir := t.TempDir()
	furnish(t, open(t, dir, Owner))
	seen := verify(t, open(t, dir, Beside))
	seen.Schema = 0
	want := Verification{
		Texts: 4, Documents: 3, Passages: 6, Sentences: 24, Vectors: 3 * 15, Conversations: 2, Answers: 3, Citations: 4,
		Verdicts: 2, Model: "fake (8)", Problems: []Problem{},
	}
	if got, want := fmt.Sprintf("%+v", seen), fmt.Sprintf("%+v", want); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestVerifyFinds spoils one thing at a time.
func TestVerifyFinds(t *testing.T) {
	const passage = ` WHERE ordinal = 1 AND document_id = (SELECT id FROM documents WHERE path = '0001.txt')`
	tests := []struct{ name, spoil, what, detail string }{
		{"other text", `UPDATE texts SET text = replace(text, 'Zin 1 ', 'Zin 9 ') WHERE version = (SELECT version FROM documents WHERE path = '0001.txt')`, "tekst", "SHA-256"},
		{"text that isn't UTF-8", `UPDATE texts SET text = CAST(x'ff' AS TEXT) WHERE version = (SELECT version FROM documents WHERE path = '0001.txt')`, "tekst", "UTF-8"},
		{"text gone", `DELETE FROM texts WHERE version = (SELECT version FROM documents WHERE path = '0001.txt')`, "document", "tekst is er niet"},
		{"reference", `UPDATE documents SET root = 'elders' WHERE path = '0001.txt'`, "verwijzing", "roots"},
		{"no current version", `UPDATE versions SET superseded_at = 5 WHERE superseded_at = 0`, "document", "geldt niet"},
		{"current version of nothing", `UPDATE versions SET superseded_at = 0`, "document", "niet heeft"},
		{"count of passages", `UPDATE documents SET passages = 9 WHERE path = '0001.txt'`, "document", "zegt 9"},
		{"count of characters", `UPDATE documents SET characters = 9 WHERE path = '0001.txt'`, "document", "en 9"},
		{"passage gone", `DELETE FROM passages` + passage, "document", "2 passages"},
		{"passage beyond the text", `UPDATE passages SET span_end = 99999` + passage, "passage", "outside"},
		{"passage before the text", `UPDATE passages SET span_start = -1` + passage, "passage", "outside"},
		{"passage of other words", `UPDATE passages SET span_start = span_start + 1` + passage, "passage", "id van een andere"},
		{"passages out of order", `UPDATE passages SET ordinal = 9` + passage, "passage", "volgorde"},
		{"passage reads otherwise", `UPDATE passages SET plain = 'Iets anders.'` + passage, "zin", "ontbreekt"},
		{"sentences unreadable", `UPDATE passages SET sentences = '['` + passage, "passage", "niet te lezen"},
		{"sentence elsewhere", `UPDATE passages SET sentences = '[{"n":4,"s":0,"e":3}]'` + passage, "zin", "niet in haar passage"},
		{"sentence of nothing", `UPDATE passages SET sentences = '[{"n":4,"s":' || span_start || ',"e":' || span_start || '}]'` + passage, "zin", "niet in haar passage"},
		{"sentence of a kind", `UPDATE passages SET sentences = replace(sentences, '"k":1', '"k":17')` + passage, "zin", "soort"},
		{"sentences out of order", `UPDATE passages SET sentences = replace(sentences, '"n":5', '"n":99')` + passage, "zin", "volgorde"},
		{"sentence of another's number", `UPDATE passages SET sentences = replace(sentences, '"n":5', '"n":0')` + passage, "zin", "nummer van een andere"},
		{"sentence reads otherwise", `UPDATE passages SET sentences = replace(sentences, '"p":"Zin', '"p":"Zon')` + passage, "zin", "leesbare tekst"},
		{"vectors gone", `DELETE FROM vectors`, "document", "mist 15 van de 15"},
		{"vector of another model", `UPDATE models SET name = 'ander'`, "document", "mist 15 van de 15 vectoren van fake (8)"},
		{"vector too short", `UPDATE vectors SET vector = substr(vector, 2) WHERE id = 1`, "vector", "verkeerde lengte"},
		{"vector of no length", `UPDATE vectors SET vector = zeroblob(32) WHERE id = 1`, "vector", "lengte 1"},
		{"vector with a NaN", `UPDATE vectors SET vector = x'0000c07f' || zeroblob(28) WHERE id = 1`, "vector", "lengte 1"},
		{"vector with a short key", `UPDATE vectors SET key = x'00' WHERE id = 1`, "vector", "sleutel"},
		{"record unreadable", `UPDATE answers SET record = '{' WHERE id = 'ans_1'`, "antwoord", "niet te lezen"},
		{"record of another time", `UPDATE answers SET created_at = created_at + 1 WHERE id = 'ans_1'`, "antwoord", "kolommen"},
		{"record of another status", `UPDATE answers SET status = 'refused' WHERE id = 'ans_1'`, "antwoord", "kolommen"},
		{"citation unknown", `DELETE FROM citations WHERE answer_id = 'ans_2'`, "antwoord", "andere citaten"},
		{"quote elsewhere", `UPDATE answers SET record = replace(record, '"start":0,"end":20', '"start":1,"end":21') WHERE id = 'ans_1'`, "citaat", "1-21"},
		{"quote beyond the text", `UPDATE answers SET record = replace(record, '"end":20', '"end":99999') WHERE id = 'ans_1'`, "citaat", "99999"},
		{"quote of other words", `UPDATE answers SET record = replace(record, '"quote":"Zin 0', '"quote":"Zin 7') WHERE id = 'ans_2'`, "citaat", "0-20"},
		{"quote of a version that is gone", `DELETE FROM versions WHERE superseded_at > 0`, "citaat", "is er niet"},
		{"support of nothing", `UPDATE answers SET record = replace(record, '{"start":0,"end":1}', '{"start":1,"end":1}') WHERE id = 'ans_1'`, "citaat", "steunt"},
		{"conversation goes on later", `UPDATE conversations SET updated_at = updated_at - 1 WHERE id = 'conv_1'`, "gesprek", "bijgewerkt"},
		{"verdict", `UPDATE feedback SET verdict = 'mwah'`, "oordeel", "mwah"},
		{"verdict on no citation", `UPDATE feedback SET citation = 8 WHERE citation IS NOT NULL`, "oordeel", "niet heeft"},
	}
	dir := t.TempDir()
	furnish(t, open(t, dir, Owner))
	clean := filepath.Join(t.TempDir(), "clean.db")
	if err := Backup(t.Context(), dir, clean, false); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			writeFile(t, path, readFile(t, clean))
			run(t, path, tt.spoil)
			seen := verify(t, open(t, dir, Owner))
			for _, p := range seen.Problems {
				if p.What == tt.what && strings.Contains(p.Detail, tt.detail) {
					return
				}
			}
			t.Errorf("%d faults, none of %q with %q: %+v", seen.Faults, tt.what, tt.detail, seen.Problems)
		})
	}
}

func TestVerifyDamagedFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Owner)
	furnish(t, s)
	if err := s.erase(t.Context(), "clear the log", func(*sql.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	b := readFile(t, filepath.Join(dir, fileName))
	spoil(t, s, b)
	damaged := t.TempDir()
	writeFile(t, filepath.Join(damaged, fileName), b)
	seen := verify(t, open(t, damaged, Owner))
	if seen.Faults == 0 || len(seen.Problems) > maxProblems || seen.Problems[0].What != "bestand" {
		t.Errorf("got %d faults: %+v", seen.Faults, seen.Problems)
	}
}

func TestVerifyBoundsItsList(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	fill(t, s, 2*maxProblems)
	seen := verify(t, s) // no document has vectors
	if seen.Faults != 2*maxProblems || len(seen.Problems) != maxProblems || seen.Missing != seen.Faults*15 {
		t.Errorf("got %d faults, %d of them listed, %d missing", seen.Faults, len(seen.Problems), seen.Missing)
	}
}

// TestVerifySeesOneState verifies while documents are replaced and cited.
func TestVerifySeesOneState(t *testing.T) {
	dir := t.TempDir()
	s, beside := open(t, dir, Owner), open(t, dir, Beside)
	fill(t, s, 3)
	var stop atomic.Bool
	done := make(chan error)
	go func() {
		for i := 0; !stop.Load(); i++ {
			doc, passages := made(fmt.Sprintf("%04d.txt", i%3), 1+i%7, 1+i%5)
			_, err := s.PutDocument(context.Background(), doc, passages, "f")
			if err == nil {
				err = s.SaveAnswer(context.Background(), "", quoting(fmt.Sprint("ans_", i), fmt.Sprint("conv_", i%4), i, doc))
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 20 {
		seen, err := beside.Verify(t.Context(), Expected{})
		if err != nil || seen.Faults != 0 || seen.Documents != 3 {
			t.Fatalf("%+v, %v", seen, err)
		}
	}
	stop.Store(true)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestVerifyStops(t *testing.T) {
	s := open(t, t.TempDir(), Owner)
	fill(t, s, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Verify(ctx, Expected{}); err == nil {
		t.Error("got no error")
	}
}

func TestFits(t *testing.T) {
	for _, tt := range []struct {
		plain, text string
		want        bool
	}{
		{"", "", true},
		{"mensenhandel in 2019.", "mensen-\nhandel3 in  2019.", true},
		{"fiets", "ﬁets", true},
		{"café €", "cafe\u0301 & €", true},
		{"Jantje & co", "Jantje &amp; co", true},
		{"één", "&eacute;&eacute;n", true},
		{"zin en meer", "zin", false},
		{"nis", "zin", false},
		{"\xff", "\xff", false},
	} {
		if got := fits(tt.plain, tt.text); got != tt.want {
			t.Errorf("fits(%q, %q): got %v", tt.plain, tt.text, got)
		}
	}
}

// BenchmarkVerify verifies as much as BenchmarkStart reads.
func BenchmarkVerify(b *testing.B) {
	s := open(b, b.TempDir(), Owner)
	m := fillForStart(b, s)
	for b.Loop() {
		if seen, err := s.Verify(b.Context(), Expected{Model: m, Keys: testKeys}); err != nil || seen.Faults != 0 {
			b.Fatal(err, seen.Problems)
		}
	}
}
