package audit

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// checkStatements holds every statement of a landing against facts, decision and
// bytes, and makes sure that none is missing.
func (l *landing) checkStatements() {
	l.checkContent()
	l.checkCommits()
	l.checkSignatures()
	stated := map[string]int{}
	for _, name := range l.r.names("") {
		s := l.r.statements[name]
		switch p := s.Predicate.(type) {
		case evidence.DocumentVersion:
			l.checkVersion(name, s, p)
			stated[s.Subject[0].Name]++
		case evidence.Deviation:
			l.checkDeviation(name, s, p)
			stated[s.Subject[0].Name]++
		case evidence.Founding:
			l.checkFounding(name, p)
		case evidence.Verdict:
			l.bad("statements", name, "a verdict's number stands in check runs, not in records")
		}
	}
	for _, path := range l.touched() {
		if stated[path] != 1 {
			l.bad("statements", "statements", fmt.Sprintf("%s landed, and %s tell of it", path, count(stated[path], "statement")))
		}
		delete(stated, path)
	}
	for path := range stated {
		l.bad("statements", "statements", path+" did not change, and a statement tells of it")
	}
}

// touched are the paths that need a statement: governed files that differ from the
// base, or show an image that does, and whatever the decision calls a deviation.
func (l *landing) touched() []string {
	found := map[string]bool{}
	for _, d := range l.d.Deviations {
		found[d.Path] = true
	}
	for _, tree := range []map[string]facts.Entry{l.base, l.tip} {
		for path := range tree {
			if l.governed(path) && l.differs(path) {
				found[path] = true
			}
		}
	}
	paths := make([]string, 0, len(found))
	for p := range found {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	return paths
}

func (l *landing) differs(path string) bool {
	before, after := l.base[path], l.tip[path]
	return before.Mode != after.Mode || before.SHA256 != after.SHA256 || l.imagesDigest(l.base, path) != l.imagesDigest(l.tip, path)
}

// parsed is the document at path in a tree, nil if there is none that can be read.
func (l *landing) parsed(tree map[string]facts.Entry, path string) *document.Document {
	e, there := tree[path]
	if !there || document.Classify(l.config.Root, path) != document.Markdown {
		return nil
	}
	raw, ok := l.a.blob(e.SHA256)
	if !ok {
		return nil
	}
	return document.Parse(path, raw)
}

func (l *landing) imagesDigest(tree map[string]facts.Entry, path string) string {
	var lines []document.ContentLine
	for _, image := range l.imagesOf(tree, path) {
		if e, ok := tree[image]; ok {
			lines = append(lines, document.ContentLine{Mode: e.Mode, SHA256: e.SHA256, Path: image})
		}
	}
	return document.ImagesDigest(lines)
}

// imagesOf are the images that the document at path shows. Trees hold the same
// documents again and again, so each is parsed once.
func (l *landing) imagesOf(tree map[string]facts.Entry, path string) []string {
	key := path + "\x00" + tree[path].SHA256
	images, known := l.a.images[key]
	if !known {
		if d := l.parsed(tree, path); d != nil {
			images = d.Images()
		}
		l.a.images[key] = images
	}
	return images
}

// checkContent holds the landed content list against the trees, and each list filed
// by digest against its name.
func (l *landing) checkContent() {
	for name, digest := range l.r.digest {
		if inside, ok := strings.CutPrefix(name, "content/"); ok && inside != digest+".txt" {
			l.bad("statements", name, "is not the list that its name says")
		}
	}
	raw, err := l.a.file(l.r, "content.txt")
	if err != nil {
		l.bad("statements", "content.txt", err.Error())
		return
	}
	lines, err := document.ReadContentList(raw)
	if err != nil {
		l.bad("statements", "content.txt", err.Error())
		return
	}
	listed := map[string]document.ContentLine{}
	for _, line := range lines {
		listed[line.Path] = line
		e, there := l.tip[line.Path]
		if line.Mode == document.ModeDeleted {
			e, there = l.base[line.Path]
			_, still := l.tip[line.Path]
			there = there && !still
			e.Mode = document.ModeDeleted
		}
		if !there || e.Mode != line.Mode || e.SHA256 != line.SHA256 {
			l.bad("statements", "content.txt", "lists "+line.Path+" other than it landed")
		}
	}
	for _, path := range l.touched() {
		if _, ok := listed[path]; !ok {
			l.bad("statements", "content.txt", "does not list "+path)
		}
	}
}

// checkLanded holds what a statement says of the landing against the facts.
func (l *landing) checkLanded(name string, s evidence.Statement, v evidence.Landed, deleted bool) {
	f := l.f.Landing
	entry, there := l.tip[v.Path]
	if deleted {
		entry = l.base[v.Path]
		entry.Mode = document.ModeDeleted
	}
	commits := make([]string, len(v.Commits))
	for i, c := range v.Commits {
		commits[i] = c.Digest.GitCommit
	}
	subject := s.Subject[0]
	switch {
	case len(s.Subject) != 1 || subject.Name != v.Path || subject.Digest.SHA256 != entry.SHA256 || v.Mode != entry.Mode || deleted == there:
		l.bad("statements", name, "is about other bytes than those that landed as "+v.Path)
	case v.At != f.At || v.BaseBranch != f.Branch || v.By.ID != f.By.ID || v.Method != f.Method || v.Pull != l.d.Pull || !slices.Equal(commits, f.Commits):
		l.bad("statements", name, "tells of another landing than the facts")
	case !slices.Contains(f.Commits, v.Commit.Digest.GitCommit):
		l.bad("statements", name, "names a commit that did not land")
	}
	if raw, ok := l.a.blob(entry.SHA256); ok && subject.Digest.GitBlob != gitName("blob", raw, len(l.f.Head)) {
		l.bad("statements", name, "gives the bytes another Git name than they have")
	}
}

// checkVersion judges the statement of a version that landed as signed.
func (l *landing) checkVersion(name string, s evidence.Statement, v evidence.DocumentVersion) {
	l.a.statements.documents++
	l.checkLanded(name, s, v.Landed, v.Deleted)
	path := v.Landed.Path
	d := l.decided(path)
	switch {
	case slices.ContainsFunc(l.d.Deviations, func(d decision.Deviation) bool { return d.Path == path }):
		l.bad("statements", name, "calls signed what the decision calls a deviation")
	case v.Decision.Outcome == evidence.OutcomeRestored:
		l.checkRestored(name, path)
	case d == nil || !d.Signed || v.Decision.Outcome != outcomeOf(*d):
		l.bad("statements", name, "calls it "+v.Decision.Outcome+", and the decision does not")
	default:
		l.checkRequirements(name, v, *d)
	}
	if v.Decision.Facts.SHA256 != l.factsDigest || v.Decision.Decision.SHA256 != l.decisionDigest || v.ContentDigest != l.r.digest["content.txt"] {
		l.bad("statements", name, "names other facts, another decision or another content list than the record's")
	}
	if v.Repository != l.f.Repository {
		l.bad("statements", name, "is about another repository")
	}
	if !v.Deleted && !l.r.has(s.Subject[0].Digest.SHA256, "sources") {
		l.bad("statements", name, "the record does not hold the bytes it is about")
	}
	if v.ImagesDigest != l.imagesDigest(l.tip, path) {
		l.bad("statements", name, "names other images than the document shows")
	}
	l.checkCopy(name, v)
	l.checkPast(name, v)
	l.checkPage(name, s, v)
	l.a.say(path, said{
		number: l.r.Number, digest: l.r.digest[name], sha256: s.Subject[0].Digest.SHA256, id: v.Document.ID, version: v.Document.Version,
		deleted: v.Deleted, closes: v.Closes,
	})
}

func (a *auditor) say(path string, s said) { a.stated[path] = append(a.stated[path], s) }

func (l *landing) decided(path string) *decision.Document {
	for i := range l.d.Documents {
		if l.d.Documents[i].Path == path {
			return &l.d.Documents[i]
		}
	}
	return nil
}

func outcomeOf(d decision.Document) string {
	if d.Level == "" {
		return evidence.OutcomeNotNeeded
	}
	return evidence.OutcomeSigned
}

// checkRestored: the last signed bytes of configuration or key came back.
func (l *landing) checkRestored(name, path string) {
	for _, e := range l.f.Governance.Signed {
		if e.Path == path && e.SHA256 == l.tip[path].SHA256 && e.Mode == l.tip[path].Mode {
			return
		}
	}
	l.bad("statements", name, "says that signed bytes came back, and these were not signed last")
}

// checkRequirements holds the copied requirements against the decision's, and each
// signature that they name against the record.
func (l *landing) checkRequirements(name string, v evidence.DocumentVersion, d decision.Document) {
	if len(v.Requirements) != len(d.Requirements) {
		l.bad("statements", name, fmt.Sprintf("names %d requirements, the decision %d", len(v.Requirements), len(d.Requirements)))
		return
	}
	for i, got := range v.Requirements {
		want := d.Requirements[i]
		if got.Rule != want.Rule || got.Role != want.Role || got.Outcome != want.Outcome || got.Person != want.Person || got.Level != d.Level {
			l.bad("statements", name, "the requirement "+got.Rule+" "+got.Role+" is not the decision's")
			continue
		}
		if want.Outcome == "signed" && (got.Signature == nil || l.signatureOf(want.Review) != got.Signature.SHA256) {
			l.bad("statements", name, "does not name the signature of "+got.Role)
		}
	}
}

// signatureOf is the digest of the record's statement about a review.
func (l *landing) signatureOf(review int64) string {
	return l.r.digest[fmt.Sprintf("statements/signature-%d.json", review)]
}

// checkCopy holds the copied front matter against the bytes.
func (l *landing) checkCopy(name string, v evidence.DocumentVersion) {
	c, path := v.Document, v.Landed.Path
	switch document.Classify(l.config.Root, path) {
	case document.Configuration:
		if c.ID != path || c.Type != "configuration" {
			l.bad("statements", name, "does not call the configuration by its name")
		}
		l.checkGoverns(name, v)
		return
	case document.Key:
		if c.ID != path || c.Type != "key" {
			l.bad("statements", name, "does not call the key by its name")
		}
		return
	}
	tree := l.tip
	if v.Deleted {
		tree = l.base
	}
	d := l.parsed(tree, path)
	if d == nil {
		return
	}
	got := []string{c.ID, c.Type, c.Title, c.Version, c.Status, c.Change, c.ChangeSummary, c.Classification, c.Owner, c.Effective, c.NextReview}
	want := []string{
		d.ID, d.Type, d.Title, d.Version, d.Status, d.Change, d.ChangeSummary, d.Classification, d.Owner,
		d.Effective.String(), d.NextReview.String(),
	}
	if !slices.Equal(got, want) || !slices.Equal(c.Controls, d.Texts("controls")) {
		l.bad("statements", name, "copies the front matter other than the bytes have it")
	}
}

func (l *landing) checkGoverns(name string, v evidence.DocumentVersion) {
	if v.Deleted {
		return
	}
	raw, _ := l.a.blob(l.tip[v.Landed.Path].SHA256)
	config, findings := repoconfig.Read(raw)
	if len(findings) > 0 {
		return
	}
	if v.Governs == nil || !slices.Equal(v.Governs.Branches, config.Branches) {
		l.bad("statements", name, "does not say which branches the configuration governs")
		return
	}
	for _, path := range v.Governs.Paths {
		if k := document.Classify(config.Root, path+"/x.md"); k == document.NotGoverned && path != document.ConfigurationPath {
			l.bad("statements", name, "says that the configuration governs "+path)
		}
	}
	for _, folder := range (document.Layout{Root: config.Root}).Folders() {
		joined := strings.TrimPrefix(config.Root+"/"+folder, "./")
		if !slices.Contains(v.Governs.Paths, joined) {
			l.bad("statements", name, "does not say that the configuration governs "+joined)
		}
	}
}

// checkPast holds what a version supersedes and closes against what records before it
// say.
func (l *landing) checkPast(name string, v evidence.DocumentVersion) {
	var open []string
	for _, s := range l.a.stated[v.Landed.Path] {
		if s.deviation {
			open = append(open, s.digest)
		} else {
			open = nil
		}
	}
	closes := make([]string, len(v.Closes))
	for i, c := range v.Closes {
		closes[i] = c.SHA256
	}
	slices.Sort(open)
	slices.Sort(closes)
	if !slices.Equal(open, closes) {
		l.bad("statements", name, "does not close the deviations of its document, and no others")
	}
	if v.Supersedes == nil || v.Supersedes.Statement == nil {
		return
	}
	for _, all := range l.a.stated {
		for _, s := range all {
			if s.digest == v.Supersedes.Statement.SHA256 && s.sha256 == v.Supersedes.SHA256 {
				return
			}
		}
	}
	l.bad("statements", name, "supersedes a version that no record before it tells of")
}
