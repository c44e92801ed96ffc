package gitstore

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// maxFileBytes bounds one file that is read through FS.
const maxFileBytes = 64 << 20

// FS is the tree of a commit as a read-only file system. Nothing is checked out;
// files are read when they are opened. Symbolic links and submodules are not
// followed: they open as the bytes that Git holds, or not at all.
func (m *Mirror) FS(commit string) (fs.FS, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.node(commit)
	if err != nil {
		return nil, err
	}
	return &treeFS{m: m, root: plumbing.NewHash(n.tree)}, nil
}

type treeFS struct {
	m    *Mirror
	root plumbing.Hash
}

var _ fs.ReadDirFS = (*treeFS)(nil)

func (t *treeFS) Open(name string) (fs.File, error) {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	e, err := t.entry(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if e.Mode == filemode.Dir {
		entries, err := t.list(e.Hash)
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		return &openFolder{info: info{name: path.Base(name), mode: fs.ModeDir | 0o755}, entries: entries}, nil
	}
	data, whole, err := t.m.raw(plumbing.BlobObject, e.Hash, maxFileBytes)
	if err == nil && !whole {
		err = fmt.Errorf("more than %d bytes", maxFileBytes)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &openFile{info: info{name: path.Base(name), size: int64(len(data)), mode: 0o644}, Reader: bytes.NewReader(data)}, nil
}

// ReadDir lists a folder by name.
func (t *treeFS) ReadDir(name string) ([]fs.DirEntry, error) {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	e, err := t.entry(name)
	if err == nil && e.Mode != filemode.Dir {
		err = fs.ErrInvalid
	}
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return t.list(e.Hash)
}

func (t *treeFS) entry(name string) (object.TreeEntry, error) {
	if !fs.ValidPath(name) {
		return object.TreeEntry{}, fs.ErrInvalid
	}
	if name == "." {
		return object.TreeEntry{Mode: filemode.Dir, Hash: t.root}, nil
	}
	tree, err := object.GetTree(t.m.repo.Storer, t.root)
	if err != nil {
		return object.TreeEntry{}, fmt.Errorf("tree %s: %w", t.root, err)
	}
	e, err := tree.FindEntry(name)
	if err != nil {
		return object.TreeEntry{}, fs.ErrNotExist
	}
	return *e, nil
}

func (t *treeFS) list(id plumbing.Hash) ([]fs.DirEntry, error) {
	tree, err := object.GetTree(t.m.repo.Storer, id)
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", id, err)
	}
	entries := make([]fs.DirEntry, 0, len(tree.Entries))
	for _, e := range tree.Entries {
		mode := fs.FileMode(0o644)
		if e.Mode == filemode.Dir {
			mode = fs.ModeDir | 0o755
		}
		entries = append(entries, fs.FileInfoToDirEntry(info{name: e.Name, mode: mode}))
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries, nil
}

// info describes a file; a tree knows no times.
type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

type openFile struct {
	info
	*bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }
func (f *openFile) Size() int64                { return f.info.size }

type openFolder struct {
	info
	entries []fs.DirEntry
	offset  int
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFolder) Close() error               { return nil }
func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

// ReadDir follows the contract of fs.ReadDirFile.
func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := f.entries[f.offset:]
	if n <= 0 {
		f.offset = len(f.entries)
		return rest, nil
	}
	if len(rest) == 0 {
		return nil, io.EOF
	}
	rest = rest[:min(n, len(rest))]
	f.offset += len(rest)
	return rest, nil
}
