package report

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Page is what the review page says of a decision: the same words as the check run,
// as plain text that the page escapes for itself, and with nothing cut.
type Page struct {
	// Title is the check run's.
	Title string
	// Proposer is who opened the pull request, by name, with the first role they hold;
	// "" if that is not known.
	Proposer string
	// Waiting says, for each need once, who can meet it.
	Waiting []string
	// Asks are the roles in which somebody must still sign; Stuck those that nobody
	// can fill.
	Asks  []Ask
	Stuck []Stuck
	// Blocking are findings and problems that stop the merge, Warnings those that do
	// not.
	Blocking, Warnings []Remark
	Objections         []Objected
	// MayDismiss names the roles that may dismiss somebody else's objection.
	MayDismiss string
	Commits    []CommitWords
	Refused    []Refused
	Signed     []Signed
	// Excluded names those who contributed and therefore cannot sign.
	Excluded string
}

// Ask is one role in which somebody must still sign some documents. Able are the slugs
// of the people who can.
type Ask struct {
	Role, Title string
	Able        []string
	Documents   []Asked
}

// Asked is one document of an ask. Line is what is copied; "" where approving is the act
// (Approve), or where no line can name the document.
type Asked struct {
	Document *decision.Document
	Line     string
	Approve  bool
	// Sentences are what it stands for, for each of the ask's Able; "" where a value
	// that the wording needs is not known. LAW 1.4.
	Sentences []string
}

// Stuck is a role that nobody can fill on some documents, and why.
type Stuck struct{ Role, Documents, Why string }

// Remark is a finding or a problem, with its place, code and mend. Line counts from 1,
// 0 for none; Path is "" for the whole change.
type Remark struct {
	Path, Code, Text, Mend string
	Line                   int
}

// Objected is a request for changes that blocks.
type Objected struct {
	Who, Reason string
	Review      int64
}

// CommitWords is one judged commit in words.
type CommitWords struct {
	Commit decision.Commit
	By     string // author, and who committed it
	Key    string // fingerprint as tools print it
	Now    string // what to do; "" where the commit counts
}

// Refused is an approval that does not count: on which document, why, and what to do.
type Refused struct {
	Signature           decision.Signature
	Who, Role, Why, Now string
}

// Signed is a signature that counts.
type Signed struct {
	Signature      decision.Signature
	Who, Role, How string
}

// PageOf puts a decision into the words of the review page.
func PageOf(in Input) Page {
	r := newReporter(&in)
	t := tallyOf(r.d)
	p := Page{
		Title: CheckRun(in).Title, Proposer: r.proposerTitled(), Waiting: r.waitingFor(r.named), MayDismiss: r.roles(r.config.MayDismiss, "or"),
		Blocking: remarks(&t), Warnings: findingRemarks(t.warnings), Excluded: r.excluded(),
	}
	open, stuck := r.asks()
	for _, a := range open {
		p.Asks = append(p.Asks, r.askWords(a))
	}
	for _, a := range stuck {
		why, _ := r.stuckWhy(a)
		p.Stuck = append(p.Stuck, Stuck{Role: r.role(a.role), Documents: enumerate(idsOf(a.documents), "and"), Why: why})
	}
	for _, o := range r.d.Objections {
		p.Objections = append(p.Objections, Objected{Who: r.titled(o.Person), Reason: visible(o.Reason), Review: o.Review})
	}
	for i := range r.d.Commits {
		p.Commits = append(p.Commits, r.commitWords(&r.d.Commits[i]))
	}
	for _, s := range r.d.Signatures {
		who, role := r.reviewer(s), r.role(s.Role)
		if s.Role == "" {
			role = ""
		}
		if s.Counts {
			p.Signed = append(p.Signed, Signed{s, who, role, unmarked(how(s))})
			continue
		}
		why := capital(strings.TrimSuffix(visible(s.Reason), "."))
		p.Refused = append(p.Refused, Refused{s, who, role, why, unmarked(whatNow(s.Code))})
	}
	return p
}

func (r *reporter) proposerTitled() string {
	who := r.proposer(r.in.Proposal.Author)
	if who.Slug != "" {
		return r.titled(who.Slug)
	}
	return who.Name
}

func (r *reporter) askWords(a ask) Ask {
	words := Ask{Role: a.role, Title: r.role(a.role), Able: a.able}
	for _, d := range a.documents {
		one := Asked{Document: d, Approve: byApproval(d)}
		if copied, ok := line(d, a.role); ok && !one.Approve {
			one.Line = copied
		}
		for _, slug := range a.able {
			one.Sentences = append(one.Sentences, r.sentence(d, a.role, slug))
		}
		words.Documents = append(words.Documents, one)
	}
	return words
}

func (r *reporter) commitWords(c *decision.Commit) CommitWords {
	words := CommitWords{Commit: *c, By: r.madeBy(c), Key: groups(c.Fingerprint)}
	if !c.Counts {
		words.Now = unmarked(verdictAdvice(c.Verdict))
	}
	return words
}

// remarks are what blocks and is told like a finding, commits included.
func remarks(t *tally) []Remark {
	var list []Remark
	for _, p := range t.inTable() {
		mend := capital(visible(p.Mend))
		if p.Code == decision.CodeMoved {
			mend = unmarked(whatNow(p.Code))
		}
		list = append(list, Remark{Path: p.Path, Line: p.Line, Code: p.Code, Text: capital(visible(p.Text)), Mend: mend})
	}
	for _, c := range t.commits {
		if !c.Counts {
			list = append(list, Remark{
				Code: decision.CodeCommit, Text: "Commit " + clip(c.ID, 12) + ": " + withoutCommand(visible(c.Text)),
				Mend: unmarked(whatNow(decision.CodeCommit)),
			})
		}
		for _, p := range c.Addresses {
			list = append(list, Remark{
				Code: p.Code, Text: "Commit " + clip(c.ID, 12) + ": " + visible(p.Text), Mend: unmarked(whatNow(p.Code)),
			})
		}
	}
	return append(list, findingRemarks(t.findings)...)
}

func findingRemarks(findings []document.Finding) []Remark {
	list := make([]Remark, 0, len(findings))
	for _, f := range findings {
		list = append(list, Remark{Path: f.Path, Line: f.Line, Code: f.Rule, Text: capital(visible(f.Message)), Mend: capital(visible(f.Fix))})
	}
	return list
}

// unmarked is one of our own sentences without the marks of code.
func unmarked(m md) string { return strings.ReplaceAll(string(m), "`", "") }

func idsOf(documents []*decision.Document) []string {
	ids := make([]string, len(documents))
	for i, d := range documents {
		ids[i] = d.ID
	}
	return ids
}
