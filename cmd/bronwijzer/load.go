package main

import (
	"runtime"
	"time"

	"bronwijzer/internal/admission"
	"bronwijzer/internal/httpapi"
)

// modelQueue is how many requests wait for the model itself, when it writes as
// many answers as it may.
const modelQueue = 64

// loadSettings bound what one client may ask for, and what is done at once.
type loadSettings struct {
	Rate           float64 `help:"Verzoeken per seconde en adres; negatief is onbegrensd." default:"200"`
	SubjectRate    float64 `help:"Verzoeken per seconde van één gebruiker, browser of sleutel." default:"100"`
	Streams        int     `help:"Antwoorden die tegelijk naar één gebruiker, browser of sleutel stromen; negatief is onbegrensd." default:"16"`
	AddressStreams int     `help:"Antwoorden die tegelijk naar één adres stromen." default:"256"`

	Connections        int `help:"Verbindingen tegelijk." default:"2048"`
	AddressConnections int `help:"Verbindingen tegelijk van één adres dat geen vertrouwde proxy is." default:"512"`

	SearchConcurrent int           `help:"Zoekvragen en antwoorden zonder taalmodel waaraan tegelijk wordt gewerkt; 0 kiest naar de processor." default:"0" placeholder:"AANTAL"`
	Queue            int           `help:"Vragen die daarop mogen wachten; wie daarna komt krijgt te horen dat het te druk is. 0 laat er vier wachten voor elk waaraan gewerkt wordt, een negatief getal geen." default:"0" placeholder:"AANTAL"`
	QueueWait        time.Duration `help:"Langste wachttijd." default:"1s" least:"0s"`
}

// limits are those of one client.
func (s *loadSettings) limits() httpapi.Limits {
	return httpapi.Limits{Rate: s.Rate, SubjectRate: s.SubjectRate, Streams: s.Streams, AddressStreams: s.AddressStreams}
}

// serving has the limits of connections.
func (s *serveCmd) serving() httpapi.ServeConfig {
	return httpapi.ServeConfig{
		Drain: s.ShutdownGrace, Connections: s.Connections, AddressConnections: s.AddressConnections, TrustedProxies: s.TrustedProxies,
	}
}

// queuePerPlace is how many may wait for each that is worked on: an answer takes
// some 12 ms of a core, so they wait 50 ms at most, and a burst of ten questions
// finds room on two cores.
const queuePerPlace = 4

// front has the gates that the settings ask for.
func (s *serveCmd) front(set *settings) front {
	concurrent := s.SearchConcurrent
	if concurrent <= 0 {
		concurrent = runtime.GOMAXPROCS(0)
	}
	queue := s.Queue
	if queue == 0 {
		queue = queuePerPlace * concurrent
	}
	return front{
		publicURL: s.PublicURL,
		search:    admission.New(concurrent, max(0, queue), s.QueueWait),
		// Who waits for the model has been searched for, and is in the queue there.
		model: admission.New(set.LLMConcurrent+modelQueue, 0, 0),
	}
}
