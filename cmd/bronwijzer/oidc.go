package main

import (
	"errors"
	"fmt"
	"time"

	"bronwijzer/internal/access"
)

// oidcSettings are those of --auth oidc.
type oidcSettings struct {
	OIDCIssuer           string        `name:"oidc-issuer" help:"Adres van de OpenID Connect-dienst waarmee mensen zich aanmelden, precies zoals die het zelf schrijft." placeholder:"URL"`
	OIDCClientID         string        `name:"oidc-client-id" help:"Naam van Bronwijzer bij die dienst." placeholder:"NAAM"`
	OIDCClientSecret     string        `name:"oidc-client-secret" help:"Geheim van Bronwijzer bij die dienst." placeholder:"GEHEIM"`
	OIDCClientSecretFile string        `name:"oidc-client-secret-file" help:"Bestand met dat geheim." placeholder:"BESTAND"`
	OIDCScopes           []string      `name:"oidc-scopes" help:"Wat naast openid wordt gevraagd." default:"profile,email" placeholder:"NAAM"`
	OIDCUserClaim        string        `name:"oidc-user-claim" help:"Gegeven dat mensen uit elkaar houdt en nooit verandert." default:"sub" placeholder:"NAAM"`
	OIDCGroupsClaim      string        `name:"oidc-groups-claim" help:"Gegeven met hun groepen." default:"groups" placeholder:"NAAM"`
	OIDCRequireGroup     string        `name:"oidc-require-group" help:"Groep zonder welke niemand erin komt." placeholder:"GROEP"`
	SessionLifetime      time.Duration `help:"Hoe lang een browser aangemeld blijft." default:"12h" least:"1m"`
}

// oidc is the issuer that the settings name.
func (set *oidcSettings) oidc(publicURL string) (access.OIDCConfig, error) {
	switch {
	case set.OIDCIssuer == "" || set.OIDCClientID == "":
		return access.OIDCConfig{}, &hintError{
			errors.New("--auth oidc: --oidc-issuer or --oidc-client-id is missing"),
			"Registreer Bronwijzer bij de aanmelddienst, en geef haar adres en de naam die Bronwijzer daar kreeg.",
		}
	case publicURL == "":
		return access.OIDCConfig{}, &hintError{
			errors.New("--auth oidc: --public-url is missing"),
			"De aanmelddienst stuurt lezers terug naar een vast adres: geef met --public-url waar zij Bronwijzer bereiken, zoals https://bron.example.",
		}
	}
	key, err := secret("oidc-client-secret", set.OIDCClientSecret, set.OIDCClientSecretFile)
	if err != nil {
		return access.OIDCConfig{}, err
	}
	cfg := access.OIDCConfig{
		Issuer: set.OIDCIssuer, ClientID: set.OIDCClientID, ClientSecret: key, PublicURL: publicURL,
		Scopes: words(set.OIDCScopes), UserClaim: set.OIDCUserClaim, GroupsClaim: set.OIDCGroupsClaim, RequireGroup: set.OIDCRequireGroup,
	}
	if err := cfg.Check(); err != nil {
		return access.OIDCConfig{}, &hintError{
			fmt.Errorf("--auth oidc: %w", err),
			"--oidc-issuer en --public-url moeten met https:// beginnen; alleen op deze machine zelf mag http://.",
		}
	}
	return cfg, nil
}
