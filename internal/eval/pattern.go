package eval

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pattern is one entry of must_include or must_not_include. Either literal or
// prog is set, or neither for an empty entry, which everything contains.
type pattern struct {
	literal string
	prog    *syntax.Prog
	// exact patterns ("cs:") see the answer as it is, white space collapsed; the
	// others its normalised form.
	exact bool
}

// parsePattern reads an entry: "re:" and "cs:" begin a regular expression in
// RE2's syntax, anything else is a literal.
func parsePattern(entry string) (pattern, error) {
	if expr, ok := strings.CutPrefix(entry, "cs:"); ok {
		prog, err := compileExpr(expr, syntax.Perl)
		return pattern{prog: prog, exact: true}, err
	}
	if expr, ok := strings.CutPrefix(entry, "re:"); ok {
		prog, err := compileExpr(unaccent(expr), syntax.Perl|syntax.FoldCase)
		return pattern{prog: prog}, err
	}
	return pattern{literal: normalise(entry)}, nil
}

// contains reports whether an answer contains an entry. An entry that isn't a
// valid pattern, which the check of a set reports, is contained in nothing.
func contains(entry, answer string) bool {
	p, err := parsePattern(entry)
	if err != nil {
		return false
	}
	switch {
	case p.exact:
		return search(p.prog, collapse(answer))
	case p.prog != nil:
		return search(p.prog, normalise(answer))
	}
	return containsLiteral(normalise(answer), p.literal)
}

// containsLiteral finds a literal. One that begins or ends with a digit doesn't
// match inside a longer number: "58" is not in "158", "58,5" or "1.58".
func containsLiteral(text, literal string) bool {
	if literal == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(literal)
	last, _ := utf8.DecodeLastRuneInString(literal)
	for from := 0; ; {
		i := strings.Index(text[from:], literal)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(literal)
		left := unicode.IsDigit(first) && endsNumber(text[:start])
		right := unicode.IsDigit(last) && continuesNumber(text[end:])
		if !left && !right {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[start:])
		from = start + size
	}
}

// endsNumber reports whether s ends with a digit, or a digit and "." or ",".
func endsNumber(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	if r == '.' || r == ',' {
		r, _ = utf8.DecodeLastRuneInString(s[:len(s)-size])
	}
	return unicode.IsDigit(r)
}

// continuesNumber reports whether s begins with a digit, or "." or "," and one.
func continuesNumber(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	if r == '.' || r == ',' {
		r, _ = utf8.DecodeRuneInString(s[size:])
	}
	return unicode.IsDigit(r)
}

// compileExpr compiles an expression in which \w, \d and \b mean letters and
// digits of every script. Package regexp knows them for ASCII only, where
// "\béén\b" finds nothing; hence search below instead of a regexp.Regexp.
func compileExpr(expr string, flags syntax.Flags) (*syntax.Prog, error) {
	re, err := syntax.Parse(widenClasses(expr), flags)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", expr, err)
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", expr, err)
	}
	return prog, nil
}

// widenClasses writes \w, \W, \d and \D as Unicode classes. \s can stay: white
// space is collapsed where it is used. So does \W within brackets, which RE2
// has no notation for.
func widenClasses(expr string) string {
	const word = `\p{L}\p{N}_`
	outside := map[byte]string{'w': "[" + word + "]", 'W': "[^" + word + "]", 'd': `\p{Nd}`, 'D': `\P{Nd}`}
	inside := map[byte]string{'w': word, 'd': `\p{Nd}`, 'D': `\P{Nd}`}
	var b strings.Builder
	brackets, opened := false, 0
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '\\' && i+1 < len(expr):
			i++
			wide, ok := outside[expr[i]]
			if brackets {
				wide, ok = inside[expr[i]]
			}
			if !ok {
				wide = expr[i-1 : i+1]
			}
			b.WriteString(wide)
			continue
		case c == '[' && !brackets:
			brackets, opened = true, i+1
			if strings.HasPrefix(expr[opened:], "^") {
				opened++
			}
		case c == ']' && brackets && i > opened: // a "]" that comes first is a member
			brackets = false
		}
		b.WriteByte(c)
	}
	return b.String()
}

// search reports whether prog matches anywhere in text. It follows all states
// at once (Thompson's construction), so its time is bounded by the length of
// the text times that of the program.
func search(prog *syntax.Prog, text string) bool {
	runes := []rune(text)
	var states []uint32
	for i := 0; i <= len(runes); i++ {
		before, after := rune(-1), rune(-1)
		if i > 0 {
			before = runes[i-1]
		}
		if i < len(runes) {
			after = runes[i]
		}
		e := expansion{prog: prog, holds: emptyOps(before, after), seen: make([]bool, len(prog.Inst))}
		for _, pc := range append(states, uint32(prog.Start)) {
			e.follow(pc)
		}
		if e.matched {
			return true
		}
		states = states[:0]
		for _, pc := range e.consuming {
			if inst := &prog.Inst[pc]; after >= 0 && inst.MatchRune(after) {
				states = append(states, inst.Out)
			}
		}
	}
	return false
}

// emptyOps are the assertions that hold between two runes, -1 for the end of
// the text. Word runes of any script count for \b.
func emptyOps(before, after rune) syntax.EmptyOp {
	ascii := func(r rune) rune {
		if r >= utf8.RuneSelf && isWord(r) {
			return 'a'
		}
		return r
	}
	return syntax.EmptyOpContext(ascii(before), ascii(after))
}

// expansion collects the instructions that can be reached at one place in the
// text without consuming a rune.
type expansion struct {
	prog      *syntax.Prog
	holds     syntax.EmptyOp
	seen      []bool
	consuming []uint32
	matched   bool
}

func (e *expansion) follow(pc uint32) {
	if e.seen[pc] {
		return
	}
	e.seen[pc] = true
	inst := &e.prog.Inst[pc]
	switch inst.Op {
	case syntax.InstMatch:
		e.matched = true
	case syntax.InstFail:
	case syntax.InstAlt, syntax.InstAltMatch:
		e.follow(inst.Out)
		e.follow(inst.Arg)
	case syntax.InstCapture, syntax.InstNop:
		e.follow(inst.Out)
	case syntax.InstEmptyWidth:
		if syntax.EmptyOp(inst.Arg)&^e.holds == 0 {
			e.follow(inst.Out)
		}
	default:
		e.consuming = append(e.consuming, pc)
	}
}
