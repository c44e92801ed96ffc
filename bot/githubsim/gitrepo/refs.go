package gitrepo

import (
	"bytes"
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

// UpdateRefs applies all updates or none. A ref that is no longer at Old, or whose name cannot stand beside another
// ("a" beside "a/b"), is an error.
func (r *Repository) UpdateRefs(updates ...RefUpdate) error {
	if len(updates) == 0 {
		return nil
	}
	var script bytes.Buffer
	for _, u := range updates {
		if !ValidRef(u.Name) {
			return fmt.Errorf("update ref %q: malformed name", u.Name)
		}
		fmt.Fprintf(&script, "update %s\x00%s\x00%s\x00", u.Name, u.New, u.Old)
	}
	if _, err := run(command{args: r.args("update-ref", "-z", "--stdin"), stdin: script.Bytes()}); err != nil {
		return fmt.Errorf("update ref %s: %w", updates[0].Name, err)
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
