package gitstore_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// bare is a repository of git's own making.
type bare struct {
	t   *testing.T
	dir string
}

func newBare(t *testing.T) bare {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: git is not here")
	}
	r := bare{t, filepath.Join(t.TempDir(), "repo.git")}
	r.run("", "init", "--quiet", "--bare", "--initial-branch", "main", r.dir)
	return r
}

// run runs git without anybody's configuration, with a standard input, in the
// repository once it is there.
func (r bare) run(stdin string, args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "git", args...)
	if _, err := os.Stat(r.dir); err == nil {
		cmd.Dir = r.dir
	}
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@a.example", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@a.example")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r bare) blob(text string) string { return r.run(text, "hash-object", "-w", "--stdin") }

// tree stores a tree of raw entries, whatever git would say to them.
func (r bare) tree(entries ...string) string {
	r.t.Helper()
	var raw bytes.Buffer
	for _, e := range entries { // "MODE NAME\x00HEX"
		head, digits, _ := strings.Cut(e, "\x00")
		raw.WriteString(head + "\x00")
		id, err := hex.DecodeString(digits)
		if err != nil {
			r.t.Fatal(err)
		}
		raw.Write(id)
	}
	return r.run(raw.String(), "hash-object", "-t", "tree", "-w", "--literally", "--stdin")
}

func (r bare) commit(branch, tree string, parents ...string) string {
	r.t.Helper()
	args := []string{"commit-tree", tree, "-m", "change"}
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	id := r.run("", args...)
	r.run("", "update-ref", "refs/heads/"+branch, id)
	return id
}

func (r bare) remote() gitstore.Remote { return gitstore.Remote{URL: r.dir} }

// mirror is an empty mirror.
func mirror(t *testing.T) *gitstore.Mirror {
	t.Helper()
	m, err := gitstore.Open(t.TempDir()).Mirror(1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func everything(string) bool { return true }

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func notFound(err error) bool { return errors.Is(err, gitstore.ErrNotFound) }

// refuse makes the repository refuse every push, as a ruleset does.
func refuse(t *testing.T, r bare) {
	t.Helper()
	hooks := filepath.Join(r.dir, "hooks")
	if err := os.MkdirAll(hooks, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(hooks, "pre-receive"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
