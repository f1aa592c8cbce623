package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"bronwijzer/internal/access"
	"bronwijzer/internal/store"
)

// keysCmd manages the keys by which scripts get in, beside a running server or
// without one.
type keysCmd struct {
	Add    keysAddCmd    `cmd:"" help:"Maak een sleutel en toon hem, één keer."`
	List   keysListCmd   `cmd:"" help:"Toon welke sleutels er zijn."`
	Revoke keysRevokeCmd `cmd:"" help:"Trek een sleutel in."`
}

// withAccess runs f on the data folder.
func withAccess(ctx context.Context, v *invocation, f func(*access.Service) error) (err error) {
	lg := v.logger()
	st, err := store.Open(ctx, lg, v.settings.Data, store.Beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	people, err := access.New(lg, st, access.Config{})
	if err != nil {
		return err
	}
	return f(people)
}

type keysAddCmd struct {
	Name    string   `arg:"" name:"naam" help:"Waar de sleutel voor is."`
	Scopes  []string `help:"Wat ermee mag: chat, search, documents, feedback, metrics, admin." default:"chat,search,feedback" placeholder:"WAT"`
	Groups  []string `help:"Groepen waarvan de documenten te lezen zijn." placeholder:"GROEP"`
	Expires string   `help:"Tot en met welke dag hij geldt (2027-01-31), of hoe lang (90d, 12h); zonder altijd." placeholder:"WANNEER"`
	Rate    float64  `help:"Verzoeken per seconde; 0 is het gewone aantal." default:"0"`
}

// Run prints the key alone, so that it can be read by a script, and tells on the
// error stream what it is.
func (c *keysAddCmd) Run(ctx context.Context, v *invocation) error {
	scopes, err := access.ParseScopes(words(c.Scopes))
	if err != nil {
		return &inputError{fmt.Errorf("--scopes: %w", err)}
	}
	expires, err := expiry(c.Expires, time.Now())
	if err != nil {
		return &inputError{err}
	}
	v.deed.Action = access.ActionKey
	return withAccess(ctx, v, func(people *access.Service) error {
		key, made, err := people.NewKey(ctx, access.Key{
			Name: strings.TrimSpace(c.Name), Scopes: scopes, Groups: words(c.Groups), Rate: c.Rate, Expires: expires,
		})
		if errors.Is(err, access.ErrNameTaken) {
			return &hintError{err, "Kies een andere naam, of trek die sleutel eerst in met: bronwijzer keys revoke."}
		}
		if err != nil {
			return err
		}
		v.deed.Object = made.ID
		if _, err := fmt.Fprintln(v.stdout, key); err != nil {
			return err
		}
		fmt.Fprintf(v.stderr, "Sleutel %s voor %s: %s. Bewaar hem nu; hij wordt niet nog eens getoond.\n", made.ID, made.Name, made.Scopes)
		return nil
	})
}

// expiry reads a day, which is included, or a time from now on; empty is never.
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, int(n)), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(d), nil
	}
	return time.Time{}, fmt.Errorf("--expires %q isn't a day (2027-01-31) or a time (90d, 12h)", text)
}

type keysListCmd struct {
	JSON bool `name:"json" help:"Toon de lijst als JSON."`
}

// keyLine is a key as the list has it.
type keyLine struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	State   string     `json:"state"`
	Scopes  []string   `json:"scopes"`
	Groups  []string   `json:"groups"`
	Rate    float64    `json:"rate"`
	Created time.Time  `json:"created_at"`
	Expires *time.Time `json:"expires_at"`
	Revoked *time.Time `json:"revoked_at"`
}

// Run lists every key, the oldest first.
func (c *keysListCmd) Run(ctx context.Context, v *invocation) error {
	return withAccess(ctx, v, func(people *access.Service) error {
		keys, err := people.Keys(ctx)
		if err != nil {
			return err
		}
		lines := make([]keyLine, len(keys))
		for i := range keys {
			lines[i] = lineOf(&keys[i], time.Now())
		}
		if c.JSON {
			return printJSON(v.stdout, lines)
		}
		w := tabwriter.NewWriter(v.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAAM\tSTAAT\tMAG\tGROEPEN\tTOT")
		for _, l := range lines {
			until := ""
			if l.Expires != nil {
				until = l.Expires.Local().Format(dateForm)
			}
			fmt.Fprintln(w, strings.Join([]string{l.ID, l.Name, l.State, strings.Join(l.Scopes, ","), strings.Join(l.Groups, ","), until}, "\t"))
		}
		return w.Flush()
	})
}

func lineOf(k *access.Key, now time.Time) keyLine {
	l := keyLine{
		ID: k.ID, Name: k.Name, State: "geldig", Scopes: k.Scopes.Names(), Groups: k.Groups, Rate: k.Rate, Created: k.Created,
		Expires: set(k.Expires), Revoked: set(k.Revoked),
	}
	switch {
	case l.Revoked != nil:
		l.State = "ingetrokken"
	case !k.Valid(now):
		l.State = "verlopen"
	}
	return l
}

// set is a time, or nil for none.
func set(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type keysRevokeCmd struct {
	Key string `arg:"" name:"sleutel" help:"ID of naam van de sleutel."`
}

// Run ends a key; a running server refuses it from the next request on.
func (c *keysRevokeCmd) Run(ctx context.Context, v *invocation) error {
	v.deed.Action = access.ActionKey
	return withAccess(ctx, v, func(people *access.Service) error {
		k, err := people.RevokeKey(ctx, c.Key)
		if errors.Is(err, access.ErrNoKey) {
			return &hintError{err, "bronwijzer keys list toont welke sleutels er zijn."}
		}
		if err != nil {
			return err
		}
		v.deed.Object = k.ID
		_, err = fmt.Fprintf(v.stdout, "Sleutel %s van %s is ingetrokken.\n", k.ID, k.Name)
		return err
	})
}
