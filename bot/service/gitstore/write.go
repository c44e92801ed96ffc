package gitstore

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// Author is who makes a commit, and when; the same for author and committer.
type Author struct {
	Name  string
	Email string
	When  time.Time
}

// Change is what a commit does to the tree of its parent: files written by path,
// and whole folders emptied before that ("site/").
type Change struct {
	Parent  string // "" for a first commit without history
	Emptied []string
	Files   map[string][]byte
	Message string
	Author  Author
	// Sign gives the armoured detached signature over the commit's bytes.
	Sign func(payload []byte) ([]byte, error)
}

// Write stores a signed commit and everything below it, without a work tree, and
// gives its id. Nothing refers to it until it is pushed.
func (m *Mirror) Write(c Change) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	root := plumbing.ZeroHash
	if c.Parent != "" {
		n, err := m.node(c.Parent)
		if err != nil {
			return "", err
		}
		root = plumbing.NewHash(n.tree)
	}
	edits := newFolder()
	for _, prefix := range c.Emptied {
		edits.at(strings.Split(strings.TrimSuffix(prefix, "/"), "/")).emptied = true
	}
	for path, data := range c.Files {
		parts := strings.Split(path, "/")
		edits.at(parts[:len(parts)-1]).files[parts[len(parts)-1]] = data
	}
	tree, err := m.writeFolder(root, edits)
	if err != nil {
		return "", fmt.Errorf("write tree: %w", err)
	}
	return m.writeCommit(tree, c)
}

// folder is what changes below one folder.
type folder struct {
	emptied bool
	files   map[string][]byte
	below   map[string]*folder
}

func newFolder() *folder { return &folder{files: map[string][]byte{}, below: map[string]*folder{}} }

func (f *folder) at(parts []string) *folder {
	if len(parts) == 0 {
		return f
	}
	if f.below[parts[0]] == nil {
		f.below[parts[0]] = newFolder()
	}
	return f.below[parts[0]].at(parts[1:])
}

// writeFolder stores the tree that results from edits on the tree old.
func (m *Mirror) writeFolder(old plumbing.Hash, edits *folder) (plumbing.Hash, error) {
	entries := map[string]object.TreeEntry{}
	if old != plumbing.ZeroHash && !edits.emptied {
		tree, err := object.GetTree(m.repo.Storer, old)
		if err != nil {
			return plumbing.ZeroHash, fmt.Errorf("tree %s: %w", old, err)
		}
		for _, e := range tree.Entries {
			entries[e.Name] = e
		}
	}
	for name, data := range edits.files {
		id, err := m.writeObject(plumbing.BlobObject, data)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		entries[name] = object.TreeEntry{Name: name, Mode: filemode.Regular, Hash: id}
	}
	for name, below := range edits.below {
		before := plumbing.ZeroHash
		if e, ok := entries[name]; ok && e.Mode == filemode.Dir {
			before = e.Hash
		}
		id, err := m.writeFolder(before, below)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		entries[name] = object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: id}
	}
	return m.writeTree(entries)
}

func (m *Mirror) writeTree(entries map[string]object.TreeEntry) (plumbing.Hash, error) {
	sorted := make([]object.TreeEntry, 0, len(entries))
	for _, e := range entries {
		sorted = append(sorted, e)
	}
	// Git sorts folders as if their names ended in a slash.
	key := func(e object.TreeEntry) string {
		if e.Mode == filemode.Dir {
			return e.Name + "/"
		}
		return e.Name
	}
	sort.Slice(sorted, func(i, j int) bool { return key(sorted[i]) < key(sorted[j]) })
	encoded := m.repo.Storer.NewEncodedObject()
	if err := (&object.Tree{Entries: sorted}).Encode(encoded); err != nil {
		return plumbing.ZeroHash, fmt.Errorf("encode tree: %w", err)
	}
	return m.store(encoded)
}

func (m *Mirror) writeCommit(tree plumbing.Hash, c Change) (string, error) {
	var payload strings.Builder
	fmt.Fprintf(&payload, "tree %s\n", tree)
	if c.Parent != "" {
		fmt.Fprintf(&payload, "parent %s\n", c.Parent)
	}
	who := fmt.Sprintf("%s <%s> %d +0000", c.Author.Name, c.Author.Email, c.Author.When.Unix())
	fmt.Fprintf(&payload, "author %s\ncommitter %s\n", who, who)
	body := "\n" + strings.TrimRight(c.Message, "\n") + "\n"
	signature, err := c.Sign([]byte(payload.String() + body))
	if err != nil {
		return "", fmt.Errorf("sign commit: %w", err)
	}
	// A header's further lines begin with a blank. Source: gitformat-signature(5).
	folded := strings.ReplaceAll(strings.TrimRight(string(signature), "\n"), "\n", "\n ")
	id, err := m.writeObject(plumbing.CommitObject, []byte(payload.String()+"gpgsig "+folded+"\n"+body))
	if err != nil {
		return "", err
	}
	return id.String(), nil
}

func (m *Mirror) writeObject(kind plumbing.ObjectType, data []byte) (plumbing.Hash, error) {
	encoded := m.repo.Storer.NewEncodedObject()
	encoded.SetType(kind)
	w, err := encoded.Writer()
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("write %s: %w", kind, err)
	}
	if _, err = w.Write(data); err == nil {
		err = w.Close()
	}
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("write %s: %w", kind, err)
	}
	return m.store(encoded)
}

func (m *Mirror) store(o plumbing.EncodedObject) (plumbing.Hash, error) {
	id, err := m.repo.Storer.SetEncodedObject(o)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("store object: %w", err)
	}
	return id, nil
}

// ErrRejected is returned when a push did not move the branch from old to new:
// somebody else moved it, or the remote refused. The caller fetches, looks again
// and decides anew; it never forces.
var ErrRejected = errors.New("the push was not taken")

// Push moves a branch of the remote to commit, which must follow the branch's
// present tip. Afterwards it reads the tip back: only that proves the push.
func (m *Mirror) Push(ctx context.Context, r Remote, branch, commit string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := plumbing.ReferenceName("refs/vidimus/push/" + branch)
	if err := m.repo.Storer.SetReference(plumbing.NewHashReference(kept, plumbing.NewHash(commit))); err != nil {
		return fmt.Errorf("write reference %s: %w", kept, err)
	}
	remote := git.NewRemote(m.repo.Storer, &config.RemoteConfig{Name: "origin", URLs: []string{r.URL}})
	err := remote.PushContext(ctx, &git.PushOptions{
		RemoteName: "origin", Auth: r.auth(),
		RefSpecs: []config.RefSpec{config.RefSpec(string(kept) + ":refs/heads/" + branch)},
	})
	if err != nil && !errors.Is(err, git.NoErrAlreadyUpToDate) {
		if errors.Is(err, transport.ErrAuthenticationRequired) || errors.Is(err, transport.ErrAuthorizationFailed) {
			return fmt.Errorf("push %s: %w", branch, err)
		}
		return fmt.Errorf("push %s: %w: %w", branch, ErrRejected, err)
	}
	return m.readBack(ctx, remote, r, branch, commit)
}

func (m *Mirror) readBack(ctx context.Context, remote *git.Remote, r Remote, branch, commit string) error {
	tip, err := remoteTip(ctx, remote, r, branch)
	if err != nil {
		return fmt.Errorf("read back %s: %w", branch, err)
	}
	if tip != commit {
		return fmt.Errorf("branch %s does not stand at %s after the push: %w", branch, commit, ErrRejected)
	}
	return nil
}
