package slack

import (
	"regexp"
	"strconv"
	"strings"
)

// grip is the value of a button or of an entry of a menu: which answer it is
// about, which of its citations (0: none), and whom the answer belongs to. So
// whoever sees the buttons can use them, wherever the answer was posted. The value
// is this program's own, and Slack signs that it comes back as it was.
//
// It is written answer:citation@owner, at most some 80 characters: an entry of a
// menu may have 150. Values of older messages have no owner.
type grip struct {
	answer   string
	citation int
	owner    string
}

func (g grip) String() string {
	s := g.answer
	if g.citation > 0 {
		s += ":" + strconv.Itoa(g.citation)
	}
	if g.owner != "" {
		s += "@" + g.owner
	}
	return s
}

// saneOwner is what keys.owner makes: a button speaks for nobody who asks
// elsewhere.
var saneOwner = regexp.MustCompile(`^slack:[0-9a-f]{32}$`)

// readGrip reads a value. What is wrong in it is left out.
func readGrip(value string) grip {
	var g grip
	rest, owner, _ := strings.Cut(value, "@")
	if saneOwner.MatchString(owner) {
		g.owner = owner
	}
	var number string
	g.answer, number, _ = strings.Cut(rest, ":")
	if n, err := strconv.Atoi(number); err == nil && n > 0 {
		g.citation = n
	}
	return g
}
