package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// maxGitTalk bounds what git says on stderr and what short commands print.
const maxGitTalk = 2 << 20

// commitRepository is a local repository, read by the git program.
type commitRepository struct{ dir string }

// commitSelection says which commits are read.
type commitSelection struct {
	all, stdin, oldestFirst bool
	ranges                  []string
}

// command prepares a git command that reads the objects as they are: nothing is fetched, replaced or
// grafted, and the commit graph, which is a cache that anybody who writes the repository can write too,
// is not believed. What git lists is written by the buffer, not by the commit.
func (r commitRepository) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "git", append([]string{
		"-C", r.dir, "-c", "core.commitGraph=false", "-c",
		"protocol.allow=never",
	}, args...)...)
	c.Env = append(os.Environ(),
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_GRAFT_FILE="+os.DevNull, "GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0", "GIT_FLUSH=0", "LC_ALL=C")
	return c
}

// output runs a short git command and gives what it prints, without the last line end.
func (r commitRepository) output(ctx context.Context, args ...string) (string, error) {
	c := r.command(ctx, args...)
	var stdout, stderr boundedBuffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		return "", r.failed(args[0], err, stderr.String())
	}
	if stdout.dropped {
		return "", fmt.Errorf("git %s in %s: it says more than %d bytes", args[0], r.dir, maxGitTalk)
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}

// failed says what git said.
func (r commitRepository) failed(what string, err error, talk string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return &hintedError{fmt.Errorf("run git: %w", err), "install git, or put it into the PATH"}
	}
	talk, _, _ = strings.Cut(strings.TrimSpace(talk), "\n")
	talk = strings.TrimPrefix(talk, "fatal: ")
	if talk == "" {
		return fmt.Errorf("git %s in %s: %w", what, r.dir, err)
	}
	failure := fmt.Errorf("git %s in %s: %s", what, r.dir, printable(talk))
	if strings.Contains(talk, "dubious ownership") {
		return &hintedError{failure, "git config --global --add safe.directory " + r.dir}
	}
	return failure
}

// boundedBuffer keeps the first maxGitTalk bytes and drops the rest.
type boundedBuffer struct {
	bytes.Buffer
	dropped bool
}

// Write keeps what fits and takes all.
func (b *boundedBuffer) Write(p []byte) (int, error) {
	room := max(maxGitTalk-b.Len(), 0)
	b.dropped = b.dropped || len(p) > room
	_, _ = b.Buffer.Write(p[:min(len(p), room)]) // a Buffer never fails
	return len(p), nil
}

// shallow names the boundary of a shallow repository, "" for a whole one.
func (r commitRepository) shallow(ctx context.Context) (string, error) {
	is, err := r.output(ctx, "rev-parse", "--is-shallow-repository")
	if err != nil || is != "true" {
		return "", err
	}
	file, err := r.output(ctx, "rev-parse", "--git-path", "shallow")
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(file, "/") {
		file = r.dir + "/" + file
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read boundary: %w", err)
	}
	ids := strings.Fields(string(data))
	if len(ids) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:3], " "), len(ids)-3), nil
	}
	return strings.Join(ids, " "), nil
}

// commitSource gives raw commits in the order of their ids.
type commitSource struct {
	repo      commitRepository
	out       *bufio.Reader
	processes []gitProcess
	fed       chan error // the end of feeding ids from stdin, nil without
	// printed tells that out is what rev-list --header prints; again looks up what it prints otherwise.
	printed bool
	again   *commitLookup
}

// gitProcess is a git command that runs.
type gitProcess struct {
	name string
	*exec.Cmd
	talk *boundedBuffer
}

// commits starts reading. Where git can print each commit while it walks, it reads it once; else rev-list
// writes the ids straight into cat-file, in the order in which packs hold commits.
func (r commitRepository) commits(ctx context.Context, s commitSelection, stdin io.Reader) (*commitSource, error) {
	source := &commitSource{repo: r, printed: s.streams()}
	switch {
	case source.printed:
		source.again = &commitLookup{command: r.command(ctx, "cat-file", "--batch"), source: commitSource{repo: r}}
		walk := r.command(ctx, append([]string{"rev-list", "--header", "--encoding=none"}, s.arguments()...)...)
		return source, source.read("rev-list", walk)
	case s.stdin:
		objects := r.command(ctx, "cat-file", "--batch", "--buffer")
		pipe, err := objects.StdinPipe()
		if err != nil {
			return nil, fmt.Errorf("connect to git: %w", err)
		}
		source.fed = make(chan error, 1)
		go func() { source.fed <- feedIDs(pipe, stdin) }()
		return source, source.read("cat-file", objects)
	}
	objects := r.command(ctx, "cat-file", "--batch", "--buffer")
	walk := r.command(ctx, append([]string{"rev-list"}, s.arguments()...)...)
	pipe, err := walk.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("connect to git: %w", err)
	}
	objects.Stdin = pipe
	if err := source.start("rev-list", walk); err != nil {
		return nil, err
	}
	return source, source.read("cat-file", objects)
}

// streams tells whether git forgets each commit that it has printed. It keeps all of them where it must
// know the last one before the first: with commits that are left out, or oldest first.
func (s commitSelection) streams() bool {
	if s.stdin || s.oldestFirst {
		return false
	}
	return !slices.ContainsFunc(s.ranges, func(r string) bool { return strings.Contains(r, "..") || strings.Contains(r, "^") })
}

// read starts the process from which the commits come.
func (s *commitSource) read(name string, c *exec.Cmd) error {
	out, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("connect to git: %w", err)
	}
	widen(out)
	s.out = bufio.NewReaderSize(out, 256<<10)
	return s.start(name, c)
}

// arguments are those of rev-list. What looks like an option is none.
func (s commitSelection) arguments() []string {
	var args []string
	if s.oldestFirst {
		args = []string{"--topo-order", "--reverse"}
	}
	switch {
	case s.all:
		return append(args, "--all")
	case len(s.ranges) == 0:
		return append(args, "HEAD", "--")
	}
	return append(append(append(args, "--end-of-options"), s.ranges...), "--")
}

// start starts one of the processes.
func (s *commitSource) start(name string, c *exec.Cmd) error {
	p := gitProcess{name: name, Cmd: c, talk: &boundedBuffer{}}
	c.Stderr = p.talk
	if err := c.Start(); err != nil {
		return s.repo.failed(name, err, "")
	}
	s.processes = append(s.processes, p)
	return nil
}

// close waits for git and gives what it said if it failed. What is left unread is dropped.
func (s *commitSource) close() error {
	_, _ = io.Copy(io.Discard, s.out) // only to let git end
	var failures []error
	for _, p := range s.processes {
		if err := p.Wait(); err != nil {
			failures = append(failures, s.repo.failed(p.name, err, p.talk.String()))
		}
	}
	if s.fed != nil {
		failures = append(failures, <-s.fed)
	}
	if s.again != nil {
		failures = append(failures, s.again.close())
	}
	return errors.Join(failures...)
}

// feedIDs copies commit ids, one a line, to git; anything else than hex digits is refused, because git
// would take it for a revision.
func feedIDs(to io.WriteCloser, from io.Reader) error {
	defer to.Close()
	w := bufio.NewWriter(to)
	lines := bufio.NewScanner(from)
	for n := 1; lines.Scan(); n++ {
		id := strings.TrimSpace(lines.Text())
		if id == "" {
			continue
		}
		if len(id) > 64 || len(id) < 4 || strings.Trim(id, "0123456789abcdef") != "" {
			return fmt.Errorf("read commit ids: line %d is no commit id: %.80q", n, id)
		}
		if _, err := w.WriteString(id + "\n"); err != nil {
			return fmt.Errorf("write commit ids to git: %w", err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read commit ids: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write commit ids to git: %w", err)
	}
	return nil
}
