package e5

import (
	"runtime"
	"testing"

	"bronwijzer/internal/llm"
)

// question has 21 tokens, prefix and ends included.
const question = "Hoeveel slachtoffers van mensenhandel waren er in 2018 in beeld?"

// BenchmarkQuery embeds one question on one core.
func BenchmarkQuery(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := newTestModel(b).weights
	for _, k := range available() {
		b.Run(k.name, func(b *testing.B) {
			m := newModel(w, k)
			b.Logf("%d tokens", len(m.windows(0, prefix(llm.Query)+question)[0].ids))
			for b.Loop() {
				if _, err := m.Embed(b.Context(), llm.Query, []string{question}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
