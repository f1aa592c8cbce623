package llmtest

import (
	"context"

	"bronwijzer/internal/llm"
)

// Generator is a generator without a model: it emits Deltas and returns Err.
type Generator struct {
	Deltas []string
	Err    error
	Usage  llm.Usage
	// Asked, when it isn't nil, gets every request.
	Asked func(llm.Request)
}

var _ llm.Generator = Generator{}

// Model names the fake.
func (Generator) Model() string { return ModelName }

// Generate implements llm.Generator.
func (g Generator) Generate(ctx context.Context, req llm.Request, emit func(string) error) (llm.Usage, error) {
	if g.Asked != nil {
		g.Asked(req)
	}
	for _, d := range g.Deltas {
		if err := ctx.Err(); err != nil {
			return llm.Usage{}, err
		}
		if err := emit(d); err != nil {
			return llm.Usage{}, err
		}
	}
	return g.Usage, g.Err
}
