package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestHelpInDutch wants nothing of the parser's own language in a help text.
func TestHelpInDutch(t *testing.T) {
	english := regexp.MustCompile(`Usage|Flags|Commands:|Arguments|<command>|\[flags\]|Show context|more information`)
	for _, command := range []string{"", "serve", "ask", "keys", "keys add", "slack manifest", "eval"} {
		args := append(strings.Fields(command), "--help")
		out, err := program(t.Context(), args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		if found := english.FindString(string(out)); found != "" || !strings.HasPrefix(string(out), "Gebruik: bronwijzer") {
			t.Errorf("%q in the help of %q:\n%.300s", found, command, out)
		}
	}
}

// TestWrongCallsInDutch wants what is wrong with a call named in the reader's
// language, and the exit code of a wrong call.
func TestWrongCallsInDutch(t *testing.T) {
	for call, want := range map[string]string{
		"":                           `verwacht wordt een van "serve", "ask", "search", "ingest", "keys", ...`,
		"kesy":                       `onverwacht argument kesy, bedoelt u "keys"?`,
		"ask":                        `verwacht wordt "<vraag> ..."`,
		"serve --lsten :80":          `onbekende optie --lsten, bedoelt u "--listen"?`,
		"serve --chunk-tokens=x":     `--chunk-tokens: verwacht wordt een geheel getal, niet "x"`,
		"serve --embed-timeout=3":    `--embed-timeout: verwacht wordt een duur als "30s", niet "3": de eenheid ontbreekt in "3"`,
		"serve --data":               `--data: een waarde ontbreekt, hier is het einde van de regel`,
		"ask --mode x vraag":         `--mode is een van "auto","extractive","generated", niet "x"`,
		"ask --json=3 vraag":         `--json: verwacht wordt true of false, niet "3"`,
		"ask --top-k 0 vraag":        `--top-k is ten minste 1, niet 0`,
		"search -k 51 vraag":         `--k is ten hoogste 50, niet 51`,
		"serve --retention=-1h":      `--retention is ten minste 0s, niet -1h0m0s`,
		"serve --embed-batch=-1":     `--embed-batch is ten minste 1, niet -1`,
		"erase":                      `deze opties ontbreken: --subject=ID`,
		"serve --config nergens.yml": `dit bestand is er niet`,
	} {
		cmd := program(t.Context(), strings.Fields(call)...)
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); err == nil || code != 2 {
			t.Errorf("%q: exit code %d, %v", call, code, err)
		}
		if !strings.Contains(string(out), want) {
			t.Errorf("%q: got %q, want %q", call, out, want)
		}
	}
}

// TestUnknownInTheEnvironment: a misspelt name in the environment is told, and no more.
func TestUnknownInTheEnvironment(t *testing.T) {
	cmd := program(t.Context(), "version")
	cmd.Env = append(cmd.Environ(), "BRONWIJZER_STREMS=4", "BRONWIJZER_STREAMS=4", "BRONWIJZER_LLM_API_KEY_FILE=x")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(out), "geen instelling"); got != 1 || !strings.Contains(string(out), "BRONWIJZER_STREMS in de omgeving") {
		t.Errorf("got %s", out)
	}
}
