package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// tally sorts what blocks by who can mend it.
type tally struct {
	unread   []decision.Problem // Vidimus itself reads again
	governed []decision.Problem // those who look after the configuration on the governed branch
	proposed []decision.Problem // whoever proposed the change, like findings
	moved    []decision.Problem // MRG001
	commits  []badCommit
	findings []document.Finding // that block
	warnings []document.Finding
}

// badCommit is one commit that does not count, or whose people are not all known.
type badCommit struct {
	decision.Commit
	// Addresses are the problems with the addresses in it, SIG010.
	Addresses []decision.Problem
}

func tallyOf(d *decision.Decision) tally {
	t := tally{commits: badCommits(d)}
	for _, p := range d.Problems {
		switch {
		case p.Code == decision.CodeFacts:
			t.unread = append(t.unread, p)
		case p.Code == decision.CodeMoved:
			t.moved = append(t.moved, p)
		case p.Commit != "":
		case ofGovernedBranch(d, p):
			t.governed = append(t.governed, p)
		default:
			t.proposed = append(t.proposed, p)
		}
	}
	for _, f := range d.Findings {
		if f.Severity == document.Warn {
			t.warnings = append(t.warnings, f)
		} else {
			t.findings = append(t.findings, f)
		}
	}
	return t
}

// badCommits are the commits that problems name, in the order of the problems. One that could not even be
// parsed has no verdict.
func badCommits(d *decision.Decision) []badCommit {
	judged := map[string]decision.Commit{}
	for _, c := range d.Commits {
		judged[c.ID] = c
	}
	var list []badCommit
	at := map[string]int{} // by id, from 1
	for _, p := range d.Problems {
		if p.Commit == "" || p.Code == decision.CodeFacts || p.Code == decision.CodeMoved {
			continue
		}
		if at[p.Commit] == 0 {
			c, ok := judged[p.Commit]
			if !ok {
				c = decision.Commit{ID: p.Commit, Text: p.Text}
			}
			list = append(list, badCommit{Commit: c})
			at[p.Commit] = len(list)
		}
		if p.Code == decision.CodeAddress {
			bad := &list[at[p.Commit]-1]
			bad.Addresses = append(bad.Addresses, p)
		}
	}
	return list
}

// ofGovernedBranch says whether a problem lies in what the governed branch already holds. A founding is
// judged by its own head, so there the proposer mends it. LAW 8.2, 8.3.
func ofGovernedBranch(d *decision.Decision, p decision.Problem) bool {
	switch p.Code {
	case decision.CodeUnsigned:
		return true
	case decision.CodeUnreadable, decision.CodeUnknown, decision.CodeLater:
		return !d.Founding && p.Path == repoconfig.Path
	}
	return false
}

// inTable are the problems that a table tells like findings.
func (t *tally) inTable() []decision.Problem {
	return slices.Concat(t.unread, t.governed, t.proposed, t.moved)
}

// toMend counts what the proposer mends in files.
func (t *tally) toMend() int { return len(t.findings) + len(t.proposed) }

// unsigned counts the commits whose signature does not count, strangers those with an address that belongs
// to nobody.
func (t *tally) unsigned() (unsigned, strangers int) {
	for _, c := range t.commits {
		if !c.Counts {
			unsigned++
		}
		if len(c.Addresses) > 0 {
			strangers++
		}
	}
	return unsigned, strangers
}

// tasks are what the proposer is asked to do, in the order in which it is best done.
func (r *reporter) tasks(t *tally) []string {
	var tasks []string
	add := func(n int, one, many string) {
		if n > 0 {
			tasks = append(tasks, strings.Replace(pick(n, one, many), "N", thousands(n), 1))
		}
	}
	unsigned, strangers := t.unsigned()
	add(len(t.moved), "bring the change up to date", "bring the change up to date")
	add(t.toMend(), "mend 1 finding", "mend N findings")
	add(unsigned, "sign 1 commit", "sign N commits")
	add(strangers, "settle who made 1 commit", "settle who made N commits")
	for _, o := range r.d.Objections[:min(len(r.d.Objections), maxEnumerated)] {
		tasks = append(tasks, "answer the objection of "+r.titled(o.Person))
	}
	return tasks
}

func pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// blockedTitle is the check run's title, the longest that fits.
func (r *reporter) blockedTitle(t *tally) string {
	switch {
	case len(t.unread) > 0:
		return "Not signed: Vidimus could not read everything yet"
	case len(t.governed) > 0:
		return r.governedTitle(t.governed[0])
	}
	tasks := r.tasks(t)
	if len(tasks) == 1 {
		return r.oneTaskTitle(t)
	}
	return fitting(MaxTitle, capital(enumerate(tasks, "and")), plural(len(tasks), "thing", "things")+" to mend before anybody signs")
}

func (r *reporter) governedTitle(p decision.Problem) string {
	where := p.Path + " on " + r.base()
	if p.Line > 0 {
		where = p.Path + " on " + r.base() + ", line " + strconv.Itoa(p.Line) + ","
	}
	switch p.Code {
	case decision.CodeUnsigned:
		return fitting(MaxTitle,
			"Not signed: "+where+" is not what was signed last", "Not signed: configuration or a key is not what was signed last")
	case decision.CodeLater:
		return fitting(MaxTitle,
			"Not signed: "+where+" asks for more than is judged", "Not signed: the configuration asks for more than is judged")
	}
	return fitting(MaxTitle, "Not signed: "+where+" cannot be read", "Not signed: the configuration cannot be read")
}

// oneTaskTitle is the title when one kind of thing blocks; it says where.
func (r *reporter) oneTaskTitle(t *tally) string {
	unsigned, strangers := t.unsigned()
	switch {
	case len(t.moved) > 0:
		return fitting(MaxTitle, r.base()+" has moved: bring this change up to date", "Bring this change up to date")
	case t.toMend() > 0:
		findings := plural(t.toMend(), "finding", "findings") + " to mend"
		return fitting(MaxTitle, findings+" in "+places(t), findings)
	case unsigned > 0:
		return plural(unsigned, "commit is", "commits are") + " not signed as the rule asks"
	case strangers > 0:
		return plural(strangers, "commit is", "commits are") + " by somebody whom the roster does not know"
	case len(r.d.Objections) > 0:
		who := r.person(r.d.Objections[0].Person)
		return fitting(MaxTitle, r.titled(r.d.Objections[0].Person)+", requested changes", who+" requested changes", "Changes were requested")
	}
	return "Not signed"
}

// places names the one file with findings, or their number.
func places(t *tally) string {
	var paths []string
	for _, f := range t.findings {
		paths = append(paths, f.Path)
	}
	for _, p := range t.proposed {
		paths = append(paths, p.Path)
	}
	slices.Sort(paths)
	if paths = slices.Compact(paths); len(paths) == 1 && paths[0] != "" {
		return paths[0]
	}
	return plural(len(paths), "file", "files")
}

// base is the name of the governed branch, for sentences.
func (r *reporter) base() string {
	if b := r.in.Proposal.Base; b != "" {
		return clip(b, maxNameLength)
	}
	return "the governed branch"
}

// capital makes the first letter of a sentence large, unless it begins with a name like keys/web-flow.asc.
func capital(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz,;:") != "" || word == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
