// Command openloop shows what a server does when far more is asked of it than it
// can do. It starts the program on loopback with the built-in model, finds the
// rate that saturates the machine, offers ten times as much for two minutes, and
// watches it recover.
//
//	go build -tags nomsgpack -o /tmp/bronwijzer ./cmd/bronwijzer
//	go run ./internal/httpapi/openloop -server /tmp/bronwijzer
//
// A run takes six minutes. Saturation is the first rate of the search at which a
// request in a hundred is refused; the overload is ten times the most that was
// answered in a second until then. The checks for every change take a minute of it,
// with -slack for machines that do other work as well:
//
//	go run ./internal/httpapi/openloop -server /tmp/bronwijzer -step 2s -overload 10s -recovery 8s -slack 8
//
// The load is open: when each request comes is fixed beforehand, and its latency
// counts from then, so that a server that stalls can't slow down its own
// measurement (Schroeder, Wierman and Harchol-Balter, Open Versus Closed, 2006).
// Half of the requests want events. Driver and server share the machine's cores,
// so the driver does little for a request, and what it used is printed too.
//
// Figures of 22 November 2026, two cores of an AMD EPYC that did nothing else, the
// five texts, extractive answers; three runs, ten times the most for two minutes:
//
//	                                     first         second        third
//	most that is answered in a second    193           209           167
//	asked, answered in a second          1,933, 164    2,088, 189    1,668, 148
//	goodput                              85 %          90 %          89 %
//	p99 of what is accepted              95 ms         81 ms         102 ms
//	p99 at saturation                    78 ms         73 ms         81 ms
//	p99 of refusals, at most             18, 33 ms     18, 29 ms     19, 37 ms
//	refusals without Retry-After         0             0             0
//	memory in both halves                259, 259 MB   261, 261 MB   257, 258 MB
//	normal again after                   0 s           0 s           0 s
//
// A refusal costs the server some 0.16 ms, of which our handler is 9 µs and nearly
// all the rest net/http and the kernel; at ten times too much that is what is
// missing from the goodput. Runs of 25 s on the same machine came to 77 to 96 %.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

// options are the command's flags.
type options struct {
	server, args            string
	data, corpus, questions string
	// step is how long a rate is tried while looking for the knee, overload and
	// recovery how long those phases last.
	step, overload, recovery time.Duration
	// first is the rate that the search begins with, factor the overload as a
	// multiple of the rate that saturates.
	first, factor float64
	// slack widens what has to hold, for short runs on a busy machine.
	slack float64
}

func main() {
	var o options
	flag.StringVar(&o.server, "server", "bronwijzer", "the program to start")
	flag.StringVar(&o.args, "args", "", "more arguments for it, with spaces between them")
	flag.StringVar(&o.data, "data", "", "folder with its data; empty makes a new one and removes it")
	flag.StringVar(&o.corpus, "corpus", "corpus", "folder of documents")
	flag.StringVar(&o.questions, "questions", "corpus/questions.jsonl", "question set")
	flag.DurationVar(&o.step, "step", 6*time.Second, "time at each rate while looking for the knee")
	flag.DurationVar(&o.overload, "overload", 2*time.Minute, "time at the overload")
	flag.DurationVar(&o.recovery, "recovery", 15*time.Second, "time to watch it recover")
	flag.Float64Var(&o.first, "first", 20, "requests a second with which the search begins")
	flag.Float64Var(&o.factor, "factor", 10, "overload, as a multiple of the rate that saturates")
	flag.Float64Var(&o.slack, "slack", 1, "by how much to widen what has to hold; 0 checks nothing")
	flag.Parse()
	// More threads would look for work that there isn't, on the server's cores.
	runtime.GOMAXPROCS(1)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, "openloop:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options) (err error) {
	requests, err := readRequests(o.questions)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "openloop")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := startServer(ctx, o, dir)
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := s.stop(); err == nil {
			err = stopErr
		}
	}()
	fmt.Printf("%s, %s/%s, %d cores, %s\n\n", time.Now().Format(time.DateTime), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	t := &trial{options: o, server: s, load: &load{address: s.address, requests: requests}}
	return t.run(ctx)
}

// readRequests makes two requests of every question: one for JSON and one for
// events, by turns.
func readRequests(path string) ([][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out [][]byte
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Question json.RawMessage `json:"question"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, request(line.Question, false), request(line.Question, true))
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no questions", path)
	}
	return out, nil
}
