package slack

import (
	"encoding/json"
	"errors"
	"strings"

	api "github.com/slack-go/slack"
)

// Manifest is the description of the app that Slack makes one from, as JSON,
// with the addresses below publicURL filled in. That has to be https: Slack
// sends nothing elsewhere.
func Manifest(publicURL string) ([]byte, error) {
	base := strings.TrimSuffix(publicURL, "/")
	if !strings.HasPrefix(base, "https://") {
		return nil, errors.New("slack manifest: the public url has to begin with https://")
	}
	const about = "Beantwoordt vragen uit documenten en toont de woorden waarop elk antwoord rust."
	return json.MarshalIndent(api.Manifest{
		Metadata: api.ManifestMetadata{MajorVersion: 2},
		Display:  api.Display{Name: "Bronwijzer", Description: about},
		Features: api.Features{
			AgentView: &api.AgentView{AgentDescription: about},
			AppHome:   api.AppHome{MessagesTabEnabled: true},
			BotUser:   api.BotUser{DisplayName: "Bronwijzer", AlwaysOnline: true},
			SlashCommands: []api.ManifestSlashCommand{{
				Command: "/bronwijzer", Description: "Stel een vraag over de documenten", UsageHint: "vraag",
				Url: base + "/slack/commands", ShouldEscape: true,
			}},
		},
		OAuthConfig: api.OAuthConfig{Scopes: api.OAuthScopes{
			Bot: []string{"app_mentions:read", "chat:write", "commands", "im:history"},
		}},
		Settings: api.Settings{
			EventSubscriptions: &api.EventSubscriptions{
				RequestUrl: base + "/slack/events", BotEvents: []string{"app_mention", "message.im"},
			},
			Interactivity: &api.Interactivity{IsEnabled: true, RequestUrl: base + "/slack/interactions"},
		},
	}, "", "  ")
}
