package evidence

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// addCommits files the raw commits of the change and of the landing, and states the
// verdicts on those that contribute. Without any that do there is no statement.
func (b *builder) addCommits() error {
	for _, c := range b.f.Commits {
		if raw, ok := b.p.Snapshot.Blobs[c.SHA256]; ok && c.SHA256 != "" {
			b.files["commits/"+c.ID] = raw
		}
	}
	for _, id := range b.f.Landing.Commits {
		raw, ok := b.p.Commits[id]
		if !ok {
			if _, ok = b.files["commits/"+id]; ok {
				continue
			}
			return fmt.Errorf("the raw object of the landing's commit %s is not given", id)
		}
		if gitName("commit", raw, len(id)) != id {
			return fmt.Errorf("the raw object given for the commit %s is another", id)
		}
		b.files["commits/"+id] = raw
	}
	if len(b.d.Commits) == 0 {
		return nil
	}
	return b.stateCommits()
}

func (b *builder) stateCommits() error {
	s := Commits{Repository: b.f.Repository, Base: b.f.Base, Head: b.f.Head, Pull: b.d.Pull, Range: rangeText}
	b.commits = &CommitsCount{Total: len(b.d.Commits)}
	var subjects []Subject
	for _, c := range b.d.Commits {
		switch commitsig.Word(c.Verdict) {
		case commitsig.Good:
			b.commits.Good++
		case commitsig.Vouched:
			b.commits.Vouched++
		}
		s.Verdicts = append(s.Verdicts, b.verdict(c))
		subjects = append(subjects, Subject{c.ID, Digests{SHA256: c.SHA256, GitCommit: c.ID}})
	}
	ref, err := b.addStatement(statementName("commits", b.pullName()), Statement{Subject: subjects, Predicate: s})
	b.commits.Statement = ref
	return err
}

func (b *builder) verdict(c decision.Commit) CommitVerdict {
	v := CommitVerdict{
		Commit: c.ID, Verdict: c.Verdict, Counts: c.Counts, Format: c.Format, Fingerprint: c.Fingerprint, Person: c.Person,
		Author: b.person(c.Author), Committer: b.person(c.Committer), SeenAt: c.SeenAt, Clock: c.Clock, Text: c.Text, Paths: c.Paths,
	}
	if p, ok := b.config.Person(c.Person); ok {
		v.PersonID = p.GitHub
	}
	if digest, ok := b.signedKeys[c.Key]; ok {
		v.Key = &FileAt{b.roster.Commit, c.Key, digest}
	}
	return v
}

// person is the account of a slug; nil for nobody.
func (b *builder) person(slug string) *Actor {
	p, ok := b.config.Person(slug)
	if !ok {
		return nil
	}
	a := b.actor(facts.Account{ID: p.GitHub, Login: p.Login})
	return &a
}
