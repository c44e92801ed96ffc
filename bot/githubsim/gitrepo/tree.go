package gitrepo

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Modes of tree entries, as Git writes them in six digits.
const (
	ModeFile       = "100644"
	ModeExecutable = "100755"
	ModeLink       = "120000"
	ModeTree       = "040000"
	ModeSubmodule  = "160000"
)

// EmptyTree is the id of the tree without entries.
const EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// maxTreeDepth bounds the folders of a path, against trees made to exhaust the stack.
const maxTreeDepth = 64

// Entry is one entry of a tree.
type Entry struct {
	// Path is the name in its tree, or the whole path where a listing is recursive.
	Path string
	// Mode has six digits.
	Mode string
	ID   string
}

// Kind is the kind of object that the entry names.
func (e Entry) Kind() Kind {
	switch e.Mode {
	case ModeTree:
		return KindTree
	case ModeSubmodule:
		return KindCommit
	}
	return KindBlob
}

// Tree reads the entries of the tree id in Git's order.
func (r *Repository) Tree(id string) ([]Entry, error) {
	if id == EmptyTree {
		return nil, nil
	}
	kind, data, err := r.Object(id)
	if err != nil {
		return nil, err
	}
	if kind != KindTree {
		return nil, fmt.Errorf("object %s is a %s: %w", id, kind, ErrNotFound)
	}
	return parseTree(data)
}

func parseTree(data []byte) ([]Entry, error) {
	var entries []Entry
	for len(data) > 0 {
		header, rest, found := bytes.Cut(data, []byte{0})
		mode, name, spaced := strings.Cut(string(header), " ")
		if !found || !spaced || len(rest) < 20 {
			return nil, errors.New("malformed tree")
		}
		if mode == "40000" {
			mode = ModeTree
		}
		entries = append(entries, Entry{Path: name, Mode: mode, ID: hex.EncodeToString(rest[:20])})
		data = rest[20:]
	}
	return entries, nil
}

// WriteTree stores a tree of entries, which may stand in any order.
func (r *Repository) WriteTree(entries []Entry) (string, error) {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b Entry) int { return strings.Compare(sortName(a), sortName(b)) })
	var data bytes.Buffer
	for _, e := range sorted {
		id, err := hex.DecodeString(e.ID)
		if err != nil || len(id) != 20 {
			return "", fmt.Errorf("write tree: entry %q has no object id", e.Path)
		}
		if e.Path == "" || e.Path == "." || e.Path == ".." || e.Path == ".git" || strings.ContainsAny(e.Path, "/\x00") {
			return "", fmt.Errorf("write tree: malformed name %q", e.Path)
		}
		fmt.Fprintf(&data, "%s %s\x00%s", strings.TrimPrefix(e.Mode, "0"), e.Path, id)
	}
	return r.Write(KindTree, data.Bytes())
}

// sortName is the name that Git sorts by: a folder sorts as if it ended with a slash.
func sortName(e Entry) string {
	if e.Mode == ModeTree {
		return e.Path + "/"
	}
	return e.Path
}

// Walk lists everything below the tree id with whole paths, folders before what they hold.
func (r *Repository) Walk(id string) ([]Entry, error) {
	return r.walk(id, "", 0)
}

func (r *Repository) walk(id, prefix string, depth int) ([]Entry, error) {
	if depth > maxTreeDepth {
		return nil, fmt.Errorf("tree %s: over %d folders deep", id, maxTreeDepth)
	}
	entries, err := r.Tree(id)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, e := range entries {
		e.Path = prefix + e.Path
		all = append(all, e)
		if e.Mode != ModeTree {
			continue
		}
		below, err := r.walk(e.ID, e.Path+"/", depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, below...)
	}
	return all, nil
}

// Lookup finds the entry at path below the tree id; path "" is the tree itself. A missing one is ErrNotFound.
func (r *Repository) Lookup(id, path string) (Entry, error) {
	at := Entry{Mode: ModeTree, ID: id}
	if path == "" {
		return at, nil
	}
	for _, name := range strings.Split(path, "/") {
		if at.Mode != ModeTree {
			return Entry{}, fmt.Errorf("path %q: %w", path, ErrNotFound)
		}
		entries, err := r.Tree(at.ID)
		if err != nil {
			return Entry{}, err
		}
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.Path == name })
		if i < 0 {
			return Entry{}, fmt.Errorf("path %q: %w", path, ErrNotFound)
		}
		at = entries[i]
	}
	at.Path = path
	return at, nil
}

// Place writes the tree that is the tree id with entry at entry.Path, and returns its id. An entry without object id
// removes what is there; a folder that is left empty goes with it.
func (r *Repository) Place(id string, entry Entry) (string, error) {
	if strings.Count(entry.Path, "/") > maxTreeDepth {
		return "", fmt.Errorf("place %q: over %d folders deep", entry.Path, maxTreeDepth)
	}
	entries, err := r.Tree(id)
	if err != nil {
		return "", err
	}
	name, rest, nested := strings.Cut(entry.Path, "/")
	at := slices.IndexFunc(entries, func(e Entry) bool { return e.Path == name })
	placed := Entry{Path: name, Mode: entry.Mode, ID: entry.ID}
	if nested {
		below := EmptyTree
		if at >= 0 && entries[at].Mode == ModeTree {
			below = entries[at].ID
		}
		tree, err := r.Place(below, Entry{Path: rest, Mode: entry.Mode, ID: entry.ID})
		if err != nil {
			return "", err
		}
		placed = Entry{Path: name, Mode: ModeTree, ID: tree}
	}
	entries = slices.DeleteFunc(entries, func(e Entry) bool { return e.Path == name })
	if placed.ID != "" && (!nested || placed.ID != EmptyTree) {
		entries = append(entries, placed)
	}
	return r.WriteTree(entries)
}
