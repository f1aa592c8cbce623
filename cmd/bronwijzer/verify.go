package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"bronwijzer/internal/ingest"
	"bronwijzer/internal/store"
)

// verifyCmd checks the database against itself.
type verifyCmd struct {
	JSON bool `name:"json" help:"Toon de uitkomst als JSON."`
}

// Help says what is checked.
func (verifyCmd) Help() string {
	return "Gecontroleerd worden het bestand, de verwijzingen, elke tekst tegen zijn SHA-256, elke passage en zin tegen de tekst waaruit zij komen, " +
		"elke vector, en elk bewaard antwoord met zijn citaten tegen de teksten die het aanhaalt. Dat gebeurt op één moment van de databank, " +
		"ook terwijl een dienst op deze gegevensmap doorwerkt. De uitgangscode is 1 als er iets niet klopt."
}

// Run fails when something is wrong, after saying what.
func (c *verifyCmd) Run(ctx context.Context, v *invocation) error {
	if err := needDatabase(v.settings.Data); err != nil {
		return err
	}
	seen, err := verifyFolder(ctx, v)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(v.stdout, seen)
	} else {
		err = printVerification(v.stdout, &seen)
	}
	if err == nil && seen.Faults > 0 {
		err = &hintError{
			fmt.Errorf("%d fault(s) found", seen.Faults),
			"Maak geen nieuwe kopie over een oude heen; zet met bronwijzer restore een reservekopie terug.",
		}
	}
	return err
}

// verifyFolder checks beside whoever owns the folder. That the database can't
// even be opened is something that is wrong too.
func verifyFolder(ctx context.Context, v *invocation) (store.Verification, error) {
	st, err := store.Open(ctx, v.logger(), v.settings.Data, store.Beside)
	if errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrForeign) {
		return store.Verification{Faults: 1, Problems: []store.Problem{{What: "bestand", ID: v.settings.Data, Detail: err.Error()}}}, nil
	}
	if err != nil {
		return store.Verification{}, advise(err,
			advice{store.ErrLocked, "De dienst die draait is van een andere versie; controleer met diezelfde versie."},
			advice{store.ErrTooNew, "Controleer met de versie van het programma die deze databank heeft gemaakt."})
	}
	seen, err := ingest.Verify(ctx, st)
	return seen, errors.Join(err, st.Close())
}

// printVerification writes a verification as a Dutch table.
func printVerification(w io.Writer, seen *store.Verification) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range []struct {
		name  string
		count int
	}{
		{"Schema", seen.Schema},
		{"Documenten", seen.Documents},
		{"Teksten", seen.Texts},
		{"Passages", seen.Passages},
		{"Zinnen", seen.Sentences},
		{"Vectoren", seen.Vectors},
		{"Gesprekken", seen.Conversations},
		{"Antwoorden", seen.Answers},
		{"Citaten", seen.Citations},
		{"Oordelen", seen.Verdicts},
	} {
		fmt.Fprintf(t, "%s\t%d\n", row.name, row.count)
	}
	if seen.Model != "" {
		fmt.Fprintf(t, "Ontbrekende vectoren\t%d van %s\n", seen.Missing, seen.Model)
	}
	fmt.Fprintf(t, "Fouten\t%d\n", seen.Faults)
	for _, p := range seen.Problems {
		fmt.Fprintf(t, "\t%s %s: %s\n", p.What, p.ID, p.Detail)
	}
	if more := seen.Faults - len(seen.Problems); more > 0 {
		fmt.Fprintf(t, "\t… en nog %d\n", more)
	}
	return t.Flush()
}
