package commitsig

import (
	"errors"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// MaxAhead is how far ahead of our clock a signer's clock may be. Source: DESIGN.md, "Clock".
const MaxAhead = 5 * time.Minute

// Terms says how to judge. The zero value of each field is the strict one.
type Terms struct {
	// Seen is when the commit was first seen, and Clock what kind of time that is ("" is FirstSeen).
	// With ClaimedTime the committer's date stands in its place.
	Seen  time.Time
	Clock Clock
	// AnyPerson leaves the question out whose key it is, for histories without a roster: Person is then
	// the user id on the key, and WrongPerson and Vouched are never said.
	AnyPerson bool
}

// Verify judges the signature in raw, one commit object without its "commit N\x00" header, against
// ring. seen, in UTC, is when we first held the commit; it decides expiry, because the committer's
// date is only a claim. What cannot be proven is a verdict, not an error. raw over MaxCommitBytes is
// Malformed. Source: RFC 9580 §5.2.4; gitformat-signature(5).
func Verify(raw []byte, ring keyring.Ring, seen time.Time) Verdict {
	return Judge(raw, ring, Terms{Seen: seen})
}

// Judge is Verify under other terms.
func Judge(raw []byte, ring keyring.Ring, terms Terms) Verdict {
	j := judges.Get().(*judge)
	j.ring, j.terms, j.verdict = ring, terms, Verdict{Clock: terms.Clock, Seen: terms.Seen.UTC()}
	if terms.Clock == "" {
		j.verdict.Clock = FirstSeen
	}
	if err := j.object.split(raw); err != nil {
		j.malformed(err)
	} else {
		if terms.Clock == ClaimedTime {
			j.verdict.Seen = time.Unix(j.object.committer.seconds, 0).UTC()
		}
		j.run()
	}
	verdict := j.verdict
	j.end()
	return verdict
}

// judges keeps judges for the next commit: what one reads is larger than the verdict that is left of it.
var judges = sync.Pool{New: func() any { return new(judge) }}

// judge carries one judgement through its steps.
type judge struct {
	ring    keyring.Ring
	terms   Terms
	object  object
	verdict Verdict
	// signature is what was read of an OpenPGP signature; it points into decoded, which was decoded from
	// unfolded, the text of the header.
	signature         wire.Signature
	unfolded, decoded []byte
}

// end forgets the commit, and keeps no more than memory of the usual size for the next one.
func (j *judge) end() {
	unfolded, decoded := j.unfolded[:0], j.decoded[:0]
	*j = judge{}
	if cap(unfolded) <= wire.MaxArmour {
		j.unfolded, j.decoded = unfolded, decoded
	}
	judges.Put(j)
}

// malformed makes the verdict on bytes that are no commit.
func (j *judge) malformed(err error) {
	j.say(Malformed, "The commit is malformed: "+err.Error()+".", again)
	if e := (*SyntaxError)(nil); errors.As(err, &e) {
		j.verdict.Offset = e.Offset
	}
}

// say gives the verdict, what was found and how to mend it; false, so that steps can end with it.
func (j *judge) say(word Word, found, mend string) bool {
	j.verdict.Word, j.verdict.Text, j.verdict.Mend = word, found, mend
	if mend != "" {
		j.verdict.Text += " " + mend
	}
	return false
}

// run takes the steps in the order in which a doubt weighs more than the next one: what the bytes are,
// whose key they name, whether they match, whether the key may sign, whose commit it is.
func (j *judge) run() {
	if j.object.signature == nil {
		j.say(Unsigned, "The commit is not signed.", sign)
		return
	}
	c, named, ok := j.read()
	if !ok {
		return
	}
	matching, ok := j.match(c, named)
	if !ok {
		return
	}
	signer, ok := j.choose(matching)
	if !ok {
		return
	}
	j.identify(signer)
	j.verdict.Algorithm = c.algorithm(signer)
	if j.allowed(c, signer) {
		j.attribute(signer)
	}
}
