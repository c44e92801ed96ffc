package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// maxKeysRead bounds what is read of keys/: an organisation of ten thousand with a key each.
const maxKeysRead = 10_000

// checkGovernance is the configuration and the keys of a work tree, and those that they are judged by: those of the
// base, as the App does; else the tree's own, which with a base are a founding.
type checkGovernance struct {
	charter     governance.Charter // unreadable where nothing is configured, or nothing can be read
	own, before []document.File
	based       bool     // charter is that of the base, before
	founding    []string // governed paths that a founding touches; nil if there is none
	branch      string   // on which a change is to land, "" if it is not known
	notes       []string
}

// newCheckGovernance reads what governs the work tree. changed is what differs between the base and own.
func newCheckGovernance(ctx context.Context, b checkBase, own []document.File, changed []baseEntry) (checkGovernance, error) {
	g := checkGovernance{own: own, branch: b.branch}
	if b.commit != "" {
		var err error
		if g.before, err = governingBefore(ctx, b, own, changed); err != nil {
			return g, err
		}
	}
	switch {
	case hasConfiguration(g.before):
		g.charter, g.based = governance.Read(g.before), true
		if !g.charter.Readable && hasConfiguration(own) {
			g.notes = append(g.notes, document.ConfigurationPath+" cannot be read at the base: judged by your own")
			g.charter, g.based = governance.Read(own), false
		}
	case hasConfiguration(own):
		g.charter = governance.Read(own)
		if b.commit != "" {
			g.founding = governedPaths(g.charter.Config.Layout(), changed)
		}
	}
	return g, nil
}

// governingBefore are the configuration and keys of the base: those of the work tree, but for what differs.
func governingBefore(ctx context.Context, b checkBase, own []document.File, changed []baseEntry) ([]document.File, error) {
	var differing []baseEntry
	touched := map[string]bool{}
	for _, e := range changed {
		if k := document.Classify(".", e.path); k == document.Configuration || k == document.Key {
			differing = append(differing, e)
			touched[e.path] = true
		}
	}
	before, err := b.files(ctx, differing)
	if err != nil {
		return nil, err
	}
	for _, f := range own {
		if !touched[f.Path] {
			before = append(before, f)
		}
	}
	return before, nil
}

func governedPaths(layout document.Layout, changed []baseEntry) []string {
	paths := []string{}
	for _, e := range changed {
		if layout.Classify(e.path) != document.NotGoverned {
			paths = append(paths, e.path)
		}
	}
	return paths
}

// readGoverning reads .vidimus.yml and keys/ of a folder; what is no regular file has no bytes.
func readGoverning(root string) ([]document.File, error) {
	paths := []string{document.ConfigurationPath}
	keys := filepath.Join(root, document.KeysFolder)
	if info, err := os.Lstat(keys); err == nil && info.IsDir() { // anything else is a finding of its own
		entries, err := os.ReadDir(keys)
		if err != nil {
			return nil, unreadable(err)
		}
		if len(entries) > maxKeysRead {
			return nil, &hintedError{fmt.Errorf("read %s: more than %d files", keys, maxKeysRead), "take out what is no key"}
		}
		for _, entry := range entries {
			if p := path.Join(document.KeysFolder, entry.Name()); document.Classify(".", p) == document.Key {
				paths = append(paths, p)
			}
		}
	}
	var files []document.File
	for _, p := range paths {
		switch f, err := readGoverningFile(root, p); {
		case err == nil:
			files = append(files, f)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, unreadable(err)
		}
	}
	return files, nil
}

// readGoverningFile reads one of them. The error is that of the file system.
func readGoverningFile(root, p string) (document.File, error) {
	info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(p)))
	if err != nil {
		return document.File{}, err //nolint:wrapcheck // it names the file
	}
	return document.ReadEntry(os.DirFS(root), p, fs.FileInfoToDirEntry(info)) //nolint:wrapcheck // it names the file
}

func hasConfiguration(files []document.File) bool {
	_, there := document.FileAt(files, document.ConfigurationPath)
	return there
}

// configuration is the one by which documents are judged, and whether there is one.
func (g *checkGovernance) configuration() (repoconfig.Config, bool) {
	return g.charter.Config, g.charter.Readable
}

// judge gives what is wrong with configuration and keys on a day.
func (g *checkGovernance) judge(day document.Date) []document.Finding {
	if !hasConfiguration(g.own) && !hasConfiguration(g.before) {
		return governance.Roleless(g.own)
	}
	var findings []document.Finding
	if g.founding != nil {
		founding := governance.Founding{Files: g.own, Changed: g.founding, HostUnknown: true}
		findings = append(findings, founding.Judge()...)
	}
	findings = append(findings, g.faults()...)
	if !g.charter.Readable {
		return findings
	}
	change := governance.Change{Before: g.charter, After: g.own, Branch: g.branch, Founding: !g.based, AsOf: day}
	findings = append(findings, change.Judge()...)
	if g.based {
		findings = append(findings, g.ownerless()...)
	}
	return findings
}

// faults are those of the configuration by which the others are judged. Of the base's they are told without a line
// where the change has another one, of which the lines are others.
func (g *checkGovernance) faults() []document.Finding {
	faults := slices.Clone(g.charter.Faults)
	now, _ := document.FileAt(g.own, document.ConfigurationPath)
	then, _ := document.FileAt(g.before, document.ConfigurationPath)
	if g.based && string(now.Bytes) != string(then.Bytes) {
		for i := range faults {
			faults[i].Line, faults[i].Column, faults[i].EndColumn = 0, 0, 0
		}
	}
	return faults
}

// ownerless are the changed keys of which the owner would have to sign and is nobody.
func (g *checkGovernance) ownerless() []document.Finding {
	var paths []string
	for _, f := range slices.Concat(g.before, g.own) {
		if document.Classify(".", f.Path) == document.Key && !slices.Contains(paths, f.Path) {
			paths = append(paths, f.Path)
		}
	}
	next, _ := document.FileAt(g.own, document.ConfigurationPath)
	var findings []document.Finding
	for _, p := range paths {
		before, _ := document.FileAt(g.before, p)
		after, _ := document.FileAt(g.own, p)
		if before.Mode == after.Mode && string(before.Bytes) == string(after.Bytes) {
			continue
		}
		if f, ok := (governance.KeyChange{Path: p, Before: before, After: after, Next: next}).Ownerless(g.charter.Config); ok {
			findings = append(findings, f)
		}
	}
	return findings
}

// unruled are the documents of the change, or all without a base, for which no rule says who signs them, as they are or
// were. In a founding every document is one too many already.
func (s *checkSession) unruled() []document.Finding {
	config, ok := s.setting.governance.configuration()
	if !ok || s.setting.governance.founding != nil {
		return nil
	}
	views := s.views()
	var findings []document.Finding
	for p := range s.documentsTouched() {
		covered := slices.ContainsFunc(config.Rules, func(r repoconfig.Rule) bool {
			return slices.ContainsFunc(views, func(v checkView) bool {
				d, there := v.at(p)
				return there && governance.Covers(r, p, d, v.ofService)
			})
		})
		if !covered {
			findings = append(findings, governance.Unruled(p))
		}
	}
	return findings
}

// documentsTouched are the documents that the change touches, by themselves or by an image; all without a base.
func (s *checkSession) documentsTouched() map[string]bool {
	found := map[string]bool{}
	touches := func(p string) bool { return s.params.Touched == nil || s.params.Touched[p] }
	isImage := func(p string) bool { return s.setting.layout.Classify(p) == document.Image }
	images := slices.ContainsFunc(slices.Collect(maps.Keys(s.params.Touched)), isImage)
	for p, r := range s.readings {
		d := r.Item.Document
		if r.Item.Kind == document.Markdown && (touches(p) || images && d != nil && slices.ContainsFunc(d.Images(), touches)) {
			found[p] = true
		}
	}
	if s.params.Base != nil {
		for _, item := range s.params.Base.Items() {
			if item.Kind == document.Markdown {
				found[item.Path] = true
			}
		}
	}
	return found
}

// checkView is one state of all documents.
type checkView struct {
	documents map[string]*document.Document // nil for what is no regular file
	services  map[string][]*document.Document
}

func (v checkView) at(p string) (*document.Document, bool) {
	d, there := v.documents[p]
	return d, there
}

func (v checkView) ofService(service string) []*document.Document { return v.services[service] }

func (v checkView) add(item document.Item) {
	if item.Kind != document.Markdown {
		return
	}
	v.documents[item.Path] = item.Document
	if d := item.Document; d != nil && d.ServiceID != "" {
		v.services[d.ServiceID] = append(v.services[d.ServiceID], d)
	}
}

// views are the documents with the change and, if there is a base, without it.
func (s *checkSession) views() []checkView {
	newView := func() checkView {
		return checkView{map[string]*document.Document{}, map[string][]*document.Document{}}
	}
	after := newView()
	for _, r := range s.readings {
		after.add(r.Item)
	}
	if s.params.Base == nil {
		return []checkView{after}
	}
	before := newView()
	for p, r := range s.readings {
		if !s.params.Touched[p] {
			before.add(r.Item)
		}
	}
	for _, item := range s.params.Base.Items() {
		before.add(item)
	}
	return []checkView{before, after}
}
