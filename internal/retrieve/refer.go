package retrieve

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/dutch"
	"bronwijzer/internal/index"
)

// refer finds the documents that a question names: by the day they are of ("de
// brief van 18 november 2020"), or by their number in a parliamentary dossier
// ("28638 nr. 184"). A day may as well be that of an event, so it only moves the
// document forward.
func (s *search) refer() {
	days, number := dutch.Days(s.query.Text), dossier(s.query.Text)
	if len(days) == 0 && number == "" {
		return
	}
	s.referred = s.view.Find(s.query.Filter, func(m *docs.Meta) bool {
		return slices.Contains(days, m.Date) && m.Date != "" || number != "" && dossier(m.Dossier) == number
	})
	if len(s.referred) > 0 {
		// It said which document; within that it would find the letter head.
		s.query.Text = dossierNumber.ReplaceAllString(dutch.WithoutDays(s.query.Text), " ")
	}
}

// dossierNumber is a dossier of five digits, which may be parted after two and
// have a part of its own ("35 925 VI"), and a number in it.
var dossierNumber = regexp.MustCompile(`(?i)\b(\d{2})[ \x{A0}.]?(\d{3})(?:[ \x{A0}-]*([IVXLC]+))?[ \x{A0}]*[,;]?[ \x{A0}]*(?:-|nr\.?|nummer|no\.?)[ \x{A0}]*(\d{1,4})\b`)

// dossier writes the first dossier and number in a text in one way; "" when there
// is none.
func dossier(text string) string {
	m := dossierNumber.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1] + m[2] + strings.ToUpper(m[3]) + "-" + strings.TrimLeft(m[4], "0")
}

// ofReferred are the n best passages of the documents that the question names:
// among all others they might not be candidates.
func (s *search) ofReferred(n int) ([]index.Hit, error) {
	if len(s.referred) == 0 {
		return nil, nil
	}
	f := s.query.Filter
	f.Documents = s.referred
	hits, err := s.view.Words().Search(s.ctx, s.query.Text, n, f)
	if err != nil || s.vector == nil {
		return hits, err
	}
	near, err := s.view.Vectors().Search(s.ctx, s.vector, n, f)
	return append(hits, near...), err
}

// standing is what a passage gains or loses by the document that it is of.
func (s *search) standing(id string) float64 {
	_, doc, ok := s.view.Passage(id)
	if !ok {
		return 0
	}
	var standing float64
	if slices.Contains(s.referred, doc.ID) {
		standing += s.weights.Referred
	}
	if s.superseded(doc) {
		standing -= s.weights.Superseded
	}
	return standing
}

func (s *search) superseded(doc *docs.Document) bool {
	return s.view.Superseded(doc.ID, s.query.Filter.Reader)
}

// newer orders passages of equal score: the latest document first, then by id.
func (s *search) newer(a, b string) int {
	_, of, _ := s.view.Passage(a)
	_, than, _ := s.view.Passage(b)
	if of != nil && than != nil && of.Date != than.Date {
		return cmp.Compare(than.Date, of.Date)
	}
	return cmp.Compare(a, b)
}
