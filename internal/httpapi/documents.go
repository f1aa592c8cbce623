package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// getSearch finds passages.
func (a *api) getSearch(c *gin.Context) error {
	v, err := query(c, "q", "k", "publisher", "kind", "from", "to")
	if err != nil {
		return err
	}
	q, err := checkQuestion("q", v.Get("q"))
	if err != nil {
		return err
	}
	k, err := number(v, "k", chat.DefaultTopK, chat.MaxTopK)
	if err != nil {
		return err
	}
	filter := docs.Filter{
		Publishers: only(v.Get("publisher")), Kinds: only(v.Get("kind")), From: v.Get("from"), To: v.Get("to"),
		Reader: readerOf(c),
	}
	if err := checkFilter(filter); err != nil {
		return err
	}
	passages, err := a.Searcher.Search(c.Request.Context(), q, k, filter)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	writeJSON(c, http.StatusOK, struct {
		Query    string           `json:"query"`
		Passages []record.Passage `json:"passages"`
	}{q, shownPassages(passages, k)})
	return nil
}

// getDocuments lists the collection.
func (a *api) getDocuments(c *gin.Context) error {
	page, perPage, err := paging(c)
	if err != nil {
		return err
	}
	list, total, err := a.Documents.Documents(c.Request.Context(), readerOf(c), page, perPage)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, struct {
		Documents []DocumentInfo `json:"documents"`
		Page      int            `json:"page"`
		PerPage   int            `json:"per_page"`
		Total     int            `json:"total"`
	}{notNull(list), page, perPage, total})
	return nil
}

// getDocument shows one.
func (a *api) getDocument(c *gin.Context) error {
	id := pathID(c)
	if _, err := query(c); err != nil {
		return err
	}
	info, err := a.Documents.Document(c.Request.Context(), readerOf(c), id)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, info)
	return nil
}

// getText serves the exact text that spans count in: a BOM and CRs inside it
// are part of it. A text named by its version never changes; private, because
// who may read it can.
func (a *api) getText(c *gin.Context) error {
	id := pathID(c)
	v, err := query(c, "version")
	if err != nil {
		return err
	}
	version, caching := v.Get("version"), "private, max-age=31536000, immutable"
	if subjectOf(c).Known() {
		// Somebody who signs out leaves nothing for who comes next.
		caching = "private, no-cache"
	}
	if !v.Has("version") {
		info, err := a.Documents.Document(c.Request.Context(), readerOf(c), id)
		if err != nil {
			return err
		}
		version, caching = info.Version, "private, no-cache"
	}
	text, err := a.text(c, id, version)
	if err != nil {
		return err
	}
	etag := `"` + version + `"`
	h := c.Writer.Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", caching)
	if etagMatches(c.Request.Header.Values("If-None-Match"), etag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	return writeText(c, "text/plain; charset=utf-8", text)
}

// text reads a version of a document.
func (a *api) text(c *gin.Context, id, version string) (string, error) {
	if !saneVersion.MatchString(version) {
		return "", errNotFound
	}
	return a.Documents.Text(c.Request.Context(), readerOf(c), id, version)
}

// etagMatches compares as If-None-Match asks (RFC 9110, 13.1.2): weakly.
func etagMatches(lines []string, etag string) bool {
	for t := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
		if t == etag || t == "*" {
			return true
		}
	}
	return false
}
