package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"bronwijzer/internal/access"
	"bronwijzer/internal/store"
)

// backupCmd copies the database to a file.
type backupCmd struct {
	File  string `arg:"" name:"bestand" help:"Bestand voor de reservekopie."`
	Force bool   `help:"Vervang een bestand dat er al is."`
}

// Help says what a backup is and what isn't in it.
func (backupCmd) Help() string {
	return `De kopie is de databank zoals die op één moment was, ook terwijl een dienst op deze gegevensmap doorwerkt: teksten, vectoren, gesprekken, antwoorden, instellingen en sleutels. Alleen de eigenaar van het bestand mag het lezen; bewaar het zo veilig als de databank zelf. Er staat niets in van wat eerder is gewist.

Niet in de kopie: de bronbestanden van de documenten, en het auditlogboek naast de databank. Dat logboek vertelt wat er is gebeurd, ook na een herstel; bewaar het apart.`
}

// Run makes a backup and says how large it is.
func (c *backupCmd) Run(ctx context.Context, v *invocation) error {
	if err := needDatabase(v.settings.Data); err != nil {
		return err
	}
	v.deed.Action = access.ActionBackup
	if err := store.Backup(ctx, v.settings.Data, c.File, c.Force); err != nil {
		return advise(err,
			advice{fs.ErrExist, "Kies een andere naam, of vervang het bestand met --force."},
			advice{fs.ErrNotExist, "Maak eerst de map waar de kopie in komt."},
			advice{store.ErrCorrupt, "De databank is beschadigd: bronwijzer verify zegt wat er mis is."})
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(v.stdout, "Reservekopie gemaakt: %s (%.1f MB)\n", c.File, float64(info.Size())/1e6)
	return err
}

// restoreCmd puts a backup back.
type restoreCmd struct {
	File  string `arg:"" name:"bestand" help:"Reservekopie."`
	Force bool   `help:"Ook als er al een databank is; die wordt opzij gezet."`
}

// Help says what comes back with a backup.
func (restoreCmd) Help() string {
	return `De kopie wordt eerst gecontroleerd. Een databank die er al is blijft onder een andere naam in de gegevensmap bewaard; een bestand met dezelfde naam en -wal hoort daarbij. Er mag geen dienst op de gegevensmap draaien.

Wat na de kopie is gewist of ingetrokken, is er weer: gesprekken, sleutels, aanmeldingen. Documenten worden bij de volgende start bijgewerkt naar wat er in de mappen staat. Het auditlogboek blijft zoals het is.`
}

// Run restores and says where the old database went.
func (c *restoreCmd) Run(ctx context.Context, v *invocation) error {
	v.deed.Action = access.ActionRestore
	aside, err := store.Restore(ctx, v.settings.Data, c.File, c.Force)
	if err != nil {
		return advise(err,
			advice{fs.ErrExist, "Zet de databank die er is opzij met --force, of kies met --data een andere map."},
			advice{store.ErrLocked, "Beëindig eerst de Bronwijzer die met deze gegevensmap werkt."},
			advice{store.ErrCorrupt, "Dit bestand is geen hele reservekopie; neem een andere. Er is niets veranderd."},
			advice{store.ErrForeign, "Dit bestand is niet van Bronwijzer; neem een andere. Er is niets veranderd."},
			advice{store.ErrTooNew, "Neem de versie van het programma waarmee deze kopie is gemaakt, of een nieuwere."})
	}
	fmt.Fprintf(v.stdout, "Teruggezet in %s: %s\n", v.settings.Data, c.File)
	if aside != "" {
		fmt.Fprintf(v.stdout, "De vorige databank staat in %s\n", aside)
	}
	return nil
}

// needDatabase refuses a data folder that has nothing in it, rather than make
// one.
func needDatabase(dir string) error {
	if store.Exists(dir) {
		return nil
	}
	return &hintError{fmt.Errorf("no database in %s", dir), "Wijs met --data de gegevensmap van een dienst aan."}
}

// advice is what can be done about a kind of error.
type advice struct {
	kind error
	hint string
}

// advise adds to an error the first hint that is for it.
func advise(err error, hints ...advice) error {
	for _, a := range append(hints,
		advice{store.ErrFull, "Maak ruimte of kies een andere plaats. Er is niets veranderd of achtergebleven."},
		advice{store.ErrDenied, "Geef dit programma het recht daar te lezen en te schrijven. Er is niets veranderd."},
	) {
		if errors.Is(err, a.kind) {
			return &hintError{err, a.hint}
		}
	}
	return err
}
