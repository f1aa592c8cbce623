package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bronwijzer/internal/record"
)

// publicQuestions are those of the question set, as many as there are or n.
func publicQuestions(t *testing.T, n int) []string {
	t.Helper()
	data, err := os.ReadFile("../../corpus/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		var q struct{ Question string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if list = append(list, q.Question); len(list) == n {
			break
		}
	}
	return list
}

// TestBackupAnswersTheSame makes a backup beside a server that has answered,
// wipes the data folder and restores: the old answers are there, byte for byte,
// and the same questions get the same ones. By default with a handful of
// questions and no embedder; BRONWIJZER_TEST_FULL=1 asks all with the built-in
// one.
func TestBackupAnswersTheSame(t *testing.T) {
	h := house{"../../corpus", filepath.Join(t.TempDir(), "data")}
	embedder, questions := "none", publicQuestions(t, size(6, 1000))
	if size(0, 1) == 1 {
		embedder = "builtin"
	}
	start := func() *server {
		p := h.victim(t, "--embedder", embedder)
		p.report(t)
		return &server{url: <-p.url, cmd: p.cmd}
	}
	command := func(want string, args ...string) {
		t.Helper()
		out, errs, err := h.run(t, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v: %v %s%s", args, err, out, errs)
		}
	}
	s := start()
	records := map[string]record.Answer{} // by question
	stored := map[string]string{}         // by id
	read := func(id string) string {
		t.Helper()
		return s.do(t, http.MethodGet, "/api/v1/answers/"+id+"?include=passages", "", "application/json")
	}
	for _, q := range questions {
		records[q] = s.question(t, q)
		stored[records[q].ID] = read(records[q].ID)
	}
	file := filepath.Join(t.TempDir(), "kopie.db")
	command("Reservekopie gemaakt", "backup", file)
	command("Fouten", "verify")
	s.question(t, "Wat staat er niet in de kopie?")
	if _, errs, err := h.run(t, "restore", "--force", file); err == nil || !strings.Contains(errs, "Beëindig") {
		t.Errorf("restore beside a server: %v %s", err, errs)
	}
	s.stop(t)
	if err := os.RemoveAll(h.data); err != nil {
		t.Fatal(err)
	}
	command("Teruggezet", "restore", file)
	s = start()
	for id, want := range stored {
		if got := read(id); got != want {
			t.Errorf("answer %s was %s, is %s", id, want, got)
		}
	}
	for q, want := range records {
		same(t, q, want, s.question(t, q))
	}
	command("Fouten", "verify")
	s.stop(t)
	if _, errs, err := h.run(t, "restore", file); err == nil || !strings.Contains(errs, "--force") {
		t.Errorf("restore over a database: %v %s", err, errs)
	}
	command("vorige databank", "restore", "--force", file)
}

// TestVerifyReports runs verify on what is wrong.
func TestVerifyReports(t *testing.T) {
	h := house{t.TempDir(), filepath.Join(t.TempDir(), "data")}
	_, errs, err := h.run(t, "verify")
	if code(t, err) != 1 || !strings.Contains(errs, "--data") {
		t.Errorf("without a database: %v %s", err, errs)
	}
	if _, err := os.Stat(h.data); err == nil {
		t.Error("verify made a data folder")
	}
	if err := os.Mkdir(h.data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.data, "bronwijzer.db"), []byte(strings.Repeat("kapot ", 999)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := h.run(t, "verify", "--json")
	var seen struct {
		Faults   int
		Problems []struct{ What string }
	}
	if jsonErr := json.Unmarshal([]byte(out), &seen); jsonErr != nil || code(t, err) != 1 || seen.Faults != 1 || seen.Problems[0].What != "bestand" {
		t.Errorf("of a damaged file: %v, %v: %s", err, jsonErr, out)
	}
	out, _, err = h.run(t, "verify")
	if code(t, err) != 1 || !strings.Contains(out, "Fouten") || !strings.Contains(out, "bestand ") {
		t.Errorf("of a damaged file: %v: %s", err, out)
	}
}
