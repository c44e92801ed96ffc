package audit

import (
	"fmt"
	"slices"
	"strings"
)

// ReportFormat is the name and version of a report's JSON form.
const ReportFormat = "vidimus-verify/1"

// maxRows bounds the findings of a report; whoever has that many needs no more.
const maxRows = 500

// Result is how one row of a report stands.
type Result string

// The results. A note does not speak against the evidence.
const (
	OK   Result = "ok"
	Note Result = "note"
	Bad  Result = "bad"
)

// Row is one line of a report. What is the part that was checked: files, list,
// ledger, records, statements, decisions, commits, history, signatures, pages,
// deviation. Published: the organisation tells of it itself; it is bad news and no
// fault of the evidence.
type Row struct {
	Result    Result   `json:"result"`
	What      string   `json:"what"`
	Text      string   `json:"text"`
	Details   []string `json:"details,omitempty"`
	Published bool     `json:"published,omitempty"`
}

// Report is the outcome of an audit. Whole says that nothing was found that speaks
// against the evidence; it still may tell of deviations.
type Report struct {
	Format string `json:"format"`
	Whole  bool   `json:"whole"`
	// Branch: the tree of an evidence branch was audited, not a bundle.
	Branch bool `json:"branch"`
	// Primary is the key that signed, Pinned whether the auditor knew it before.
	Primary string `json:"primary,omitempty"`
	Pinned  bool   `json:"pinned"`
	// Entries and Head are the ledger's size and the digest of its last entry: what an
	// auditor writes down for the next time.
	Entries      int    `json:"entries"`
	Head         string `json:"head,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Repository   string `json:"repository,omitempty"`
	// Documents counts those that stand now, Signed those of them that stand as they
	// were signed.
	Documents int   `json:"documents"`
	Signed    int   `json:"signed"`
	Rows      []Row `json:"rows"`
}

func (r *Report) add(result Result, what, text string, details []string) {
	if len(r.Rows) == maxRows {
		r.Rows = append(r.Rows, Row{Result: Bad, What: what, Text: "and more, which are left out here"})
	}
	if len(r.Rows) < maxRows {
		r.Rows = append(r.Rows, Row{Result: result, What: what, Text: text, Details: details})
	}
}

// Findings are the rows that speak against the evidence.
func (r *Report) Findings() []Row {
	var found []Row
	for _, row := range r.Rows {
		if row.Result == Bad && !row.Published {
			found = append(found, row)
		}
	}
	return found
}

// sumUp closes the report.
func (a *auditor) sumUp() {
	r := &a.report
	a.ok("statements", fmt.Sprintf("%s, each bound to its bytes in the records", count(a.statements.documents, "document statement")))
	a.ok("decisions", fmt.Sprintf("%d replayed from their facts, %d the same", a.statements.decisions, a.statements.decisions))
	a.ok("commits", commitsText(a.statements))
	a.sumUpSignatures()
	if a.o.Render != nil && a.statements.pages > 0 {
		a.ok("pages", fmt.Sprintf("%s rendered again, the same bytes", count(a.statements.pages, "page")))
	}
	if n := a.statements.foreignPages; n > 0 {
		a.note("pages", fmt.Sprintf("%s in the form of another version, not compared", count(n, "page")))
	}
	a.listDeviations()
	for _, row := range a.fine {
		if !slices.ContainsFunc(r.Rows, func(o Row) bool { return o.What == row.What && o.Result == Bad && !o.Published }) {
			r.add(row.Result, row.What, row.Text, row.Details)
		}
	}
	slices.SortStableFunc(r.Rows, func(x, y Row) int { return slices.Index(parts(), x.What) - slices.Index(parts(), y.What) })
	r.Whole = len(r.Findings()) == 0
}

// parts are what is checked, in the order of the report.
func parts() []string {
	return []string{"files", "list", "ledger", "records", "statements", "decisions", "commits", "history", "signatures", "pages", "deviation"}
}

func commitsText(t tally) string {
	text := count(t.commits, "commit")
	switch {
	case t.commits == t.good && t.commits > 0:
		return text + ", all good"
	case t.commits == 0:
		return "no commit had to be judged"
	}
	text += fmt.Sprintf(", %d good", t.good)
	if t.vouched > 0 {
		text += fmt.Sprintf(", %d vouched for by the host", t.vouched)
	}
	if other := t.commits - t.good - t.vouched; other > 0 {
		text += fmt.Sprintf(", %d neither; deviations tell what became of them", other)
	}
	return text
}

// sumUpSignatures tells on whose word signatures rest.
func (a *auditor) sumUpSignatures() {
	t := a.statements
	if t.signatures == 0 {
		a.ok("signatures", "none that count")
		return
	}
	var details []string
	if n := t.levels["personal-key"]; n > 0 {
		details = append(details, fmt.Sprintf("%d by personal key, not verified by this version", n))
	}
	if n := t.levels["statement"]; n > 0 {
		details = append(details, fmt.Sprintf("%d by statement in a review: as GitHub recorded them", n))
	}
	if n := t.levels["approval"]; n > 0 {
		details = append(details, fmt.Sprintf("%d by approving review: as GitHub recorded them", n))
	}
	a.note("signatures", count(t.signatures, "signature")+":", details...)
}

// Sentence is what the report comes to, in one or two lines.
func (r *Report) Sentence() string {
	what := "bundle"
	if r.Branch {
		what = "branch"
	}
	if found := r.Findings(); len(found) > 0 {
		text := fmt.Sprintf("Do not rely on this %s: %s.", what, count(len(found), "finding"))
		if names := r.changed(); len(names) > 0 && len(names) <= 3 {
			text = fmt.Sprintf("Do not rely on this %s. %s changed after it was signed: %s.", what, were(len(names)), strings.Join(names, ", "))
		}
		return text + " Keep it: it is evidence of the change."
	}
	text := fmt.Sprintf("The %s is whole and says of itself: %d of %d documents are signed.", what, r.Signed, r.Documents)
	if !r.Pinned {
		text += "\nCompare the fingerprint above with what " + r.whom() + " told you another way."
	}
	return text
}

// changed are the files whose bytes are not the listed ones.
func (r *Report) changed() []string {
	var names []string
	for _, row := range r.Rows {
		if row.Result == Bad && row.What == "files" && len(row.Details) == 2 && !strings.HasPrefix(row.Details[1], "found   nothing") {
			names = append(names, row.Text)
		}
	}
	return names
}

func were(n int) string {
	if n == 1 {
		return "1 file was"
	}
	return fmt.Sprintf("%d files were", n)
}

func (r *Report) whom() string {
	if r.Organisation == "" {
		return "the organisation"
	}
	return r.Organisation
}

// count is "1 thing" or "n things".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// short are the first twelve digits of a digest, for people.
func short(digest string) string { return digest[:min(len(digest), 12)] }

// grouped is a fingerprint in groups of four.
func grouped(fingerprint string) string {
	var groups []string
	for len(fingerprint) > 4 {
		groups = append(groups, fingerprint[:4])
		fingerprint = fingerprint[4:]
	}
	return strings.Join(append(groups, fingerprint), " ")
}

func digits(n int) string { return fmt.Sprint(n) }
