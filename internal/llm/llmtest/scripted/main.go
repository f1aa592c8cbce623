// Command scripted is a chat server for trying Bronwijzer by hand without a
// model: it plays one of llmtest's scenarios.
//
//	go run ./internal/llm/llmtest/scripted -scenario honest
//	go run ./cmd/bronwijzer ask --llm-base-url http://127.0.0.1:8099/v1 --llm-model scripted …
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"bronwijzer/internal/llm/llmtest"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8099", "address and port")
	name := flag.String("scenario", "honest", "what to play; an unknown name lists them")
	flag.Parse()
	s, ok := llmtest.Find(*name)
	if !ok {
		for _, s := range llmtest.Scenarios() {
			fmt.Printf("%-20s %s\n", s.Name, s.What)
		}
		os.Exit(2)
	}
	server := http.Server{Addr: *listen, Handler: llmtest.NewServer(s.Script), ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintln(os.Stderr, "scripted:", server.ListenAndServe())
	os.Exit(1)
}
