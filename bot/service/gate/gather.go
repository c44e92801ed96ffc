package gate

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// Governance is what the ledger says was signed last, with the bytes.
type Governance struct {
	facts.Governance
	Blobs map[string][]byte // by SHA-256
}

// Subject is what a snapshot is gathered about.
type Subject struct {
	Repository facts.Repository
	Governance Governance
	Pull       *facts.Pull
	Landing    *facts.Landing
	Base, Head string
	// Bound are the commits to which witnesses bind reviews; those that the
	// mirror does not have are left out, and then bind nothing.
	Bound []string
	Now   time.Time
}

// gathering builds one snapshot out of a mirror.
type gathering struct {
	mirror *gitstore.Mirror
	s      Subject
	root   string
	f      facts.Facts
	blobs  map[string][]byte
	files  map[string]gitstore.File // SHA-256 → where its bytes are
	at     map[string]int           // commit → index in f.Commits
	trees  map[string]int           // digest → index in f.Trees
}

// Gather reads everything from Git that a decision about s depends on. Reviews,
// witnesses and the rest of GitHub's word are for the caller to add. The same
// objects give the same facts, in the same order.
func Gather(mirror *gitstore.Mirror, s Subject) (facts.Snapshot, error) {
	g := &gathering{
		mirror: mirror, s: s, root: ".", blobs: map[string][]byte{}, files: map[string]gitstore.File{},
		at: map[string]int{}, trees: map[string]int{},
	}
	g.f = facts.Facts{
		Format: facts.Format, Repository: s.Repository, Pull: s.Pull, Landing: s.Landing, Base: s.Base, Head: s.Head,
		Governance: s.Governance.Governance, Reviews: []facts.Review{}, Witnesses: []facts.Witness{},
		Commits: []facts.Commit{}, Trees: []facts.Tree{},
	}
	for digest, b := range s.Governance.Blobs {
		g.blobs[digest] = b
	}
	if err := g.configure(); err != nil {
		return facts.Snapshot{}, err
	}
	for _, step := range []func() error{g.proposal, g.landing, g.bound} {
		if err := step(); err != nil {
			return facts.Snapshot{}, err
		}
	}
	sort.Slice(g.f.Commits, func(i, j int) bool { return g.f.Commits[i].ID < g.f.Commits[j].ID })
	sort.Slice(g.f.Trees, func(i, j int) bool { return g.f.Trees[i].Digest < g.f.Trees[j].Digest })
	return facts.Snapshot{Facts: g.f, Blobs: g.blobs}, nil
}

// configure finds out where the governed folder is, and the date in the
// organisation's zone: by the signed configuration, or a founding's own.
func (g *gathering) configure() error {
	zone := time.UTC
	raw, err := g.configuration()
	if err != nil {
		return err
	}
	if config, findings := repoconfig.Read(raw); len(findings) == 0 {
		g.root, zone = config.Root, config.TimeZone
	}
	at := g.s.Now
	if g.s.Landing != nil {
		if at, err = time.Parse(time.RFC3339, g.s.Landing.At); err != nil {
			return fmt.Errorf("time of landing: %w", err)
		}
	}
	g.f.AsOf = at.In(zone).Format(time.DateOnly)
	return nil
}

func (g *gathering) configuration() ([]byte, error) {
	for _, e := range g.s.Governance.Signed {
		if e.Path == repoconfig.Path {
			return g.blobs[e.SHA256], nil
		}
	}
	files, err := g.mirror.Files(g.s.Head, func(path string) bool { return path == repoconfig.Path })
	if err != nil || len(files) == 0 {
		return nil, err
	}
	raw, _, err := g.mirror.Blob(files[0].Blob, repoconfig.MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return raw, nil
}

// proposal adds base, head, what lies between, and where the two part.
func (g *gathering) proposal() error {
	bases, err := g.mirror.MergeBases(g.s.Base, g.s.Head)
	if err != nil {
		return fmt.Errorf("merge base: %w", err)
	}
	g.f.MergeBases = bases
	if g.f.Range, err = g.mirror.Range(g.s.Base, g.s.Head); err != nil {
		return fmt.Errorf("commits of the proposal: %w", err)
	}
	for _, id := range slices.Concat([]string{g.s.Base, g.s.Head}, bases) {
		if err := g.commit(id, true); err != nil {
			return err
		}
	}
	for _, id := range g.f.Range {
		if err := g.rangeCommit(id); err != nil {
			return err
		}
	}
	return nil
}

// landing adds the commits that the push or merge brought.
func (g *gathering) landing() error {
	if g.s.Landing == nil {
		return nil
	}
	for _, id := range g.s.Landing.Commits {
		if err := g.commit(id, true); err != nil {
			return err
		}
	}
	return nil
}

// bound adds the commits of bound reviews, each with its merge base.
func (g *gathering) bound() error {
	for _, id := range slices.Concat([]string{g.s.Head}, g.s.Bound) {
		bases, err := g.mirror.MergeBases(g.s.Base, id)
		if errors.Is(err, gitstore.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("merge base of a reviewed commit: %w", err)
		}
		if err := g.commit(id, true); err != nil {
			return err
		}
		if len(bases) == 0 {
			continue
		}
		if err := g.commit(bases[0], true); err != nil {
			return err
		}
		g.f.Commits[g.at[id]].FromBase = bases[0]
	}
	return nil
}

// rangeCommit adds a commit that is judged: its bytes, its parents and, for a
// merge, their merge bases.
func (g *gathering) rangeCommit(id string) error {
	c, err := g.mirror.Commit(id)
	if err != nil {
		return fmt.Errorf("commit of the proposal: %w", err)
	}
	if err := g.commit(id, true); err != nil {
		return err
	}
	others := slices.Clone(c.Parents)
	var bases []string
	if len(c.Parents) > 1 {
		if bases, err = g.mirror.MergeBases(c.Parents...); err != nil {
			return fmt.Errorf("merge bases of %s: %w", id, err)
		}
		others = append(others, bases...)
	}
	for _, other := range others {
		if err := g.commit(other, false); err != nil {
			return err
		}
	}
	digest := facts.Digest(c.Raw)
	g.blobs[digest] = c.Raw
	added := &g.f.Commits[g.at[id]]
	added.SHA256, added.MergeBases = digest, bases
	return nil
}

// commit adds a commit with its governed tree; withBytes also the bytes of all
// files in it.
func (g *gathering) commit(id string, withBytes bool) error {
	if _, added := g.at[id]; !added {
		if err := g.add(id); err != nil {
			return err
		}
	}
	if !withBytes {
		return nil
	}
	for _, e := range g.f.Trees[g.trees[g.f.Commits[g.at[id]].Tree]].Entries {
		if err := g.readFile(e); err != nil {
			return err
		}
	}
	return nil
}

func (g *gathering) add(id string) error {
	c, err := g.mirror.Commit(id)
	if err != nil {
		return fmt.Errorf("read commit: %w", err)
	}
	files, err := g.mirror.Files(id, g.governed)
	if err != nil {
		return fmt.Errorf("read governed tree: %w", err)
	}
	entries := make([]facts.Entry, len(files))
	for i, f := range files {
		entries[i] = facts.Entry{Mode: f.Mode, Path: f.Path, SHA256: f.SHA256, Size: f.Size}
		if f.Mode != document.ModeSubmodule {
			g.files[f.SHA256] = f
		}
	}
	digest := facts.TreeDigest(entries)
	g.at[id] = len(g.f.Commits)
	g.f.Commits = append(g.f.Commits, facts.Commit{ID: id, Parents: nonNil(c.Parents), Tree: digest})
	if _, known := g.trees[digest]; !known {
		g.trees[digest] = len(g.f.Trees)
		g.f.Trees = append(g.f.Trees, facts.Tree{Digest: digest, Entries: entries})
	}
	return nil
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// governed says which paths of a tree are looked at; a folder when one below it
// could be.
func (g *gathering) governed(path string) bool {
	folder, isFolder := strings.CutSuffix(path, "/")
	if !isFolder {
		return document.Classify(g.root, path) != document.NotGoverned
	}
	return strings.HasPrefix(g.root+"/", folder+"/") || document.Classify(g.root, folder+"/x.md") != document.NotGoverned
}

func (g *gathering) readFile(e facts.Entry) error {
	f, ok := g.files[e.SHA256]
	if _, read := g.blobs[e.SHA256]; read || !ok || e.Size > facts.MaxBlobBytes {
		return nil
	}
	raw, _, err := g.mirror.Blob(f.Blob, facts.MaxBlobBytes)
	if err != nil {
		return fmt.Errorf("read %s: %w", e.Path, err)
	}
	g.blobs[e.SHA256] = raw
	return nil
}

// governedAsSigned says whether configuration and keys at a commit are those that
// were signed.
func governedAsSigned(mirror *gitstore.Mirror, commit string, signed []facts.Entry) (bool, error) {
	governing := func(path string) bool {
		k := document.Classify(".", path)
		return k == document.Configuration || k == document.Key
	}
	files, err := mirror.Files(commit, func(path string) bool { return path == document.KeysFolder+"/" || governing(path) })
	if err != nil {
		return false, fmt.Errorf("read configuration of %s: %w", commit, err)
	}
	want := map[string]string{}
	for _, e := range signed {
		if governing(e.Path) {
			want[e.Path] = e.Mode + e.SHA256
		}
	}
	for _, f := range files {
		if want[f.Path] != f.Mode+f.SHA256 {
			return false, nil
		}
		delete(want, f.Path)
	}
	return len(want) == 0, nil
}
