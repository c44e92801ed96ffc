package decision

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
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
	for _, c := range e.changesOfProposal() {
		if _, ok := own[c.path]; !ok {
			e.problem(Problem{
				Code: CodeFounding, Path: c.path,
				Text: "a founding change holds only .vidimus.yml and keys/, and this one touches " + c.path,
				Mend: "take it out and propose it after the founding",
			})
		}
	}
	host := e.fingerprints(hostKeyPath, e.f.HostKeys)
	for _, path := range own.paths() {
		if !isHostKey(path) {
			continue
		}
		for _, fingerprint := range sortedKeys(e.fingerprints(path, own[path].SHA256)) {
			if !host[fingerprint] {
				e.problem(Problem{
					Code: CodeFounding, Path: path,
					Text: "the key " + fingerprint + " is not one that the host publishes for its own signatures",
					Mend: "take " + hostKeyPath + " from the host, where it stands at /web-flow.gpg, and no other file of that name",
				})
			}
		}
	}
}

// hostKeyPath is the file of the host's own signing keys, as the host publishes
// them.
const hostKeyPath = "keys/" + keyring.HostSlug + ".asc"

// isHostKey says whether the keys in a file vouch in the name of the host, whatever
// its ending.
func isHostKey(path string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, document.KeysFolder+"/"), ".")
	return document.Classify(".", path) == document.Key && name == keyring.HostSlug
}

// fingerprints are those of all keys in a blob that lies at path.
func (e *evaluation) fingerprints(path, digest string) map[string]bool {
	found := map[string]bool{}
	for _, k := range keyring.Read(keyring.File{Path: path, Bytes: e.s.Blobs[digest]}) {
		found[k.Fingerprint] = true
	}
	return found
}

// readConfiguration reads configuration and keys out of a tree that holds nothing
// else. What is not read or readable is told at its line; what is wrong with keys
// was judged when they landed, and is asked of the branch's result.
func (e *evaluation) readConfiguration(t tree) bool {
	entry, ok := t[repoconfig.Path]
	raw, read := e.s.Blobs[entry.SHA256]
	if !ok || !read || entry.Mode != document.ModeRegular {
		e.problem(Problem{
			Code: CodeUnreadable, Path: repoconfig.Path, Text: "there is no readable configuration that was signed",
			Mend: "restore .vidimus.yml as a regular file",
		})
		return false
	}
	config, findings := repoconfig.Read(raw)
	for _, f := range findings {
		e.problem(Problem{Code: f.Rule, Path: f.Path, Line: f.Line, Text: f.Message, Mend: f.Fix})
	}
	if len(findings) > 0 {
		return false
	}
	e.config, e.readable, e.root = config, true, config.Root
	for _, l := range config.Later {
		e.problem(Problem{
			Code: CodeLater, Path: repoconfig.Path, Line: l.Line,
			Text: "the configuration asks for what this version of Vidimus does not judge: " + l.Feature,
			Mend: "take it out of the configuration, or use a version that judges it",
		})
	}
	e.governing = t
	e.ring, e.keyFindings = e.readKeys(t, config)
	return true
}

// readKeys reads the key files of a tree for the people of a configuration.
func (e *evaluation) readKeys(t tree, config repoconfig.Config) (keyring.Ring, []document.Finding) {
	var files []keyring.File
	for _, path := range t.paths() {
		entry := t[path]
		if document.Classify(".", path) == document.Key && entry.Mode == document.ModeRegular {
			files = append(files, keyring.File{Path: path, Bytes: e.s.Blobs[entry.SHA256]})
		}
	}
	people := make([]keyring.Person, len(config.People))
	for i, p := range config.People {
		people[i] = keyring.Person{Slug: p.Slug, GitHub: p.GitHub, Login: p.Login, Name: p.Name, Emails: p.Emails}
	}
	return keyring.New(files, people)
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
