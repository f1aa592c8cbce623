package main

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"bronwijzer/internal/llm/llmtest"
	"bronwijzer/internal/openai"
)

// BenchmarkSentence measures how long after the delta that shows the end of a
// sentence the sentence itself leaves, checked and cited, as an event: with the
// built-in embedder, over sockets on both sides, one stream. Every sentence is a
// paraphrase that names the wrong passage, so all ten are searched.
func BenchmarkSentence(b *testing.B) {
	h := newModelHouse(b, "builtin")
	defer h.close()
	sentences := []string{
		"De pilot van de signalentafel mensenhandel Midden-Nederland is in 2022 van start gegaan.",
		"Het doel is om eind 2023 een juridische grondslag te hebben voor de signalentafel mensenhandel Midden-Nederland.",
		"De pilot van de signalentafel is opgezet in Midden-Nederland.",
	}
	shown := make(chan time.Time, 1)
	h.play(b, func(c *llmtest.Call) {
		all := c.Request.Passages()
		for _, s := range sentences {
			c.Say(strings.SplitAfter(s, " ")...)
			c.Say(" [" + all[len(all)-1].Handle + "]\n\n")
			c.Wait(50 * time.Millisecond) // nothing is on its way any more
			shown <- time.Now()
			c.Say("D")
			c.Wait(200 * time.Millisecond)
			c.Say("at zegt de brief 987654 keer. ")
		}
	}, openai.GeneratorConfig{})
	var total, worst time.Duration
	n := 0
	for b.Loop() {
		body := strings.NewReader(`{"stream": true, "question": "` + pilotQuestion + `"}`)
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, h.url+"/api/v1/chat", body)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := h.client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if lines.Text() != "event: text" {
				continue
			}
			took := time.Since(<-shown)
			total, worst, n = total+took, max(worst, took), n+1
		}
		resp.Body.Close()
	}
	if n < len(sentences) {
		b.Fatalf("%d sentences were shown", n)
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(n), "ms/sentence")
	b.ReportMetric(float64(worst.Microseconds())/1000, "ms/worst")
}
