package decision_test

import "slices"

// compareLanding is LAW 9.2: each governed document in the result is compared.
func (t *tally) compareLanding(o *outcome) {
	landed := t.trees[t.f.Landing.Commits[len(t.f.Landing.Commits)-1]]
	for _, p := range t.landedPaths(landed) {
		if how := t.deviation(landed, p); how != "" {
			t.because(how)
			o.Deviations = append(o.Deviations, deviating{p, how})
		}
	}
	for _, left := range t.ungoverned(landed) {
		if !slices.ContainsFunc(o.Deviations, func(d deviating) bool { return d.Path == left.Path }) {
			o.Deviations = append(o.Deviations, left)
		}
	}
	if len(o.Deviations) > 0 {
		o.Conclusion = "failure"
	}
}

// landedPaths are the documents that the landing changed, by their own bytes or by
// an image, and the changed files that no document shows.
func (t *tally) landedPaths(landed tree) []string {
	var changed []string
	shown := map[string]bool{}
	for p := range union(t.base, landed) {
		if !t.governed(p) || !isSigned(p) {
			continue
		}
		before, was := t.shown(t.base, p)
		after, is := t.shown(landed, p)
		for _, image := range before {
			_, still := landed[image] // READING 9.2: one that stays is shown after the landing, or deviates
			shown[image] = shown[image] || !still
		}
		for _, image := range after {
			shown[image] = true
		}
		if !same(t.base, landed, p) || was != is {
			changed = append(changed, p)
		}
	}
	for _, p := range t.changedPaths(t.base, landed) {
		if !isSigned(p) && !shown[p] {
			changed = append(changed, p)
		}
	}
	return changed
}

// deviation says how a landed path deviates; "" if it does not.
func (t *tally) deviation(landed tree, p string) string {
	if _, there := landed[p]; p == configPath && !there {
		return "configuration-missing" // LAW 8.1
	}
	if t.asSigned(landed, p) {
		t.because("9.2 restored")
		if t.on("9.2 restored") {
			return ""
		}
	}
	if t.f.Pull == nil {
		return "direct-push"
	}
	i := slices.IndexFunc(t.docs, func(d *doc) bool { return d.path == p })
	_, a := t.shown(landed, p)
	_, b := t.shown(t.head, p)
	if i < 0 || !same(landed, t.head, p) || a != b {
		if t.f.Landing.Method == "squash" {
			return "edited-squash"
		}
		return "evil-merge"
	}
	d := t.docs[i]
	switch {
	case t.standing(d) && d.met && !t.objected:
		return ""
	case t.standing(d) && t.metWithoutWithdrawal(d):
		return "withdrawn-before-merge"
	}
	return "bypass-merge"
}

// asSigned: the bytes equal those signed in an earlier pull request, and so do the
// images that the document shows. READING 9.2: a file that is gone has no bytes;
// its removal is a change like any other.
func (t *tally) asSigned(in tree, p string) bool {
	signed := t.signedTree()
	images, _ := t.shown(in, p)
	for _, image := range append(images, p) {
		if _, there := in[image]; !there || !same(in, signed, image) {
			return false
		}
	}
	return true
}

func (t *tally) signedTree() tree {
	signed := tree{}
	for _, e := range t.f.Governance.Signed {
		signed[e.Path] = e
	}
	return signed
}

// standing: nothing but signatures and objections is against the document.
// READING 9.2: bytes are "signed in a pull request" document by document: commits,
// findings and MRG001 count against those that they are about; an objection, and a
// founding that is none (8.2), against all. A document that was signed under the
// last signed configuration is signed, although the verdict was failure (8.3).
func (t *tally) standing(d *doc) bool {
	if (t.unreadable && d.path == configPath) || d.noRule || t.blocked[d.path] || t.moved[d.path] {
		return false
	}
	if t.founding && (t.foundsMore() || t.foundsForeignHost()) {
		return false
	}
	images, _ := t.shown(t.head, d.path)
	for _, image := range images {
		if t.blocked[image] || t.moved[image] {
			return false
		}
	}
	for id, touched := range t.touches {
		for _, p := range touched {
			if (p == d.path || slices.Contains(t.shownBy(d.path), p)) && !t.judged[id].good {
				return false
			}
		}
	}
	return true
}

// metWithoutWithdrawal counts again as if nobody had withdrawn: dismissed and
// edited approvals stand, requests for changes were never made. READING 9.2:
// "withdrawn before merge" is what would be signed but for that; what nobody had
// signed was bypassed.
func (t *tally) metWithoutWithdrawal(d *doc) bool {
	if d.free {
		return true
	}
	kept := t.reviews
	defer func() { t.reviews = kept }()
	t.reviews = nil
	for _, g := range kept {
		copied := *g
		if g.state == "DISMISSED" && g.was == "APPROVED" {
			copied.state = "APPROVED"
		}
		if copied.void == "SIG008 edit" {
			copied.void = ""
		}
		if copied.state == "APPROVED" {
			t.reviews = append(t.reviews, &copied)
		}
	}
	_, met := t.assign(d, t.seats(d))
	return met
}

// ungoverned: root or branches shrank, and documents are left behind.
func (t *tally) ungoverned(landed tree) []deviating {
	e, there := landed[configPath]
	if !there {
		return nil
	}
	next := t.clerk.charter(t.s.Blobs[e.SHA256])
	if next == nil {
		return nil
	}
	var left []deviating
	for p := range landed {
		if t.governed(p) && isDocumentPath(p) && t.leaves(next, p) {
			t.because("ungoverned")
			left = append(left, deviating{p, "ungoverned"})
		}
	}
	return left
}

// leaves says whether a path is no longer governed by the next configuration.
func (t *tally) leaves(next *charter, p string) bool {
	for _, b := range t.charter.Branches {
		if !slices.Contains(next.Branches, b) {
			return true
		}
	}
	return !governedUnder(next.Root, p)
}
