package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bronwijzer/internal/docs"
)

// The arguments that make the test binary a child: one that reads files, and
// one that does what a file's text tells it to.
const (
	asReader = "read-files"
	asFiend  = "obey-files"
	// asParent has a fiend of its own do what the second argument says.
	asParent = "be-parent"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asReader:
			os.Exit(serve(OpenLoad))
		case asFiend:
			os.Exit(serve(obey))
		case asParent:
			beParent(os.Args[2])
		}
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if left := children(); len(left) > 0 {
			fmt.Fprintf(os.Stderr, "processes are left: %q\n", left)
			code = 1
		}
		os.Exit(code)
	}))
}

func serve(open Open) int {
	if err := Serve(os.Stdin, os.Stdout, open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// beParent shows the process id of a child, sets it to work and waits to be killed.
func beParent(what string) {
	p := New(slog.New(slog.DiscardHandler), Config{Args: []string{asFiend}})
	if _, err := p.Read(context.Background(), "brief.txt", order("")); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.idle[0].cmd.Process.Pid)
	if _, err := p.Read(context.Background(), "brief.txt", order(what)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	select {}
}

// newPool is a pool of children of a kind.
func newPool(tb testing.TB, kind string, cfg Config) *Pool {
	tb.Helper()
	cfg.Args = []string{kind}
	p := New(slog.New(slog.DiscardHandler), cfg)
	tb.Cleanup(p.Close)
	return p
}

// order is a file that a fiend obeys.
func order(what string) []byte { return []byte("order " + what) }

// obey reads files as package load does, but for those that hold an order.
func obey(n Needs) (ReadFunc, error) {
	read, err := OpenLoad(n)
	mood := ""
	return func(ctx context.Context, name string, data []byte) (docs.Document, error) {
		what, ordered := strings.CutPrefix(string(data), "order ")
		if !ordered && mood == "" {
			return read(ctx, name, data)
		}
		if verb, rest, _ := strings.Cut(what, " "); verb == "later" {
			mood, what = rest, ""
		}
		if mood != "" && what != "" || !ordered {
			what = mood
		}
		return misbehave(name, what)
	}, err
}

// misbehave does what no reader of files should.
func misbehave(name, what string) (docs.Document, error) {
	doc := docs.Document{Text: "Goed.", Blocks: []docs.Block{{Span: docs.Span{Start: 0, End: 5}}}}
	doc.Title = name
	switch what {
	case "panic":
		panic("a file made me")
	case "deep":
		return docs.Document{Text: fmt.Sprint(deeper(1))}, nil
	case "eat":
		eat(1 << 40)
	case "exit":
		os.Exit(0)
	case "hang":
		select {}
	case "spin":
		for n := 0; ; n++ {
			runtime.KeepAlive(n)
		}
	case "babble":
		fmt.Println("Ik ben een losgeslagen lezer.")
	case "short frame":
		os.Stdout.Write([]byte{0, 0, 0, 9, '{'})
		os.Exit(0)
	case "flood":
		zero := make([]byte, 1<<20)
		for {
			os.Stdout.Write(zero)
		}
	case "shout":
		for range 200 {
			fmt.Fprintln(os.Stderr, strings.Repeat("fatal ", 1<<12))
		}
		os.Exit(3)
	case "mute":
		os.Stdout.Close()
		time.Sleep(time.Hour)
	case "deaf":
		os.Stdin.Close()
	case "long text":
		doc.Text = strings.Repeat("a", 1<<20)
	case "many blocks":
		doc.Text = strings.Repeat("a\n", 1<<13)
		doc.Blocks = make([]docs.Block, 1<<13)
		for i := range doc.Blocks {
			doc.Blocks[i].Span = docs.Span{Start: 2 * i, End: 2*i + 1}
		}
	case "full": // all that the limits allow by default
		const lines = 99_999
		line := strings.Repeat("a", 8<<20/lines-1) + "\n"
		doc.Text = strings.Repeat(line, lines)
		doc.Blocks = make([]docs.Block, lines)
		for i := range doc.Blocks {
			doc.Blocks[i].Span = docs.Span{Start: len(line) * i, End: len(line)*i + 1}
			doc.Blocks[i].Section = []string{fmt.Sprint("Hoofdstuk ", i/10)}
		}
	case "long title":
		doc.Title = strings.Repeat("a", 2<<20)
	case "bad span":
		doc.Blocks[0].Span.End = 6
	case "bad order":
		doc.Blocks = append(doc.Blocks, docs.Block{Span: docs.Span{Start: 4, End: 5}})
	case "bad text":
		doc.Text = "Goed\xff"
	case "no blocks":
		doc.Blocks = nil
	case "odd error":
		return docs.Document{}, errors.New("odd")
	case "tell":
		doc.Text = reach()
		doc.Blocks[0].Span.End = docs.Characters(doc.Text)
	}
	return doc, nil
}

func deeper(n int) int {
	if n < 0 {
		return 0
	}
	var room [1 << 10]byte
	room[n%len(room)] = 1
	return deeper(n+1) + int(room[n%7])
}

// eat takes memory and uses it.
func eat(most int) {
	var eaten [][]byte
	for total := 0; total < most; total += 8 << 20 {
		meal := make([]byte, 8<<20)
		for i := 0; i < len(meal); i += 4 << 10 {
			meal[i] = 1
		}
		eaten = append(eaten, meal)
	}
	runtime.KeepAlive(eaten)
}

// reach says what of the world outside it can get at.
func reach() string {
	var got []string
	note := func(what string, err error) {
		if err == nil {
			got = append(got, what)
		}
	}
	if len(os.Environ()) > 0 {
		got = append(got, "environment "+strings.Join(os.Environ(), " "))
	}
	if dir, _ := os.Getwd(); dir != "" && dir != "/" {
		got = append(got, "folder "+dir)
	}
	_, err := os.ReadFile("/etc/passwd")
	note("read", err)
	note("write", os.WriteFile("/tmp/bronwijzer-sandbox-test", []byte("x"), 0o600))
	_, err = net.Listen("tcp", "127.0.0.1:0")
	note("network", err)
	note("program", exec.Command("/bin/true").Run())
	parent, err := os.FindProcess(os.Getppid())
	if err == nil {
		note("signal", parent.Signal(syscall.Signal(0)))
	}
	for fd := uintptr(3); fd < 64; fd++ {
		if inherited(fd) {
			got = append(got, fmt.Sprint("descriptor ", fd))
		}
	}
	return "Bereikt: " + strings.Join(got, ", ") + "."
}
