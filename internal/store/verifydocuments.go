package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
)

// unitTolerance is how far the length of a vector may be from 1.
const unitTolerance = 1e-3

func (v *verifier) documents(ctx context.Context) error {
	var ids []string
	err := v.each(ctx, func(scan scan) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM documents ORDER BY root, path`)
	if err != nil {
		return err
	}
	found, err := v.tx.PrepareContext(ctx, `SELECT COUNT(*) FROM vectors WHERE key = $1 AND model_id =
		(SELECT id FROM models WHERE name = $2 AND dimension = $3)`)
	if err != nil {
		return err
	}
	defer found.Close()
	for _, id := range ids {
		doc, passages, err := v.document(ctx, id)
		if err != nil {
			return fmt.Errorf("document %s: %w", id, err)
		}
		if v.expected.Keys == nil {
			continue
		}
		if err := v.embedded(ctx, found, id, v.expected.Keys(&doc, passages)); err != nil {
			return err
		}
	}
	return nil
}

// document checks one document and returns it with those of its passages that
// can be read.
func (v *verifier) document(ctx context.Context, id string) (docs.Document, []docs.Passage, error) {
	var text string
	info, err := scanInfo(v.tx.QueryRowContext(ctx, `SELECT `+infoColumns+`, text FROM documents d
		JOIN texts t ON t.version = d.version WHERE id = $1`, id).Scan, &text)
	v.seen.Documents++
	if errors.Is(err, sql.ErrNoRows) {
		v.fault("document", id, "de tekst is er niet")
		err = nil
	}
	if err != nil {
		return docs.Document{}, nil, err
	}
	info.Text = text
	c := cut{verifier: v, doc: &info.Document, ruler: newRuler(text), spans: make(map[int]docs.Span)}
	rows := 0
	err = v.each(ctx, func(scan scan) error {
		p, err := scanPassage(scan, c.ruler)
		rows++
		if err != nil {
			v.fault("passage", p.ID, fmt.Sprintf("van document %s is niet te lezen: %v", id, err))
			return nil
		}
		c.passage(&p)
		return nil
	}, selectPassages, id)
	if rows != info.Passages || c.ruler.count != info.Characters {
		v.fault("document", id, fmt.Sprintf("heeft %d passages en %d tekens, maar zegt %d en %d",
			rows, c.ruler.count, info.Passages, info.Characters))
	}
	v.seen.Passages += rows
	return info.Document, c.passages, err
}

// cut checks the pieces of one document, in their order.
type cut struct {
	*verifier
	doc      *docs.Document
	ruler    *ruler
	passages []docs.Passage
	spans    map[int]docs.Span // of the sentences, by their number
}

func (c *cut) passage(p *docs.Passage) {
	p.DocumentID, p.Version = c.doc.ID, c.doc.Version
	wrong := func(detail string) { c.fault("passage", p.ID, "van document "+c.doc.ID+" "+detail) }
	if p.ID != docs.PassageID(c.doc.ID, p.Span, p.Text) {
		wrong("heeft het id van een andere")
	}
	if n := len(c.passages); n > 0 && (p.Ordinal <= c.passages[n-1].Ordinal || p.Span.Start < c.passages[n-1].Span.Start) {
		wrong("staat niet op volgorde")
	}
	for i := range p.Sentences {
		if detail := c.sentence(p, i); detail != "" {
			c.fault("zin", fmt.Sprintf("%s/%d", p.ID, p.Sentences[i].N), "van document "+c.doc.ID+" "+detail)
		}
	}
	c.seen.Sentences += len(p.Sentences)
	c.passages = append(c.passages, *p)
}

// sentence says what is wrong with a sentence of a passage.
func (c *cut) sentence(p *docs.Passage, i int) string {
	s := &p.Sentences[i]
	span, again := c.spans[s.N]
	c.spans[s.N] = s.Span
	switch {
	case !p.Span.Contains(s.Span) || s.Span.Len() == 0:
		return "ligt niet in haar passage"
	case again && span != s.Span:
		return "heeft het nummer van een andere"
	case i > 0 && (s.N <= p.Sentences[i-1].N || s.Span.Start < p.Sentences[i-1].Span.Start):
		return "staat niet op volgorde"
	case s.Kind < docs.Prose || s.Kind > docs.Fragment:
		return fmt.Sprintf("is van een onbekende soort: %d", s.Kind)
	case s.Kind != docs.TableRow && s.Kind != docs.List && !fits(s.Plain, s.Text):
		return "heeft een leesbare tekst die niet bij de brontekst past"
	case !fits(s.Plain, p.Plain):
		return "ontbreekt in de leesbare tekst van haar passage"
	}
	return ""
}

// fits reports whether plain can have been made of text by leaving out: its
// letters and digits stand in the text, in order. A row of a table has more,
// the names of its columns; a list and a passage have the numbers that its
// entries are shown with; and an entity of Markdown is spelled otherwise.
func fits(plain, text string) bool {
	if !utf8.ValidString(plain) {
		return false
	}
	rest := []rune(norm.NFKD.String(text))
	for _, r := range norm.NFKD.String(plain) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		for len(rest) > 0 && rest[0] != r {
			if rest[0] == '&' {
				return true
			}
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return false
		}
		rest = rest[1:]
	}
	return true
}

// embedded counts the vectors that a document lacks.
func (v *verifier) embedded(ctx context.Context, found *sql.Stmt, id string, keys []Key) error {
	missing := 0
	for i := range keys {
		var n int
		err := found.QueryRowContext(ctx, keys[i][:], v.expected.Model.Name, v.expected.Model.Dim).Scan(&n)
		if err != nil {
			return err
		}
		if n == 0 {
			missing++
		}
	}
	if missing > 0 {
		v.fault("document", id, fmt.Sprintf("mist %d van de %d vectoren van %s", missing, len(keys), v.seen.Model))
		v.seen.Missing += missing
	}
	return nil
}

func (v *verifier) vectors(ctx context.Context) error {
	return v.each(ctx, func(scan scan) error {
		var id, dim int
		var key, b sql.RawBytes
		if err := scan(&id, &dim, &key, &b); err != nil {
			return err
		}
		v.seen.Vectors++
		vector, err := decode(b, dim)
		switch {
		case err != nil:
			v.fault("vector", fmt.Sprint(id), "heeft de verkeerde lengte: "+err.Error())
		case len(key) != len(Key{}):
			v.fault("vector", fmt.Sprint(id), fmt.Sprintf("heeft een sleutel van %d bytes", len(key)))
		case !unit(vector):
			v.fault("vector", fmt.Sprint(id), "heeft niet de lengte 1")
		}
		return nil
	}, `SELECT v.id, m.dimension, v.key, v.vector FROM vectors v JOIN models m ON m.id = v.model_id`)
}

// unit reports whether a vector has length 1; one that isn't finite hasn't.
func unit(v llm.Vector) bool {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Abs(math.Sqrt(sum)-1) <= unitTolerance
}
