package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

type settings struct {
	version      string
	pod          string
	track        string
	port         int
	errorPercent float64
	latency      time.Duration
	startDelay   time.Duration
	crash        bool
	unready      bool
}

// Every setting that is not a number, not just the first.
func readSettings() (settings, []string) {
	var problems []string
	number := func(name string, fallback int) int {
		text := os.Getenv(name)
		if text == "" {
			return fallback
		}
		value, err := strconv.Atoi(text)
		if err != nil || value < 0 {
			problems = append(problems, fmt.Sprintf("%s: %q is not a whole number", name, text))
		}
		return value
	}
	percent := func(name string) float64 {
		text := os.Getenv(name)
		if text == "" {
			return 0
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || !(value >= 0 && value <= 100) {
			problems = append(problems, fmt.Sprintf("%s: %q is not a number from 0 to 100", name, text))
		}
		return value
	}
	milliseconds := func(name string) time.Duration {
		return time.Duration(number(name, 0)) * time.Millisecond
	}
	pod, _ := os.Hostname()
	read := settings{
		version:      os.Getenv("VERSION"),
		pod:          pod,
		track:        os.Getenv("TRACK"),
		port:         number("PORT", 8080),
		errorPercent: percent("ERROR_PERCENT"),
		latency:      milliseconds("LATENCY_MS"),
		startDelay:   milliseconds("START_DELAY_MS"),
		crash:        isOn("CRASH"),
		unready:      isOn("UNREADY"),
	}
	return read, problems
}

func isOn(name string) bool {
	value := os.Getenv(name)
	return value != "" && value != "0" && value != "false"
}
