package site

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// landingView is one way in which the bytes of a version came to the branch.
type landingView struct {
	Title   string
	Facts   []fact
	Caption string
	Commits []commitView
}

// commitView is a judged commit.
type commitView struct {
	ID      digest
	Href    string
	Author  string
	State   state
	Text    string
	Key     string
	KeyNote string
}

// landing tells of one event.
func (p sheet) landing(e *event) landingView {
	number := e.record.Entry.Number
	view := landingView{Title: fmt.Sprintf("Ledger entry %d", number)}
	view.Facts = append(view.Facts, fact{Name: "Path", Code: e.subject.Name})
	switch {
	case e.adopted != nil:
		view.Facts = append(view.Facts, fact{Name: "How", Text: "It was there at the founding, without signatures"})
	case e.published != nil:
		view.Facts = append(view.Facts, p.landed(e.published.Landed)...)
		view.Facts = append(view.Facts, fact{Name: "Merged bytes", Text: merged(e.published.Decision.Outcome), Digest: digest(e.subject.Digest.SHA256)})
		view.Facts = append(view.Facts, p.decided(e.record, e.published.Decision)...)
	case e.deviation != nil:
		view.Facts = append(view.Facts, p.landed(e.deviation.Landed)...)
		view.Facts = append(view.Facts, fact{Name: "Deviation", Text: e.deviation.id, Href: p.to("deviations.html#" + e.deviation.id)})
	}
	if e.subject.Digest.GitBlob != "" {
		view.Facts = append(view.Facts, fact{Name: "Git blob", Digest: digest(e.subject.Digest.GitBlob)})
	}
	view.Facts = append(view.Facts,
		fact{Name: "Ledger entry", Text: fmt.Sprint(number), Href: p.to(p.site.entryHref(number)), Note: moment(e.record.Entry.Time).Text()},
		fact{Name: "Statement", Text: e.name, Href: p.record(number, e.name), Note: "signed: " + base(e.name) + ".asc"})
	if e.published != nil && len(e.published.Document.Controls) > 0 {
		view.Facts = append(view.Facts, fact{Name: "Controls", Text: list(e.published.Document.Controls)})
	}
	p.commits(e, &view)
	return view
}

// landed are the facts of a landing.
func (p sheet) landed(l evidence.Landed) []fact {
	facts := []fact{{Name: "Landed", Time: moment(l.At), Note: "on " + l.BaseBranch + " by " + nameOf(l.By.Name, l.By.Login) + ", " + method(l.Method)}}
	if l.Pull != 0 {
		facts = append(facts, fact{Name: "Pull request", Text: fmt.Sprint(l.Pull), Href: p.web("pull", fmt.Sprint(l.Pull))})
	}
	commit := l.Commit.Digest.GitCommit
	return append(facts, fact{Name: "Commit", Digest: digest(commit), Href: p.web("commit", commit)})
}

// method says how something landed.
func method(word string) string {
	switch word {
	case "merge":
		return "by a merge"
	case "squash":
		return "squashed"
	case "rebase":
		return "rebased"
	case "direct":
		return "pushed directly"
	default:
		return word
	}
}

// decided leads to the decision and the facts it rests on.
func (p sheet) decided(r *record, d evidence.DecisionRef) []fact {
	number := r.Entry.Number
	return []fact{
		{Name: "Decision", Text: "decision.json", Href: p.record(number, "decision.json"), Note: outcome(d.Outcome) + ", by " + d.Engine},
		{Name: "It rests on", Text: "facts.json", Href: p.record(number, "facts.json"), Note: "vidimus verify bundle decides again from them"},
	}
}

// merged says what the merged bytes were compared with.
func merged(word string) string {
	if word == evidence.OutcomeNotNeeded {
		return "Those of the pull request, whose commits are signed; no signature was needed"
	}
	return "Equal to the signed bytes"
}

func outcome(word string) string {
	switch word {
	case evidence.OutcomeSigned:
		return "signed"
	case evidence.OutcomeNotNeeded:
		return "no signature needed"
	case evidence.OutcomeRestored:
		return "the last signed bytes restored"
	default:
		return word
	}
}

// commits are the judged commits that brought a path.
func (p sheet) commits(e *event, view *landingView) {
	c := e.record.commits
	if c == nil {
		return
	}
	view.Caption = fmt.Sprintf("Commits that brought this text, ledger entry %d", e.record.Entry.Number)
	for _, v := range c.Verdicts {
		if touches(v, e.subject.Name) {
			view.Commits = append(view.Commits, p.commit(v))
		}
	}
}

func (p sheet) commit(v evidence.CommitVerdict) commitView {
	view := commitView{ID: digest(v.Commit), Href: p.web("commit", v.Commit), Text: v.Text, State: verdictState(v), Author: "an address that is nobody's"}
	if v.Author != nil {
		view.Author = nameOf(v.Author.Name, v.Author.Login)
	}
	if v.Fingerprint != "" {
		view.Key = fingerprint(v.Fingerprint)
	}
	if v.Key != nil {
		view.KeyNote = v.Key.Path
	}
	return view
}

// verdictState is the word of a verdict; only what counts is good.
func verdictState(v evidence.CommitVerdict) state {
	word := capital(v.Verdict)
	switch {
	case v.Counts && v.Verdict == "good":
		return good(word)
	case v.Counts:
		return partly(word)
	default:
		return missing(word)
	}
}
