package eval

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// The elements of JUnit's XML, as far as build servers read them.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure,omitempty"`
		Error   *junitMessage `xml:"error,omitempty"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes a test case for each limit and one for each question: an
// error where there is no result, a failure where the answer misleads its
// reader. What else was found stands in the output of the case.
func (rep *Report) WriteJUnit(w io.Writer) error {
	suite := junitSuite{Name: "bronwijzer eval"}
	for _, l := range rep.Limits {
		suite.add(limitCase(l, rep.Summary.Metrics))
	}
	var total float64
	for i, q := range rep.Questions {
		latency := rep.Results[q.ID].LatencyMS
		total += latency
		suite.add(questionCase(&q, latency, rep.Failures[i]))
	}
	suite.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	s.Failures += int(one(c.Failure != nil))
	s.Errors += int(one(c.Error != nil))
	s.Cases = append(s.Cases, c)
}

func limitCase(l Limit, f Figures) junitCase {
	c := junitCase{Class: "eval.limits", Name: fmt.Sprintf("%s %s %g", l.Metric, l.bound(), l.Value), Time: seconds(0)}
	if m := l.broken(f); m != "" {
		c.Failure = &junitMessage{Message: m, Type: "limit", Text: m + "\n"}
	}
	return c
}

func questionCase(q *Question, latency float64, found []Failure) junitCase {
	c := junitCase{Class: "eval." + q.Type, Name: q.ID + " " + q.Question, Time: seconds(latency)}
	for _, f := range found {
		line := string(f.Fault) + ": " + f.Message + "\n"
		at := &c.Failure
		switch {
		case f.Fault == Unasked:
			at = &c.Error
		case !f.Fault.misleads():
			c.Out += line
			continue
		}
		if *at == nil {
			*at = &junitMessage{Message: f.Message, Type: string(f.Fault)}
		}
		(*at).Text += line
	}
	return c
}

func seconds(ms float64) string { return strconv.FormatFloat(ms/1000, 'f', 3, 64) }
