package main

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"bronwijzer/internal/slack"
)

// slackSettings are those of the Slack integration, which is on when both
// secrets are set.
type slackSettings struct {
	SlackSigningSecret     string   `help:"Signing secret van de Slack-app." placeholder:"GEHEIM"`
	SlackSigningSecretFile string   `help:"Bestand met dat geheim." placeholder:"BESTAND"`
	SlackBotToken          string   `help:"Bot token van de Slack-app." placeholder:"TOKEN"`
	SlackBotTokenFile      string   `help:"Bestand met dat token." placeholder:"BESTAND"`
	SlackTeams             []string `help:"Werkruimten die antwoord krijgen; zonder die met de app." placeholder:"ID"`
	SlackChannels          []string `help:"Kanalen die antwoord krijgen, im voor directe berichten; zonder alle." placeholder:"ID"`
	SlackGroups            []string `help:"Gebruikers in de groepen waartoe documenten beperkt zijn, voor directe berichten en /bronwijzer; in kanalen antwoordt Bronwijzer alleen uit wat iedereen mag lezen." placeholder:"GROEP=ID,ID"`
	SlackAPIURL            string   `name:"slack-api-url" help:"Adres van de API van Slack." default:"https://slack.com/api/" placeholder:"URL"`
}

// service is the integration; nil when it is off.
func (set *slackSettings) service(lg *slog.Logger, a *app, publicURL string) (*slack.Service, error) {
	signing, err := secret("slack-signing-secret", set.SlackSigningSecret, set.SlackSigningSecretFile)
	if err != nil {
		return nil, err
	}
	token, err := secret("slack-bot-token", set.SlackBotToken, set.SlackBotTokenFile)
	if err != nil {
		return nil, err
	}
	if (signing == "") != (token == "") {
		return nil, &hintError{
			errors.New("only one of --slack-signing-secret and --slack-bot-token is set"),
			"Slack werkt met allebei; geef ze op als vlag, als BRONWIJZER_SLACK_SIGNING_SECRET en BRONWIJZER_SLACK_BOT_TOKEN, of in een bestand (…_FILE).",
		}
	}
	if signing == "" {
		return nil, nil
	}
	groups, err := slackGroups(set.SlackGroups)
	if err != nil {
		return nil, err
	}
	return slack.New(lg, a.chat, a.store, slack.Config{
		SigningSecret: signing, BotToken: token, APIURL: set.SlackAPIURL, PublicURL: publicURL,
		Teams: set.SlackTeams, Channels: set.SlackChannels, Groups: groups, Audit: a.audit, Notice: notice,
	})
}

// slackUser is the id of a user as Slack gives it, in a workspace or in an
// enterprise.
var slackUser = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)

// slackGroups reads who is in which group: group=user,user,group=user. The commas
// have taken the list apart already.
func slackGroups(list []string) (map[string][]string, error) {
	groups := make(map[string][]string)
	group := ""
	for _, item := range list {
		item = strings.TrimSpace(item)
		if at := strings.LastIndexByte(item, '='); at >= 0 {
			group, item = strings.TrimSpace(item[:at]), strings.TrimSpace(item[at+1:])
		}
		if group == "" || !slackUser.MatchString(item) {
			return nil, &hintError{
				fmt.Errorf("--slack-groups: %q isn't a user of a group", item),
				"Schrijf GROEP=U0123ABCD,U0456EFGH: bij elke groep de ID's van haar leden, zoals Slack ze in het profiel toont.",
			}
		}
		groups[group] = append(groups[group], item)
	}
	return groups, nil
}

// slackCmd helps to set the integration up.
type slackCmd struct {
	Manifest slackManifestCmd `cmd:"" help:"Toon het manifest waarmee Slack de app maakt."`
}

type slackManifestCmd struct {
	PublicURL string `name:"public-url" help:"Adres waarop Slack de dienst bereikt, met subpad." required:"" placeholder:"URL"`
}

// Run prints the manifest.
func (c *slackManifestCmd) Run(v *invocation) error {
	manifest, err := slack.Manifest(c.PublicURL)
	if err != nil {
		return &hintError{err, "Geef met --public-url een adres dat met https:// begint."}
	}
	_, err = fmt.Fprintf(v.stdout, "%s\n", manifest)
	return err
}
