package audit

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// replay decides the landing again from its facts and the bytes in the records, and
// compares byte for byte. Under another version of the rule catalogue findings may
// differ, and what follows from them; the part about signatures may not.
func (l *landing) replay() {
	const what = "decisions"
	l.a.statements.decisions++
	l.snapshot = facts.Snapshot{Facts: l.f, Blobs: map[string][]byte{}}
	for _, digest := range evidence.Needed(l.f) {
		raw, ok := l.a.blob(digest)
		if !ok || l.a.places[digest].record.Number > l.r.Number {
			l.bad(what, "facts.json", "names bytes that no record up to this one holds: "+short(digest))
			return
		}
		l.snapshot.Blobs[digest] = raw
	}
	again := decision.Evaluate(l.snapshot)
	encoded, err := facts.Canonical(again)
	if err != nil {
		l.bad(what, "decision.json", err.Error())
		return
	}
	recorded, err := l.a.file(l.r, "decision.json")
	if err != nil || bytes.Equal(recorded, encoded) {
		return // a file that cannot be read was reported with its record
	}
	if l.d.Catalogue == again.Catalogue {
		l.bad(what, "decision.json", "is not what follows from its facts", differences(l.d, again)...)
		return
	}
	if found := slices.Concat(differences(signing(l.d), signing(again)), inconsistent(l.d)); len(found) > 0 {
		l.bad(what, "decision.json", "its part about signatures does not follow from its facts", found...)
		return
	}
	l.a.note(what, l.r.folder+"/decision.json", fmt.Sprintf(
		"catalogue %s judged otherwise than catalogue %s does today: %d findings then, %d now", l.d.Catalogue, again.Catalogue, len(l.d.Findings), len(again.Findings),
	))
}

// signing is the part of a decision that the law of signing alone decides: without
// the catalogue's findings, and without what follows from them.
func signing(d decision.Decision) decision.Decision {
	d.Catalogue, d.Findings, d.Conclusion, d.State, d.Deviations = "", nil, "", "", nil
	d.Documents = slices.Clone(d.Documents)
	for i := range d.Documents {
		d.Documents[i].Signed = false
	}
	return d
}

// inconsistent tells where a decision's outcome does not follow from its own lists, so
// that under another catalogue nobody can write an outcome of their choice.
func inconsistent(d decision.Decision) []string {
	var found []string
	blocked := len(d.Problems)+len(d.Objections) > 0 || document.Blocking(d.Findings)
	missing := len(d.MissingRoles()) > 0
	want := decision.Success
	switch {
	case d.State == decision.StateNotGoverned:
		want = decision.Neutral
	case blocked:
		want = decision.Failure
	case missing:
		want = decision.ActionRequired
	}
	if d.Conclusion != want {
		found = append(found, fmt.Sprintf("concludes %s, and its own lists come to %s", d.Conclusion, want))
	}
	for _, doc := range d.Documents {
		if doc.Signed && (blockedIn(d, doc) || slices.ContainsFunc(doc.Requirements, isMissing)) {
			found = append(found, doc.ID+" counts as signed, and its own lists speak against it")
		}
	}
	return found
}

func isMissing(r decision.Requirement) bool { return r.Outcome == "missing" }

func blockedIn(d decision.Decision, doc decision.Document) bool {
	return slices.ContainsFunc(d.Findings, func(f document.Finding) bool {
		return f.Path == doc.Path && f.Severity != document.Warn
	})
}

// differences names the parts in which two decisions differ.
func differences(recorded, again decision.Decision) []string {
	var found []string
	for _, part := range []struct {
		name string
		a, b any
	}{
		{"law", recorded.Law, again.Law},
		{"catalogue", recorded.Catalogue, again.Catalogue},
		{"facts", recorded.Facts, again.Facts},
		{"repository", recorded.Repository, again.Repository},
		{"base and head", recorded.Base + recorded.Head, again.Base + again.Head},
		{"pull request and date", fmt.Sprint(recorded.Pull, recorded.AsOf), fmt.Sprint(again.Pull, again.AsOf)},
		{"founding", recorded.Founding, again.Founding},
		{"conclusion", string(recorded.Conclusion) + " " + string(recorded.State), string(again.Conclusion) + " " + string(again.State)},
		{"content list", recorded.Content, again.Content},
		{"documents", recorded.Documents, again.Documents},
		{"signatures", recorded.Signatures, again.Signatures},
		{"objections", recorded.Objections, again.Objections},
		{"commits", recorded.Commits, again.Commits},
		{"findings", recorded.Findings, again.Findings},
		{"problems", recorded.Problems, again.Problems},
		{"deviations", recorded.Deviations, again.Deviations},
	} {
		if !sameForm(part.a, part.b) {
			found = append(found, "differs in: "+part.name)
		}
	}
	return found
}

// sameForm compares two values by the bytes they are stored as.
func sameForm(a, b any) bool {
	rawA, errA := facts.Canonical(a)
	rawB, errB := facts.Canonical(b)
	return errA == nil && errB == nil && bytes.Equal(rawA, rawB)
}
