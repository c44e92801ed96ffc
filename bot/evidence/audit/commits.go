package audit

import (
	"crypto/sha1" //nolint:gosec // Git's own names of objects
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// gitName is Git's name of an object, in as many hex digits as the repository's
// object ids have.
func gitName(kind string, raw []byte, digits int) string {
	var h hash.Hash = sha1.New() //nolint:gosec // as above
	if digits == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	fmt.Fprintf(h, "%s %d\x00", kind, len(raw))
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil))
}

// checkRawCommit holds a raw commit against its name, and what the facts say of its
// parents against the object.
func (l *landing) checkRawCommit(id string) {
	name := "commits/" + id
	raw, err := l.a.file(l.r, name)
	if err != nil {
		return // reported with its record
	}
	if gitName("commit", raw, len(id)) != id {
		l.bad("commits", name, "is not the object of that name")
		return
	}
	i := slices.IndexFunc(l.f.Commits, func(c facts.Commit) bool { return c.ID == id })
	c, err := commitsig.Parse(raw)
	if i < 0 || err != nil {
		return // a malformed commit is a verdict of its own
	}
	if !slices.Equal(l.f.Commits[i].Parents, nonNil(c.Parents)) {
		l.bad("commits", name, "has other parents than the facts say")
	}
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// checkCommits holds the commits statement against the decision. The verdicts
// themselves were judged again by the replay, from the raw objects.
func (l *landing) checkCommits() {
	l.checkFactWitnesses()
	names := l.r.names("commits-")
	if len(l.d.Commits) == 0 {
		if len(names) > 0 {
			l.bad("commits", names[0], "tells of commits that the decision does not know")
		}
		return
	}
	name := "statements/commits-" + pullName(l.d.Pull) + ".json"
	s := l.r.statements[name]
	p, ok := s.Predicate.(evidence.Commits)
	if !ok || len(names) != 1 {
		l.bad("commits", name, "is missing, or not alone")
		return
	}
	if p.Base != l.f.Base || p.Head != l.f.Head || p.Pull != l.d.Pull || p.Repository != l.f.Repository {
		l.bad("commits", name, "is about another change")
	}
	if len(p.Verdicts) != len(l.d.Commits) || len(s.Subject) != len(l.d.Commits) {
		l.bad("commits", name, fmt.Sprintf("tells of %s, the decision of %d", count(len(p.Verdicts), "commit"), len(l.d.Commits)))
		return
	}
	for i, c := range l.d.Commits {
		l.checkVerdict(name, s.Subject[i], p.Verdicts[i], c)
	}
}

func (l *landing) checkVerdict(name string, subject evidence.Subject, v evidence.CommitVerdict, c decision.Commit) {
	t := &l.a.statements
	t.commits++
	switch commitsig.Word(c.Verdict) {
	case commitsig.Good:
		t.good++
	case commitsig.Vouched:
		t.vouched++
	}
	same := v.Commit == c.ID && v.Verdict == c.Verdict && v.Counts == c.Counts && v.Format == c.Format && v.Fingerprint == c.Fingerprint &&
		v.Person == c.Person && v.SeenAt == c.SeenAt && v.Clock == c.Clock && v.Text == c.Text && slices.Equal(v.Paths, c.Paths)
	person, _ := l.config.Person(c.Person)
	same = same && v.PersonID == person.GitHub && slugOf(v.Author) == c.Author && slugOf(v.Committer) == c.Committer
	if !same {
		l.bad("commits", name, "gives another verdict on "+c.ID+" than the decision")
	}
	if subject.Name != c.ID || subject.Digest.GitCommit != c.ID || subject.Digest.SHA256 != c.SHA256 {
		l.bad("commits", name, "does not name the commit "+c.ID+" as its subject")
	}
	if v.Key != nil && (v.Key.Path != c.Key || !l.isSignedKey(*v.Key)) {
		l.bad("commits", name, "names another key than the one that governed: "+v.Key.Path)
	}
}

func slugOf(a *evidence.Actor) string {
	if a == nil {
		return ""
	}
	return a.Person
}

// isSignedKey says whether a key file is one that governed the landing.
func (l *landing) isSignedKey(k evidence.FileAt) bool {
	signed := l.f.Governance.Signed
	if l.d.Founding {
		for _, e := range l.tree(l.f.Head) {
			signed = append(signed, e)
		}
	}
	return slices.ContainsFunc(signed, func(e facts.Entry) bool { return e.Path == k.Path && e.SHA256 == k.SHA256 })
}
