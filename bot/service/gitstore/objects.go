package gitstore

import (
	"fmt"
	"sort"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/revlist"
)

// maxObjectBytes bounds one object that is handed out for a bundle.
const maxObjectBytes = 256 << 20

// Object is one Git object: Type is "commit", "tree", "blob" or "tag", Raw its
// bytes without header.
type Object struct {
	ID   string
	Type string
	Raw  []byte
}

// Objects visits every object that the commits reach, each once, by id.
func (m *Mirror) Objects(commits []string, visit func(Object) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	wants := make([]plumbing.Hash, len(commits))
	for i, id := range commits {
		wants[i] = plumbing.NewHash(id)
	}
	found, err := revlist.Objects(m.repo.Storer, wants, nil)
	if err != nil {
		return fmt.Errorf("list objects: %w", err)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].String() < found[j].String() })
	for _, id := range found {
		o, err := m.repo.Storer.EncodedObject(plumbing.AnyObject, id)
		if err != nil {
			return fmt.Errorf("object %s: %w", id, err)
		}
		raw, whole, err := m.raw(o.Type(), id, maxObjectBytes)
		if err != nil {
			return err
		}
		if !whole {
			return fmt.Errorf("object %s has more than %d bytes", id, maxObjectBytes)
		}
		if err := visit(Object{ID: id.String(), Type: o.Type().String(), Raw: raw}); err != nil {
			return err
		}
	}
	return nil
}
