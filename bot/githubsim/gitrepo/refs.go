package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// NoID stands for "no object": a ref that is created or deleted.
const NoID = "0000000000000000000000000000000000000000"

// Ref reads what the full ref name ("refs/heads/main") points at; "" where there is no such ref.
func (r *Repository) Ref(name string) (string, error) {
	if !ValidRef(name) {
		return "", nil
	}
	data, err := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) || err != nil && isFolder(filepath.Join(r.dir, name)) || underFile(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read ref %s: %w", name, err)
	}
	id := strings.TrimSpace(string(data))
	if !ValidID(id) {
		return "", fmt.Errorf("read ref %s: no object id", name)
	}
	return id, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// underFile reports an error that comes from asking for refs/heads/a/b where refs/heads/a is a ref.
func underFile(err error) bool {
	return err != nil && strings.Contains(err.Error(), "not a directory")
}

// Refs lists all refs below prefix ("refs/heads/"), by full name.
func (r *Repository) Refs(prefix string) (map[string]string, error) {
	refs := map[string]string{}
	root := filepath.Join(r.dir, "refs")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".lock") {
			return err
		}
		relative, err := filepath.Rel(r.dir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		if !strings.HasPrefix(name, prefix) {
			return nil
		}
		refs[name], err = r.Ref(name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	return refs, nil
}

// RefUpdate moves one ref from Old to New; NoID on either side creates or deletes it.
type RefUpdate struct {
	Name string
	Old  string
	New  string
}

// UpdateRefs applies all updates or none. A ref that is no longer at Old, an object that is not there, or a name that
// cannot stand beside another ("a" beside "a/b") is an error. It starts no process: a ref is a small file.
func (r *Repository) UpdateRefs(updates ...RefUpdate) error {
	for _, u := range updates {
		if err := r.checkUpdate(u); err != nil {
			return fmt.Errorf("update ref %s: %w", u.Name, err)
		}
	}
	for i, u := range updates {
		if err := r.setRef(u.Name, u.New); err != nil {
			for _, done := range updates[:i] {
				_ = r.setRef(done.Name, done.Old) // the first error is the one that tells
			}
			return fmt.Errorf("update ref %s: %w", u.Name, err)
		}
	}
	return nil
}

func (r *Repository) checkUpdate(u RefUpdate) error {
	if !ValidRef(u.Name) {
		return errors.New("malformed name")
	}
	now, err := r.Ref(u.Name)
	if err != nil {
		return err
	}
	if now == "" {
		now = NoID
	}
	if now != u.Old {
		return fmt.Errorf("it is at %s and not at %s", now, u.Old)
	}
	if u.New == NoID {
		return nil
	}
	_, _, err = r.Object(u.New)
	return err
}

// setRef makes a ref point at id, by a rename, so that a fetch never sees half of it; NoID removes it.
func (r *Repository) setRef(name, id string) error {
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if id == NoID {
		return r.removeRef(name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if isFolder(path) {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("there are refs below it: %w", err)
		}
	}
	file, err := os.CreateTemp(r.dir, "tmp_ref_")
	if err != nil {
		return err
	}
	_, err = file.WriteString(id + "\n")
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the first error is the one that tells
	}
	return err
}

// removeRef removes a ref and the folders below refs/heads and its like that it leaves empty.
func (r *Repository) removeRef(name string) error {
	parts := append([]string{r.dir}, strings.Split(name, "/")...)
	if err := os.Remove(filepath.Join(parts...)); err != nil {
		return err
	}
	const kept = 3 // the repository, refs, heads
	for n := len(parts) - 1; n > kept; n-- {
		if os.Remove(filepath.Join(parts[:n]...)) != nil {
			break // not empty
		}
	}
	return nil
}

// maxRefBytes bounds a ref name; file systems end at 255 bytes a part, and nobody needs more in all.
const maxRefBytes = 250

// ValidRef reports whether name is a well-formed full ref name. Source: git-check-ref-format(1).
func ValidRef(name string) bool {
	if len(name) > maxRefBytes || !strings.HasPrefix(name, "refs/") || strings.Count(name, "/") < 2 {
		return false
	}
	if strings.ContainsAny(name, " ~^:?*[\\\x7f") || strings.Contains(name, "..") || strings.Contains(name, "@{") {
		return false
	}
	for _, c := range name {
		if c < ' ' {
			return false
		}
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") || strings.HasSuffix(part, ".") {
			return false
		}
	}
	return true
}
