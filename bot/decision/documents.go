package decision

import (
	"fmt"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// checkDocuments runs the rules over the base tip with the change applied: what
// the branch would hold. LAW 7.1.
func (e *evaluation) checkDocuments() {
	asOf, err := document.ParseDate(e.f.AsOf)
	if err != nil {
		e.incomplete("the facts have no date at which documents are judged")
		return
	}
	touched, restored := map[string]bool{}, map[string]bool{}
	for _, t := range e.documentsTouched(e.mergeBase, e.head) {
		touched[t.path] = true
		restored[t.path] = e.isLastSigned(t.path, e.result)
	}
	for _, c := range e.changesOfProposal() {
		touched[c.path] = true
	}
	base, result := e.set(e.base), e.set(e.result)
	judgement := control.Judge(result, control.Params{
		AsOf: asOf, Roles: e.config.RoleIDs(), Touched: touched, Base: base, Restored: restored, Severities: e.config.Overrides(),
	})
	e.d.Findings = append(e.d.Findings, judgement.Findings...)
	e.d.Overrides, e.d.Impacts = judgement.Overrides, judgement.Impacts
	e.checkGovernance(asOf)
	for _, path := range e.result.tree.paths() {
		if entry := e.result.tree[path]; entry.Size > facts.MaxBlobBytes {
			e.d.Findings = append(e.d.Findings, document.Finding{
				Rule: "LIM001", Severity: document.Block, Path: path,
				Message: fmt.Sprintf("the file has %d bytes, more than are read", entry.Size),
				Fix:     "take out what does not belong into a document, or split it",
			})
		}
	}
}

// checkGovernance judges the configuration and keys that the branch would hold.
func (e *evaluation) checkGovernance(asOf document.Date) {
	change := governance.Change{
		Before: e.charter, After: e.filesOf(governingOf(e.result.tree)), Branch: e.branch(), Founding: e.d.Founding, AsOf: asOf,
	}
	e.d.Findings = append(e.d.Findings, change.Judge()...)
}

// set is the view's documents and images as the rules read them. Files over the
// limit are left out and reported by size.
func (e *evaluation) set(v view) *document.Set {
	var items []document.Item
	for _, path := range v.tree.paths() {
		entry := v.tree[path]
		if document.Classify(e.root, path) != document.NotGoverned && entry.Size <= facts.MaxBlobBytes {
			items = append(items, e.item(entry))
		}
	}
	return e.config.Layout().Assemble(items)
}

// item reads a file once.
func (e *evaluation) item(entry facts.Entry) document.Item {
	item, known := e.items[entry]
	if !known {
		item = e.config.Layout().Read(document.File{Path: entry.Path, Mode: entry.Mode, Bytes: e.s.Blobs[entry.SHA256]})
		e.items[entry] = item
	}
	return item
}

// checkMoved: each changed governed file, and each image that a changed document
// shows, must have at the base tip what it has at the merge base; and the landing
// must change no document but those that are signed here. MRG001, LAW 7.1, 1.2.
func (e *evaluation) checkMoved() {
	moved := map[string]bool{}
	if len(e.f.MergeBases) > 1 {
		for _, other := range e.f.MergeBases[1:] {
			for _, c := range changes(e.mergeBase.tree, e.treeOf(other)) {
				moved[c.path] = true
			}
		}
	}
	for _, l := range e.contentList(e.mergeBase, e.head) {
		if differ(e.base.tree[l.Path], e.mergeBase.tree[l.Path]) {
			moved[l.Path] = true
		}
	}
	signed := map[string]touched{}
	for _, t := range e.documentsTouched(e.mergeBase, e.head) {
		signed[t.path] = t
	}
	for _, t := range e.documentsTouched(e.base, e.result) {
		// It shows an image that changes, and came meanwhile; or it will show one
		// that came meanwhile, and that nobody saw who signed.
		if s, ok := signed[t.path]; !ok || s.imagesAfter != t.imagesAfter {
			moved[t.path] = true
		}
	}
	for _, path := range sortedKeys(moved) {
		e.moved(path)
	}
}

func (e *evaluation) moved(path string) {
	e.problem(Problem{
		Code: CodeMoved, Path: path,
		Text: path + " was changed on the governed branch since this change began; the merged text would be neither",
		Mend: "bring the change up to date (\"Update branch\"), look at the result, and have it signed again where it differs",
	})
}

// sort puts every list of the decision into its fixed order.
func (d *Decision) sort() {
	document.SortFindings(d.Findings)
	sort.SliceStable(d.Problems, func(i, j int) bool {
		a, b := d.Problems[i], d.Problems[j]
		if a.Code != b.Code {
			return a.Code < b.Code
		}
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		if a.Commit != b.Commit {
			return a.Commit < b.Commit
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Text < b.Text
	})
}
