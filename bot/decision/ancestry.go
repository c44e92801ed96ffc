package decision

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// ancestry knows under which paths a file stood in the commits of a proposal. Who
// wrote a text before another commit renamed it contributed to it all the same;
// Git records no renames, so a file is known again by its bytes and a document
// also by its id.
type ancestry struct {
	marks map[string][]string // path → marks of what stood there
	paths map[string][]string // mark → paths where it stood
}

// add notes that something with these marks stands at path after a commit that
// contributes to it.
func (a *ancestry) add(path string, marks []string) {
	for _, mark := range marks {
		if !slices.Contains(a.marks[path], mark) {
			a.marks[path] = append(a.marks[path], mark)
			a.paths[mark] = append(a.paths[mark], path)
		}
	}
}

// kin are the path and all others that are joined to it by marks, in no order.
func (a *ancestry) kin(path string, marks []string) []string {
	found := []string{path}
	waiting := slices.Concat(marks, a.marks[path])
	seen := map[string]bool{path: true}
	for len(waiting) > 0 {
		mark := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for _, p := range a.paths[mark] {
			if !seen[p] {
				seen[p] = true
				found = append(found, p)
				waiting = append(waiting, a.marks[p]...)
			}
		}
	}
	return found
}

// marks are what a file is known again by; an absent file has none.
func (e *evaluation) marks(entry facts.Entry) []string {
	if entry.Mode == "" {
		return nil
	}
	marks := []string{"sha256:" + entry.SHA256}
	if document.Classify(e.root, entry.Path) == document.Markdown {
		if d := e.parse(entry); d != nil && d.ID != "" {
			marks = append(marks, "id:"+d.ID)
		}
	}
	return marks
}
