package decision

import "github.com/vidimus-bot/vidimus/bot/decision/facts"

// SignedAfter is what was signed last of every governed file after a landing: what
// was before, with every file that landed as it was signed. LAW 8.3, 9.3.
func SignedAfter(s facts.Snapshot, d Decision) []facts.Entry {
	e := newEvaluation(s)
	signed := tree{}
	for path, entry := range e.lastSigned {
		signed[path] = entry
	}
	if s.Facts.Landing != nil && len(s.Facts.Landing.Commits) > 0 {
		e.govern() // images are looked for under the governed root
		commits := s.Facts.Landing.Commits
		before, landed := e.viewOf(s.Facts.Base), e.viewOf(commits[len(commits)-1])
		deviates := unsigned(d, before, landed)
		for _, c := range changes(before.tree, landed.tree) {
			switch {
			case deviates[c.path]:
			case c.after.Mode == "":
				delete(signed, c.path)
			default:
				signed[c.path] = c.after
			}
		}
	}
	entries := make([]facts.Entry, 0, len(signed))
	for _, path := range signed.paths() {
		entries = append(entries, signed[path])
	}
	return entries
}

// unsigned are the paths that deviate, and the images that a deviating document
// shows or showed: an image is signed with its document.
func unsigned(d Decision, before, landed view) map[string]bool {
	paths := map[string]bool{}
	for _, deviation := range d.Deviations {
		paths[deviation.Path] = true
		for _, v := range []view{before, landed} {
			for _, image := range v.images(deviation.Path) {
				paths[image.Path] = true
			}
		}
	}
	return paths
}
