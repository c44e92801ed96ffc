package decision_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// doc is one changed document, configuration or key file. LAW 1.1.
type doc struct {
	path         string
	deleted      bool
	page         page // at the head; of a deleted one at the merge base
	sha, mode    string
	images       string // images digest, LAW 1.2
	contributors map[string]bool

	needs      []any // requirements that must be met together
	roles      []string
	level      string
	several    bool
	noRule     bool
	free       bool // a draft, LAW 2.3
	met        bool
	signatures []counted
	valid      []counted
}

// governed says whether the law looks at a path.
func (t *tally) governed(p string) bool { return governedUnder(t.charter.Root, p) }

func governedUnder(root, p string) bool {
	if p == configPath || isKeyPath(p) {
		return true
	}
	if root != "" && root != "." {
		below, ok := strings.CutPrefix(p, root+"/")
		if !ok {
			return false
		}
		p = below
	}
	folder, _, deeper := strings.Cut(p, "/")
	return deeper && slices.Contains([]string{"policy", "register", "contracts", "matrices", "exit", "assurance", "exceptions", "receipts", "records"}, folder)
}

// changedPaths are the governed files that differ, in order.
func (t *tally) changedPaths(a, b tree) []string {
	var changed []string
	for p := range union(a, b) {
		if t.governed(p) && !same(a, b, p) {
			changed = append(changed, p)
		}
	}
	sort.Strings(changed)
	return changed
}

func isDocumentPath(p string) bool { return strings.HasSuffix(p, ".md") && !isKeyPath(p) }

// isSigned says whether people sign this path by itself: images they do not.
func isSigned(p string) bool { return isDocumentPath(p) || p == configPath || isKeyPath(p) }

// shown are the images that the document at p shows in a tree: their lines, each
// once, in link order. LAW 1.2.
func (t *tally) shown(in tree, p string) (images []string, digest string) {
	e, ok := in[p]
	if !ok || !isDocumentPath(p) {
		return nil, ""
	}
	text := ""
	for _, link := range t.page(e).images {
		image := path.Join(path.Dir(p), link)
		f, there := in[image]
		if !there || slices.Contains(images, image) {
			continue
		}
		images = append(images, image)
		text += f.Mode + " " + f.SHA256 + " " + image + "\n"
	}
	if text == "" {
		return nil, ""
	}
	sum := sha256.Sum256([]byte(text))
	return images, hex.EncodeToString(sum[:])
}

// shownBy are the images that a document shows on the base or at the head.
func (t *tally) shownBy(p string) []string {
	a, _ := t.shown(t.base, p)
	b, _ := t.shown(t.head, p)
	return append(a, b...)
}

// allDocuments are the documents of base and head.
func (t *tally) allDocuments() []string {
	var all []string
	for p := range union(t.base, t.head) {
		if isDocumentPath(p) && t.governed(p) {
			all = append(all, p)
		}
	}
	return all
}

// listChanges is LAW 1: the documents that differ between merge base and head, and
// the content list.
func (t *tally) listChanges() {
	t.from = tree{}
	if len(t.f.MergeBases) > 0 {
		t.from = t.trees[t.f.MergeBases[0]]
	}
	for p := range union(t.from, t.head) {
		if !t.governed(p) {
			continue
		}
		_, was := t.shown(t.from, p)
		images, is := t.shown(t.head, p)
		own := !same(t.from, t.head, p)
		if own {
			t.content[p] = true
		}
		if !own && was != is {
			t.because("1.2 image changes document")
		}
		if !isSigned(p) || (!own && (was == is || !t.on("1.2 image changes document"))) {
			continue
		}
		t.content[p] = true
		for _, image := range images {
			t.content[image] = true
		}
		t.docs = append(t.docs, t.document(p, is))
	}
	sort.Slice(t.docs, func(i, j int) bool { return t.docs[i].path < t.docs[j].path })
	if t.founding || slices.ContainsFunc(t.docs, func(d *doc) bool { return d.path == configPath }) {
		t.readNextCharter()
	}
}

func (t *tally) document(p, images string) *doc {
	d := &doc{path: p, images: images, contributors: map[string]bool{}}
	e, there := t.head[p]
	d.deleted = !there
	if d.deleted {
		e = t.from[p]
	}
	d.sha, d.mode = e.SHA256, e.Mode
	if isDocumentPath(p) {
		d.page = t.page(e)
	}
	return d
}

// readNextCharter: a changed configuration must be readable, and there must be
// one. LAW 2.3, 8.1.
func (t *tally) readNextCharter() {
	e, there := t.head[configPath]
	next := t.clerk.charter(t.s.Blobs[e.SHA256])
	if !there || next == nil {
		t.because("CFG001 proposed")
		t.unreadable = t.on("CFG001 proposed")
		return
	}
	for _, p := range t.allDocuments() {
		// LAW 9.2 asks for the signers of what leaves. This version does not judge
		// that yet, and what it does not judge blocks.
		if t.leaves(next, p) {
			t.because("9.2 leaves")
			t.unreadable = t.on("9.2 leaves")
		}
	}
}

// judgeMoves is MRG001. READING 7.1: "each changed governed file" is each line of
// the content list, so that an image which a changed document shows may not move
// either.
func (t *tally) judgeMoves() {
	for p := range t.content {
		if !same(t.base, t.from, p) {
			t.because("MRG001")
			t.moved[p] = true
		}
	}
	// READING 7.1, 1.2: nor may a changed document show another picture after the
	// landing than at the head.
	for _, d := range t.docs {
		if _, lands := t.shown(t.landing(), d.path); !d.deleted && lands != d.images {
			t.because("MRG001")
			t.moved[d.path] = true
		}
	}
}

// landing is the base tip with the changed files.
func (t *tally) landing() tree {
	merged := tree{}
	for p, e := range t.base {
		merged[p] = e
	}
	for p := range t.content {
		if e, there := t.head[p]; there {
			merged[p] = e
		} else {
			delete(merged, p)
		}
	}
	return merged
}

// judgeFindings asks package control about the base tip with the changed files.
func (t *tally) judgeFindings() {
	touched := map[string]bool{}
	for p := range t.content {
		touched[p] = true
	}
	for _, f := range t.clerk.check(t, t.landing(), touched) {
		if f.Severity == document.Block {
			t.because("finding " + f.Rule)
			t.findings = true
			t.blocked[f.Path] = true
		}
	}
}

func (c *clerk) check(t *tally, merged tree, touched map[string]bool) []document.Finding {
	restored := map[string]bool{} // LAW 9.3
	for p := range touched {
		restored[p] = isDocumentPath(p) && t.asSigned(merged, p)
	}
	key := fmt.Sprint(sortedTree(merged), "|", sortedTree(t.base), "|", touched, restored, t.charter.Root)
	c.mu.Lock()
	known, ok := c.findings[key]
	c.mu.Unlock()
	if ok {
		return known
	}
	asOf, err := document.ParseDate(t.f.AsOf)
	if err != nil {
		panic(err)
	}
	var roles []string
	for role := range t.charter.Roles {
		roles = append(roles, role)
	}
	sort.Strings(roles)
	found := control.Check(c.set(t, merged), control.Params{AsOf: asOf, Roles: roles, Touched: touched, Base: c.set(t, t.base), Restored: restored})
	c.mu.Lock()
	c.findings[key] = found
	c.mu.Unlock()
	return found
}

func (c *clerk) set(t *tally, of tree) *document.Set {
	layout := document.Layout{Root: t.charter.Root}
	var items []document.Item
	for _, p := range sortedTree(of) {
		e := of[strings.SplitN(p, " ", 3)[2]]
		key := e.Mode + e.SHA256 + e.Path + layout.Root
		c.mu.Lock()
		item, ok := c.items[key]
		if !ok {
			item = layout.Read(document.File{Path: e.Path, Mode: e.Mode, Bytes: t.s.Blobs[e.SHA256]})
			c.items[key] = item
		}
		c.mu.Unlock()
		items = append(items, item)
	}
	return layout.Assemble(items)
}

func sortedTree(t tree) []string {
	var lines []string
	for p, e := range t {
		lines = append(lines, e.Mode+" "+e.SHA256+" "+p)
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i][72:] < lines[j][72:] })
	return lines
}
