package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"bronwijzer/internal/chat"
	"bronwijzer/internal/llm"
)

// apiError is an error as a client sees it.
type apiError struct {
	status int
	// code is for programs, message a Dutch sentence for a reader.
	code, message string
	// param names what of the request is wrong, where OpenAI's form asks for it.
	param string
	// retryAfter, where it isn't 0, says when to come back.
	retryAfter time.Duration
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// statusClientGone is what log and metrics show for a client that left before
// there was an answer. It is no status of HTTP, but widely used for this.
const statusClientGone = 499

// startRetry is when to ask again while the first index is being made.
const startRetry = 5 * time.Second

// busyRetry is when to ask again when it is too busy: those who are refused come
// back as spread as they came.
const busyRetry = 2 * time.Second

// The errors that arise in this package.
var (
	errNoRoute = &apiError{
		status: http.StatusNotFound, code: "not_found",
		message: "Dit adres bestaat niet.",
	}
	errNotFound = &apiError{
		status: http.StatusNotFound, code: "not_found",
		message: "Dit is niet gevonden.",
	}
	errNoMethod = &apiError{
		status: http.StatusMethodNotAllowed, code: "method_not_allowed",
		message: "Deze bewerking kan niet op dit adres.",
	}
	errWrongHost = &apiError{
		status: http.StatusMisdirectedRequest, code: "wrong_host",
		message: "Deze server is niet bereikbaar onder deze naam.",
	}
	errCrossOrigin = &apiError{
		status: http.StatusForbidden, code: "cross_origin",
		message: "Een andere website mag deze server niet gebruiken.",
	}
	errNoCredential = &apiError{
		status: http.StatusUnauthorized, code: "unauthorized",
		message: "Meld u aan, of stuur een sleutel mee.",
	}
	errBadCredential = &apiError{
		status: http.StatusUnauthorized, code: "invalid_credentials",
		message: "De aanmelding of sleutel is niet (meer) geldig.",
	}
	errScope = &apiError{
		status: http.StatusForbidden, code: "forbidden",
		message: "Hiervoor hebt u geen toestemming.",
	}
	errMediaType = &apiError{
		status: http.StatusUnsupportedMediaType, code: "unsupported_media_type",
		message: "Stuur de inhoud als application/json in UTF-8.",
	}
	errTooLarge = &apiError{
		status: http.StatusRequestEntityTooLarge, code: "too_large",
		message: "De inhoud is groter dan 1 MB.",
	}
	errSlowBody = &apiError{
		status: http.StatusRequestTimeout, code: "request_timeout",
		message: "De inhoud kwam niet op tijd binnen.",
	}
	errNotReady = &apiError{
		status: http.StatusServiceUnavailable, code: "not_ready", retryAfter: startRetry,
		message: "De documenten worden nog ingelezen. Probeer het zo nog eens.",
	}
	errBusy = &apiError{
		status: http.StatusServiceUnavailable, code: "busy", retryAfter: busyRetry,
		message: "Het is nu te druk om te antwoorden. Probeer het over een paar tellen nog eens.",
	}
	errManyStreams = &apiError{
		status: http.StatusTooManyRequests, code: "too_many_streams", retryAfter: busyRetry,
		message: "Er worden voor u al veel vragen tegelijk beantwoord. Wacht tot er een klaar is.",
	}
	errStopping = &apiError{
		status: http.StatusServiceUnavailable, code: "shutting_down", retryAfter: startRetry,
		message: "De server wordt gestopt. Probeer het zo nog eens.",
	}
	errNoModel = &apiError{
		status: http.StatusServiceUnavailable, code: "model_unavailable", retryAfter: startRetry,
		message: "Het taalmodel is nu niet bereikbaar. Probeer het zo nog eens.",
	}
	errFull = &apiError{
		status: http.StatusInsufficientStorage, code: "storage_full",
		message: "De schijf van de server is vol: uw vraag of document kan niet worden bewaard. Waarschuw de beheerder.",
	}
	errTimeout = &apiError{
		status: http.StatusGatewayTimeout, code: "timeout",
		message: "Het antwoord duurde te lang.",
	}
	errInternal = &apiError{
		status: http.StatusInternalServerError, code: "internal",
		message: "Er ging iets mis in de server. Meld het met het nummer van dit verzoek.",
	}
)

// invalid is the error for a request that isn't right; message is a Dutch
// sentence.
func invalid(message string) error {
	return &apiError{status: http.StatusBadRequest, code: "invalid_request", message: message}
}

// errGone marks the failure to write to a client.
var errGone = errors.New("client is gone")

// clientLeft reports whether nobody waits for the answer any more.
func clientLeft(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, errGone) || errors.Is(err, context.Canceled)
}

// explain is the one place where an error of the program becomes what a client
// sees of it; nil where nobody is left to see it.
func explain(ctx context.Context, err error) *apiError {
	var own *apiError
	var wrong *chat.InvalidError
	var conflict *ConflictError
	switch {
	case errors.Is(context.Cause(ctx), errShutdown):
		return errStopping
	case clientLeft(ctx, err):
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &wrong):
		return &apiError{status: http.StatusBadRequest, code: "invalid_request", message: wrong.Message}
	case errors.As(err, &conflict):
		return &apiError{status: http.StatusConflict, code: "conflict", message: conflict.Message}
	case errors.Is(err, chat.ErrNotFound):
		return errNotFound
	case errors.Is(err, chat.ErrNotReady):
		return errNotReady
	case errors.Is(err, chat.ErrBusy):
		return errBusy
	case errors.Is(err, chat.ErrFull):
		return errFull
	case errors.Is(err, llm.ErrUnavailable):
		return errNoModel
	case errors.Is(err, context.DeadlineExceeded):
		return errTimeout
	default:
		return errInternal
	}
}

// errorBody is the form of every error.
type errorBody struct {
	Error errorDetail `json:"error"`
}

type errorDetail struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
}

// report logs err where somebody should look at it, and returns what the client
// may know: nil when it left.
func (a *api) report(c *gin.Context, err error) (*apiError, errorBody) {
	seen := explain(c.Request.Context(), err)
	if seen == nil {
		return nil, errorBody{}
	}
	if seen.status >= http.StatusInternalServerError && seen.retryAfter == 0 {
		attrs := []any{
			slog.String("request_id", c.GetString(requestIDKey)),
			slog.String("route", routeOf(c).label()), slog.Any("error", err),
		}
		var p *panicError
		if errors.As(err, &p) {
			attrs = append(attrs, slog.String("stack", string(p.stack)))
		}
		a.lg.ErrorContext(c.Request.Context(), "request failed", attrs...)
	}
	return seen, errorBody{errorDetail{seen.code, seen.message, c.GetString(requestIDKey)}}
}

// fail answers a request with an error. Once an answer has begun it can only
// log; a stream says itself what went wrong.
func (a *api) fail(c *gin.Context, err error) {
	seen, body := a.report(c, err)
	switch {
	case c.Writer.Written():
		return
	case seen == nil:
		c.Status(statusClientGone)
		return
	}
	leaveBody(c)
	h := c.Writer.Header()
	if seen.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(seen.retryAfter)))
	}
	if seen.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(seen))
	}
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	switch rt := routeOf(c); {
	case rt.page:
		a.writePage(c, seen.status, "error", "Niet gelukt", errorPage{body.Error, a.signInLink(c, seen)})
	case rt.openAI:
		writeJSON(c, seen.status, openAIErrorOf(seen, body))
	default:
		writeJSON(c, seen.status, body)
	}
}

// challenge says how a program lets itself in; people are told in words.
func challenge(e *apiError) string {
	if e == errNoCredential {
		return `Bearer realm="Bronwijzer"`
	}
	return `Bearer realm="Bronwijzer", error="invalid_token"` // RFC 6750, 3.1
}

const (
	// leaveTime is how long net/http may look for the end of a body that nobody
	// wants, so as to use the connection again.
	leaveTime = 500 * time.Millisecond
	// leaveSize is up to which size it is worth that; above, the answer goes out
	// at once and the connection is closed behind it.
	leaveSize = 16 << 10
)

// leaveBody keeps a client that gets an error from holding the connection by
// sending its body slowly, or from having much of it read.
func leaveBody(c *gin.Context) {
	size := c.Request.ContentLength
	if size == 0 {
		return
	}
	// Without a network connection there is nothing to set.
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(leaveTime))
	if size < 0 || size > leaveSize {
		c.Writer.Header().Set("Connection", "close")
	}
}

// seconds rounds up to whole seconds, at least 1.
func seconds(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}
