package main

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// helpWords are kong's own words in a help text, in its layout, and ours.
var helpWords = strings.NewReplacer(
	"Show context-sensitive help.", "Toon deze hulp.",
	"Usage: ", "Gebruik: ",
	"\nFlags:\n", "\nOpties:\n",
	"\nCommands:\n", "\nOpdrachten:\n",
	"\nArguments:\n", "\nArgumenten:\n",
	"<command>", "<opdracht>",
	"[flags]", "[opties]",
	`Run "bronwijzer`, `"bronwijzer`,
	`--help" for more information on a command.`, `--help" zegt meer over een opdracht.`,
)

// callWords are kong's own words about a wrong call, and ours.
var callWords = strings.NewReplacer(
	"unknown flag ", "onbekende optie ",
	"unexpected argument ", "onverwacht argument ",
	"unexpected flag argument ", "onverwachte waarde ",
	"missing flags: ", "deze opties ontbreken: ",
	"missing positional arguments ", "deze argumenten ontbreken: ",
	"missing value, expecting ", "een waarde ontbreekt, verwacht wordt ",
	"expected string value but got ", "een waarde ontbreekt, hier is ",
	"expected int value but got ", "een waarde ontbreekt, hier is ",
	" (short flag)", "",
	"; perhaps try ", "; bedoelt u ",
	"expected one of ", "verwacht wordt een van ",
	"bool value must be true, 1, yes, false, 0 or no", "verwacht wordt true of false",
	"expected bool but got ", "verwacht wordt true of false, niet ",
	"expected duration but got ", `verwacht wordt een duur als "30s", niet `,
	"expected an int but got ", "verwacht wordt een geheel getal, niet ",
	"expected a valid 64 bit int but got ", "verwacht wordt een geheel getal, niet ",
	`"EOL" (<EOL>)`, "het einde van de regel",
	"time: missing unit in duration ", "de eenheid ontbreekt in ",
	"no such file or directory", "dit bestand is er niet",
	"expected a float but got ", "verwacht wordt een getal, niet ",
	"expected ", "verwacht wordt ",
	"invalid duration ", "geen duur: ",
	" must be one of ", " is een van ",
	" but got ", ", niet ",
	", did you mean one of ", ", bedoelt u een van ",
	", did you mean ", ", bedoelt u ",
	" can't be used together", " gaan niet samen",
	"no command selected", "een opdracht ontbreekt",
)

// helpInDutch prints what kong prints, in the reader's language.
func helpInDutch(options kong.HelpOptions, call *kong.Context) error {
	out := call.Stdout
	var text bytes.Buffer
	call.Stdout = &text
	err := kong.DefaultHelpPrinter(options, call)
	call.Stdout = out
	_, written := io.WriteString(out, helpWords.Replace(text.String()))
	return errors.Join(err, written)
}
