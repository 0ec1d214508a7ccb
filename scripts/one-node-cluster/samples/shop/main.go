// Shop is a small web service to deploy: it says which version it is, and misbehaves when told to.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// What a terminating pod may take for the requests that are still open.
const drainLimit = 60 * time.Second

func main() {
	read, problems := readSettings()
	if len(problems) > 0 {
		exit("these settings cannot be used: " + strings.Join(problems, "; "))
	}
	if read.crash {
		exit("shop: CRASH is set, so this version does not start")
	}
	time.Sleep(read.startDelay)
	serve(read)
}

func serve(read settings) {
	server := &http.Server{Addr: fmt.Sprintf(":%d", read.port), Handler: handler(read)}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		terminated := make(chan os.Signal, 1)
		signal.Notify(terminated, syscall.SIGTERM, syscall.SIGINT)
		<-terminated
		limit, cancel := context.WithTimeout(context.Background(), drainLimit)
		defer cancel()
		_ = server.Shutdown(limit)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		exit("shop: " + err.Error())
	}
	<-stopped
}

func handler(read settings) http.Handler {
	counted := newMetrics()
	routes := http.NewServeMux()
	routes.Handle("/metrics", counted)
	routes.HandleFunc("/health", func(answer http.ResponseWriter, _ *http.Request) {
		if read.unready {
			http.Error(answer, "unready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(answer, "ok")
	})
	routes.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) {
		started := time.Now()
		time.Sleep(read.latency)
		code := http.StatusOK
		if 100*rand.Float64() < read.errorPercent {
			code = http.StatusInternalServerError
		}
		sell(answer, read, code)
		counted.observe(code, time.Since(started))
	})
	return routes
}

func sell(answer http.ResponseWriter, read settings, code int) {
	answer.Header().Set("Content-Type", "application/json")
	answer.Header().Set("X-Version", read.version)
	answer.WriteHeader(code)
	said := map[string]string{"version": read.version, "pod": read.pod}
	if read.track != "" {
		said["track"] = read.track
	}
	_ = json.NewEncoder(answer).Encode(said)
}

func exit(reason string) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}
