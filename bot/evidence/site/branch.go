package site

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// branch is what the governed branch holds after the last landing on it, and what the rules say of it today.
type branch struct {
	name     string
	tip      string // commit
	landed   moment
	entries  map[string]facts.Entry
	set      *document.Set
	findings []document.Finding
}

// readBranch reads the newest landing on the first branch of the configuration; without a configuration, on any.
func (a *archive) readBranch() error {
	for i := len(a.records) - 1; i >= 0; i-- {
		f, _, ok, err := a.records[i].Decision()
		if err != nil {
			return err
		}
		if !ok || f.Landing == nil || len(f.Landing.Commits) == 0 {
			continue
		}
		if len(a.config.Branches) > 0 && a.config.Branches[0] != f.Landing.Branch {
			continue
		}
		return a.readTip(f)
	}
	return nil
}

// readTip reads the tree of a landing.
func (a *archive) readTip(f facts.Facts) error {
	b := &a.branch
	b.name, b.landed = f.Landing.Branch, moment(f.Landing.At)
	b.tip = f.Landing.Commits[len(f.Landing.Commits)-1]
	b.entries = map[string]facts.Entry{}
	var files []document.File
	for _, e := range treeOf(f, b.tip) {
		b.entries[e.Path] = e
		raw, err := a.bytesOf(e)
		if err != nil {
			return err
		}
		files = append(files, document.File{Path: e.Path, Mode: e.Mode, Bytes: raw})
	}
	b.set = document.Layout{Root: a.root(), Types: a.config.Types}.NewSet(files)
	b.findings = control.Check(b.set, a.params())
	return nil
}

// bytesOf are the bytes of a file; nil for what records do not keep, links and what is over the limit.
func (a *archive) bytesOf(e facts.Entry) ([]byte, error) {
	_, held, err := a.ledger.Holds(e.SHA256)
	if err != nil || !held {
		return nil, err
	}
	raw, err := a.ledger.Bytes(e.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Path, err)
	}
	return raw, nil
}

// params are what the rules are applied with: as the check does, on the day of the last entry, to all documents.
func (a *archive) params() control.Params {
	p := control.Params{AsOf: a.today, Severities: a.config.Overrides()}
	if a.config.Organisation != "" {
		p.Roles = a.config.RoleIDs()
	}
	return p
}

func treeOf(f facts.Facts, commit string) []facts.Entry {
	for _, c := range f.Commits {
		if c.ID != commit {
			continue
		}
		for _, t := range f.Trees {
			if t.Digest == c.Tree {
				return t.Entries
			}
		}
	}
	return nil
}

// holds says whether the branch holds a version, at its document's path.
func (b *branch) holds(v *version) bool {
	e, ok := b.entries[v.dossier.path]
	return ok && e.SHA256 == string(v.sha256)
}

// findingsAt are the findings about one file.
func (b *branch) findingsAt(path string) []document.Finding {
	var found []document.Finding
	for _, f := range b.findings {
		if f.Path == path {
			found = append(found, f)
		}
	}
	return found
}
