package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

const (
	// originHead is what a work tree is compared with if nothing else is asked for.
	originHead = "refs/remotes/origin/HEAD"
	// maxBaseListing bounds the list of changed paths: 200,000 of them, as many as are ever checked, with long names.
	maxBaseListing = 64 << 20
)

// checkBase is the commit that a work tree is compared with; commit is "" if there is none.
type checkBase struct {
	repo     commitRepository
	commit   string // merge base of HEAD and tip
	tip      string
	branch   string // on which the change is to land, "" if it is not known
	worktree bool
	notes    []string
}

// findCheckBase finds the merge base of HEAD with the revision, or with origin/HEAD if none is given.
func findCheckBase(ctx context.Context, root, revision string) (checkBase, error) {
	b := checkBase{repo: commitRepository{root}, worktree: isWorktreeTop(root)}
	if !b.worktree {
		if revision != "" {
			return b, &hintedError{fmt.Errorf("--base %s: %s is not the top of a Git work tree", revision, root), "run it in the repository, or leave --base out"}
		}
		return b, nil
	}
	if _, err := exec.LookPath("git"); err != nil && revision == "" {
		b.notes = append(b.notes, "no base to compare with: git is not installed, or not in the PATH")
		return b, nil
	}
	name := revision
	if name == "" {
		name = originHead
	}
	tip, err := b.repo.resolve(ctx, name)
	switch {
	case err != nil && !errors.Is(err, errNoCommit):
		return b, err // git said why, such as a folder of somebody else's
	case err != nil && revision != "":
		return b, &hintedError{fmt.Errorf("--base %s: no such commit", revision), "git fetch, or name a branch or commit that is here"}
	case err != nil:
		b.notes = append(b.notes, "no base to compare with: origin/HEAD does not exist; --base REV names another")
		return b, nil
	}
	b.tip = tip
	return b, b.findCommit(ctx, name)
}

// findCommit finds the merge base with the tip, and the branch that the tip is of.
func (b *checkBase) findCommit(ctx context.Context, name string) error {
	commit, err := b.repo.output(ctx, "merge-base", "HEAD", b.tip)
	if err != nil {
		note := "no base to compare with: HEAD has no commit in common with " + strings.TrimPrefix(name, "refs/remotes/")
		if boundary, err := b.repo.shallow(ctx); err == nil && boundary != "" {
			note += " here; the clone is shallow: git fetch --unshallow"
		}
		b.notes = append(b.notes, note)
		return nil //nolint:nilerr // said in the note; without a base everything is judged as new
	}
	b.commit = commit
	full, err := b.repo.output(ctx, "rev-parse", "--symbolic-full-name", "--end-of-options", name)
	if err != nil {
		return err
	}
	b.branch = branchNamed(full)
	return nil
}

// branchNamed is the branch of a full reference, here or at a remote; "" if it is none.
func branchNamed(reference string) string {
	reference = reference[strings.LastIndexByte(reference, '\n')+1:] // some gits repeat --end-of-options before it
	if branch, ok := strings.CutPrefix(reference, "refs/heads/"); ok {
		return branch
	}
	remote, ok := strings.CutPrefix(reference, "refs/remotes/")
	if !ok {
		return ""
	}
	_, branch, _ := strings.Cut(remote, "/")
	return branch
}

// baseEntry is one path that differs between the base and the work tree, as it is at the base: without Mode if it is
// not there.
type baseEntry struct{ path, mode, id string }

// changed lists the paths that differ between the base and the work tree, new files included.
func (b checkBase) changed(ctx context.Context) ([]baseEntry, error) {
	tracked, err := b.list(ctx, "diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", b.commit, "--")
	if err != nil {
		return nil, err
	}
	var entries []baseEntry
	for i := 0; i+1 < len(tracked); i += 2 { // ":MODE MODE ID ID LETTER", then the path
		fields := strings.Fields(strings.TrimPrefix(tracked[i], ":"))
		if len(fields) != 5 {
			return nil, fmt.Errorf("git diff in %s: line %q is none of its form --raw", b.repo.dir, tracked[i])
		}
		e := baseEntry{path: tracked[i+1], mode: fields[0], id: fields[2]}
		if strings.Trim(e.mode, "0") == "" {
			e.mode = ""
		}
		entries = append(entries, e)
	}
	untracked, err := b.list(ctx, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	for _, path := range untracked {
		entries = append(entries, baseEntry{path: path})
	}
	return entries, nil
}

// moved are the paths that the base's tip has changed since the merge base.
func (b checkBase) moved(ctx context.Context) (map[string]bool, error) {
	moved := map[string]bool{}
	if b.tip == b.commit {
		return moved, nil
	}
	paths, err := b.list(ctx, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", b.commit, b.tip, "--")
	for _, path := range paths {
		moved[path] = true
	}
	return moved, err
}

// files reads what was at the base at the given places; a place without Mode is passed over.
func (b checkBase) files(ctx context.Context, entries []baseEntry) ([]document.File, error) {
	var ids []string
	for _, e := range entries {
		if isFileMode(e.mode) {
			ids = append(ids, e.id)
		}
	}
	blobs, err := b.blobs(ctx, ids)
	if err != nil {
		return nil, err
	}
	var files []document.File
	for _, e := range entries {
		if e.mode != "" {
			files = append(files, document.File{Path: e.path, Mode: e.mode, Bytes: blobs[e.id]})
		}
	}
	return files, nil
}

func isFileMode(mode string) bool {
	return mode == document.ModeRegular || mode == document.ModeExecutable
}

// list runs a git command that prints texts with NUL behind each.
func (b checkBase) list(ctx context.Context, args ...string) ([]string, error) {
	var listing []byte
	err := b.stream(ctx, "", func(out *bufio.Reader) (err error) {
		listing, err = io.ReadAll(io.LimitReader(out, maxBaseListing+1))
		if len(listing) > maxBaseListing {
			err = fmt.Errorf("git %s in %s: it lists more than %d bytes", args[0], b.repo.dir, maxBaseListing)
		}
		return err
	}, args...)
	text := strings.TrimSuffix(string(listing), "\x00")
	if err != nil || text == "" {
		return nil, err
	}
	return strings.Split(text, "\x00"), nil
}

// blobs reads blobs by one git process; of one over the limit of an image only a byte more, which is refused.
func (b checkBase) blobs(ctx context.Context, ids []string) (map[string][]byte, error) {
	found := map[string][]byte{}
	if len(ids) == 0 {
		return found, nil
	}
	err := b.stream(ctx, strings.Join(ids, "\n")+"\n", func(out *bufio.Reader) error {
		for _, id := range ids {
			blob, err := readBlob(out)
			if err != nil {
				return &hintedError{fmt.Errorf("read object %s of the base in %s: %w", id, b.repo.dir, err), "git fetch, and git fsck if it stays"}
			}
			found[id] = blob
		}
		return nil
	}, "cat-file", "--batch", "--buffer")
	return found, err
}

// readBlob reads one answer of git cat-file --batch. Source: git-cat-file(1), "Batch output".
func readBlob(out *bufio.Reader) ([]byte, error) {
	header, err := out.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("git ended early: %w", err)
	}
	var id, kind string
	var size int64
	if n, _ := fmt.Sscanf(string(header), "%s %s %d", &id, &kind, &size); n != 3 || size < 0 {
		return nil, fmt.Errorf("it is %s", bytes.TrimSpace(header[min(len(header), bytes.IndexByte(header, ' ')+1):])) // "missing"
	}
	kept := min(size, document.MaxImageBytes+1)
	blob := make([]byte, kept)
	if _, err := io.ReadFull(out, blob); err != nil {
		return nil, err //nolint:wrapcheck // the caller says of what
	}
	_, err = io.CopyN(io.Discard, out, size-kept+1) // and the line end
	return blob, err                                //nolint:wrapcheck // the caller says of what
}

// stream runs a git command and hands what it prints to read; what read leaves is dropped.
func (b checkBase) stream(ctx context.Context, stdin string, read func(*bufio.Reader) error, args ...string) error {
	c := b.repo.command(ctx, args...)
	c.Stdin = strings.NewReader(stdin)
	var talk boundedBuffer
	c.Stderr = &talk
	out, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("connect to git: %w", err)
	}
	if err := c.Start(); err != nil {
		return b.repo.failed(args[0], err, "")
	}
	buffered := bufio.NewReaderSize(out, 64<<10)
	err = read(buffered)
	_, _ = io.Copy(io.Discard, buffered) // only to let git end
	if ended := c.Wait(); ended != nil && err == nil {
		err = b.repo.failed(args[0], ended, talk.String())
	}
	return err
}
