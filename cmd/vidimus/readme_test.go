package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fencedCommands are the lines of README.md's shell blocks.
func fencedCommands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		found = append(found, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	if len(found) < 2 {
		t.Fatalf("README.md has %d commands", len(found))
	}
	return found
}

// Every command of README.md does what it says there: those that end, end well;
// the demo prints an address that answers; the test command is the one that CI
// runs, as its last step.
func TestReadme_commandsWork(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the demo; not with -short")
	}
	folder := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "docs-templates"), filepath.Join(folder, "docs-templates")); err != nil {
		t.Fatal(err)
	}
	for _, line := range fencedCommands(t) {
		arguments, ours := strings.CutPrefix(line, "go run ./cmd/vidimus ")
		switch {
		case line == "go test ./...":
			endsCI(t, root, line)
		case !ours:
			t.Errorf("README.md tells %q, which this test cannot run", line)
		case arguments == "demo":
			prints(t, folder)
		default:
			c := program(t.Context(), folder, strings.Fields(arguments)...)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
		}
	}
}

func program(ctx context.Context, folder string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], arguments...)
	c.Dir = folder
	c.Env = append(os.Environ(), asVidimus+"=1")
	return c
}

// endsCI: .ci/run closes with the command, perhaps with -race.
func endsCI(t *testing.T, root, command string) {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(script)), "\n")
	if last := lines[len(lines)-1]; last != command {
		t.Errorf(".ci/run ends with %q, README.md says %q", last, command)
	}
}

// prints runs the demo until it prints the address to open, opens it, and ends the
// demo as a person does, with Ctrl-C.
func prints(t *testing.T, folder string) {
	t.Helper()
	c := program(t.Context(), folder, "demo")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = c.Process.Signal(syscall.SIGINT)
		_, _ = io.Copy(io.Discard, out) // let it say what it has to say
		if err := c.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	}()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+\S*`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		at := address.FindString(lines.Text())
		if at == "" {
			continue
		}
		client := http.Client{Timeout: time.Minute}
		answer, err := client.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close() //nolint:errcheck // only read
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", at, answer.Status)
		}
		return
	}
	t.Error("the demo printed no address")
}
