package llmtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"bronwijzer/internal/llm/llmtest"
)

const twoPassages = `{"messages": [{"role": "user", "content": "[k7f] De pilot is in 2022 opgezet. Er is meer.\n(Uit: brief)\n\n[m2x] Er doen ruim 200 hotels mee, zie art. 5 van de brief."}]}`

func post(t *testing.T, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestServerReadsThePrompt(t *testing.T) {
	server, url := llmtest.Start(t, llmtest.Honest)
	var got struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.Unmarshal([]byte(post(t, url, twoPassages)), &got); err != nil {
		t.Fatal(err)
	}
	want := "De pilot is in 2022 opgezet. [k7f]\n\nEr doen ruim 200 hotels mee, zie art. 5 van de brief. [m2x]\n\n"
	if len(got.Choices) != 1 || got.Choices[0].Message.Content != want {
		t.Errorf("got %+v, want %q", got, want)
	}
	if server.Calls() != 1 || server.Open() != 0 || len(server.Requests()[0].Passages()) != 2 {
		t.Errorf("%d calls, %d open, %+v", server.Calls(), server.Open(), server.Requests())
	}
}

func TestServerStreams(t *testing.T) {
	_, url := llmtest.Start(t, llmtest.Honest)
	got := post(t, url, strings.Replace(twoPassages, "{", `{"stream": true, "stream_options": {"include_usage": true}, `, 1))
	if !strings.HasSuffix(got, "data: [DONE]\n\n") || !strings.Contains(got, `"usage"`) || strings.Count(got, "data: ") < 10 {
		t.Errorf("got %s", got)
	}
}

// TestScenarioNames wants every scenario to be found by its name, and to have
// nothing to say without passages.
func TestScenarioNames(t *testing.T) {
	for _, s := range llmtest.Scenarios() {
		found, ok := llmtest.Find(s.Name)
		if !ok || found.What != s.What {
			t.Errorf("%s: found %+v", s.Name, found)
		}
		_, url := llmtest.Start(t, s.Script)
		if got := post(t, url, `{"messages": []}`); !strings.Contains(got, `"content":""`) {
			t.Errorf("%s without passages: %s", s.Name, got)
		}
	}
	if _, ok := llmtest.Find("kwijt"); ok {
		t.Error("found a scenario that isn't there")
	}
}
