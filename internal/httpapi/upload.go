package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/docs"
)

const (
	// maxUpload is the most bytes of a request with files, maxFiles the most
	// files in it, maxMeta the most bytes of what is said of them.
	maxUpload = 128 << 20
	maxFiles  = 50
	maxMeta   = 256 << 10
	// uploadTimeout is how long a client may take to send them.
	uploadTimeout = 5 * time.Minute
	// maxUploads is how many such requests are read at once, one of each
	// subject: each may take maxUpload of memory.
	maxUploads = 2
	// maxName is the most code points in the name of a file, maxField in one
	// thing that is said of it.
	maxName  = 200
	maxField = 500
)

var (
	errUploadType = &apiError{
		status: http.StatusUnsupportedMediaType, code: "unsupported_media_type",
		message: `Stuur de bestanden als multipart/form-data, elk als "file".`,
	}
	errUploadLarge = &apiError{
		status: http.StatusRequestEntityTooLarge, code: "too_large",
		message: fmt.Sprintf("De bestanden zijn samen groter dan %d MB.", maxUpload>>20),
	}
	errUploadBusy = &apiError{
		status: http.StatusServiceUnavailable, code: "busy", retryAfter: startRetry,
		message: "Er worden al bestanden ontvangen. Probeer het zo nog eens.",
	}
)

// ConflictError says that something can't be as things are; Message is a Dutch
// sentence.
type ConflictError struct{ Message string }

func (e *ConflictError) Error() string { return "conflict: " + e.Message }

// uploadMeta is what a client says of a file, by its name, in the part
// "metadata".
type uploadMeta struct {
	Title     string   `json:"title"`
	Publisher string   `json:"publisher"`
	Kind      string   `json:"kind"`
	Date      string   `json:"date"`
	Dossier   string   `json:"dossier"`
	SourceURL string   `json:"source_url"`
	Language  string   `json:"language"`
	Groups    []string `json:"groups"`
	// Supersedes are ids of documents, or names of files that were sent.
	Supersedes []string `json:"supersedes"`
}

// postDocuments takes new documents.
func (a *api) postDocuments(c *gin.Context) error {
	files, err := a.readUploads(c)
	if err != nil {
		return err
	}
	job, err := a.Jobs.Add(c.Request.Context(), subjectOf(c), files)
	if err != nil {
		return fmt.Errorf("add documents: %w", err)
	}
	writeJSON(c, http.StatusAccepted, shownJob(job))
	return nil
}

// putDocument takes a file in the place of a document.
func (a *api) putDocument(c *gin.Context) error {
	id := pathID(c)
	files, err := a.readUploads(c)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return invalid("Stuur één bestand.")
	}
	job, err := a.Jobs.Replace(c.Request.Context(), subjectOf(c), id, files[0])
	if err != nil {
		return fmt.Errorf("replace document %s: %w", id, err)
	}
	writeJSON(c, http.StatusAccepted, shownJob(job))
	return nil
}

// deleteDocument removes one.
func (a *api) deleteDocument(c *gin.Context) error {
	id := pathID(c)
	job, err := a.Jobs.Remove(c.Request.Context(), subjectOf(c), id)
	if err != nil {
		return fmt.Errorf("remove document %s: %w", id, err)
	}
	writeJSON(c, http.StatusAccepted, shownJob(job))
	return nil
}

// readUploads reads files and what is said of them.
func (a *api) readUploads(c *gin.Context) ([]Upload, error) {
	kind, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, errUploadType
	}
	// One who sends slowly would keep all others out.
	if by := subjectOf(c).ID; by != "" {
		if !a.uploaders.enter(by) {
			return nil, errUploadBusy
		}
		defer a.uploaders.leave(by)
	}
	select {
	case a.uploads <- struct{}{}:
		defer func() { <-a.uploads }()
	default:
		return nil, errUploadBusy
	}
	rc := http.NewResponseController(c.Writer)
	// Without a network connection there is nothing to set.
	_ = rc.SetReadDeadline(time.Now().Add(uploadTimeout))
	body := http.MaxBytesReader(c.Writer, c.Request.Body, maxUpload)
	files, said, err := readParts(multipart.NewReader(body, params["boundary"]))
	if err != nil {
		return nil, err
	}
	_ = rc.SetReadDeadline(time.Time{})
	return describe(files, said)
}

// readParts reads the parts of a form: files, and what is said of them by name.
func readParts(form *multipart.Reader) (files []Upload, said map[string]uploadMeta, err error) {
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return files, said, nil
		}
		if err != nil {
			return nil, nil, unreadableUpload(err)
		}
		switch {
		case part.FormName() == "metadata" && said == nil:
			if said, err = readMeta(part); err != nil {
				return nil, nil, err
			}
		case part.FormName() == "file" && len(files) < maxFiles:
			data, err := io.ReadAll(part)
			if err != nil {
				return nil, nil, unreadableUpload(err)
			}
			files = append(files, Upload{Name: part.FileName(), Data: data})
		case part.FormName() == "file":
			return nil, nil, invalid(fmt.Sprintf("Stuur hooguit %d bestanden tegelijk.", maxFiles))
		default:
			return nil, nil, invalid(`Het formulier mag alleen delen "file" en één deel "metadata" hebben.`)
		}
	}
}

func unreadableUpload(err error) error {
	if seen := unreadable(err); !errors.Is(seen, errTooLarge) {
		return seen
	}
	return errUploadLarge
}

func readMeta(part io.Reader) (map[string]uploadMeta, error) {
	text, err := io.ReadAll(io.LimitReader(part, maxMeta+1))
	if err != nil {
		return nil, unreadableUpload(err)
	}
	said := map[string]uploadMeta{}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	if len(text) > maxMeta || !utf8.Valid(text) || dec.Decode(&said) != nil || dec.More() {
		return nil, invalid(`"metadata" moet een JSON-object zijn: per bestandsnaam wat ervan bekend is (title, publisher, kind, date, dossier, source_url, language, groups, supersedes).`)
	}
	return said, nil
}

// describe checks names and what is said, and puts them together.
func describe(files []Upload, said map[string]uploadMeta) ([]Upload, error) {
	if len(files) == 0 {
		return nil, invalid(`Stuur ten minste één bestand, als "file".`)
	}
	seen := map[string]bool{}
	for i := range files {
		f := &files[i]
		switch {
		case !saneName(f.Name):
			return nil, invalid(fmt.Sprintf("Geef elk bestand een naam van 1 tot en met %d tekens, die niet met een punt begint.", maxName))
		case seen[f.Name]:
			return nil, invalid(fmt.Sprintf("Twee bestanden heten %q.", f.Name))
		}
		seen[f.Name] = true
		m := said[f.Name]
		if err := m.check(f.Name); err != nil {
			return nil, err
		}
		f.Meta = docs.Meta{
			Title: m.Title, Publisher: m.Publisher, Kind: m.Kind, Date: m.Date, Dossier: m.Dossier,
			SourceURL: m.SourceURL, Language: m.Language, Groups: slices.Compact(slices.Sorted(slices.Values(m.Groups))),
			Supersedes: slices.Compact(slices.Sorted(slices.Values(m.Supersedes))),
		}
	}
	for name := range said {
		if !seen[name] {
			return nil, invalid(fmt.Sprintf("In \"metadata\" staat %q, dat niet is meegestuurd.", name))
		}
	}
	return files, nil
}

// saneName reports whether a name is one file's in one folder.
func saneName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n > 0 && n <= maxName && utf8.ValidString(name) && !strings.HasPrefix(name, ".") &&
		!strings.ContainsAny(name, `/\`) && !strings.ContainsFunc(name, invisible) && strings.TrimSpace(name) == name
}

// invisible reports whether a name could look like another's by a character: one
// that nobody sees, or that turns the order of the others around.
func invisible(r rune) bool { return !unicode.IsGraphic(r) }

// check reports what is wrong with what is said of a file.
func (m *uploadMeta) check(name string) error {
	for _, s := range slices.Concat([]string{m.Title, m.Publisher, m.Kind, m.Dossier, m.SourceURL, m.Language}, m.Groups, m.Supersedes) {
		if utf8.RuneCountInString(s) > maxField || strings.ContainsFunc(s, unicode.IsControl) {
			return invalid(fmt.Sprintf("Wat van %q is opgegeven is te lang, of bevat tekens die geen tekst zijn.", name))
		}
	}
	if _, err := time.Parse(time.DateOnly, m.Date); m.Date != "" && err != nil {
		return invalid(fmt.Sprintf("De datum van %q moet zijn als 2020-11-18.", name))
	}
	if m.SourceURL != "" && webLink(m.SourceURL) == "" {
		return invalid(fmt.Sprintf("De \"source_url\" van %q moet een webadres zijn.", name))
	}
	for _, g := range m.Groups {
		if strings.TrimSpace(g) != g || g == "" {
			return invalid(fmt.Sprintf("De groepen van %q moeten namen hebben.", name))
		}
	}
	if m.Groups != nil && len(m.Groups) == 0 {
		return invalid(fmt.Sprintf("Een lege lijst groepen zou %q voor iedereen openen; laat \"groups\" daarvoor weg.", name))
	}
	return nil
}
