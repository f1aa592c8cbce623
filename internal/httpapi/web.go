package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
)

// pagePolicy is the content security policy of the pages: only this server's
// own script and style, no inline code, and no text that becomes markup.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'self'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// What index.html has where something of ours comes in its place.
const (
	baseMark  = `<base href="/">`
	titleMark = `<title>Bronwijzer</title>`
	pageMark  = `<!--page-->`
)

// webApp is the web chat, ready to be served.
type webApp struct {
	// head ends before the title, body goes on after it up to the page.
	head, body, foot string
	assets           map[string]asset
}

// asset is a file whose name changes with its content.
type asset struct {
	contentType, etag string
	plain             []byte
	// gzipped is nil where compressing doesn't make it smaller.
	gzipped []byte
}

var errWebFrame = errors.New("index.html lacks its base, title or place for the page")

// newWebApp reads the built files; basePath is where the routes stand.
func newWebApp(files fs.FS, basePath string) (*webApp, error) {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, err
	}
	frame := strings.Replace(string(index), baseMark, `<base href="`+html.EscapeString(basePath)+`/">`, 1)
	head, rest, hasTitle := strings.Cut(frame, titleMark)
	body, foot, hasPage := strings.Cut(rest, pageMark)
	if !hasTitle || !hasPage || !strings.Contains(string(index), baseMark) {
		return nil, errWebFrame
	}
	w := &webApp{head: head, body: body, foot: foot, assets: map[string]asset{}}
	entries, err := fs.ReadDir(files, "assets")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		content, err := fs.ReadFile(files, "assets/"+e.Name())
		if err != nil {
			return nil, err
		}
		if w.assets[e.Name()], err = newAsset(e.Name(), content); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
	}
	return w, nil
}

// newAsset compresses once, at the start: it takes milliseconds, and the
// committed files stay readable.
func newAsset(name string, content []byte) (asset, error) {
	sum := sha256.Sum256(content)
	a := asset{contentType: mime.TypeByExtension(path.Ext(name)), etag: `"` + hex.EncodeToString(sum[:16]) + `"`, plain: content}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return a, err
	}
	_, err = z.Write(content)
	if err := errors.Join(err, z.Close()); err != nil {
		return a, err
	}
	if b.Len() < len(content) {
		a.gzipped = b.Bytes()
	}
	return a, nil
}

// page is the frame with a title and content, which is HTML.
func (w *webApp) page(title, content string) string {
	return w.head + "<title>" + html.EscapeString(title) + "</title>" + w.body + content + w.foot
}

// getAsset serves a file of the web chat. Its name changes with its content, so
// it may be kept for good.
func (a *api) getAsset(c *gin.Context) error {
	file, ok := a.web.assets[c.Param("id")]
	if !ok {
		return errNotFound
	}
	h := c.Writer.Header()
	h.Set("Content-Type", file.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	content, etag := file.plain, file.etag
	if file.gzipped != nil && acceptsGzip(c.Request) {
		// Another representation needs another strong ETag.
		content, etag = file.gzipped, strings.TrimSuffix(etag, `"`)+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if etagMatches(c.Request.Header.Values("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		c.Status(http.StatusNotModified)
		return nil
	}
	c.Status(http.StatusOK)
	if _, err := c.Writer.Write(content); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// acceptsGzip reports whether a request takes gzip. A weight other than 0 says
// yes: there is only gzip or nothing to choose from.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			weight := strings.TrimSpace(params)
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}
