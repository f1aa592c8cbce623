package httpapi

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/access"
)

// openAPI describes every route, schema and error; the tests hold every answer
// against it.
//
//go:embed openapi.yaml
var openAPI string

// infoFor is what the sender of a request may know of this server: whoever may
// ask it nothing learns its name and notice.
func (a *api) infoFor(c *gin.Context) (Info, error) {
	info, err := a.Info(c.Request.Context(), readerOf(c))
	if err != nil {
		return Info{}, err
	}
	if scopes := subjectOf(c).Scopes; !scopes.Has(access.Chat) && !scopes.Has(access.Search) {
		info = Info{Name: info.Name, Mode: info.Mode, Notice: info.Notice}
	}
	info.Examples = notNull(info.Examples)
	return info, nil
}

// getInfo tells what this server is.
func (a *api) getInfo(c *gin.Context) error {
	info, err := a.infoFor(c)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, info)
	return nil
}

// health is the answer of both probes.
type health struct {
	Status string `json:"status"`
}

// getHealth says that the process is up, whatever it is doing.
func (a *api) getHealth(c *gin.Context) error {
	writeJSON(c, http.StatusOK, health{"ok"})
	return nil
}

// getReady says whether questions can be answered.
func (a *api) getReady(c *gin.Context) error {
	if !a.Ready() {
		return errNotReady
	}
	writeJSON(c, http.StatusOK, health{"ready"})
	return nil
}

func (a *api) getOpenAPI(c *gin.Context) error {
	return writeText(c, "application/yaml; charset=utf-8", openAPI)
}
