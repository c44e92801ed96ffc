package publish

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// History is the Git history that the records of a ledger name, for a bundle: the
// governed branches where they stand in the mirror, and every head of a pull request
// that was judged. An error that wraps gitstore.ErrNotFound says that the mirror
// lacks a branch; an object that it lacks is found out when the objects are visited.
func History(mirror *gitstore.Mirror, l *evidence.Ledger) (evidence.Repository, error) {
	var r evidence.Repository
	var err error
	if r.References, err = evidence.References(l); err != nil {
		return r, fmt.Errorf("recorded commits: %w", err)
	}
	branches, err := evidence.Branches(l)
	if err != nil {
		return r, fmt.Errorf("governed branches: %w", err)
	}
	for _, name := range branches {
		tip, err := mirror.Branch(name)
		if err != nil {
			return r, fmt.Errorf("governed branch: %w", err)
		}
		r.References = append(r.References, evidence.Reference{Name: "refs/heads/" + name, Commit: tip})
	}
	commits := make([]string, len(r.References))
	for i, ref := range r.References {
		commits[i] = ref.Commit
	}
	r.Objects = func(visit func(evidence.Object) error) error {
		return mirror.Objects(commits, func(o gitstore.Object) error { return visit(evidence.Object(o)) })
	}
	return r, nil
}
