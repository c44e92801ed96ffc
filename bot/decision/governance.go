package decision

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// governed says whether, and how, there is something to judge by.
type governed int

const (
	notGoverned governed = iota
	ungovernable
	governable
)

// govern finds the configuration and keys that hold: those of the base if they
// are the ones signed last, those of its own head for a founding, else the last
// signed ones, and then nothing passes. LAW 8.
func (e *evaluation) govern() governed {
	base := e.treeOf(e.f.Base)
	head := e.treeOf(e.f.Head)
	_, configured := base[repoconfig.Path]
	switch {
	case e.f.Governance.Recorded:
		return e.governSigned(base)
	case configured:
		e.problem(Problem{
			Code: CodeUnsigned, Path: repoconfig.Path,
			Text: "the configuration on the governed branch was never founded: nobody signed it",
			Mend: "remove .vidimus.yml and keys/ from the branch, and propose them as the founding change, signed by at least two people",
		})
		e.tellUnreadable(base)
		return ungovernable
	case head[repoconfig.Path].Mode != "":
		return e.governFounding(head)
	default:
		return notGoverned
	}
}

// governSigned takes the signed configuration. When the base holds another one,
// or other keys, every verdict is a failure, but for the change that restores or
// signs them: what a change touches is judged by its signatures. LAW 8.3.
func (e *evaluation) governSigned(base tree) governed {
	signed, present := governingOf(e.lastSigned), governingOf(base)
	if !e.readConfiguration(signed) {
		return ungovernable
	}
	if e.governBranch() == notGoverned {
		e.d.Problems = nil
		return notGoverned
	}
	touched := map[string]bool{}
	for _, c := range e.changesOfProposal() {
		touched[c.path] = true
	}
	for _, c := range changes(signed, present) {
		if touched[c.path] {
			continue
		}
		e.problem(Problem{
			Code: CodeUnsigned, Path: c.path,
			Text: fmt.Sprintf("%s on the governed branch is not what was signed last", c.path),
			Mend: "restore the signed text, or propose the new one and have it signed; until then the last signed configuration holds and nothing passes",
		})
		if c.path == repoconfig.Path {
			e.tellUnreadable(base)
		}
	}
	return governable
}

// tellUnreadable says where a configuration that does not hold cannot be read: who
// mends it must know the line.
func (e *evaluation) tellUnreadable(base tree) {
	raw, read := e.s.Blobs[base[repoconfig.Path].SHA256]
	if !read {
		return
	}
	_, findings := repoconfig.Read(raw)
	e.problems(findings)
}

// problems adds findings that are in no document.
func (e *evaluation) problems(findings []document.Finding) {
	for _, f := range findings {
		e.problem(Problem{Code: f.Rule, Path: f.Path, Line: f.Line, Text: f.Message, Mend: f.Fix})
	}
}

// changesOfProposal are the governed files that differ between merge base and
// head.
func (e *evaluation) changesOfProposal() []change {
	before := tree{}
	if len(e.f.MergeBases) > 0 {
		before = e.treeOf(e.f.MergeBases[0])
	}
	return changes(before, e.treeOf(e.f.Head))
}

// governBranch: pull requests into other branches are not judged.
func (e *evaluation) governBranch() governed {
	if !e.config.GovernsBranch(e.branch()) {
		return notGoverned
	}
	return governable
}

// branch is the one on which the change is to land, or landed.
func (e *evaluation) branch() string {
	switch {
	case e.f.Pull != nil:
		return e.f.Pull.Branch
	case e.f.Landing != nil:
		return e.f.Landing.Branch
	}
	return ""
}

// governFounding judges the first configuration by itself. LAW 8.2.
func (e *evaluation) governFounding(head tree) governed {
	e.d.Founding = true
	own := governingOf(head)
	if !e.readConfiguration(own) {
		return ungovernable
	}
	e.checkFounding(own)
	return e.governBranch()
}

// checkFounding: only configuration and keys, and the host's key must be the
// host's own.
func (e *evaluation) checkFounding(own tree) {
	founding := governance.Founding{Files: e.filesOf(own), HostKeys: e.s.Blobs[e.f.HostKeys]}
	for _, c := range e.changesOfProposal() {
		founding.Changed = append(founding.Changed, c.path)
	}
	e.problems(founding.Judge())
}

// readConfiguration reads configuration and keys out of a tree that holds nothing
// else. What is not read or readable is told at its line; what is wrong with keys
// was judged when they landed, and is asked of the branch's result.
func (e *evaluation) readConfiguration(t tree) bool {
	entry, ok := t[repoconfig.Path]
	_, read := e.s.Blobs[entry.SHA256]
	if !ok || !read || entry.Mode != document.ModeRegular {
		e.problem(Problem{
			Code: CodeUnreadable, Path: repoconfig.Path, Text: "there is no readable configuration that was signed",
			Mend: "restore .vidimus.yml as a regular file",
		})
		return false
	}
	charter := governance.Read(e.filesOf(t))
	e.problems(charter.Faults)
	if !charter.Readable {
		return false
	}
	e.config, e.readable, e.root = charter.Config, true, charter.Config.Root
	e.governing, e.charter, e.ring = t, charter, charter.Ring
	return true
}

// filesOf are the files of a tree, with the bytes that were read.
func (e *evaluation) filesOf(t tree) []document.File {
	files := make([]document.File, 0, len(t))
	for _, path := range t.paths() {
		files = append(files, e.fileOf(t[path]))
	}
	return files
}

func (e *evaluation) fileOf(entry facts.Entry) document.File {
	return document.File{Path: entry.Path, Mode: entry.Mode, Bytes: e.s.Blobs[entry.SHA256]}
}

// roster answers approval's questions from the governing configuration.
type roster struct{ config *repoconfig.Config }

func (r roster) Holds(slug, role string) bool { return r.config.Holds(slug, role) }

func (r roster) ApprovalSigns(slug string) bool {
	p, ok := r.config.Person(slug)
	return ok && p.ApprovalSigns
}

var _ approval.Roster = roster{}

// mayDismiss says whether a person may dismiss the objection of another.
func (e *evaluation) mayDismiss(slug string) bool {
	for _, role := range e.config.MayDismiss {
		if e.config.Holds(slug, role) {
			return true
		}
	}
	return false
}

// governingOf is the part of a tree by which the rest is judged: configuration and
// keys.
func governingOf(t tree) tree {
	part := tree{}
	for path, entry := range t {
		if k := document.Classify(".", path); k == document.Configuration || k == document.Key {
			part[path] = entry
		}
	}
	return part
}

// Configuration is the one by which a snapshot is judged, for names, titles and
// logins in texts; zero when it is unreadable.
func Configuration(s facts.Snapshot) repoconfig.Config {
	e := newEvaluation(s)
	if e.govern() == notGoverned {
		return repoconfig.Config{}
	}
	return e.config
}
