package decision

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// checkFacts makes sure that the snapshot is whole, holds what it names and does
// not contradict itself: a decision on half of the facts would be no decision. What
// it cannot know, such as whether Range really is what Git would say, is for the
// auditor, who has the history.
func (e *evaluation) checkFacts() bool {
	if e.f.Format != facts.Format {
		e.incomplete("the facts have the format %q", e.f.Format)
	}
	if e.d.Facts == "" {
		e.incomplete("the facts have no canonical form")
	}
	for digest, b := range e.s.Blobs {
		if facts.Digest(b) != digest {
			e.incomplete("bytes do not have the digest %s", digest)
		}
	}
	e.checkTrees()
	e.checkGraph()
	e.checkReviews()
	e.checkLandingFacts()
	if len(e.d.Problems) == 0 {
		e.checkBytes()
	}
	return len(e.d.Problems) == 0
}

func (e *evaluation) incomplete(format string, args ...any) {
	e.problem(Problem{
		Code: CodeFacts, Text: fmt.Sprintf(format, args...),
		Mend: "nothing for you to do; Vidimus reads the state again. If this stays, tell the administrator",
	})
}

// checkTrees: each tree has its digest, and each path once.
func (e *evaluation) checkTrees() {
	for _, t := range e.f.Trees {
		if facts.TreeDigest(t.Entries) != t.Digest {
			e.incomplete("a governed tree does not have the digest %s", t.Digest)
		}
		for i := 1; i < len(t.Entries); i++ {
			if t.Entries[i-1].Path >= t.Entries[i].Path {
				e.incomplete("a governed tree is not in order at %q", t.Entries[i].Path)
			}
		}
	}
}

// checkGraph: all commits that are named are there, and the range fits to base,
// head and merge bases.
func (e *evaluation) checkGraph() {
	for _, id := range slices.Concat([]string{e.f.Base, e.f.Head}, e.f.MergeBases, e.f.Range) {
		if _, ok := e.commits[id]; !ok {
			e.incomplete("commit %s is not in the facts", id)
		}
	}
	if len(e.commits) != len(e.f.Commits) {
		e.incomplete("a commit is twice in the facts")
	}
	between := map[string]bool{}
	for _, id := range e.f.Range {
		between[id] = true
	}
	for _, id := range append([]string{e.f.Base}, e.f.MergeBases...) {
		if between[id] {
			e.incomplete("commit %s is on the base and in the proposal", id)
		}
	}
	if !between[e.f.Head] && !slices.Contains(e.f.MergeBases, e.f.Head) {
		e.incomplete("the head %s is not in the proposal", e.f.Head)
	}
	for _, c := range e.f.Commits {
		e.checkCommit(c, between)
	}
}

// checkCommit: its tree is there; of a commit in the range also its bytes, which
// must be its own, and everything around it.
func (e *evaluation) checkCommit(c facts.Commit, between map[string]bool) {
	if _, ok := e.trees[c.Tree]; !ok {
		e.incomplete("the governed tree of commit %s is not in the facts", c.ID)
	}
	if _, ok := e.commits[c.FromBase]; c.FromBase != "" && !ok {
		e.incomplete("the merge base of commit %s is not in the facts", c.ID)
	}
	if !between[c.ID] {
		return
	}
	raw, ok := e.s.Blobs[c.SHA256]
	if !ok {
		e.incomplete("the bytes of commit %s were not read", c.ID)
		return
	}
	if !isCommit(raw, c.ID) || !slices.Equal(parentsOf(raw), c.Parents) {
		e.incomplete("the bytes given for commit %s are those of another", c.ID)
	}
	for _, id := range slices.Concat(c.Parents, c.MergeBases) {
		if _, ok := e.commits[id]; !ok {
			e.incomplete("commit %s, from which %s comes, is not in the facts", id, c.ID)
		}
	}
	for _, id := range c.Parents {
		if between[id] || slices.Contains(e.f.MergeBases, id) {
			continue
		}
		for _, above := range e.commits[id].Parents {
			if slices.Contains(e.f.MergeBases, above) {
				// It would be on the base, and a better common ancestor, or in the range.
				e.incomplete("commit %s is left out of the proposal", id)
			}
		}
	}
}

// isCommit says whether raw is the object with that id.
func isCommit(raw []byte, id string) bool {
	for _, algorithm := range []commitsig.Algorithm{commitsig.SHA1, commitsig.SHA256} {
		if commitsig.ObjectID(raw, algorithm) == id {
			return true
		}
	}
	return false
}

// parentsOf reads the parents as Git does: they follow the tree.
func parentsOf(raw []byte) []string {
	parents := []string{}
	_, rest, _ := bytes.Cut(raw, []byte("\n"))
	for {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		id, isParent := bytes.CutPrefix(line, []byte("parent "))
		if !isParent {
			return parents
		}
		parents = append(parents, string(id))
		rest = after
	}
}

func (e *evaluation) checkReviews() {
	seen := map[int64]bool{}
	for _, r := range e.f.Reviews {
		if seen[r.ID] {
			e.incomplete("review %d is twice in the facts", r.ID)
		}
		seen[r.ID] = true
		e.checkTime("review", r.ID, r.SubmittedAt)
		if r.LastEdited != "never" {
			e.checkTime("edit of review", r.ID, r.LastEdited)
		}
	}
	for _, d := range e.f.Dismissals {
		if !isTime(d.At) {
			e.incomplete("the dismissal of review %d has the time %q", d.Review, d.At)
		}
	}
	for _, w := range e.f.Witnesses {
		for _, o := range w.Observations {
			if !isTime(o.Seen.At) {
				e.incomplete("witness statement %s has the time %q", w.SHA256, o.Seen.At)
			}
		}
	}
}

// checkTime: an absent time is none, any other text must be one.
func (e *evaluation) checkTime(of string, review int64, at string) {
	if at != "" && !isTime(at) {
		e.incomplete("%s %d has the time %q", of, review, at)
	}
}

// isTime: times compare as text, so they must all have the one form.
func isTime(s string) bool {
	t, err := time.Parse(time.RFC3339, s)
	return err == nil && t.UTC().Format(time.RFC3339) == s
}

func (e *evaluation) checkLandingFacts() {
	l := e.f.Landing
	if l == nil && e.f.Pull == nil {
		e.incomplete("the facts name neither a pull request nor a landing")
	}
	if l == nil {
		return
	}
	if e.f.Pull != nil && e.f.Pull.Branch != l.Branch {
		e.incomplete("a pull request into %q landed on %q", e.f.Pull.Branch, l.Branch)
	}
	if len(l.Commits) == 0 || !isTime(l.At) {
		e.incomplete("the landing has no commit or no time")
	}
	for _, id := range l.Commits {
		if _, ok := e.commits[id]; !ok {
			e.incomplete("landed commit %s is not in the facts", id)
		}
	}
}

// checkBytes: everything that rules and bindings look into was read, but for what
// is too large, which blocks by its size.
func (e *evaluation) checkBytes() {
	for _, id := range sortedKeys(e.f.LookedInto()) {
		for _, path := range e.treeOf(id).paths() {
			entry := e.treeOf(id)[path]
			link := entry.Mode == document.ModeSymlink || entry.Mode == document.ModeSubmodule
			switch b, read := e.s.Blobs[entry.SHA256]; {
			case !read && !link && entry.Size <= facts.MaxBlobBytes:
				e.incomplete("the bytes of %s at %s were not read", path, id)
			case read && int64(len(b)) != entry.Size:
				e.incomplete("%s at %s is said to have %d bytes and has %d", path, id, entry.Size, len(b))
			}
		}
	}
}
