package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program: arguments in, exit code out. 0 is success, 1 a
// failure, 2 a wrong call or wrong input.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	parser, err := newParser(&c, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "bronwijzer:", err)
		return 2
	}
	call, err := parser.Parse(args)
	if err == nil {
		err = inRange(call)
	}
	if err != nil {
		fmt.Fprintf(stderr, "bronwijzer: %s\nHulp: bronwijzer --help\n", callWords.Replace(err.Error()))
		return 2
	}
	for _, name := range unknownSettings(parser) {
		fmt.Fprintf(stderr, "bronwijzer: %s in de omgeving is geen instelling en telt niet mee\n", name)
	}
	call.BindTo(ctx, (*context.Context)(nil))
	v := &invocation{settings: &c.settings, stdout: stdout, stderr: stderr}
	err = call.Run(v)
	v.audit(ctx, err)
	var hint *hintError
	var input *inputError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &input):
		fmt.Fprintf(stderr, "bronwijzer: %v\n", err)
		return 2
	case errors.As(err, &hint):
		fmt.Fprintf(stderr, "bronwijzer: %v\n%s\n", err, hint.hint)
	default:
		fmt.Fprintln(stderr, "bronwijzer:", err)
	}
	return 1
}
