package cite

import (
	"context"
	"strings"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/llm"
)

// source is a Source that has been read.
type source struct {
	Source
	index  int // among the sources of the answer
	units  []*unit
	single []*unit // the units that aren't joint
	// meta is the reading of the title, publisher, heading path and date.
	meta     *reading
	year     int // of the document; 0 when it is unknown
	language language
}

// unit is a sentence of a passage.
type unit struct {
	*reading
	span   docs.Span
	index  int        // among the passage's sentences
	vector llm.Vector // nil until it is needed
	joint  bool       // a list with its lead-in, which overlaps its parts
}

func readSource(index int, s Source) *source {
	d := s.Document
	meta := []string{d.Title, d.Publisher, d.Kind, "Kamerstuk " + d.Dossier, d.Date}
	src := &source{
		Source: s, index: index, year: parseDay(d.Date).year,
		meta: read(strings.Join(append(meta, s.Passage.Section...), ". ")),
	}
	var all []token
	for i, sentence := range s.Passage.Sentences {
		u := &unit{reading: read(sentence.Plain), span: sentence.Span, index: i, joint: sentence.Kind == docs.List}
		if i < len(s.Vectors) {
			u.vector = s.Vectors[i]
		}
		src.units = append(src.units, u)
		if !u.joint {
			src.single = append(src.single, u)
		}
		all = append(all, u.tokens...)
	}
	src.language = guess(all)
	return src
}

// embed fills in the vectors of the units.
func (s *source) embed(ctx context.Context, e llm.Embedder) error {
	var texts []string
	var missing []int
	for i := range s.units {
		if s.units[i].vector == nil {
			texts = append(texts, s.Passage.Sentences[s.units[i].index].Plain)
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	vectors, err := e.Embed(ctx, llm.Passage, texts)
	if err != nil {
		return err
	}
	for i, v := range vectors {
		s.units[missing[i]].vector = v
	}
	return nil
}

// run is some sentences of a source that follow each other.
type run struct {
	source *source
	units  []*unit
}

// runs are the runs of n sentences of a source, in order. A list counts as one
// sentence; its parts are sentences too.
func (s *source) runs(n int) []run {
	var out []run
	if n == 1 {
		for i := range s.units {
			out = append(out, run{s, s.units[i : i+1]})
		}
		return out
	}
	for i := 0; i+n <= len(s.single); i++ {
		out = append(out, run{s, s.single[i : i+n]})
	}
	return out
}

// span runs from the first sentence to the last.
func (r run) span() docs.Span {
	return docs.Span{Start: r.units[0].span.Start, End: r.units[len(r.units)-1].span.End}
}
