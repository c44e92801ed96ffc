package decisiontest

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// The modes of files in trees.
const (
	regular    = "100644"
	executable = "100755"
	symlink    = "120000"
	deleted    = "000000"
)

// File is one file of a tree.
type File struct {
	Mode   string
	Bytes  []byte
	SHA256 string
}

// Tree is everything in a commit, by path, governed or not.
type Tree map[string]File

// Edit changes a tree in place.
type Edit func(Tree)

// Put writes a regular file.
func Put(path string, content []byte) Edit { return PutMode(path, regular, content) }

// PutMode writes a file with another mode; for a symbolic link content is its
// target.
func PutMode(path, mode string, content []byte) Edit {
	file := File{Mode: mode, Bytes: content, SHA256: facts.Digest(content)}
	return func(t Tree) { t[path] = file }
}

// Remove deletes a file.
func Remove(path string) Edit { return func(t Tree) { delete(t, path) } }

// Replace makes the tree equal to another.
func Replace(by Tree) Edit {
	return func(t Tree) {
		clear(t)
		maps.Copy(t, by)
	}
}

// with gives a changed copy.
func (t Tree) with(edits []Edit) Tree {
	changed := maps.Clone(t)
	if changed == nil {
		changed = Tree{}
	}
	for _, edit := range edits {
		edit(changed)
	}
	return changed
}

// Same says whether both trees have the same file, or none, at path.
func (t Tree) Same(other Tree, path string) bool {
	a, inA := t[path]
	b, inB := other[path]
	return inA == inB && a.Mode == b.Mode && a.SHA256 == b.SHA256
}

// paths are those of all given trees, each once, in order.
func paths(trees ...Tree) []string {
	all := map[string]bool{}
	for _, t := range trees {
		for p := range t {
			all[p] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Seal is how a commit is signed.
type Seal int

// The ways to sign. The zero value is the right one.
const (
	OwnKey    Seal = iota // by the committer's key
	HostKey               // by the host, for its author
	NoKey                 // not at all
	StrayKey              // by a key that is not in keys/
	OtherKey              // by a roster person who is not the committer
	BrokenKey             // by the committer's key, over other bytes
)

// Act is one commit to be made.
type Act struct {
	// By is the author, a slug of the cast, or any address.
	By string
	// Committer is By unless it is named; with HostKey it is the host.
	Committer string
	// CoAuthors are slugs or addresses, for trailers.
	CoAuthors []string
	Seal      Seal
	Edits     []Edit
}

// Commit is a commit object with what it stands for.
type Commit struct {
	ID      string
	Raw     []byte
	Parents []*Commit
	Tree    Tree
	// governed is the tree of governed files, by the root of the history's time.
	governed facts.Tree
}

// compose writes the commit object and signs it.
func compose(keys *Keys, act Act, tree Tree, parents []*Commit, at time.Time) *Commit {
	committer := act.Committer
	if committer == "" {
		committer = act.By
	}
	if act.Seal == HostKey {
		committer = Host
	}
	var head strings.Builder
	fmt.Fprintf(&head, "tree %s\n", treeID(tree))
	for _, p := range parents {
		fmt.Fprintf(&head, "parent %s\n", p.ID)
	}
	fmt.Fprintf(&head, "author %s %d +0000\ncommitter %s %d +0000\n", identity(act.By), at.Unix(), identity(committer), at.Unix())
	message := "\nChange what has to be changed\n"
	for i, co := range act.CoAuthors {
		if i == 0 {
			message += "\n"
		}
		message += "Co-authored-by: " + identity(co) + "\n"
	}
	raw := []byte(head.String() + signature(keys, act.Seal, committer, head.String()+message, at) + message)
	return &Commit{ID: objectID(raw), Raw: raw, Parents: parents, Tree: tree}
}

// signature is the header with the signature over the payload.
func signature(keys *Keys, seal Seal, committer, payload string, at time.Time) string {
	signer := committer
	switch seal {
	case NoKey:
		return ""
	case StrayKey:
		signer = Eve
	case OtherKey:
		signer = Daan
		if committer == Daan {
			signer = Ruben
		}
	case BrokenKey:
		payload += "and more"
	}
	text := strings.TrimSuffix(keys.sign(signer, []byte(payload), at), "\n")
	return "gpgsig " + strings.ReplaceAll(text, "\n", "\n ") + "\n"
}

// identity is the name and address of a slug, or of an address.
func identity(who string) string {
	if strings.Contains(who, "@") {
		return "Somebody <" + who + ">"
	}
	p := Named(who)
	return p.Name + " <" + p.Email + ">"
}

// objectID is Git's name of a commit object.
func objectID(raw []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "commit %d\x00", len(raw))
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil))
}

// treeID stands for the name of the Git tree, which no fact can be held against.
func treeID(t Tree) string {
	h := sha1.New()
	for _, p := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(h, "%s %s %s\n", t[p].Mode, t[p].SHA256, p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
