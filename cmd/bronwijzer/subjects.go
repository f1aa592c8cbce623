package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"bronwijzer/internal/access"
	"bronwijzer/internal/store"
)

// exportCmd hands over what is kept of somebody.
type exportCmd struct {
	Subject string `help:"Wie: het id zoals de lijst het toont; zonder wordt de lijst getoond." placeholder:"ID"`
	Out     string `help:"Bestand; anders de uitvoer." type:"path" placeholder:"BESTAND"`
}

// Run writes JSON: who, when, and every conversation with records, feedback and
// links; or the list of subjects. It works beside a running server.
func (c *exportCmd) Run(ctx context.Context, v *invocation) (err error) {
	st, err := store.Open(ctx, v.logger(), v.settings.Data, store.Beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if c.Subject == "" {
		return listSubjects(ctx, st, v.stdout)
	}
	v.deed.Action, v.deed.Object = access.ActionExport, c.Subject
	w := v.stdout
	if c.Out != "" {
		f, openErr := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if openErr != nil {
			return &hintError{openErr, "Kies met --out een bestand dat er nog niet is, in een map waarin u mag schrijven."}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w = f
	}
	return export(ctx, st, c.Subject, w)
}

// export writes everything of a subject, a conversation at a time.
func export(ctx context.Context, st *store.Store, subject string, w io.Writer) error {
	head, err := json.Marshal(subject)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\"subject\": %s, \"exported_at\": %q, \"conversations\": [", head, time.Now().UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	n := 0
	err = st.EachHolding(ctx, subject, func(h store.Holding) error {
		text, err := json.MarshalIndent(h, "", "  ")
		if err != nil {
			return err
		}
		separator := ",\n"
		if n == 0 {
			separator = "\n"
		}
		n++
		_, err = fmt.Fprintf(w, "%s%s", separator, text)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w, "\n]}\n")
	return err
}

// listSubjects shows of whom something is kept.
func listSubjects(ctx context.Context, st *store.Store, w io.Writer) error {
	list, err := st.Subjects(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "WIE\tGESPREKKEN\tANTWOORDEN\tLAATST")
	for _, s := range list {
		id := s.ID
		if id == "" {
			id = "(niemand in het bijzonder)"
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", id, s.Conversations, s.Answers, s.LastUsed.Local().Format("2006-01-02 15:04"))
	}
	return t.Flush()
}

// clearTime is how long to wait for readers of what was erased.
const clearTime = 30 * time.Second

// eraseCmd removes what is kept of somebody.
type eraseCmd struct {
	Subject string `required:"" help:"Wie: het id zoals \"bronwijzer export\" het toont." placeholder:"ID"`
}

// Run removes conversations, records, feedback, links and sessions, also from
// the free pages of the database. It works beside a running server.
func (c *eraseCmd) Run(ctx context.Context, v *invocation) (err error) {
	if c.Subject == "" {
		return &inputError{errors.New("--subject is empty: that is nobody in particular")}
	}
	st, err := store.Open(ctx, v.logger(), v.settings.Data, store.Beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	v.deed.Action, v.deed.Object = access.ActionErase, c.Subject
	conversations, sessions, err := st.EraseSubject(ctx, c.Subject)
	if err != nil {
		return err
	}
	wait, done := context.WithTimeout(ctx, clearTime)
	defer done()
	if err := st.Cleared(wait); err != nil {
		return &hintError{err, "Alles is gewist, maar staat nog in het logboek van de databank, omdat een ander programma die leest. Herhaal de opdracht als dat klaar is."}
	}
	_, err = fmt.Fprintf(v.stdout, "Gewist: %d gesprekken en %d aanmeldingen van %s.\n", conversations, sessions, c.Subject)
	return err
}
