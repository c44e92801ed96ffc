package decision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// compareLanding hashes what landed against what was signed: every governed file
// in the result. A bypass, a direct push, an evil merge or a squash with other
// content is not hidden but becomes a deviation. LAW 9.2.
func (e *evaluation) compareLanding() {
	tip := e.f.Landing.Commits[len(e.f.Landing.Commits)-1]
	landed := e.viewOf(tip)
	e.d.Deviations = []Deviation{}
	for _, t := range e.documentsTouched(e.base, landed) {
		if d, deviates := e.deviation(t, landed); deviates {
			d.Commit = e.landedIn(t.path)
			e.d.Deviations = append(e.d.Deviations, d)
		}
	}
	for _, c := range changes(e.base.tree, landed.tree) {
		if !isDocument(document.Classify(e.root, c.path)) && !e.signedAsImage(c, landed) {
			d := e.deviationOf(c)
			d.Commit = e.landedIn(c.path)
			e.d.Deviations = append(e.d.Deviations, d)
		}
	}
	e.compareScope(landed)
}

// compareScope finds the documents that a landed configuration silently takes out
// of governance: root or branches shrank. They did not change, and deviate all the
// same. LAW 9.2.
func (e *evaluation) compareScope(landed view) {
	entry := landed.tree[repoconfig.Path]
	if !differ(entry, e.base.tree[repoconfig.Path]) || e.d.Founding {
		return
	}
	next, findings := repoconfig.Read(e.s.Blobs[entry.SHA256])
	if len(findings) > 0 {
		return // unreadable: the last signed configuration holds
	}
	for _, path := range landed.tree.paths() {
		leaves := document.Classify(e.root, path) == document.Markdown &&
			(!next.GovernsBranch(e.branch()) || document.Classify(next.Root, path) == document.NotGoverned)
		if !leaves || e.deviates(path) {
			continue
		}
		d := e.deviationOf(change{path: path, after: landed.tree[path]})
		d.How, d.Commit = Ungoverned, e.landedIn(repoconfig.Path)
		d.Text = d.ID + " is not governed any more: the landed configuration leaves it out, without the signatures of those who sign it."
		e.d.Deviations = append(e.d.Deviations, d)
	}
}

func (e *evaluation) deviates(path string) bool {
	for _, d := range e.d.Deviations {
		if d.Path == path {
			return true
		}
	}
	return false
}

// landedIn is the first-parent commit that gave path its landed bytes.
func (e *evaluation) landedIn(path string) string {
	commits := e.f.Landing.Commits
	tip := e.treeOf(commits[len(commits)-1])[path]
	for _, id := range commits {
		if !differ(e.treeOf(id)[path], tip) {
			return id
		}
	}
	return commits[len(commits)-1]
}

// deviation judges one landed document: it is none when the pull request signed
// exactly these bytes, or when they are the last signed ones.
func (e *evaluation) deviation(t touched, landed view) (Deviation, bool) {
	signed := e.signedDocument(t.path)
	if signed != nil && e.equals(*signed, t) && signed.Signed {
		return Deviation{}, false
	}
	if e.isLastSigned(t.path, landed) {
		return Deviation{}, false
	}
	d := e.deviationOf(t.change)
	d.How = e.how(t.change, signed, signed != nil && e.equals(*signed, t))
	if signed != nil {
		d.ID, d.Missing = signed.ID, missingRoles(*signed)
		if signed.Signed {
			d.SignedSHA256 = signed.SHA256
		}
	}
	d.Text = e.deviationText(d)
	return d, true
}

// signedDocument is what the pull request's decision says of path.
func (e *evaluation) signedDocument(path string) *Document {
	if e.f.Pull == nil {
		return nil
	}
	for i := range e.d.Documents {
		if e.d.Documents[i].Path == path {
			return &e.d.Documents[i]
		}
	}
	return nil
}

func (e *evaluation) equals(d Document, t touched) bool {
	b := e.bound(t)
	if t.after.Mode == "" {
		// A deletion is bound to the bytes of the merge base; MRG001 makes sure
		// that the base had the same.
		return d.Mode == b.Mode
	}
	return d.Mode == b.Mode && d.SHA256 == b.SHA256 && d.Images == b.Images
}

// isLastSigned says whether what stands at path after the change, with the images
// that it shows, is what was signed last.
func (e *evaluation) isLastSigned(path string, after view) bool {
	entry, there := after.tree[path]
	if !there || differ(e.lastSigned[path], entry) {
		return false
	}
	for _, image := range after.images(path) {
		if differ(e.lastSigned[image.Path], after.tree[image.Path]) {
			return false
		}
	}
	return true
}

// signedAsImage says whether an image landed as part of a document that shows
// it, or went with one; that document is compared with its images digest.
func (e *evaluation) signedAsImage(c change, landed view) bool {
	if document.Classify(e.root, c.path) != document.Image {
		return false
	}
	shown := landed
	if c.after.Mode == "" {
		shown = e.base
	}
	for path := range shown.tree {
		if showsAny(shown, path, map[string]bool{c.path: true}) {
			return true
		}
	}
	return false
}

func (e *evaluation) deviationOf(c change) Deviation {
	d := Deviation{Path: c.path, ID: c.path, Mode: c.after.Mode, SHA256: c.after.SHA256, Missing: []string{}}
	if c.after.Mode == "" {
		d.Deleted, d.SHA256, d.Mode = true, c.before.SHA256, document.ModeDeleted
	}
	entry := c.after
	if d.Deleted {
		entry = c.before
	}
	if document.Classify(e.root, c.path) == document.Markdown {
		if parsed := e.parse(entry); parsed != nil && parsed.ID != "" {
			d.ID = parsed.ID
		}
	}
	d.How = e.how(c, nil, false)
	d.Text = e.deviationText(d)
	return d
}

// how names the way in which unsigned bytes landed, the most telling first.
func (e *evaluation) how(c change, signed *Document, sameBytes bool) How {
	switch {
	case c.path == repoconfig.Path && c.after.Mode == "":
		return ConfigurationMissing
	case e.f.Pull == nil:
		return DirectPush
	case !sameBytes && e.f.Landing.Method == "squash":
		return EditedSquash
	case !sameBytes:
		return EvilMerge
	case e.withdrawn(signed.Path):
		return Withdrawn
	default:
		return BypassMerge
	}
}

// withdrawn says whether path would have been signed had nobody taken anything
// back: no approval dismissed or edited, and no changes requested.
func (e *evaluation) withdrawn(path string) bool {
	q := e.asked
	q.Reviews = nil
	for _, r := range e.asked.Reviews {
		if r.State == approval.StateApproved {
			r.Dismissed, r.Edited = false, false
			q.Reviews = append(q.Reviews, r)
		}
	}
	result := approval.Judge(q)
	for i, s := range q.Subjects {
		if s.Head.Path == path {
			return result.Subjects[i].Met && e.faultless(path)
		}
	}
	return e.faultless(path) // a draft, which needs no signature
}

func missingRoles(d Document) []string {
	roles := []string{}
	for _, r := range d.Requirements {
		if r.Outcome == "missing" && !slices.Contains(roles, r.Role) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

// titles are roles as people call them: "the CISO and the Head of IT".
func (e *evaluation) titles(roles []string) string {
	named := make([]string, len(roles))
	for i, id := range roles {
		named[i] = "the " + id
		if r, ok := e.config.Role(id); ok && r.Title != "" {
			named[i] = "the " + r.Title
		}
		if id == approval.RoleSelf {
			named[i] = "the owner of the key"
		}
	}
	last := len(named) - 1
	if last == 0 {
		return named[0]
	}
	return strings.Join(named[:last], ", ") + " and " + named[last]
}

func (e *evaluation) deviationText(d Deviation) string {
	what := d.ID + " was changed"
	if d.Deleted {
		what = d.ID + " was deleted"
	}
	switch d.How {
	case DirectPush:
		return what + " on the governed branch by a direct push, without a pull request that anybody signed."
	case EditedSquash:
		return what + " by a squash merge whose result is not the text that was signed."
	case EvilMerge:
		return what + " by a merge whose result is not the text that was signed."
	case Withdrawn:
		return what + " by a merge after a signature was withdrawn."
	case ConfigurationMissing:
		return "The configuration was deleted from the governed branch without being signed for; the last signed one still holds."
	default:
		if len(d.Missing) > 0 {
			return fmt.Sprintf("%s by a merge past the check, without the signature of %s.", what, e.titles(d.Missing))
		}
		return what + " by a merge past the check, which had findings, commits or an objection against it."
	}
}
