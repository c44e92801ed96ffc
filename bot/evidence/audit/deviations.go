package audit

import (
	"slices"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// checkDeviation judges the statement of a deviation.
func (l *landing) checkDeviation(name string, s evidence.Statement, v evidence.Deviation) {
	l.a.statements.documents++
	l.checkLanded(name, s, v.Landed, v.Deleted)
	i := slices.IndexFunc(l.d.Deviations, func(d decision.Deviation) bool { return d.Path == v.Landed.Path })
	if i < 0 {
		l.bad("statements", name, "tells of a deviation that the decision does not know")
		return
	}
	d := l.d.Deviations[i]
	missing := make([]string, len(v.Missing))
	for i, m := range v.Missing {
		missing[i] = m.Role
	}
	if v.How != string(d.How) || v.Text != d.Text || v.Document.ID != d.ID || v.Deleted != d.Deleted || v.Landed.Commit.Digest.GitCommit != d.Commit || !slices.Equal(missing, d.Missing) {
		l.bad("statements", name, "tells of the deviation other than the decision")
	}
	if v.Facts.SHA256 != l.factsDigest || v.Decision.SHA256 != l.decisionDigest {
		l.bad("statements", name, "names other facts or another decision than the record's")
	}
	if !v.Deleted && !v.NotStored && !l.r.has(d.SHA256, "sources", "assets") {
		l.bad("statements", name, "the record does not hold the bytes it is about")
	}
	if v.NotStored && l.tip[d.Path].Size <= facts.MaxBlobBytes && l.tip[d.Path].Mode == document.ModeRegular {
		l.bad("statements", name, "says that the bytes are too many to be kept, and they are not")
	}
	l.a.say(d.Path, said{
		number: l.r.Number, digest: l.r.digest[name], sha256: d.SHA256, id: d.ID, version: v.Document.Version,
		deviation: true, deleted: d.Deleted, text: d.Text, how: string(d.How),
	})
}

// listDeviations tells of what the organisation itself publishes, and counts what
// stands signed now.
func (a *auditor) listDeviations() {
	paths := make([]string, 0, len(a.stated))
	for p := range a.stated {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		all := a.stated[p]
		last := all[len(all)-1]
		for i, s := range all {
			if s.deviation {
				a.tellDeviation(s, slices.ContainsFunc(all[i:], func(s said) bool { return !s.deviation }))
			}
		}
		if kind := document.Classify(".", p); kind == document.Configuration || kind == document.Key || (last.deleted && !last.deviation) {
			continue
		}
		a.report.Documents++
		if !last.deviation {
			a.report.Signed++
		}
	}
	a.countAdopted()
}

func (a *auditor) tellDeviation(s said, mended bool) {
	text := strings.TrimSpace(s.id+" "+s.version) + ": " + s.text
	details := []string{"(published by " + a.report.whom() + " itself, not found by this check)"}
	result := Bad
	if mended {
		result = Note
		details = []string{"mended since by a signed version"}
	}
	a.report.add(result, "deviation", text, details)
	if n := len(a.report.Rows); n > 0 && n <= maxRows {
		a.report.Rows[n-1].Published = true
	}
}

// countAdopted counts the documents that were there before the founding and have not
// landed since: they are not signed.
func (a *auditor) countAdopted() {
	if len(a.records) == 0 {
		return
	}
	f, ok := a.records[0].statements["statements/founding.json"].Predicate.(evidence.Founding)
	if !ok {
		return
	}
	for _, d := range f.Adopted {
		if len(a.stated[d.Path]) == 0 {
			a.report.Documents++
		}
	}
}
