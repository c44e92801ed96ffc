package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// sampling is how often the memory of a running command is looked at.
const sampling = 10 * time.Millisecond

// timed runs a command; its CPU time holds that of what it started and waited for, its peak memory the
// sum over it and its children, as Linux tells it while they run.
func timed(c *exec.Cmd) (string, result, error) {
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	start := time.Now()
	if err := c.Start(); err != nil {
		return "", result{}, fmt.Errorf("%s: %w", filepath.Base(c.Path), err)
	}
	ended, peak := make(chan struct{}), make(chan int64)
	go watch(c.Process.Pid, ended, peak)
	err := c.Wait()
	wall := time.Since(start)
	close(ended)
	r := result{wall: wall, peak: <-peak}
	if err != nil {
		return "", r, fmt.Errorf("%s: %w: %s", filepath.Base(c.Path), err, oneLine(stderr.Bytes()))
	}
	r.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return stdout.String(), r, nil
}

// watch gives the largest memory that a process and its children had together.
func watch(pid int, ended <-chan struct{}, peak chan<- int64) {
	var most int64
	tick := time.NewTicker(sampling)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			peak <- most
			return
		case <-tick.C:
			sum := resident(pid)
			for _, child := range children(pid) {
				sum += resident(child)
			}
			most = max(most, sum)
		}
	}
}

// children lists the processes that a process has started; none where Linux does not tell.
func children(pid int) []int {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	var pids []int
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(data)) {
			if n, err := strconv.Atoi(field); err == nil {
				pids = append(pids, n)
			}
		}
	}
	return pids
}

// resident is the largest memory that a process has had, in bytes; 0 where Linux does not tell.
func resident(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err == nil {
				return n * 1024
			}
		}
	}
	return 0
}
