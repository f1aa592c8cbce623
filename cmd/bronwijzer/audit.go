package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os/user"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"bronwijzer/internal/access"
)

// auditCmd reads the audit log, beside a running server or without one.
type auditCmd struct {
	Since  string `help:"Vanaf wanneer: een dag (2026-11-22), een tijdstip of hoe lang geleden (24h, 7d)." placeholder:"WANNEER"`
	Until  string `help:"Tot en met welke dag, of tot welk tijdstip of hoe lang geleden." placeholder:"WANNEER"`
	Actor  string `help:"Alleen van deze gebruiker, sleutel of browser." placeholder:"ID"`
	Action string `help:"Alleen deze handeling, zoals ask, read of sign-in." placeholder:"HANDELING"`
	Object string `help:"Alleen over dit antwoord, gesprek of document, of deze sleutel." placeholder:"ID"`
	JSON   bool   `name:"json" help:"Toon de regels zoals zij zijn bewaard, als JSON."`
}

// Run prints the lines that fit, oldest first.
func (c *auditCmd) Run(v *invocation) error {
	fits, err := c.filter(time.Now())
	if err != nil {
		return &inputError{err}
	}
	show, flush := auditTable(v)
	if c.JSON {
		enc := json.NewEncoder(v.stdout)
		enc.SetEscapeHTML(false)
		show, flush = func(e access.Entry) error { return enc.Encode(e) }, func() error { return nil }
	}
	skipped, err := access.ReadAudit(v.settings.Data, func(e access.Entry) error {
		if !fits(e) {
			return nil
		}
		return show(e)
	})
	if err := errors.Join(err, flush()); err != nil {
		return err
	}
	if skipped > 0 {
		fmt.Fprintf(v.stderr, "Overgeslagen: %d regel(s) die niet heel zijn.\n", skipped)
	}
	return nil
}

// filter is whether an entry is asked for.
func (c *auditCmd) filter(now time.Time) (func(access.Entry) bool, error) {
	since, err := moment(c.Since, now, 0)
	if err != nil {
		return nil, fmt.Errorf("--since: %w", err)
	}
	until, err := moment(c.Until, now, 1)
	if err != nil {
		return nil, fmt.Errorf("--until: %w", err)
	}
	is := func(want, got string) bool { return want == "" || want == got }
	return func(e access.Entry) bool {
		return !e.Time.Before(since) && (until.IsZero() || e.Time.Before(until)) &&
			is(c.Actor, e.Actor) && is(c.Action, string(e.Action)) && is(c.Object, e.Object)
	}, nil
}

// moment reads a day, a point in time or a time ago; empty is the zero time. Of
// a day it is the beginning, so many days later.
func moment(text string, now time.Time, days int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day.AddDate(0, 0, days), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if n, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(n, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is no day (2026-11-22), time (2026-11-22T10:00:00Z) or time ago (24h, 7d)", text)
}

// auditTable shows entries as lines of a table, in the time of here.
func auditTable(v *invocation) (show func(access.Entry) error, flush func() error) {
	w := tabwriter.NewWriter(v.stdout, 0, 0, 2, ' ', 0)
	head := false
	return func(e access.Entry) error {
		if !head {
			head = true
			fmt.Fprintln(w, "TIJD\tHANDELING\tUITKOMST\tOBJECT\tWIE\tVANWAAR\tVERZOEK")
		}
		result := dutchResult(e.Result)
		if e.Status != 0 {
			result += " (" + strconv.Itoa(e.Status) + ")"
		}
		from := strings.TrimSpace(string(e.Door) + " " + e.Address)
		cells := []string{e.Time.Local().Format(time.DateTime), dutchAction(e.Action), result, e.Object, e.Actor, from, e.RequestID}
		for i, cell := range cells {
			cells[i] = printable(cell)
		}
		_, err := fmt.Fprintln(w, strings.Join(cells, "\t"))
		return err
	}, w.Flush
}

// printable keeps what a damaged or forged line may hold from steering a
// terminal.
func printable(s string) string {
	if q := strconv.Quote(s); q != `"`+s+`"` {
		return q
	}
	return s
}

func dutchAction(a access.Action) string {
	names := map[access.Action]string{
		access.ActionAsk: "vragen", access.ActionSearch: "zoeken", access.ActionRead: "lezen", access.ActionChange: "wijzigen",
		access.ActionErase: "wissen", access.ActionExport: "uitvoeren", access.ActionShare: "delen", access.ActionFeedback: "beoordelen",
		access.ActionIngest: "opnemen", access.ActionKey: "sleutel", access.ActionSignIn: "aanmelden", access.ActionSignOut: "afmelden",
		access.ActionBackup: "reservekopie", access.ActionRestore: "terugzetten",
	}
	if name, ok := names[a]; ok {
		return name
	}
	return string(a)
}

func dutchResult(r access.Result) string {
	names := map[access.Result]string{
		access.ResultOK: "gelukt", access.ResultRefused: "geen antwoord", access.ResultDenied: "geweigerd", access.ResultFailed: "mislukt",
	}
	if name, ok := names[r]; ok {
		return name
	}
	return string(r)
}

// audit writes down what the command did, beside a running server or without
// one. That it can't be written is told and stops nothing, as access.Audit says.
// Where there is no data folder nothing was done.
func (v *invocation) audit(ctx context.Context, failed error) {
	if v.deed.Action == "" {
		return
	}
	lg := v.logger()
	audit, err := access.OpenAudit(lg, v.settings.Data, access.AuditConfig{})
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		lg.ErrorContext(ctx, "audit line is not written", "action", string(v.deed.Action), "error", err)
		return
	}
	defer audit.Close()
	e := v.deed
	e.Door, e.Actor = access.DoorCLI, runner()
	switch {
	case failed != nil:
		e.Result = access.ResultFailed
	case e.Result == "":
		e.Result = access.ResultOK
	}
	audit.Note(ctx, e)
}

// runner is whoever runs the program, as the audit log names them.
func runner() string {
	u, err := user.Current()
	if err != nil {
		return "os:"
	}
	return "os:" + u.Username
}
