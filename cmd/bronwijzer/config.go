package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"bronwijzer/internal/access"
)

// cli is every command and setting. A setting is a flag, an environment
// variable (BRONWIJZER_ and its name) and a key of the YAML file that --config
// names, and counts in that order; defaults come last.
type cli struct {
	settings

	Serve   serveCmd   `cmd:"" help:"Beantwoord vragen over HTTP."`
	Ask     askCmd     `cmd:"" help:"Stel een vraag."`
	Search  searchCmd  `cmd:"" help:"Zoek passages, zonder antwoord."`
	Ingest  ingestCmd  `cmd:"" help:"Neem documenten op of werk ze bij."`
	Keys    keysCmd    `cmd:"" help:"Beheer de sleutels waarmee programma's erin mogen."`
	Backup  backupCmd  `cmd:"" help:"Maak een reservekopie van de databank, ook naast een dienst."`
	Restore restoreCmd `cmd:"" help:"Zet een reservekopie terug."`
	Verify  verifyCmd  `cmd:"" help:"Controleer de databank op samenhang."`
	Slack   slackCmd   `cmd:"" help:"Richt Slack in."`
	Audit   auditCmd   `cmd:"" help:"Toon wie wat heeft gedaan."`
	Health  healthCmd  `cmd:"" help:"Controleer of de dienst op deze gegevensmap leeft."`
	Eval    evalCmd    `cmd:"" help:"Meet hoe goed vragen worden beantwoord."`
	Export  exportCmd  `cmd:"" help:"Toon wat van iemand wordt bewaard, of van wie."`
	Erase   eraseCmd   `cmd:"" help:"Wis wat van iemand wordt bewaard."`
	Version versionCmd `cmd:"" help:"Toon de versie."`

	ReadFiles readFilesCmd `cmd:"" hidden:"" help:"Lees bestanden voor een ander proces van dit programma."`
}

// settings are those that every command shares.
type settings struct {
	Config kong.ConfigFlag `help:"YAML-bestand met instellingen." placeholder:"BESTAND"`
	Data   string          `help:"Map voor de databank." default:"data" placeholder:"MAP"`
	Corpus []string        `help:"Map(pen) met documenten." default:"corpus" placeholder:"MAP"`

	ChunkTokens int `help:"Grootste lengte van een passage, in tokens." default:"200" least:"20"`

	Embedder           string        `help:"Waarmee betekenis wordt vergeleken: builtin, openai of none." enum:"builtin,openai,none" default:"builtin"`
	EmbedBaseURL       string        `name:"embed-base-url" help:"Adres van een OpenAI-compatibele embeddings-API." placeholder:"URL"`
	EmbedModel         string        `help:"Naam van het embeddingmodel." placeholder:"NAAM"`
	EmbedDimension     int           `help:"Lengte van de vectoren; 0 vraagt het de API." default:"0" least:"0"`
	EmbedQueryPrefix   string        `help:"Voorvoegsel voor vragen." placeholder:"TEKST"`
	EmbedPassagePrefix string        `help:"Voorvoegsel voor passages." placeholder:"TEKST"`
	EmbedInputType     bool          `help:"Noem de API bij elke tekst of het een vraag of een passage is (input_type)."`
	EmbedBatch         int           `help:"Teksten per verzoek aan de API." default:"32" least:"1"`
	EmbedTimeout       time.Duration `help:"Wachttijd voor een verzoek aan de API." default:"60s" least:"1ms"`
	EmbedAPIKey        string        `name:"embed-api-key" help:"Sleutel voor de embeddings-API." placeholder:"SLEUTEL"`
	EmbedAPIKeyFile    string        `name:"embed-api-key-file" help:"Bestand met die sleutel." placeholder:"BESTAND"`

	LLMBaseURL    string        `name:"llm-base-url" help:"Adres van een OpenAI-compatibele API van een taalmodel, dat de antwoorden verwoordt." placeholder:"URL"`
	LLMModel      string        `name:"llm-model" help:"Naam van het taalmodel." placeholder:"NAAM"`
	LLMAPIKey     string        `name:"llm-api-key" help:"Sleutel voor de API van het taalmodel." placeholder:"SLEUTEL"`
	LLMAPIKeyFile string        `name:"llm-api-key-file" help:"Bestand met die sleutel." placeholder:"BESTAND"`
	LLMContext    int           `name:"llm-context" help:"Venster van het taalmodel, in tokens." default:"8192" least:"1000"`
	LLMMaxTokens  int           `name:"llm-max-tokens" help:"Langste antwoord, in tokens." default:"800" least:"1"`
	LLMConnect    time.Duration `name:"llm-connect-timeout" help:"Wachttijd voor een verbinding met het taalmodel." default:"5s" least:"1ms"`
	LLMFirst      time.Duration `name:"llm-first-token-timeout" help:"Wachttijd voor het begin van een antwoord." default:"60s" least:"1ms"`
	LLMIdle       time.Duration `name:"llm-idle-timeout" help:"Langste stilte in een antwoord." default:"20s" least:"1ms"`
	LLMConcurrent int           `name:"llm-concurrent" help:"Antwoorden die het taalmodel tegelijk schrijft." default:"256" least:"1"`

	LogLevel  slog.Level `help:"debug, info, warn of error." default:"info"`
	LogFormat string     `help:"text of json." enum:"text,json" default:"text"`
}

// invocation is what a command runs with.
type invocation struct {
	settings       *settings
	stdout, stderr io.Writer
	// deed is what the command does, for the audit log: its action and, when that
	// is known, object and result. The line is written when the command ends;
	// without an action there is none.
	deed access.Entry
}

// logger writes to the error stream, from the given level on.
func (v *invocation) logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: v.settings.LogLevel}
	if v.settings.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(v.stderr, options))
	}
	return slog.New(slog.NewTextHandler(v.stderr, options))
}

// hintError is an error with a line that says what to do.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

func newParser(c *cli, stdout, stderr io.Writer) (*kong.Kong, error) {
	options := []kong.Option{
		kong.Name("bronwijzer"),
		kong.Description("Beantwoordt Nederlandse vragen uit een verzameling documenten en wijst bij elke bewering de exacte woorden aan waaruit die blijkt."),
		kong.Writers(stdout, stderr),
		kong.Help(helpInDutch),
		kong.DefaultEnvars("BRONWIJZER"),
		kong.Configuration(fileSettings),
	}
	if path := os.Getenv("BRONWIJZER_CONFIG"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("BRONWIJZER_CONFIG: %w", err)
		}
		options = append(options, kong.Configuration(fileSettings, path))
	}
	return kong.New(c, options...)
}

// fileSettings reads the YAML file: flag names as keys.
func fileSettings(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := yaml.NewDecoder(r).Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("settings file: %w", err)
	}
	return fileResolver(values), nil
}

type fileResolver map[string]any

// Resolve gives a flag's value; none when the environment has one, as that
// counts more.
func (f fileResolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, ok := os.LookupEnv(env); ok {
			return nil, nil
		}
	}
	value, ok := f[flag.Name]
	if !ok {
		return nil, nil
	}
	if list, ok := value.([]any); ok {
		parts := make([]string, len(list))
		for i, v := range list {
			parts[i] = fmt.Sprint(v)
		}
		return strings.Join(parts, ","), nil
	}
	return fmt.Sprint(value), nil
}

// Validate refuses keys that are no setting.
func (f fileResolver) Validate(app *kong.Application) error {
	known := map[string]bool{}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		for _, flag := range n.Flags {
			known[flag.Name] = true
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(app.Node)
	var unknown []string
	for key := range f {
		if !known[key] {
			unknown = append(unknown, key)
		}
	}
	if slices.Sort(unknown); len(unknown) > 0 {
		return fmt.Errorf("settings file: unknown setting %s", strings.Join(unknown, ", "))
	}
	return nil
}

// secret is a setting that may stand in a file.
func secret(name, value, file string) (string, error) {
	if file == "" {
		return value, nil
	}
	if value != "" {
		return "", fmt.Errorf("both --%s and --%s-file are set", name, name)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("--%s-file: %w", name, err)
	}
	return strings.TrimSpace(string(content)), nil
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "onbekend"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && info.Main.Version == "(devel)" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(v *invocation) error {
	_, err := fmt.Fprintln(v.stdout, "bronwijzer", version())
	return err
}
