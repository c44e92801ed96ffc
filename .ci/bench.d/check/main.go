// Check measures `vidimus check` over a folder of documents against parsing the same Markdown with goldmark alone, in
// one run on the same machine: CPU seconds, wall time, peak memory, and the ratio of CPU times.
//
// It takes a folder of documents, or makes one with a generator: -make SCRIPT runs "python3 SCRIPT --count N --out DIR".
// Both are processes of their own that start, walk the folder and read one file after the other, with the collector
// tuned alike. goldmark then parses what stands below the front matter, with the extensions that documents may use,
// and drops it; the check judges and prints. What parsing alone takes, out of memory, is measured too: start, files
// and front matter of the check count against it there. This process itself holds no documents: Linux counts the
// memory of the one that starts a process as that process's own. Run it on a quiet machine. Nothing of it is part of the product.
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
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// settings are the flags.
type settings struct {
	dir, generator, asOf string
	parse, memory        string // only parse this folder, for the processes of goldmark
	count, rounds        int
}

func main() {
	var s settings
	flag.StringVar(&s.dir, "dir", "", "folder of documents; made and kept there with -make")
	flag.StringVar(&s.generator, "make", "", "script that writes valid documents")
	flag.StringVar(&s.asOf, "as-of", "2026-11-24", "day by which dates are judged")
	flag.StringVar(&s.parse, "parse", "", "parse the documents of this folder and do nothing else")
	flag.StringVar(&s.memory, "parse-memory", "", "read the documents of this folder, then parse them and print the nanoseconds of the processor")
	flag.IntVar(&s.count, "count", 10_000, "documents to make")
	flag.IntVar(&s.rounds, "rounds", 3, "times each is run; the best counts")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

func run(s settings) error {
	if s.parse != "" {
		p := newParser()
		return eachText(s.parse, func(t []byte) { p.Parse(text.NewReader(t)) })
	}
	if s.memory != "" {
		return parseMemory(s.memory)
	}
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
	count := 0
	if err := eachText(s.dir, func([]byte) { count++ }); err != nil {
		return err
	}
	if count == 0 {
		return fmt.Errorf("no documents in %s; -dir or -make says where they come from", s.dir)
	}
	fmt.Printf("%s, %d cores, %d documents, %s\n", runtime.Version(), runtime.NumCPU(), count, time.Now().UTC().Format(time.DateOnly))
	return compare(s, binary)
}

// compare runs all in turn and prints the best of each.
func compare(s settings, binary string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	var memory, bare, ours result
	for range s.rounds {
		_, nanoseconds, err := measure(exec.Command(self, "-parse-memory", s.dir))
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(nanoseconds), 10, 64)
		if err != nil {
			return fmt.Errorf("read what parsing took: %w", err)
		}
		memory = better(memory, result{cpu: time.Duration(n)})
		c := exec.Command(self, "-parse", s.dir)
		c.Env = append(os.Environ(), "GOGC=200", "GOMEMLIMIT=140MiB") // as vidimus check sets them itself
		r, _, err := measure(c)
		if err != nil {
			return err
		}
		bare = better(bare, r)
		r, out, err := measure(exec.Command(binary, "check", s.dir, "--as-of", s.asOf))
		if err != nil {
			return err
		}
		if !strings.Contains(out, "documents, ") {
			return fmt.Errorf("vidimus check says nothing of documents:\n%s", out)
		}
		ours = better(ours, r)
	}
	report("parsing alone", memory)
	report("goldmark alone", bare)
	report("vidimus check", ours)
	fmt.Printf("check/goldmark in CPU time: %.2f; check/parsing alone: %.2f\n",
		ours.cpu.Seconds()/bare.cpu.Seconds(), ours.cpu.Seconds()/memory.cpu.Seconds())
	return nil
}

// report prints one line.
func report(name string, r result) {
	fmt.Printf("%-14s %8.2f CPU s", name, r.cpu.Seconds())
	if r.peak > 0 {
		fmt.Printf(" %8.2f wall s %8.1f MB at most", r.wall.Seconds(), float64(r.peak)/1e6)
	}
	fmt.Println()
}

// result is one measurement.
type result struct {
	cpu, wall time.Duration
	peak      int64 // bytes; 0 where it was not measured
}

func better(a, b result) result {
	if a.cpu == 0 || b.cpu < a.cpu {
		return b
	}
	return a
}

// eachText hands over what stands below the front matter of each document, as it is read.
func eachText(dir string, visit func([]byte)) error {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, below, found := bytes.Cut(raw, []byte("\n---\n")); found {
			raw = below
		}
		visit(raw)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read documents: %w", err)
	}
	return nil
}

func newParser() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()
}

// parseMemory reads the documents of a folder, then makes a syntax tree of each and drops it.
func parseMemory(dir string) error {
	var texts [][]byte
	if err := eachText(dir, func(t []byte) { texts = append(texts, t) }); err != nil {
		return err
	}
	runtime.GC()
	p, before := newParser(), ownCPU()
	for _, t := range texts {
		p.Parse(text.NewReader(t))
	}
	fmt.Println((ownCPU() - before).Nanoseconds())
	return nil
}

// ownCPU is the CPU time of this process until now.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs a command; exit code 1 is no error, for findings are none as long as it did its work.
func measure(c *exec.Cmd) (result, string, error) {
	start := time.Now()
	out, err := c.CombinedOutput()
	r := result{wall: time.Since(start)}
	if c.ProcessState == nil || c.ProcessState.ExitCode() != 0 && c.ProcessState.ExitCode() != 1 {
		return r, "", fmt.Errorf("%s: %w\n%s", c, err, out)
	}
	r.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = usage.Maxrss * 1024 // Linux counts KiB
	}
	return r, string(out), nil
}
