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
	count := 0
	walk := func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read %s: %w", p, err)
		}
		if entry.IsDir() {
			return l.enter(fsys, p, visit)
		}
		if l.Classify(p) == NotGoverned {
			return nil
		}
		if count++; count > maxFiles {
			return fmt.Errorf("%w: more than %d", ErrTooManyFiles, maxFiles)
		}
		f, err := readFile(fsys, p, entry)
		if err != nil {
			return err
		}
		return visit(f)
	}
	return fs.WalkDir(fsys, ".", walk)
}

// enter decides whether a folder is walked: only those that can hold governed files are.
func (l Layout) enter(fsys fs.FS, p string, visit func(File) error) error {
	if p == "." || l.leadsToRoot(p) {
		return nil
	}
	if l.Classify(p+"/x.md") == NotGoverned {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(p, ".git")); err != nil {
		return nil // no repository of its own, so no submodule
	}
	if err := visit(File{Path: p, Mode: ModeSubmodule}); err != nil {
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

func readFile(fsys fs.FS, p string, entry fs.DirEntry) (File, error) {
	f := File{Path: p}
	info, err := entry.Info()
	if err != nil {
		return f, fmt.Errorf("look at %s: %w", p, err)
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		f.Mode = ModeSymlink
		return f, nil
	case !mode.IsRegular():
		f.Mode = mode.Type().String() // a pipe or device is not opened: reading it may never end
		return f, nil
	case mode.Perm()&0o100 != 0:
		f.Mode = ModeExecutable
	default:
		f.Mode = ModeRegular
	}
	f.Bytes, err = readBounded(fsys, p)
	return f, err
}

// readBounded reads a file up to one byte over its limit, where it is refused.
func readBounded(fsys fs.FS, p string) (raw []byte, err error) {
	limit := int64(MaxImageBytes)
	switch path.Ext(p) {
	case ".md":
		limit = MaxDocumentBytes
	case ".yml", ".asc", ".pub":
		limit = maxKeyBytes
	}
	file, err := fsys.Open(p)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", p, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	return raw, nil
}
