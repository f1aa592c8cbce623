package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"bronwijzer/internal/access"
	"bronwijzer/internal/slack"
	"bronwijzer/internal/store"
)

// somebody is of whom something is kept: a subject's id, or a user of Slack, whose
// id only the signing secret turns into a subject's.
type somebody struct {
	Subject                string `help:"Wie: het id zoals \"bronwijzer export\" zonder opties het toont." placeholder:"ID" xor:"who"`
	SlackUser              string `help:"Wie, als gebruiker van Slack: wat die in directe berichten en met /bronwijzer vroeg. Wat in een kanaal is gevraagd hoort bij de draad." placeholder:"ID" xor:"who"`
	SlackSigningSecret     string `help:"Signing secret van de Slack-app, bij --slack-user." placeholder:"GEHEIM"`
	SlackSigningSecretFile string `help:"Bestand met dat geheim." placeholder:"BESTAND"`
}

// id is the subject's.
func (s *somebody) id() (string, error) {
	if s.SlackUser == "" {
		return s.Subject, nil
	}
	if !slackUser.MatchString(s.SlackUser) {
		return "", &inputError{fmt.Errorf("--slack-user: %q isn't the id of a user of Slack (U0123ABCD)", s.SlackUser)}
	}
	signing, err := secret("slack-signing-secret", s.SlackSigningSecret, s.SlackSigningSecretFile)
	if err == nil && signing == "" {
		err = &hintError{
			errors.New("--slack-user takes the signing secret of the Slack app"),
			"Geef --slack-signing-secret-file, zoals bij \"bronwijzer serve\": alleen met dat geheim is te zien wie het is.",
		}
	}
	if err != nil {
		return "", err
	}
	return slack.Owner(signing, s.SlackUser), nil
}

// errNothingKept is for somebody of whom nothing is kept.
var errNothingKept = errors.New("nothing is kept of this subject")

func nothingKept() error {
	return &hintError{errNothingKept, "\"bronwijzer export\" zonder opties toont van wie iets wordt bewaard."}
}

// exportCmd hands over what is kept of somebody; of nobody it lists of whom
// something is.
type exportCmd struct {
	somebody

	Out string `help:"Bestand; anders de uitvoer." type:"path" placeholder:"BESTAND"`
}

// Run writes JSON: who, when, and every conversation with records, feedback and
// links; or the list of subjects. It works beside a running server.
func (c *exportCmd) Run(ctx context.Context, v *invocation) (err error) {
	subject, err := c.id()
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, v.logger(), v.settings.Data, store.Beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	list, err := st.Subjects(ctx)
	if err != nil {
		return err
	}
	if subject == "" {
		return listSubjects(list, v.stdout)
	}
	v.deed.Action, v.deed.Object = access.ActionExport, subject
	if !slices.ContainsFunc(list, func(s store.SubjectInfo) bool { return s.ID == subject }) {
		return nothingKept()
	}
	w := v.stdout
	if c.Out != "" {
		f, openErr := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if openErr != nil {
			return &hintError{openErr, "Kies met --out een bestand dat er nog niet is, in een map waarin u mag schrijven."}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w = f
	}
	return export(ctx, st, subject, w)
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
func listSubjects(list []store.SubjectInfo, w io.Writer) error {
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
type eraseCmd struct{ somebody }

// Validate wants to know who: without, that is nobody in particular.
func (c *eraseCmd) Validate() error {
	if c.Subject == "" && c.SlackUser == "" {
		return errors.New("missing flags: --subject=ID / --slack-user=ID")
	}
	return nil
}

// Run removes conversations, records, feedback, links and sessions, also from
// the free pages of the database. It works beside a running server.
func (c *eraseCmd) Run(ctx context.Context, v *invocation) (err error) {
	subject, err := c.id()
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, v.logger(), v.settings.Data, store.Beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	v.deed.Action, v.deed.Object = access.ActionErase, subject
	erased, err := st.EraseSubject(ctx, subject)
	if err != nil {
		return err
	}
	wait, done := context.WithTimeout(ctx, clearTime)
	defer done()
	if err := st.Cleared(wait); err != nil {
		return &hintError{err, "Alles is gewist, maar staat nog in het logboek van de databank, omdat een ander programma die leest. Herhaal de opdracht als dat klaar is."}
	}
	if erased == (store.Erased{}) {
		return nothingKept()
	}
	_, err = fmt.Fprintf(v.stdout, "Gewist: %d gesprekken en %d aanmeldingen van %s.\n", erased.Conversations, erased.Sessions, subject)
	return err
}
