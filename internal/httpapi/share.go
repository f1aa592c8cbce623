package httpapi

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
)

// shareLink is how a caller sees the link to an answer. Both are empty where
// there is none.
type shareLink struct {
	ID string `json:"id"`
	// URL is the page that shows the answer.
	URL string `json:"url"`
}

func (a *api) shareLink(id string) shareLink {
	if id == "" {
		return shareLink{}
	}
	return shareLink{ID: id, URL: a.publicBase + "/s/" + id}
}

// postShare makes the link to an answer, or finds the one that there is.
func (a *api) postShare(c *gin.Context) error {
	id := pathID(c)
	share, err := a.Chat.Share(c.Request.Context(), subjectOf(c), id)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, a.shareLink(share))
	return nil
}

// getShare tells whether there is a link to an answer.
func (a *api) getShare(c *gin.Context) error {
	id := pathID(c)
	share, err := a.Chat.ShareOf(c.Request.Context(), subjectOf(c), id)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, a.shareLink(share))
	return nil
}

// deleteShare withdraws it.
func (a *api) deleteShare(c *gin.Context) error {
	id := pathID(c)
	if err := a.Chat.Unshare(c.Request.Context(), subjectOf(c), id); err != nil {
		return fmt.Errorf("withdraw share: %w", err)
	}
	c.Status(http.StatusNoContent)
	return nil
}

// getShared shows the record behind a link.
func (a *api) getShared(c *gin.Context) error {
	id := pathID(c)
	include, err := includes(c)
	if err != nil {
		return err
	}
	ans, err := a.Chat.Shared(c.Request.Context(), subjectOf(c), id)
	if err != nil {
		return err
	}
	concerns(c, ans.ID)
	writeJSON(c, http.StatusOK, shown(ans, include, chat.MaxTopK))
	return nil
}
