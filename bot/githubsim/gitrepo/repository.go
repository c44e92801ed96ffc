// Package gitrepo keeps the bare Git repositories of the embedded GitHub on disk.
//
// In go object bytes, ref changes and smart-HTTP requests of real git clients; out come parsed commits, trees,
// histories, merges and patches. Objects are always loose, so reading and writing them needs no process; merging,
// line diffs, ref transactions and the wire protocol are left to the git binary (2.38 or newer).
// It knows nothing of GitHub: no accounts, no pull requests, no clock.
package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// commandTimeout ends a git process that hangs; the longest honest one (a merge of large trees) takes seconds.
const commandTimeout = 60 * time.Second

// Repository is one bare repository. Reading is safe at any time and from several goroutines;
// who writes must see to it that nobody else writes to the same repository meanwhile.
type Repository struct {
	dir string

	mu      sync.Mutex
	commits map[string]*Commit
	changes map[diffKey][]Change
	merges  map[diffKey]string // trees; "" where the sides conflict
}

// Init makes a new bare repository in dir, whose HEAD names branch. The folder must not exist yet.
func Init(dir, branch string) (*Repository, error) {
	if _, err := os.Stat(dir); err == nil {
		return nil, fmt.Errorf("init repository: %s exists already", dir)
	}
	args := []string{"init", "--quiet", "--bare", "--template=", "--initial-branch=" + branch, dir}
	if _, err := run(command{args: args}); err != nil {
		return nil, fmt.Errorf("init repository %s: %w", dir, err)
	}
	r := &Repository{dir: dir, commits: map[string]*Commit{}, changes: map[diffKey][]Change{}, merges: map[diffKey]string{}}
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(configuration), 0o600); err != nil {
		return nil, fmt.Errorf("configure repository %s: %w", dir, err)
	}
	return r, nil
}

// configuration keeps every object loose (unpackLimit, no gc: see the package comment), hides the pull refs from
// pushes as GitHub does, and allows what CI clients ask of GitHub: partial clones and wants by object id.
const configuration = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	logAllRefUpdates = false
	fsync = none
[receive]
	unpackLimit = 2147483647
	hideRefs = refs/pull
	autogc = false
	denyNonFastForwards = false
	advertisePushOptions = true
[transfer]
	fsckObjects = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[http]
	receivepack = true
[gc]
	auto = 0
[maintenance]
	auto = false
`

// SetHead makes HEAD name branch, which need not exist.
func (r *Repository) SetHead(branch string) error {
	_, err := run(command{args: r.args("symbolic-ref", "HEAD", "refs/heads/"+branch)})
	return err
}

func (r *Repository) args(args ...string) []string {
	return append([]string{"--git-dir=" + r.dir}, args...)
}

// command is one run of git.
type command struct {
	args  []string
	stdin []byte
	// quiet is an exit code that is an answer and no error.
	quiet int
}

// CommandError is a run of git that failed: its exit code and what it said.
type CommandError struct {
	Command string
	Code    int
	Stderr  string
}

// Error names the command, its exit code and what it said.
func (e *CommandError) Error() string {
	return fmt.Sprintf("git %s: exit %d: %s", e.Command, e.Code, strings.TrimSpace(e.Stderr))
}

// run starts git and returns what it wrote to stdout. An exit code equal to c.quiet is not an error.
func run(c command) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", c.args...)
	cmd.Env = Environment()
	cmd.Stdin = bytes.NewReader(c.stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if exit.ExitCode() > 0 && exit.ExitCode() == c.quiet {
			return stdout.Bytes(), nil
		}
		return stdout.Bytes(), &CommandError{Command: c.args[len(c.args)-1], Code: exit.ExitCode(), Stderr: stderr.String()}
	}
	if err != nil {
		return nil, fmt.Errorf("git: %w", err)
	}
	return stdout.Bytes(), nil
}

// Environment is the whole environment that the simulator's git processes see: no configuration of the machine or of
// its user may change what the simulator answers.
func Environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=/nonexistent",
		"LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_DEFAULT_HASH=sha1",
		"GIT_DEFAULT_REF_FORMAT=files",
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=safe.directory",
		"GIT_CONFIG_VALUE_0=*",
	}
}
