package gitstore

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Limits of a governed tree: far above what an organisation writes, far below
// what would fill the memory.
const (
	maxTreeEntries = 100_000
	maxTreeDepth   = 32
)

// File is one file of a tree. For a submodule SHA256 is that of the commit id's
// text. Path is as Git has it; bytes that are not UTF-8 are written \xNN, and as
// no governed path may hold a backslash, such a name cannot be taken for another.
type File struct {
	Path   string
	Mode   string // "100644", "100755", "120000", "160000"
	Blob   string // object id
	SHA256 string
	Size   int64
}

// hashed is what is remembered of a blob.
type hashed struct {
	sha256 string
	size   int64
}

// Files lists the files of a commit's tree that keep wants, sorted by path. keep
// is asked for folders too, with a slash at the end: "no" leaves out all below.
func (m *Mirror) Files(commit string, keep func(path string) bool) ([]File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.node(commit)
	if err != nil {
		return nil, err
	}
	w := &walk{m: m, keep: keep}
	if err := w.folder(plumbing.NewHash(n.tree), "", 1); err != nil {
		return nil, fmt.Errorf("read tree of %s: %w", commit, err)
	}
	sort.Slice(w.files, func(i, j int) bool { return w.files[i].Path < w.files[j].Path })
	return w.files, nil
}

type walk struct {
	m     *Mirror
	keep  func(string) bool
	files []File
}

func (w *walk) folder(id plumbing.Hash, prefix string, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("folder %s is nested deeper than %d", prefix, maxTreeDepth)
	}
	tree, err := object.GetTree(w.m.repo.Storer, id)
	if err != nil {
		return fmt.Errorf("tree %s: %w", id, err)
	}
	for _, e := range tree.Entries {
		path := prefix + printable(e.Name)
		if e.Mode == filemode.Dir {
			if w.keep(path + "/") {
				err = w.folder(e.Hash, path+"/", depth+1)
			}
		} else if w.keep(path) {
			err = w.file(path, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// printable writes bytes that are not UTF-8 as \xNN.
func printable(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[i])
		} else {
			b.WriteString(name[i : i+size])
		}
		i += size
	}
	return b.String()
}

func (w *walk) file(path string, e object.TreeEntry) error {
	if len(w.files) == maxTreeEntries {
		return fmt.Errorf("more than %d governed files", maxTreeEntries)
	}
	f := File{Path: path, Mode: modeText(e.Mode), Blob: e.Hash.String()}
	if e.Mode == filemode.Submodule {
		sum := sha256.Sum256([]byte(f.Blob))
		f.SHA256, f.Size = hex.EncodeToString(sum[:]), int64(len(f.Blob))
	} else {
		h, err := w.m.hash(e.Hash)
		if err != nil {
			return fmt.Errorf("file %s: %w", path, err)
		}
		f.SHA256, f.Size = h.sha256, h.size
	}
	w.files = append(w.files, f)
	return nil
}

// modeText is the mode as Git prints it. Old repositories hold 100664, which go-git
// reads as 100644, as Git itself does.
func modeText(m filemode.FileMode) string {
	return fmt.Sprintf("%06s", strconv.FormatUint(uint64(m), 8))
}

// hash is a blob's SHA-256 and size, computed once.
func (m *Mirror) hash(id plumbing.Hash) (hashed, error) {
	if h, ok := m.files[id.String()]; ok {
		return h, nil
	}
	o, err := m.repo.Storer.EncodedObject(plumbing.BlobObject, id)
	if err != nil {
		return hashed{}, fmt.Errorf("blob %s: %w", id, err)
	}
	reader, err := o.Reader()
	if err != nil {
		return hashed{}, fmt.Errorf("blob %s: %w", id, err)
	}
	sum := sha256.New()
	size, err := io.Copy(sum, reader)
	if cerr := reader.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return hashed{}, fmt.Errorf("blob %s: %w", id, err)
	}
	h := hashed{hex.EncodeToString(sum.Sum(nil)), size}
	m.files[id.String()] = h
	return h, nil
}

// Blob reads a blob of at most limit bytes; ok is false when it is larger.
func (m *Mirror) Blob(id string, limit int64) (data []byte, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.raw(plumbing.BlobObject, plumbing.NewHash(id), limit)
}
