package httpapi

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
)

// pagesHTML are the pages as readers see them whose browser runs no script;
// for the others the web chat takes their place.
//
//go:embed pages.html
var pagesHTML string

// parsePages reads the templates home, document and error: what stands inside
// the frame of the web chat.
func parsePages() (*template.Template, error) {
	return template.New("pages").Parse(pagesHTML)
}

// writePage answers with a template inside the frame of the web chat. It is
// rendered in full first, so that an error of it can still become an answer.
func (a *api) writePage(c *gin.Context, status int, name, title string, data any) {
	var content bytes.Buffer
	if err := a.pages.ExecuteTemplate(&content, name, data); err != nil {
		a.lg.ErrorContext(c.Request.Context(), "render page", "page", name, "error", err)
		c.Status(http.StatusInternalServerError)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	c.Status(status)
	// It can only fail because the client left.
	_, _ = c.Writer.WriteString(a.web.page(title, content.String()))
}

// getApp opens the web chat at its start, a conversation, an answer or the
// list of documents. What it shows it asks the API for, so an id that doesn't
// exist is for that to tell.
func (a *api) getApp(c *gin.Context) error {
	info, err := a.infoFor(c)
	if err != nil {
		return err
	}
	a.writePage(c, http.StatusOK, "home", info.Name, info)
	return nil
}

// documentPage is what the template document shows.
type documentPage struct {
	Info DocumentInfo
	// Version is what is shown, Older that it isn't the current one, Gone that
	// there is no current one.
	Version     string
	Older, Gone bool
	// Source is Info.SourceURL where that is a link to the web.
	Source string
	// Self leads to this page: a fragment alone would lead to the page's base.
	Self string
	// Before, Quote and After are the text; Quote is empty where nothing is
	// marked, and Missed says that it should have been.
	Before, Quote, After string
	Missed               bool
}

// getViewer shows a document with the words that a citation rests on marked:
// this is where the url of a citation leads.
func (a *api) getViewer(c *gin.Context) error {
	id := pathID(c)
	info, err := a.Documents.Document(c.Request.Context(), readerOf(c), id)
	gone := errors.Is(err, chat.ErrNotFound)
	if err != nil && !gone {
		return err
	}
	if gone {
		info = DocumentInfo{ID: id, Title: id}
	}
	v := c.Request.URL.Query()
	version := v.Get("version")
	if version == "" {
		version = info.Version
	}
	text, err := a.text(c, id, version)
	if err != nil {
		return err
	}
	page := documentPage{
		Info: info, Version: version, Gone: gone, Older: !gone && version != info.Version,
		Source: webLink(info.SourceURL), Self: "documents/" + id + "?" + c.Request.URL.RawQuery,
	}
	page.mark(text, v)
	a.writePage(c, http.StatusOK, "document", info.Title, page)
	return nil
}

// mark cuts text at the span that the parameters name.
func (p *documentPage) mark(text string, v url.Values) {
	p.Before = text
	if !v.Has("start") && !v.Has("end") {
		return
	}
	start, errStart := strconv.Atoi(v.Get("start"))
	end, errEnd := strconv.Atoi(v.Get("end"))
	quote, ok := docs.Span{Start: start, End: end}.Slice(text)
	if errStart != nil || errEnd != nil || !ok || quote == "" {
		p.Missed = true
		return
	}
	p.Before, _ = docs.Span{End: start}.Slice(text)
	p.Quote = quote
	p.After = text[len(p.Before)+len(quote):]
}

// webLink is raw where it leads to the web, and else nothing: a manifest could
// hold a javascript: address.
func webLink(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Host != "" && (strings.EqualFold(u.Scheme, "https") || strings.EqualFold(u.Scheme, "http")) {
		return raw
	}
	return ""
}
