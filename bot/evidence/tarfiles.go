package evidence

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"
)

// ErrTar is the cause when an archive is not one of ours.
var ErrTar = errors.New("not a bundle's archive")

// OpenTar opens an uncompressed archive of size bytes as a file system without its one
// top folder; files are read out of r when they are opened. It takes what
// Bundle.WriteTar writes: regular files below one folder, each once. Links, other
// folders beside, and more than MaxBundleFiles are errors that wrap ErrTar.
func OpenTar(r io.ReaderAt, size int64) (fs.FS, error) {
	section := io.NewSectionReader(r, 0, size)
	in := tar.NewReader(section)
	t := &tarFiles{r: r, files: map[string]tarEntry{}, folders: map[string][]fs.DirEntry{".": nil}}
	top := ""
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTar, err)
		}
		first, name, nested := strings.Cut(h.Name, "/")
		switch {
		case h.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%s is no regular file: %w", h.Name, ErrTar)
		case !nested || !fs.ValidPath(h.Name) || (top != "" && first != top):
			return nil, fmt.Errorf("%s does not lie in one top folder: %w", h.Name, ErrTar)
		case len(t.files) == MaxBundleFiles:
			return nil, fmt.Errorf("more than %d files: %w", MaxBundleFiles, ErrTar)
		}
		top = first
		// The reader takes whole blocks, so the bytes begin where it stands.
		at, err := section.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTar, err)
		}
		if err := t.add(name, tarEntry{name: path.Base(name), at: at, size: h.Size}); err != nil {
			return nil, err
		}
	}
	if len(t.files) == 0 {
		return nil, fmt.Errorf("no files: %w", ErrTar)
	}
	for _, entries := range t.folders {
		sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	}
	return t, nil
}

// tarFiles is an fs.FS over an archive.
type tarFiles struct {
	r       io.ReaderAt
	files   map[string]tarEntry
	folders map[string][]fs.DirEntry
}

// tarEntry is a file or folder: its own fs.DirEntry and fs.FileInfo.
type tarEntry struct {
	name     string
	at, size int64
	folder   bool
}

func (t *tarFiles) add(name string, e tarEntry) error {
	if _, folder := t.folders[name]; folder || t.has(name) {
		return fmt.Errorf("%s is there twice: %w", name, ErrTar)
	}
	t.files[name] = e
	var child fs.DirEntry = e
	for folder := path.Dir(name); ; folder = path.Dir(folder) {
		if t.has(folder) {
			return fmt.Errorf("%s is a file and a folder: %w", folder, ErrTar)
		}
		_, known := t.folders[folder]
		t.folders[folder] = append(t.folders[folder], child)
		if known {
			return nil
		}
		child = tarEntry{name: path.Base(folder), folder: true}
	}
}

func (t *tarFiles) has(name string) bool {
	_, ok := t.files[name]
	return ok
}

// Open opens a file or folder.
func (t *tarFiles) Open(name string) (fs.File, error) {
	if e, ok := t.files[name]; ok {
		return &openTarFile{tarEntry: e, SectionReader: io.NewSectionReader(t.r, e.at, e.size)}, nil
	}
	if entries, ok := t.folders[name]; ok && fs.ValidPath(name) {
		return &openTarFolder{tarEntry: tarEntry{name: path.Base(name), folder: true}, entries: entries}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Name is the file's name without its folder.
func (e tarEntry) Name() string { return e.name }

// IsDir says whether it is a folder.
func (e tarEntry) IsDir() bool { return e.folder }

// Type is that of a regular file or a folder.
func (e tarEntry) Type() fs.FileMode { return e.Mode().Type() }

// Info is the entry itself.
func (e tarEntry) Info() (fs.FileInfo, error) { return tarInfo{e}, nil }

// Mode may be read by everybody and written by nobody.
func (e tarEntry) Mode() fs.FileMode {
	if e.folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// tarInfo is an entry as fs.FileInfo.
type tarInfo struct{ tarEntry }

// Size is the file's size in bytes.
func (i tarInfo) Size() int64 { return i.size }

// ModTime is not told.
func (i tarInfo) ModTime() time.Time { return time.Time{} }

// Sys is nothing.
func (i tarInfo) Sys() any { return nil }

type openTarFile struct {
	tarEntry
	*io.SectionReader
}

// Stat tells name and size.
func (f *openTarFile) Stat() (fs.FileInfo, error) { return tarInfo{f.tarEntry}, nil }

// Close does nothing: the archive stays open.
func (f *openTarFile) Close() error { return nil }

// Size is the file's size in bytes.
func (f *openTarFile) Size() int64 { return f.size }

type openTarFolder struct {
	tarEntry
	entries []fs.DirEntry
	read    int
}

// Stat tells the name.
func (f *openTarFolder) Stat() (fs.FileInfo, error) { return tarInfo{f.tarEntry}, nil }

// Close does nothing.
func (f *openTarFolder) Close() error { return nil }

// Read refuses: a folder has no bytes.
func (f *openTarFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("is a folder")}
}

// ReadDir lists the next n entries, or all for n ≤ 0.
func (f *openTarFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	left := f.entries[f.read:]
	if n > 0 && len(left) == 0 {
		return nil, io.EOF
	}
	if n > 0 && n < len(left) {
		left = left[:n]
	}
	f.read += len(left)
	return left, nil
}
