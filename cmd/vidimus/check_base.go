package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkBase is the commit that a work tree is compared with; commit is "" if there is none.
type checkBase struct {
	repo          commitRepository
	commit        string // merge base of HEAD and tip
	tip           string
	configuration []byte // .vidimus.yml at commit, nil if it has none
	worktree      bool
	notes         []string
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
	name := revision
	if name == "" {
		name = "refs/remotes/origin/HEAD"
	}
	tip, err := b.repo.resolve(ctx, name)
	switch {
	case err != nil && revision != "":
		return b, &hintedError{fmt.Errorf("--base %s: no such commit", revision), "git fetch, or name a branch or commit that is here"}
	case err != nil:
		b.notes = append(b.notes, "no base to compare with: origin/HEAD does not exist; --base REV names another")
		return b, nil
	}
	b.tip = tip
	commit, err := b.repo.output(ctx, "merge-base", "HEAD", tip)
	if err != nil {
		b.notes = append(b.notes, "no base to compare with: HEAD has no commit in common with "+strings.TrimPrefix(name, "refs/remotes/"))
		return b, nil //nolint:nilerr // said in the note; without a base everything is judged as new
	}
	b.commit = commit
	b.configuration, err = b.readConfiguration(ctx)
	return b, err
}

func (b checkBase) readConfiguration(ctx context.Context) ([]byte, error) {
	files, err := b.tree(ctx, b.commit, func(path string) bool { return path == document.ConfigurationPath })
	if err != nil || len(files) == 0 || files[0].Mode != document.ModeRegular {
		return nil, err
	}
	return files[0].Bytes, nil
}

// changed lists the paths that differ between the base and the work tree, new files included.
func (b checkBase) changed(ctx context.Context) ([]string, error) {
	tracked, err := b.repo.output(ctx, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", b.commit, "--")
	if err != nil {
		return nil, err
	}
	untracked, err := b.repo.output(ctx, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	return append(splitNUL(tracked), splitNUL(untracked)...), nil
}

// moved are the paths that the base's tip has changed since the merge base.
func (b checkBase) moved(ctx context.Context) (map[string]bool, error) {
	out, err := b.repo.output(ctx, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", b.commit, b.tip, "--")
	if err != nil {
		return nil, err
	}
	moved := map[string]bool{}
	for _, path := range splitNUL(out) {
		moved[path] = true
	}
	return moved, nil
}

// files returns the governed files of the base at the given paths.
func (b checkBase) files(ctx context.Context, layout document.Layout, paths map[string]bool) ([]document.File, error) {
	return b.tree(ctx, b.commit, func(path string) bool { return paths[path] && layout.Classify(path) != document.NotGoverned })
}

// tree reads the files of a commit that wanted asks for.
func (b checkBase) tree(ctx context.Context, commit string, wanted func(path string) bool) ([]document.File, error) {
	listing, err := b.repo.output(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	var files []document.File
	for _, entry := range splitNUL(listing) {
		head, path, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		if len(fields) != 3 || !wanted(path) {
			continue
		}
		f := document.File{Path: path, Mode: fields[0]}
		if fields[1] == "blob" {
			if f.Bytes, err = b.repo.blob(ctx, fields[2]); err != nil {
				return nil, fmt.Errorf("read %s at %s: %w", path, commit, err)
			}
		}
		files = append(files, f)
	}
	return files, nil
}

func splitNUL(s string) []string {
	s = strings.TrimSuffix(s, "\x00")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\x00")
}
