package decision_test

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// standing is a file as it stood somewhere.
type standing struct{ path, sha, id string }

func (t *tally) standingAt(p string, e facts.Entry) standing {
	s := standing{path: p, sha: e.SHA256}
	if isDocumentPath(p) {
		s.id = t.page(e).id
	}
	return s
}

// isKin: one path, the same bytes, or the same id.
func (s standing) isKin(o standing) bool {
	return s.path == o.path || s.sha == o.sha || (s.id != "" && s.id == o.id)
}

// kin are the paths at which the document, or an image that it shows, stood in the
// proposal. READING 3.4: "contributes to it" is to the document, not to a path. Git
// records no renames; what a contributing commit left at another path with the same
// bytes, or with the same id, is the same document, and so on from there.
func (t *tally) kin(own map[string]bool) map[string]bool {
	var stood, is []standing
	for id, touched := range t.touches {
		for _, p := range touched {
			if e, there := t.trees[id][p]; there {
				stood = append(stood, t.standingAt(p, e))
			}
		}
	}
	for p := range own {
		e, there := t.head[p]
		if !there {
			e = t.from[p]
		}
		is = append(is, t.standingAt(p, e))
	}
	for grown := true; grown; {
		grown = false
		for _, s := range stood {
			if !slices.Contains(is, s) && slices.ContainsFunc(is, s.isKin) {
				is, grown = append(is, s), true
			}
		}
	}
	kin := map[string]bool{}
	for _, s := range is {
		kin[s.path] = true
	}
	return kin
}
