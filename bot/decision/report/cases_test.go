package report_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// cases are situations of one pull request; testdata/NAME.md is what people read then.
func cases(t testing.TB) map[string]report.Input {
	all := map[string]report.Input{}
	for _, group := range []map[string]report.Input{signingCases(t), refusedCases(t), blockedCases(t), foundingCases(t), otherCases(t)} {
		for name, in := range group {
			all[name] = in
		}
	}
	return all
}

// signingCases: everything is in order, and people sign.
func signingCases(t testing.TB) map[string]report.Input {
	m, s := matrix(), register()
	ciso := sign(&m, "abrannigan", "ciso", 2491180276, "2026-11-23T15:40:11Z")
	waiting := decided(decision.StateWaiting, m, s)
	waiting.Signatures = []decision.Signature{ciso}
	waiting.Findings = []document.Finding{warning()}

	m2, s2 := matrix(), register()
	signed := decided(decision.StateSigned)
	signed.Signatures = []decision.Signature{
		sign(&m2, "abrannigan", "ciso", 2491180276, "2026-11-23T15:40:11Z"),
		sign(&m2, "twisniewski", "head-of-it", 2491403312, "2026-11-24T08:31:50Z"),
		sign(&s2, "twisniewski", "head-of-it", 2491403312, "2026-11-24T08:31:50Z"),
	}
	signed.Documents = []decision.Document{m2, s2}

	draft := about(t, waiting)
	draft.Proposal.Draft = true
	ready := about(t, decided(decision.StateDraft, m2))
	ready.Decision.Signatures, ready.Proposal.Draft = signed.Signatures, true

	bare := report.Input{Decision: decided(decision.StateWaiting, matrix()), Config: northquay(t)}

	stuck := matrix()
	stuck.Contributors = []string{"bcarvalhaes", "twisniewski"}

	return map[string]report.Input{
		"waiting":           about(t, waiting),
		"waiting-no-links":  bare,
		"waiting-choice":    about(t, decided(decision.StateWaiting, contract())),
		"waiting-approval":  about(t, decided(decision.StateWaiting, assurance())),
		"waiting-nobody":    about(t, decided(decision.StateWaiting, stuck)),
		"waiting-deletion":  about(t, decided(decision.StateWaiting, deletion())),
		"waiting-moved":     about(t, decided(decision.StateWaiting, append(moved(), register())...)),
		"waiting-moved-on":  about(t, decided(decision.StateWaiting, movedAndChanged()...)),
		"signed-moved":      about(t, signedMove()),
		"waiting-key":       about(t, decided(decision.StateWaiting, renewedKey())),
		"signed":            about(t, signed),
		"signed-draft-only": about(t, decided(decision.StateSigned, draftDocument())),
		"draft":             draft,
		"draft-in-order":    ready,
	}
}

func warning() document.Finding {
	return document.Finding{
		Rule: "WSL001", Severity: document.Warn, Path: "matrices/azure-platform.md", Line: 54, Column: 127, EndColumn: 136,
		Message: "\"regularly\" cannot be tested", Fix: "name the interval, for example \"each week\"",
	}
}

func deletion() decision.Document {
	d := register()
	d.Change, d.Mode = decision.Deleted, document.ModeDeleted
	d.Images = ""
	return d
}

// moved is a review that moves as it is: by law two files, each signed.
func moved() []decision.Document {
	came, went := assurance(), assurance()
	came.Path = "assurance/azure.md"
	went.Change, went.Mode = decision.Deleted, document.ModeDeleted
	went.Was = &decision.Was{Version: went.Version, SHA256: went.SHA256}
	return []decision.Document{went, came}
}

// movedAndChanged moves a matrix, which lines sign, with another text; and a review.
func movedAndChanged() []decision.Document {
	came, went := matrix(), matrix()
	came.Path, came.Change, came.Was = "matrices/azure.md", decision.Added, nil
	went.Change, went.Mode, went.Version, went.SHA256 = decision.Deleted, document.ModeDeleted, "2.1", digest("77")
	return append(moved(), went, came)
}

func signedMove() decision.Decision {
	documents := moved()
	var signatures []decision.Signature
	for i := range documents {
		signatures = append(signatures, sign(&documents[i], "abrannigan", "ciso", 2491180276, "2026-11-23T15:40:11Z"))
		documents[i].Signed = true
	}
	d := decided(decision.StateSigned, documents...)
	d.Signatures = signatures
	return d
}

func draftDocument() decision.Document {
	d := register()
	d.Version, d.Change, d.Was, d.Level, d.Requirements = "0.1", decision.Added, nil, "", []decision.Requirement{}
	return d
}

func renewedKey() decision.Document {
	return decision.Document{
		ID: "keys/dmulder.asc", Path: "keys/dmulder.asc", Type: "key", Title: "Public key keys/dmulder.asc", Change: decision.Modified,
		Mode: "100644", SHA256: digest("de1"), Was: &decision.Was{SHA256: digest("de0")}, Level: "statement", Contributors: []string{"bcarvalhaes"},
		Requirements: []decision.Requirement{missing("config", "ciso"), missing("config", "head-of-it"), missing("config", "ceo"), missing("self", "self")},
	}
}

// refusedCases: approvals that are no signatures, and signatures that ended.
func refusedCases(t testing.TB) map[string]report.Input {
	reasons := []struct{ name, person, role, code, reason string }{
		{"contributor", "bcarvalhaes", "head-of-it", "SIG002", "who contributed to a document cannot sign it"},
		{"role-not-held", "dmulder", "ciso", "SIG004", "this person does not hold the role ciso"},
		{"two-roles", "abrannigan", "head-of-it", "SIG005", "one person fills one role on a document; this one counts as ciso"},
		{"wrong-line", "twisniewski", "head-of-it", "SIG006", "line 1 of the approval begins with \"I sign as\" and is not a statement line"},
		{"without-line", "twisniewski", "head-of-it", "SIG006", "the approval holds no line that says what is signed"},
		{"edited", "twisniewski", "head-of-it", "SIG008", "the text of the approval was edited after it was given"},
		{"no-witness", "twisniewski", "head-of-it", "SIG011", "we were not listening when you approved; approve again"},
		{"contradicted", "twisniewski", "head-of-it", "SIG013", "two witnesses bind this approval to different texts"},
	}
	all := map[string]report.Input{}
	for _, c := range reasons {
		d := decided(decision.StateWaiting, matrix())
		d.Signatures = []decision.Signature{refused(matrix(), c.person, c.role, c.code, c.reason)}
		all["approval-"+c.name] = about(t, d)
	}
	oneOfSeveral := contract()
	choice := decided(decision.StateWaiting, oneOfSeveral)
	choice.Signatures = []decision.Signature{refused(oneOfSeveral, "abrannigan", "ciso", "SIG006", "the approval holds no line that says what is signed")}
	all["approval-one-of-several"] = about(t, choice)
	bot := decided(decision.StateWaiting, matrix())
	s := refused(matrix(), "", "", "SIG007", "only an account of a person can sign")
	s.Login = "dependabot[bot]"
	bot.Signatures = []decision.Signature{s}
	all["approval-bot"] = about(t, bot)
	all["ended"], all["ended-edited"] = ended(t, "SIG003", "the text changed after it was signed"), ended(t, "SIG008", "the approval was dismissed")
	return all
}

// ended: the CISO signed the matrix as it was, the Head of IT the register, which is unchanged.
func ended(t testing.TB, code, reason string) report.Input {
	before, s := matrix(), register()
	head := sign(&s, "twisniewski", "head-of-it", 2491403312, "2026-11-23T16:02:00Z")
	was := decided(decision.StateWaiting, before, s)
	was.Signatures = []decision.Signature{sign(&before, "abrannigan", "ciso", 2491180276, "2026-11-23T15:40:11Z"), head}

	now := matrix()
	now.SHA256 = changedDigest
	d := decided(decision.StateWaiting, now, s)
	d.Signatures = []decision.Signature{refused(before, "abrannigan", "ciso", code, reason), head}
	in := about(t, d)
	in.Previous = &was
	return in
}

// blockedCases: something stands in the way besides signatures.
func blockedCases(t testing.TB) map[string]report.Input {
	all := map[string]report.Input{}
	add := func(name string, change func(d *decision.Decision)) {
		d := decided(decision.StateBlocked, matrix(), register())
		change(&d)
		all["blocked-"+name] = about(t, d)
	}
	add("findings", func(d *decision.Decision) { d.Findings = findings() })
	add("commits", badCommits)
	add("own-address", unknownAddress)
	add("moved", func(d *decision.Decision) {
		d.Problems = []decision.Problem{{
			Code: "MRG001", Path: "matrices/azure-platform.md",
			Text: "matrices/azure-platform.md was changed on the governed branch since this change began; the merged text would be neither",
			Mend: "bring the change up to date (\"Update branch\"), look at the result, and have it signed again where it differs",
		}}
	})
	add("objection", func(d *decision.Decision) {
		d.Objections = []decision.Objection{{Review: 7, Person: "dquilligan", Reason: "requested changes"}}
	})
	add("all-at-once", func(d *decision.Decision) {
		badCommits(d)
		d.Findings = findings()
		d.Objections = []decision.Objection{{Review: 7, Person: "dquilligan", Reason: "requested changes; dismissed by somebody who may not"}}
	})
	add("no-rule", func(d *decision.Decision) {
		d.Documents[1].Requirements, d.Documents[1].Level = nil, "unset"
		d.Problems = []decision.Problem{{
			Code: "CFG002", Path: "register/azure-platform.md", Text: "no rule of the configuration says who signs register/azure-platform.md",
			Mend: "have a rule added to .vidimus.yml by a signed change, or move the document to where one applies",
		}}
	})
	add("configuration-unsigned", func(d *decision.Decision) {
		d.Problems = []decision.Problem{{
			Code: "CFG005", Path: "keys/dmulder.asc", Text: "keys/dmulder.asc on the governed branch is not what was signed last",
			Mend: "restore the signed text, or propose the new one and have it signed; until then the last signed configuration holds and nothing passes",
		}}
	})
	add("configuration-later", func(d *decision.Decision) {
		d.Problems = []decision.Problem{{
			Code: "CFG004", Path: ".vidimus.yml", Line: 41, Text: "the configuration asks for what this version of Vidimus does not judge: emergency",
			Mend: "take it out of the configuration, or use a version that judges it",
		}}
	})
	add("facts", func(d *decision.Decision) {
		d.Documents = nil
		d.Problems = []decision.Problem{{
			Code: "CFG007", Text: "the bytes of commit 15aa2cc53dae0f4bd1a7e9f3c2b1a09876543210 were not read",
			Mend: "nothing for you to do; Vidimus reads the state again. If this stays, tell the administrator",
		}}
	})
	all["blocked-configuration-unreadable"] = unreadable(t)
	all["blocked-fork"] = fork(all["blocked-commits"])
	return all
}

func findings() []document.Finding {
	return []document.Finding{
		{
			Rule: "MAT004", Severity: document.Block, Path: "matrices/azure-platform.md", Line: 32, Column: 39, EndColumn: 45,
			Message: "SR-01 says Shared, but the split is not written down for the customer",
			Fix:     "add \"Customer:\" and what Northquay does, at least 10 characters",
		},
		{
			Rule: "MAT005", Severity: document.Block, Path: "matrices/azure-platform.md", Line: 32, Column: 185, EndColumn: 186,
			Message: "SR-01 has no owner at Northquay", Fix: "write a role from the roster, for example head-of-engineering",
		},
		warning(),
	}
}

// badCommits: one commit is not signed, one with a colleague's key, one made in the browser.
func badCommits(d *decision.Decision) {
	commits := []decision.Commit{
		{
			ID: "3e5571c08d1f0000000000000000000000000001", Verdict: "unsigned", Author: "bcarvalhaes", Committer: "bcarvalhaes",
			Text: "The commit is not signed. Sign it: git commit --amend --no-edit -S, then push again.",
		},
		{
			ID: "90d1f4a2bb070000000000000000000000000002", Verdict: "wrong-person", Author: "bcarvalhaes", Committer: "dmulder", Person: "bcarvalhaes",
			Text: "The key belongs to Bruno Carvalhães, the committer's address to Daan Mulder. " +
				"Sign the commit again with your own key: git commit --amend --no-edit -S, then push again.",
		},
		{
			ID: "5b0c11d2ee910000000000000000000000000003", Verdict: "vouched", Author: "bcarvalhaes",
			Text: "GitHub vouches for the session; no personal key.",
		},
	}
	d.Commits = append(commits, goodCommit(headCommit))
	for _, c := range commits {
		d.Problems = append(d.Problems, decision.Problem{Code: "SIG009", Commit: c.ID, Text: c.Text})
	}
}

// unknownAddress: a good key, but the author's address stands nowhere.
func unknownAddress(d *decision.Decision) {
	c := goodCommit("3e5571c08d1f0000000000000000000000000001")
	c.Author = ""
	d.Commits = []decision.Commit{c}
	d.Problems = []decision.Problem{{
		Code: "SIG010", Commit: c.ID, Text: "the address of the author, Bruno <bruno@home.example>, belongs to nobody in the roster",
		Mend: "use the address that stands in .vidimus.yml (git config user.email), or have the address added there by a signed change",
	}}
}

func fork(in report.Input) report.Input {
	in.Proposal.Fork = true
	return in
}

// unreadable: the governed branch's configuration has a fault, so nobody's name is known.
func unreadable(t testing.TB) report.Input {
	d := decided(decision.StateBlocked)
	d.Problems = []decision.Problem{{
		Code: "CFG003", Path: ".vidimus.yml", Line: 14, Text: "the role \"head-of-itt\" is not in roles", Mend: "did you mean head-of-it?",
	}}
	in := about(t, d)
	in.Config = repoconfig.Config{}
	return in
}

// foundingCases: the first configuration. LAW 8.2.
func foundingCases(t testing.TB) map[string]report.Input {
	found := func(state decision.State) decision.Decision {
		d := decided(state, founding(".vidimus.yml", "configuration", "Configuration of Vidimus"),
			founding("keys/bcarvalhaes.asc", "key", "Public key keys/bcarvalhaes.asc"))
		d.Founding = true
		return d
	}
	begun := found(decision.StateWaiting)
	for i := range begun.Documents {
		begun.Signatures = append(begun.Signatures, sign(&begun.Documents[i], "abrannigan", "ciso", 11, "2026-09-21T08:00:00Z"))
	}
	one := found(decision.StateWaiting) // a rule of one, so that only the second person is missing
	config := northquay(t)
	config.Governance.Require.Count = 1
	for i := range one.Documents {
		one.Signatures = append(one.Signatures, sign(&one.Documents[i], "abrannigan", "ciso", 11, "2026-09-21T08:00:00Z"))
		for j := range one.Documents[i].Requirements {
			if q := &one.Documents[i].Requirements[j]; q.Rule == "config" && q.Outcome == "missing" {
				q.Outcome = "not-needed"
			}
		}
	}
	second := about(t, one)
	second.Config = config

	broken := decided(decision.StateBlocked)
	broken.Founding = true
	broken.Problems = []decision.Problem{{
		Code: "CFG001", Path: ".vidimus.yml", Line: 3, Text: "the key branches is missing", Mend: "add it; the page on the configuration shows one",
	}}
	unread := about(t, broken)
	unread.Config = repoconfig.Config{}
	return map[string]report.Input{
		"founding": about(t, found(decision.StateWaiting)), "founding-begun": about(t, begun), "founding-second-person": second,
		"founding-unreadable": unread,
	}
}

func founding(path, kind, title string) decision.Document {
	d := decision.Document{
		ID: path, Path: path, Type: kind, Title: title, Change: decision.Added, Mode: "100644", SHA256: digest("f0"), Level: "statement",
		Contributors: []string{"bcarvalhaes"},
	}
	for _, role := range []string{"ciso", "head-of-it", "ceo"} {
		d.Requirements = append(d.Requirements, missing("config", role))
	}
	for _, role := range []string{"ceo", "ciso", "head-of-it", "general-counsel", "head-of-engineering", "cloud-platform-lead", "workplace-lead"} {
		d.Requirements = append(d.Requirements, missing("founding", role))
	}
	return d
}

// otherCases: nothing to sign, and more than one pull request.
func otherCases(t testing.TB) map[string]report.Input {
	elsewhere := about(t, decided(decision.StateNotGoverned))
	elsewhere.Proposal.Base = "experiment"
	never := elsewhere
	never.Config = repoconfig.Config{}

	signed := signingCases(t)["signed"]
	blocked := decided(decision.StateBlocked)
	blocked.Pull = 62
	signed.Others = []decision.Decision{blocked}

	stranger := blockedCases(t)["blocked-findings"]
	stranger.Proposal.Author = facts.Account{ID: 9, Login: "octocat", Type: "User"}

	reverted := about(t, decided(decision.StateUntouched))
	reverted.Previous = &signed.Decision
	return map[string]report.Input{
		"untouched": about(t, decided(decision.StateUntouched)), "untouched-again": reverted,
		"not-governed": never, "not-governed-branch": elsewhere,
		"others": signed, "blocked-stranger": stranger,
	}
}
