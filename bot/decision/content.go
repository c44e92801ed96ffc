package decision

import (
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// ContentOf gives what an approval of a commit would bind to: the content list
// of the commit against its merge base with the governed branch. The commit must
// be among the facts with its FromBase. Its digest is what a witness records of a
// review. LAW 1.1, 5.1.
func ContentOf(s facts.Snapshot, commit string) []document.ContentLine {
	e := newEvaluation(s)
	e.govern()
	from := view{e, tree{}}
	if c := e.commits[commit]; c.FromBase != "" {
		from = e.viewOf(c.FromBase)
	}
	return e.contentList(from, e.viewOf(commit))
}

// GovernedChanges lists the governed paths that differ between a commit of the
// facts and any of its parents: such commits are witnessed.
func GovernedChanges(s facts.Snapshot, commit string) bool {
	e := newEvaluation(s)
	c, ok := e.commits[commit]
	if !ok {
		return false
	}
	for _, p := range c.Parents {
		if e.commits[p].Tree != c.Tree {
			return true
		}
	}
	return len(c.Parents) == 0 && len(e.treeOf(commit)) > 0
}
