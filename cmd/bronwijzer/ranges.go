package main

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// inRange refuses a number or a time that is below what the tag least of its
// setting says, or above what most says.
func inRange(call *kong.Context) error {
	for _, flag := range call.Flags() {
		value, ok := magnitude(flag.Target)
		if !ok {
			continue
		}
		for _, bound := range []struct {
			tag, words string
			sign       float64
		}{{"least", "ten minste", 1}, {"most", "ten hoogste", -1}} {
			text := flag.Tag.Get(bound.tag)
			if text == "" {
				continue
			}
			limit, err := parseMagnitude(flag.Target.Type(), text)
			if err != nil {
				return fmt.Errorf("--%s: %w", flag.Name, err)
			}
			if bound.sign*value < bound.sign*limit {
				return fmt.Errorf("--%s is %s %s, niet %v", flag.Name, bound.words, text, flag.Target)
			}
		}
	}
	return nil
}

// magnitude is a number, or a time in nanoseconds.
func magnitude(v reflect.Value) (float64, bool) {
	switch {
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}

func parseMagnitude(t reflect.Type, text string) (float64, error) {
	if t == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(text)
		return float64(d), err
	}
	return strconv.ParseFloat(text, 64)
}

// environment is how the names of settings begin there; those of tests are no
// settings.
const (
	environment = "BRONWIJZER_"
	ofTests     = environment + "TEST_"
)

// unknownSettings are the names in the environment that are no setting of any
// command, though they look like one.
func unknownSettings(parser *kong.Kong) []string {
	known := []string{environment + "CONFIG"}
	_ = kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error { // returns what this does
		if flag, ok := node.(*kong.Flag); ok {
			known = append(known, flag.Envs...)
		}
		return next(nil)
	})
	var unknown []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, environment) && !strings.HasPrefix(name, ofTests) && !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}
