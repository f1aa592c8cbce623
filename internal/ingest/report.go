package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/load"
	"bronwijzer/internal/store"
)

// Report says what a run did. Files are named by root and path below it.
type Report struct {
	Added, Changed, Removed []string
	Unchanged               int
	Refused                 []Refusal
	// Skipped are the files of kinds that aren't read.
	Skipped []string
	// Missing are the files that a manifest names but that aren't there.
	Missing []string
	// Unknown are the files that a manifest says another takes the place of, but
	// that aren't there: "new.pdf: old.pdf".
	Unknown []string
	// Questions are the examples of the manifests, in the order of the roots.
	Questions []string
	// Embedded counts the texts that were embedded. Model names the embedder and
	// its dimension, "e5 (384)"; it is empty without one.
	Embedded int
	Model    string
	// ModelBefore is the embedder that this run replaced; empty when it is the
	// same.
	ModelBefore string
}

// Refusal is a file or folder that couldn't be taken in.
type Refusal struct {
	Path string
	// Reason is a Dutch sentence for whoever looks after the files.
	Reason string
	// Kept says that an older version stays and is still searched.
	Kept bool
}

// Quiet reports whether the run changed nothing and refused nothing.
func (r *Report) Quiet() bool {
	return len(r.Added)+len(r.Changed)+len(r.Removed)+len(r.Refused)+r.Embedded == 0
}

// shownFiles is how many files of one kind a table names.
const shownFiles = 20

// Print writes the report as a Dutch table.
func (r *Report) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range []struct {
		name  string
		count int
		files []string
		rare  bool // left out when there are none
	}{
		{"Toegevoegd", len(r.Added), r.Added, false},
		{"Gewijzigd", len(r.Changed), r.Changed, false},
		{"Ongewijzigd", r.Unchanged, nil, false},
		{"Verwijderd", len(r.Removed), r.Removed, false},
		{"Geweigerd", len(r.Refused), refusals(r.Refused), false},
		{"Ander soort bestand", len(r.Skipped), r.Skipped, true},
		{"Alleen in manifest", len(r.Missing), r.Missing, true},
		{"Vervangt onbekend bestand", len(r.Unknown), r.Unknown, true},
	} {
		if row.rare && row.count == 0 {
			continue
		}
		fmt.Fprintf(t, "%s\t%d\n", row.name, row.count)
		for i, file := range row.files {
			if i == shownFiles {
				fmt.Fprintf(t, "\t… en nog %d\n", len(row.files)-i)
				break
			}
			fmt.Fprintf(t, "\t%s\n", printable(file))
		}
	}
	if r.ModelBefore != "" {
		fmt.Fprintf(t, "Ander model\t%s in plaats van %s: alles is opnieuw ingebed\n", r.Model, r.ModelBefore)
	}
	if r.Model != "" {
		fmt.Fprintf(t, "Ingebed\t%d teksten met %s\n", r.Embedded, r.Model)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	return nil
}

// printable is a line without what a file's name may hold to upset a table or a
// terminal: control characters, and bytes that aren't UTF-8, of which tabwriter
// takes 0xff for a mark of its own.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, line)
}

func refusals(list []Refusal) []string {
	lines := make([]string, len(list))
	for i, f := range list {
		lines[i] = f.Path + ": " + f.Reason
		if f.Kept {
			lines[i] += " De vorige versie blijft doorzoekbaar."
		}
	}
	return lines
}

// reason words an error for whoever looks after the files.
func reason(err error) string {
	var refused *load.Error
	var manifest *load.ManifestError
	switch {
	case errors.As(err, &refused):
		return refused.Message()
	case errors.As(err, &manifest):
		return manifest.Message() + " Tot dan komt er niets bij en verandert er niets; alleen wat weg is, gaat eruit."
	case errors.Is(err, errManifestGone):
		return "Het manifest is weg of leeg, terwijl documenten tot groepen zijn beperkt. Zet het terug, of schrijf er \"documents:\" in om ze voor iedereen te openen."
	case errors.Is(err, fs.ErrPermission):
		return "Bronwijzer mag dit niet lezen."
	case strings.Contains(err.Error(), "escapes"): // os.Root has no error to compare with
		return "De verwijzing leidt naar buiten de map."
	case errors.Is(err, syscall.ELOOP):
		return "De verwijzing leidt in een kring."
	}
	return "Het lezen is mislukt; het logboek zegt waarom."
}

// collect removes what nothing needs any more.
func (r *run) collect(ctx context.Context) error {
	if _, err := r.store.Collect(ctx); err != nil {
		return err
	}
	if r.embedder == nil || !r.stale && len(r.report.Changed)+len(r.report.Removed) == 0 {
		return nil
	}
	used := make(map[store.Key]struct{})
	err := r.store.Each(ctx, func(doc docs.Document, passages []docs.Passage) error {
		for _, k := range keysOf(inputs(&doc, passages)) {
			used[k] = struct{}{}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = r.store.RetainVectors(ctx, r.model(), used)
	return err
}
