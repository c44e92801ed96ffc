package evidence

import (
	"fmt"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// Signed is a statement with its detached armoured signature, both as bytes that are
// stored verbatim from the check run to the ledger.
type Signed struct {
	Statement []byte
	Signature []byte
}

// Sign encodes a statement and signs it with the time at.
func Sign(s Statement, k *Key, at time.Time) (Signed, error) {
	b, err := s.Encode()
	if err != nil {
		return Signed{}, err
	}
	sig, err := k.Sign(b, at)
	if err != nil {
		return Signed{}, err
	}
	return Signed{b, sig}, nil
}

// NewWitness makes the statement of observations in the order of seeing. Its subjects
// are the content lists that they name; where they name none, the commits.
func NewWitness(repository facts.Repository, seen []facts.Observation) Statement {
	w := Witness{Repository: repository, Observations: make([]Observation, len(seen))}
	var lists, commits []Subject
	for i, o := range seen {
		w.Observations[i] = storedObservation(o)
		if o.ContentDigest != "" {
			lists = addSubject(lists, Subject{fmt.Sprintf("pull/%d/content.txt", o.Pull), Digests{SHA256: o.ContentDigest}})
		}
		if o.Commit != "" {
			commits = addSubject(commits, Subject{o.Commit, Digests{GitCommit: o.Commit}})
		}
	}
	subject := lists
	if len(subject) == 0 {
		subject = commits
	}
	if len(subject) == 0 && len(seen) > 0 {
		// A dismissal or an edit alone is about a review, which has no bytes of its own:
		// the digest is that of the name.
		name := fmt.Sprintf("pull/%d/review/%d", seen[0].Pull, seen[0].ID)
		subject = []Subject{{name, Digests{SHA256: facts.Digest([]byte(name))}}}
	}
	return Statement{Subject: subject, PredicateType: predicateRoot + w.predicate(), Predicate: w}
}

// NewVerdict makes the statement of a verdict's number.
func NewVerdict(v Verdict) Statement {
	return Statement{
		Subject:       []Subject{{v.Head, Digests{GitCommit: v.Head}}},
		PredicateType: predicateRoot + v.predicate(), Predicate: v,
	}
}

func addSubject(subjects []Subject, s Subject) []Subject {
	for _, have := range subjects {
		if have == s {
			return subjects
		}
	}
	return append(subjects, s)
}

func storedObservation(o facts.Observation) Observation {
	s := Observation{
		Act: o.Act, ID: o.ID, Pull: o.Pull, UserID: o.UserID, Actor: o.Actor, State: o.State,
		SubmittedAt: o.SubmitTime, BodySHA256: o.BodySHA256, ContentDigest: o.ContentDigest,
		Seen: Seen(o.Seen),
	}
	if o.Commit != "" {
		ref := gitRef(o.Commit)
		s.Commit = &ref
	}
	return s
}

// Facts gives the observations as the decision takes them.
func (w Witness) Facts() []facts.Observation {
	seen := make([]facts.Observation, len(w.Observations))
	for i, o := range w.Observations {
		seen[i] = facts.Observation{
			Act: o.Act, ID: o.ID, Pull: o.Pull, UserID: o.UserID, Actor: o.Actor, State: o.State,
			SubmitTime: o.SubmittedAt, BodySHA256: o.BodySHA256, ContentDigest: o.ContentDigest,
			Seen: facts.Seen(o.Seen),
		}
		if o.Commit != nil {
			seen[i].Commit = o.Commit.Digest.GitCommit
		}
	}
	return seen
}
