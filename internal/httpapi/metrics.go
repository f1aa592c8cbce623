package httpapi

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bronwijzer/internal/docs"
	"bronwijzer/internal/record"
)

// metrics counts what the server does, in a registry of its own. Its labels
// come from the table of routes and from the constants of package record, never
// from a request: no question and no id gets into them.
type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	stages    *prometheus.HistogramVec
	answers   *prometheus.CounterVec
	refusals  *prometheus.CounterVec
	unnoted   prometheus.Counter
	streams   prometheus.Gauge
	documents prometheus.Gauge
	passages  prometheus.Gauge
	handler   http.Handler
}

// newMetrics makes the registry and everything in it. Refused, where it isn't nil,
// counts what another door turned away.
func newMetrics(audit Audit, refused func() int64) *metrics {
	// From a search in memory to an answer that a model writes in a minute.
	buckets := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bronwijzer_http_requests_total", Help: "Requests by route, method and status.",
		}, []string{"route", "method", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bronwijzer_http_request_duration_seconds", Help: "Time until a request was answered in full.", Buckets: buckets,
		}, []string{"route"}),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bronwijzer_stage_duration_seconds", Help: "Time that a stage of an answer took: retrieve, generate, total.", Buckets: buckets,
		}, []string{"stage"}),
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bronwijzer_answers_total", Help: "Answers by status and mode.",
		}, []string{"status", "mode"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bronwijzer_refusals_total", Help: "Refusals by reason.",
		}, []string{"reason"}),
		unnoted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bronwijzer_audit_unnoted_total", Help: "Actions of strangers beyond those that the audit log takes.",
		}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bronwijzer_open_streams", Help: "Event streams that are open now.",
		}),
		documents: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bronwijzer_documents", Help: "Documents that everybody may read.",
		}),
		passages: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bronwijzer_passages", Help: "Passages that everybody may read.",
		}),
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "bronwijzer_audit_failures_total", Help: "Lines of the audit log that couldn't be written.",
	}, func() float64 { return float64(audit.Failures()) }))
	if refused != nil {
		reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "bronwijzer_slack_refused_total", Help: "Requests to Slack's addresses that Slack didn't sign.",
		}, func() float64 { return float64(refused()) }))
	}
	reg.MustRegister(m.requests, m.durations, m.stages, m.answers, m.refusals, m.unnoted, m.streams, m.documents, m.passages,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	return m
}

// request counts one request.
func (m *metrics) request(label, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(label, knownMethod(method), strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(label).Observe(took.Seconds())
}

// answered counts one answer. A reply searches nothing, so only its total is
// measured; without a model there is no generating.
func (m *metrics) answered(a *record.Answer) {
	m.answers.WithLabelValues(string(a.Status), string(a.Mode)).Inc()
	if a.Refusal != nil {
		m.refusals.WithLabelValues(string(a.Refusal.Reason)).Inc()
	}
	m.stage("total", a.Timings.Total)
	if a.Status != record.Reply {
		m.stage("retrieve", a.Timings.Retrieve)
	}
	if a.Mode == record.Generated {
		m.stage("generate", a.Timings.Generate)
	}
}

func (m *metrics) stage(name string, ms int64) {
	m.stages.WithLabelValues(name).Observe(float64(ms) / 1000)
}

// getMetrics serves the metrics in Prometheus' format. The size of the
// collection is asked for here, as nothing tells when it changes; without it
// the other metrics are needed all the more.
func (a *api) getMetrics(c *gin.Context) error {
	ctx := c.Request.Context()
	// Whoever may read the metrics isn't a member of every group: what is limited
	// doesn't count here either.
	if info, err := a.Info(ctx, docs.Reader{}); err != nil {
		a.lg.WarnContext(ctx, "size of the collection is unknown", slog.Any("error", err))
	} else {
		a.metrics.documents.Set(float64(info.Documents))
		a.metrics.passages.Set(float64(info.Passages))
	}
	a.metrics.handler.ServeHTTP(c.Writer, c.Request)
	return nil
}
