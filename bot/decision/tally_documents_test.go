package decision_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"

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
}

// judgeFindings asks package control about the base tip with the changed files.
func (t *tally) judgeFindings() {
	merged := tree{}
	for p, e := range t.base {
		merged[p] = e
	}
	touched := map[string]bool{}
	for p := range t.content {
		touched[p] = true
		if e, there := t.head[p]; there {
			merged[p] = e
		} else {
			delete(merged, p)
		}
	}
	for _, f := range t.clerk.check(t, merged, touched) {
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

// rulesFor are the rules of a document, as it is on the base or at the head.
// LAW 2.1, 2.4.
func (t *tally) rulesFor(p string) []rule {
	if p == configPath || isKeyPath(p) {
		return []rule{t.charter.Config}
	}
	var rules []rule
	if !isDocumentPath(p) {
		return nil
	}
	for _, r := range t.charter.Rules {
		before, onBase := t.base[p]
		after, onHead := t.head[p]
		atBase := onBase && r.matches(p, t.page(before))
		atHead := onHead && r.matches(p, t.page(after))
		if atBase && onHead && !atHead {
			t.because("2.1 rule of the base")
			atBase = t.on("2.1 rule of the base")
		}
		if atBase || atHead {
			rules = append(rules, r)
		}
	}
	return rules
}

// demand fills in what LAW 2 asks for a document.
func (t *tally) demand(d *doc) {
	rules := t.rulesFor(d.path)
	if len(rules) == 0 {
		t.because("CFG002")
		d.noRule = true
		return
	}
	d.level, d.several = "approval", true
	weakest, anySeveral := rules[0].Level, false
	for _, r := range rules {
		d.needs = append(d.needs, r.Require)
		if r.Level != "approval" { // the strictest stands, LAW 2.1
			d.level = r.Level
		} else {
			weakest = r.Level
		}
		d.several = d.several && r.SeveralRoles == "allowed"
		anySeveral = anySeveral || r.SeveralRoles == "allowed"
	}
	if d.level != weakest || d.several != anySeveral {
		t.because("2.1 strictest")
		if !t.on("2.1 strictest") {
			d.level, d.several = weakest, anySeveral
		}
	}
	if t.founding {
		d.level = "statement" // LAW 8.2
	}
	if isKeyPath(d.path) && !t.founding {
		t.demandSelf(d)
	}
	t.demandSignatories(d)
	for _, need := range d.needs {
		for _, role := range leaves(need) {
			if !slices.Contains(d.roles, role) {
				d.roles = append(d.roles, role)
			}
		}
	}
	for _, role := range t.charter.RoleOrder {
		if t.founding && !slices.Contains(d.roles, role) {
			d.roles = append(d.roles, role)
		}
	}
}

// demandSignatories is LAW 2.2, and for drafts 2.3. READING 2.3: "draft at both
// base and head" is "wherever it exists": DESIGN.md says that the import of new
// drafts needs commits only.
func (t *tally) demandSignatories(d *doc) {
	if !isDocumentPath(d.path) {
		return
	}
	d.free = true
	for _, in := range []tree{t.base, t.head} {
		e, there := in[d.path]
		if !there {
			continue
		}
		pg := t.page(e)
		d.free = d.free && pg.status == "draft"
		for _, role := range pg.signatories {
			if !t.needed(d, role) {
				t.because("2.2 signatories")
			}
			if t.on("2.2 signatories") {
				d.needs = append(d.needs, role)
			}
		}
	}
	if d.free {
		t.because("2.3 draft document")
		d.free = t.on("2.3 draft document")
	}
}

// needed says whether no rule can be met without the role.
func (t *tally) needed(d *doc, role string) bool {
	everybody := map[string]string{}
	for _, need := range d.needs {
		for _, other := range leaves(need) {
			if other != role {
				everybody[other] = "somebody"
			}
		}
	}
	for _, need := range d.needs {
		if !met(need, everybody) {
			return true
		}
	}
	return false
}

// demandSelf is LAW 2.4. A renewal needs the owner and one of the rule, a
// revocation one of the rule, everything else the rule and the owner.
func (t *tally) demandSelf(d *doc) {
	slug := strings.TrimSuffix(path.Base(d.path), path.Ext(d.path))
	if slug == "web-flow" || slug == "vidimus" {
		return // nobody's own
	}
	one := map[string]any{"any": asList(leaves(t.charter.Config.Require))}
	change := keyChange(t.s.Blobs[t.from[d.path].SHA256], t.s.Blobs[t.head[d.path].SHA256])
	if change != "" {
		t.because("2.4 " + change)
		if !t.on("2.4 " + change) {
			change = ""
		}
	}
	switch change {
	case "revocation":
		d.needs = []any{one}
	case "renewal":
		d.needs = []any{one, "self"}
	default:
		t.because("2.4 self")
		if t.on("2.4 self") {
			d.needs = append(d.needs, "self")
		}
	}
}

func asList(roles []string) []any {
	var list []any
	for _, r := range roles {
		list = append(list, r)
	}
	return list
}

// keyChange says revocation or renewal, as go-crypto reads the two files.
func keyChange(before, after []byte) string {
	a, errA := openpgp.ReadArmoredKeyRing(bytes.NewReader(before))
	b, errB := openpgp.ReadArmoredKeyRing(bytes.NewReader(after))
	if errA != nil || errB != nil || len(a) != 1 || len(b) != 1 || !bytes.Equal(a[0].PrimaryKey.Fingerprint, b[0].PrimaryKey.Fingerprint) {
		return ""
	}
	if len(b[0].Revocations) > len(a[0].Revocations) {
		return "revocation"
	}
	x, y := a[0].PrimaryIdentity().SelfSignature, b[0].PrimaryIdentity().SelfSignature
	lifetime := func(seconds *uint32) uint32 {
		if seconds == nil || *seconds == 0 {
			return 1<<32 - 1
		}
		return *seconds
	}
	if lifetime(y.KeyLifetimeSecs) > lifetime(x.KeyLifetimeSecs) {
		return "renewal"
	}
	return ""
}

// contribute fills in who contributed to a document. LAW 3.4, 1.2.
func (t *tally) contribute(d *doc) {
	if t.f.Pull != nil {
		if slug := t.charter.byAccount(t.f.Pull.Author.ID); slug != "" {
			t.because("3.4 opener")
			d.contributors[slug] = t.on("3.4 opener")
		}
	}
	for id, touched := range t.touches {
		for _, p := range touched {
			if p == d.path || slices.Contains(t.shownBy(d.path), p) {
				for _, slug := range t.judged[id].contributors {
					d.contributors[slug] = true
				}
			}
		}
	}
}
