package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

const (
	// maxBody is the most bytes in a body.
	maxBody = 1 << 20
	// maxDepth is the most levels in a body; no request has more than three.
	maxDepth = 16
)

// readJSON reads a request's body into the struct that v points to. Names are
// lower case; unknown and repeated ones are refused, and so is whatever
// encoding/json would quietly repair: names in other case, bytes that aren't
// UTF-8, a second value.
func readJSON(c *gin.Context, v any) error {
	body, err := readBody(c)
	if err != nil {
		return err
	}
	if err := checkJSON(body); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return invalid(explainJSON(err))
	}
	return nil
}

// readBody reads all of a JSON body. Reading to its end is also what makes
// net/http watch for a client that leaves.
func readBody(c *gin.Context) ([]byte, error) {
	kind, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	charset, named := params["charset"]
	if err != nil || kind != "application/json" || named && !strings.EqualFold(charset, "utf-8") {
		return nil, errMediaType
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if err != nil {
		return nil, unreadable(err)
	}
	// Lifts the deadline that withDeadlines set.
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Time{})
	return body, nil
}

// unreadable tells a body that is too large or too slow from one that is
// broken: only the client can make reading fail.
func unreadable(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return errTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errSlowBody
	default:
		return invalid("De inhoud is niet te lezen.")
	}
}

// level is an object or array that is open.
type level struct {
	// keys are the names seen so far; nil in an array.
	keys map[string]bool
	// value says that the next token of an object is a value.
	value bool
}

// checkJSON refuses whatever isn't exactly one JSON object in UTF-8 with lower
// case names, none of them twice in one object, and without NUL.
func checkJSON(body []byte) error {
	if !utf8.Valid(body) {
		return invalid("De inhoud is geen geldige UTF-8.")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var open []level
	for first := true; first || len(open) > 0; first = false {
		tok, err := dec.Token()
		if err != nil {
			return invalid("De inhoud is geen geldige JSON.")
		}
		if first && tok != json.Delim('{') {
			return invalid("De inhoud moet een JSON-object zijn.")
		}
		if open, err = step(open, tok); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return invalid("Er staat nog iets na het JSON-object.")
	}
	return nil
}

// step takes the next token into account and returns what is open after it.
func step(open []level, tok json.Token) ([]level, error) {
	if s, ok := tok.(string); ok && strings.ContainsRune(s, 0) {
		return nil, invalid("De inhoud bevat een NUL-teken.")
	}
	top := len(open) - 1
	inObject := top >= 0 && open[top].keys != nil
	if tok == json.Delim('}') || tok == json.Delim(']') {
		return open[:top], nil
	}
	if inObject && !open[top].value {
		name, _ := tok.(string)
		if err := checkName(open[top].keys, name); err != nil {
			return nil, err
		}
		open[top].value = true
		return open, nil
	}
	if inObject {
		open[top].value = false
	}
	if tok != json.Delim('{') && tok != json.Delim('[') {
		return open, nil
	}
	if len(open) == maxDepth {
		return nil, invalid("De inhoud is te diep genest.")
	}
	next := level{}
	if tok == json.Delim('{') {
		next.keys = map[string]bool{}
	}
	return append(open, next), nil
}

// checkName notes a name and refuses it when it came before, or isn't spelled
// with lower case ASCII letters and underscores: encoding/json folds case, and
// with it also "ſ" and the Kelvin sign.
func checkName(seen map[string]bool, name string) error {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" || name == "" {
		return invalid(unknownField(name))
	}
	if seen[name] {
		return invalid(fmt.Sprintf("Het veld %q komt meer dan eens voor.", name))
	}
	seen[name] = true
	return nil
}

// unknownField cuts a name that a client invented.
func unknownField(name string) string {
	const most = 40
	if r := []rune(name); len(r) > most {
		name = string(r[:most]) + "…"
	}
	return fmt.Sprintf("Het veld %q is onbekend.", name)
}

// explainJSON says in Dutch what encoding/json found. It has no type for an
// unknown field, so its text has to do.
func explainJSON(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("Het veld %q heeft niet het juiste type.", wrong.Field)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unknownField(strings.Trim(name, `"`))
	}
	return "De inhoud is geen geldige JSON voor dit adres."
}
