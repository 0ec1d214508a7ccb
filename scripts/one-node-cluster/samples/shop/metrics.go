package main

import (
	"fmt"
	"net/http"
	"sort"
	"sync"
	"time"
)

// The buckets that Prometheus clients use unless told otherwise, in seconds.
var buckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

type metrics struct {
	lock    sync.Mutex
	byCode  map[int]uint64
	atMost  []uint64
	count   uint64
	seconds float64
}

func newMetrics() *metrics {
	return &metrics{byCode: map[int]uint64{}, atMost: make([]uint64, len(buckets))}
}

func (m *metrics) observe(code int, took time.Duration) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.byCode[code]++
	m.count++
	m.seconds += took.Seconds()
	for i, bound := range buckets {
		if took.Seconds() <= bound {
			m.atMost[i]++
		}
	}
}

func (m *metrics) ServeHTTP(answer http.ResponseWriter, _ *http.Request) {
	m.lock.Lock()
	defer m.lock.Unlock()
	answer.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintln(answer, "# TYPE http_requests_total counter")
	codes := make([]int, 0, len(m.byCode))
	for code := range m.byCode {
		codes = append(codes, code)
	}
	sort.Ints(codes)
	for _, code := range codes {
		fmt.Fprintf(answer, "http_requests_total{code=\"%d\"} %d\n", code, m.byCode[code])
	}
	fmt.Fprintln(answer, "# TYPE http_request_duration_seconds histogram")
	for i, bound := range buckets {
		fmt.Fprintf(answer, "http_request_duration_seconds_bucket{le=\"%g\"} %d\n", bound, m.atMost[i])
	}
	fmt.Fprintf(answer, "http_request_duration_seconds_bucket{le=\"+Inf\"} %d\n", m.count)
	fmt.Fprintf(answer, "http_request_duration_seconds_sum %g\n", m.seconds)
	fmt.Fprintf(answer, "http_request_duration_seconds_count %d\n", m.count)
}
