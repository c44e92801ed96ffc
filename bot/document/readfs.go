package document

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

const (
	// maxFiles bounds what is read from a folder: far more than any organisation governs, and it stops a walk
	// through a folder that is none of ours.
	maxFiles = 200_000
	// maxKeyBytes bounds .vidimus.yml and a key; both have their own, lower limits where they are parsed.
	maxKeyBytes = 4 << 20
)

// ErrTooManyFiles says that a folder holds more governed files than are ever read.
var ErrTooManyFiles = errors.New("too many files")

// ReadFS reads the governed files of a folder, root being as in [Layout]. Symbolic links are not followed;
// they are returned as such.
func ReadFS(fsys fs.FS, root string) ([]File, error) {
	var files []File
	err := Layout{Root: root}.WalkFS(fsys, func(f File) error {
		files = append(files, f)
		return nil
	})
	return files, err
}

// WalkFS hands the governed files of a folder to visit one by one, so that they need not all fit in memory.
// An error of visit ends the walk and is returned as it is.
func (l Layout) WalkFS(fsys fs.FS, visit func(File) error) error {
	return l.ListFS(fsys, func(p string, entry fs.DirEntry) error {
		f, err := ReadEntry(fsys, p, entry)
		if err != nil {
			return err
		}
		return visit(f)
	})
}

// ListFS is [Layout.WalkFS] without reading: it hands over what lies at the path of each governed file. A folder among
// them is a repository of its own.
func (l Layout) ListFS(fsys fs.FS, visit func(p string, entry fs.DirEntry) error) error {
	count := 0
	walk := func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read %s: %w", p, err)
		}
		if entry.IsDir() {
			return l.enter(fsys, p, entry, visit)
		}
		if l.Classify(p) == NotGoverned {
			return nil
		}
		if count++; count > maxFiles {
			return fmt.Errorf("%w: more than %d", ErrTooManyFiles, maxFiles)
		}
		return visit(p, entry)
	}
	return fs.WalkDir(fsys, ".", walk)
}

// enter decides whether a folder is walked: only those that can hold governed files are.
func (l Layout) enter(fsys fs.FS, p string, entry fs.DirEntry, visit func(string, fs.DirEntry) error) error {
	if p == "." || l.leadsToRoot(p) {
		return nil
	}
	if l.Classify(p+"/x.md") == NotGoverned {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(p, ".git")); err != nil {
		return nil // no repository of its own, so no submodule
	}
	if err := visit(p, entry); err != nil {
		return err
	}
	return fs.SkipDir
}

// leadsToRoot reports whether the governed root lies at or below the folder p.
func (l Layout) leadsToRoot(p string) bool {
	root := path.Clean(l.Root)
	_, below := Layout{Root: p}.relative(root)
	return p == root || (root != "." && below)
}

// ReadEntry reads one file that [Layout.ListFS] has listed.
func ReadEntry(fsys fs.FS, p string, entry fs.DirEntry) (File, error) {
	return NewFileReader(fsys).Read(p, entry)
}

// FileReader reads listed files one after the other into the same memory, for those who are done with one file
// before they read the next. It is not safe for concurrent use.
type FileReader struct {
	fsys  fs.FS
	bytes []byte
	room  room
}

// NewFileReader reads files of fsys.
func NewFileReader(fsys fs.FS) *FileReader { return &FileReader{fsys: fsys} }

// Read reads one file that [Layout.ListFS] has listed. Its bytes hold until the next Read: [Document.Slim] keeps
// nothing of them.
func (r *FileReader) Read(p string, entry fs.DirEntry) (File, error) {
	switch kind := entry.Type(); {
	case entry.IsDir():
		return File{Path: p, Mode: ModeSubmodule}, nil
	case kind&fs.ModeSymlink != 0:
		return File{Path: p, Mode: ModeSymlink}, nil
	case !kind.IsRegular():
		return File{Path: p, Mode: kind.String()}, nil // a pipe or device is not opened: reading it may never end
	}
	return r.readRegular(p)
}

// ReadItem is Read and [Layout.Read] in one. The item's document holds until the next Read or ReadItem.
func (r *FileReader) ReadItem(l Layout, p string, entry fs.DirEntry) (Item, error) {
	f, err := r.Read(p, entry)
	if err != nil {
		return Item{}, err
	}
	r.room.reset()
	return l.readIn(&r.room, f), nil
}

// readRegular reads a file up to one byte over its limit, where it is refused.
func (r *FileReader) readRegular(p string) (f File, err error) {
	file, err := r.fsys.Open(p)
	if err != nil {
		return f, fmt.Errorf("open %s: %w", p, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return f, fmt.Errorf("look at %s: %w", p, err)
	}
	f = File{Path: p, Mode: ModeRegular}
	if info.Mode().Perm()&0o100 != 0 {
		f.Mode = ModeExecutable
	}
	if f.Bytes, err = r.fill(file, min(info.Size(), limitOf(p)+1)); err != nil {
		return f, fmt.Errorf("read %s: %w", p, err)
	}
	return f, nil
}

// fill reads the size that the file had when it was opened, or what is left of it by now. It does not ask for the
// end behind that: one call to the system less for each of ten thousand files.
func (r *FileReader) fill(file io.Reader, size int64) ([]byte, error) {
	if size <= 0 {
		return nil, nil
	}
	if int64(cap(r.bytes)) < size {
		r.bytes = make([]byte, size+size/2)
	}
	n, err := io.ReadFull(file, r.bytes[:size])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the file became shorter meanwhile
	}
	return r.bytes[:n:n], err
}

func limitOf(p string) int64 {
	switch path.Ext(p) {
	case ".md":
		return MaxDocumentBytes
	case ".yml", ".asc", ".pub":
		return maxKeyBytes
	}
	return MaxImageBytes
}
