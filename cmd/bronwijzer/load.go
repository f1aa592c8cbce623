package main

import (
	"runtime"
	"time"

	"bronwijzer/internal/admission"
)

// modelQueue is how many requests wait for the model itself, when it writes as
// many answers as it may.
const modelQueue = 64

// loadSettings bound what is done at once.
type loadSettings struct {
	SearchConcurrent int           `help:"Zoekvragen en antwoorden zonder taalmodel waaraan tegelijk wordt gewerkt; 0 kiest naar de processor." default:"0" placeholder:"AANTAL"`
	Queue            int           `help:"Vragen die daarop mogen wachten; wie daarna komt krijgt te horen dat het te druk is." default:"16" placeholder:"AANTAL"`
	QueueWait        time.Duration `help:"Langste wachttijd." default:"1s"`
}

// front has the gates that the settings ask for.
func (s *serveCmd) front(set *settings) front {
	concurrent := s.SearchConcurrent
	if concurrent <= 0 {
		concurrent = runtime.GOMAXPROCS(0)
	}
	return front{
		publicURL: s.PublicURL,
		search:    admission.New(concurrent, s.Queue, s.QueueWait),
		// Who waits for the model has been searched for, and is in the queue there.
		model: admission.New(set.LLMConcurrent+modelQueue, 0, 0),
	}
}
