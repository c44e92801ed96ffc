package server

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// metrics are the counters since the start of the process. Labels come from short
// lists, so that nobody outside can make new ones.
type metrics struct {
	mu         sync.Mutex
	deliveries map[series]uint64
	verdicts   map[string]uint64
}

// series is one line of the counter of deliveries.
type series struct {
	event   string
	outcome outcome
}

// other stands for what is on no list.
const other = "other"

func (m *metrics) delivery(event string, o outcome) {
	if !worked(event) {
		event = other
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.deliveries == nil {
		m.deliveries = map[series]uint64{}
	}
	m.deliveries[series{event, o}]++
}

func (m *metrics) verdict(conclusion string) {
	switch conclusion {
	case "success", "failure", "action_required", "neutral":
	default:
		conclusion = other
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.verdicts == nil {
		m.verdicts = map[string]uint64{}
	}
	m.verdicts[conclusion]++
}

// measure writes all metrics. Source: Prometheus, "Exposition formats", text
// format 0.0.4.
func (s *Server) measure(w http.ResponseWriter, r *http.Request) {
	state := s.pulse.take(r.Context())
	var b strings.Builder
	s.metrics.write(&b)
	up := 1
	if state.err != nil {
		s.config.Log.ErrorContext(r.Context(), "database does not work", "err", state.err)
		up = 0
	}
	gauge(&b, "vidimus_store_writable", "Whether the database takes writes.", up)
	if state.err == nil {
		gauge(&b, "vidimus_queue_open", "Deliveries that are to be worked.", state.queue.Open)
		gauge(&b, "vidimus_queue_waiting", "Open deliveries that failed and are tried again later.", state.queue.Waiting)
		gauge(&b, "vidimus_queue_dead", "Deliveries that failed too often and were set aside.", state.queue.Dead)
		gauge(&b, "vidimus_queue_oldest_seconds", "Age of the oldest open delivery.", state.queue.Oldest.Seconds())
		gauge(&b, "vidimus_wishes_open", "Repositories that are to be looked at or published.", state.queue.Wishes)
		gauge(&b, "vidimus_wishes_failing", "Those of them whose last attempt failed.", state.queue.FailingWishes)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = io.WriteString(w, b.String()) // the reader may be gone
}

func (m *metrics) write(b *strings.Builder) {
	m.mu.Lock()
	defer m.mu.Unlock()
	head(b, "vidimus_deliveries_total", "Webhook deliveries by event and outcome.", "counter")
	for _, s := range slices.SortedFunc(maps.Keys(m.deliveries), func(x, y series) int {
		return cmp.Or(cmp.Compare(x.event, y.event), cmp.Compare(x.outcome, y.outcome))
	}) {
		fmt.Fprintf(b, "vidimus_deliveries_total{event=%q,outcome=%q} %d\n", s.event, s.outcome, m.deliveries[s])
	}
	head(b, "vidimus_verdicts_total", "Verdicts posted, by conclusion.", "counter")
	for _, conclusion := range slices.Sorted(maps.Keys(m.verdicts)) {
		fmt.Fprintf(b, "vidimus_verdicts_total{conclusion=%q} %d\n", conclusion, m.verdicts[conclusion])
	}
}

func gauge[N int | float64](b *strings.Builder, name, help string, value N) {
	head(b, name, help, "gauge")
	fmt.Fprintf(b, "%s %v\n", name, value)
}

func head(b *strings.Builder, name, help, kind string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}
