// Verify measures the verification of commit signatures side by side, in one run on the same
// repositories: gpg through `git log --format=%G?`, `vidimus verify commits`, and the bare cryptography.
//
// For each algorithm it makes a repository of signed commits with a new key, gives gpg a key ring that
// holds exactly that key, and prints commits per second, CPU seconds, wall time, peak memory, and two
// ratios: how many times ours is faster than gpg, and our CPU time over that of the bare cryptography,
// once without and once with what git takes to read the objects and the program to start. Run it on a
// quiet machine: ours and the bare cryptography use all cores, gpg one, so that whatever else runs slows them more.
// Each but gpg is run three times, in turn; the run with the least CPU time counts.
// It needs git; without gpg that column stays empty. Nothing of it is part of the product.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// counts says how many commits of a kind are made; gpg judges only so many of them.
type counts struct {
	kind      string
	ours, gpg int
}

func main() {
	var only string
	var scale float64
	var keep string
	flag.StringVar(&only, "only", "", "one of ed25519, p256, rsa2048, rsa4096, mixed, long")
	flag.Float64Var(&scale, "scale", 1, "times as many commits")
	flag.StringVar(&keep, "dir", "", "make the repositories there and keep them")
	testing.Init()
	flag.Parse()
	if err := run(only, scale, keep); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

// run measures each kind.
func run(only string, scale float64, dir string) error {
	if dir == "" {
		made, err := os.MkdirTemp("", "bench-verify-")
		if err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		defer os.RemoveAll(made)
		dir = made
	}
	binary := filepath.Join(dir, "vidimus")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/vidimus").CombinedOutput(); err != nil {
		return fmt.Errorf("build vidimus: %w\n%s", err, out)
	}
	fmt.Printf("%s, %d cores, %s\n", runtime.Version(), runtime.NumCPU(), time.Now().UTC().Format(time.DateOnly))
	fmt.Println("kind       commits  by               commits/s    CPU s   wall s  peak MB   CPU µs/commit")
	for _, c := range []counts{
		{"ed25519", 20_000, 300},
		{"p256", 20_000, 300},
		{"rsa2048", 20_000, 300},
		{"rsa4096", 4_000, 300}, // signing these takes longest
		{"mixed", 20_000, 300},
		{"long", 100_000, 0},
	} {
		if only != "" && only != c.kind || only == "" && c.kind == "long" {
			continue
		}
		c.ours, c.gpg = int(float64(c.ours)*scale), int(float64(c.gpg)*scale)
		if err := measure(c, binary, filepath.Join(dir, c.kind)); err != nil {
			return fmt.Errorf("%s: %w", c.kind, err)
		}
	}
	return nil
}

// measure makes one repository and runs the three over it.
func measure(c counts, binary, dir string) error {
	w, err := makeWorld(c, dir)
	if err != nil {
		return err
	}
	var bare, ours, git, start result
	for range rounds { // in turn, so that a busy moment meets all alike
		err := errors.Join(
			bare.lower(w.bare),
			ours.lower(func() (result, error) { return w.ours(binary) }),
			git.lower(w.git),
			start.lower(func() (result, error) { return w.start(binary) }))
		if err != nil {
			return err
		}
	}
	bare.print(c.kind, "bare crypto")
	ours.print(c.kind, "vidimus")
	git.print(c.kind, "of that, git")
	start.print(c.kind, "of that, start")
	own := ours.perCommit() - git.perCommit() - start.perCommit()
	fmt.Printf("%-10s ours/bare in CPU time per commit:  %.2f, with git's reading and the start of the program %.2f\n",
		c.kind, own/bare.perCommit(), ours.perCommit()/bare.perCommit())
	if c.gpg == 0 {
		return nil
	}
	if _, err := exec.LookPath("gpg"); err != nil {
		fmt.Printf("%-10s gpg is not installed\n", c.kind)
		return nil
	}
	gpg, err := w.gpg(c.gpg)
	if err != nil {
		return err
	}
	gpg.print(c.kind, "git with gpg")
	fmt.Printf("%-10s ours/gpg in commits per second:    %.0f\n", c.kind, ours.rate()/gpg.rate())
	return nil
}

// result is one measurement.
type result struct {
	commits   int
	cpu, wall time.Duration
	peak      int64 // bytes
}

// rounds is how often each but gpg is run; the run with the least CPU time counts.
const rounds = 3

// lower runs a measurement, and is that one if it took less CPU time or none was made before.
func (r *result) lower(run func() (result, error)) error {
	again, err := run()
	if err == nil && (r.commits == 0 || again.cpu < r.cpu) {
		*r = again
	}
	return err
}

// rate is commits per second of wall time.
func (r result) rate() float64 { return float64(r.commits) / r.wall.Seconds() }

// perCommit is CPU seconds per commit.
func (r result) perCommit() float64 { return r.cpu.Seconds() / float64(r.commits) }

// print writes a line of the table.
func (r result) print(kind, by string) {
	fmt.Printf("%-10s %7d  %-15s %10.0f %8.2f %8.2f %8.1f %14.1f\n",
		kind, r.commits, by, r.rate(), r.cpu.Seconds(), r.wall.Seconds(), float64(r.peak)/1e6, r.perCommit()*1e6)
}

// oneLine gives the first line of text.
func oneLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return line
}
