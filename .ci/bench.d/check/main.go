// Check measures `vidimus check` over a folder of documents against parsing the same Markdown with goldmark alone, in
// one run on the same machine: CPU seconds, wall time, peak memory, and the ratio of CPU times.
//
// It takes a folder of documents, or makes one with a generator: -make SCRIPT runs "python3 SCRIPT --count N --out DIR".
// goldmark parses what stands below the front matter, with the extensions that documents may use, out of memory; the
// check starts, reads, judges and prints. Run it on a quiet machine. Nothing of it is part of the product.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// settings are the flags.
type settings struct {
	dir, generator, asOf string
	count, rounds        int
}

func main() {
	var s settings
	flag.StringVar(&s.dir, "dir", "", "folder of documents; made and kept there with -make")
	flag.StringVar(&s.generator, "make", "", "script that writes valid documents")
	flag.StringVar(&s.asOf, "as-of", "2026-11-24", "day by which dates are judged")
	flag.IntVar(&s.count, "count", 10_000, "documents to make")
	flag.IntVar(&s.rounds, "rounds", 3, "times each is run; the best counts")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

func run(s settings) error {
	work, err := os.MkdirTemp("", "bench-check-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(work)
	if s.dir == "" {
		s.dir = filepath.Join(work, "documents")
	}
	if s.generator != "" {
		if out, err := exec.Command("python3", s.generator, "--count", strconv.Itoa(s.count), "--out", s.dir).CombinedOutput(); err != nil {
			return fmt.Errorf("make documents: %w\n%s", err, out)
		}
	}
	binary := filepath.Join(work, "vidimus")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/vidimus").CombinedOutput(); err != nil {
		return fmt.Errorf("build vidimus: %w\n%s", err, out)
	}
	texts, err := readTexts(s.dir)
	if err != nil {
		return err
	}
	if len(texts) == 0 {
		return fmt.Errorf("no documents in %s; -dir or -make says where they come from", s.dir)
	}
	fmt.Printf("%s, %d cores, %d documents, %s\n", runtime.Version(), runtime.NumCPU(), len(texts), time.Now().UTC().Format(time.DateOnly))
	return compare(s, binary, texts)
}

// compare runs both in turn and prints the best of each.
func compare(s settings, binary string, texts [][]byte) error {
	var bare, ours result
	for range s.rounds {
		bare = better(bare, parse(texts))
		r, err := check(binary, s)
		if err != nil {
			return err
		}
		ours = better(ours, r)
	}
	fmt.Printf("%-14s %8.2f CPU s %8.2f wall s\n", "goldmark alone", bare.cpu.Seconds(), bare.wall.Seconds())
	fmt.Printf("%-14s %8.2f CPU s %8.2f wall s %8.1f MB at most\n", "vidimus check", ours.cpu.Seconds(), ours.wall.Seconds(), float64(ours.peak)/1e6)
	fmt.Printf("check/goldmark in CPU time: %.2f\n", ours.cpu.Seconds()/bare.cpu.Seconds())
	return nil
}

// result is one measurement.
type result struct {
	cpu, wall time.Duration
	peak      int64 // bytes
}

func better(a, b result) result {
	if a.cpu == 0 || b.cpu < a.cpu {
		return b
	}
	return a
}

// readTexts returns what stands below the front matter of each document.
func readTexts(dir string) ([][]byte, error) {
	var texts [][]byte
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		raw, err := os.ReadFile(path)
		if _, below, found := bytes.Cut(raw, []byte("\n---\n")); found {
			raw = below
		}
		texts = append(texts, raw)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	return texts, nil
}

// parse makes a syntax tree of each text and drops it.
func parse(texts [][]byte) result {
	runtime.GC()
	parser := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()
	before, start := ownCPU(), time.Now()
	for _, t := range texts {
		parser.Parse(text.NewReader(t))
	}
	return result{cpu: ownCPU() - before, wall: time.Since(start)}
}

// ownCPU is the CPU time of this process until now.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// check runs the command; findings are no error, as long as it did its work.
func check(binary string, s settings) (result, error) {
	c := exec.Command(binary, "check", s.dir, "--as-of", s.asOf)
	start := time.Now()
	out, err := c.CombinedOutput()
	r := result{wall: time.Since(start)}
	if c.ProcessState == nil || c.ProcessState.ExitCode() > 1 {
		return r, fmt.Errorf("vidimus check: %w\n%s", err, out)
	}
	r.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = usage.Maxrss * 1024 // Linux counts KiB
	}
	if !strings.Contains(string(out), "documents, ") {
		return r, fmt.Errorf("vidimus check says nothing of documents:\n%s", out)
	}
	return r, nil
}
