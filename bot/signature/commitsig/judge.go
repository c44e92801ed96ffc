package commitsig

import (
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// How to mend, as the last sentence of a verdict's text: what, and by whom. The commands depend on where the
// commit stands, the last of a change or an earlier one, which only who shows the verdict knows.
const (
	sign     = "Sign it with your own key."
	again    = "Sign the commit again with your own key."
	addKey   = "If it is yours, have it added there by a change of its own; else sign the commit again with a key that is there."
	newKey   = "Make a new key, have it added to keys/ by a change of its own, and sign the commit again."
	extend   = "Extend the key and have it taken into keys/ by a change of its own; then the commit counts."
	setClock = "Set your computer's clock, then sign the commit again."
)

// hostName is the committer's name in what GitHub's editor and buttons commit.
const hostName = "GitHub"

// match finds which of the keys named made the signature. All of them have one fingerprint then; an id
// may name several keys, so each is tried once.
func (j *judge) match(c claim, keys []keyring.Key) (matching []keyring.Key, ok bool) {
	if len(keys) == 0 {
		return nil, j.say(UnknownKey, "The commit is signed with the key "+j.named(c)+", which is in no file of keys/.",
			addKey)
	}
	if !c.computable() {
		return nil, j.uncomputable(c)
	}
	sameKind := false
	for i, k := range keys {
		sameKind = sameKind || c.ssh != nil || k.SameAlgorithm(c.openpgp)
		if len(withFingerprint(keys[:i], k.Fingerprint)) == 0 && c.matches(k, &j.object) {
			return withFingerprint(keys, k.Fingerprint), true
		}
	}
	if !sameKind {
		return nil, j.malformedSignature(0, "it says that it was made with another algorithm than its key's")
	}
	return nil, j.say(Bad, "The signature does not match the commit: the commit was changed after it was signed, or the signature belongs to another one.", again)
}

// uncomputable gives the verdict where it cannot be found out whether the bytes match.
func (j *judge) uncomputable(c claim) bool {
	if why := c.weakness(keyring.Key{}); why != "" {
		return j.say(Weak, "The signature is of a kind that can be forged: "+why+".", again)
	}
	if c.openpgp.Kind == wire.KindText {
		return j.say(Unsupported, "The signature is of the kind text, which does not bind line ends, so it does not bind the commit's bytes.", again)
	}
	return j.say(Unsupported, "The signature uses "+c.openpgp.Hash.String()+", which is not judged here.", again)
}

// withFingerprint gives those of keys that have it.
func withFingerprint(keys []keyring.Key, fingerprint string) []keyring.Key {
	if len(keys) == 1 && keys[0].Fingerprint == fingerprint {
		return keys
	}
	var found []keyring.Key
	for _, k := range keys {
		if k.Fingerprint == fingerprint {
			found = append(found, k)
		}
	}
	return found
}

// named is the key that the claim names.
func (j *judge) named(c claim) string {
	switch {
	case c.ssh != nil:
		return c.ssh.Key.Fingerprint
	case c.openpgp.IssuerFingerprint != "":
		return c.openpgp.IssuerFingerprint
	}
	return j.verdict.KeyID
}

// choose picks the file whose key it is. A subkey may also stand in the file of somebody who claims it
// without its consent: that copy may not sign, and takes nothing away from its owner. A key that two
// owners have counts for neither.
func (j *judge) choose(matching []keyring.Key) (signer keyring.Key, ok bool) {
	if len(matching) == 1 {
		return matching[0], true
	}
	best := matching[:0:0]
	for _, k := range matching {
		if state, _ := k.At(j.verdict.Seen); state != keyring.NotSigning {
			best = append(best, k)
		}
	}
	if len(best) == 0 {
		best = matching
	}
	signer = best[0]
	for _, k := range best[1:] {
		switch {
		case k.Slug == signer.Slug || k.Role == keyring.RoleNobody:
		case signer.Role == keyring.RoleNobody:
			signer = k
		default:
			j.identify(signer)
			j.verdict.Person = ""
			return signer, j.say(WrongPerson,
				fmt.Sprintf("The key stands in %s and in %s, so it cannot be told whose commit it is.", signer.Path,
					k.Path), "Each person needs a key of their own.")
		}
	}
	return signer, true
}

// identify records whose key made the signature.
func (j *judge) identify(k keyring.Key) {
	j.verdict.Fingerprint = k.Primary
	if k.Fingerprint != k.Primary {
		j.verdict.Subkey = k.Fingerprint
	}
	if k.Role != keyring.RoleNobody {
		j.verdict.Person = k.Slug
	}
	if j.terms.AnyPerson {
		j.verdict.Person = k.UserID
	}
}

// allowed asks whether the key may sign at that time, and whether the times can be true.
func (j *judge) allowed(c claim, k keyring.Key) bool {
	if why := c.weakness(k); why != "" {
		return j.say(Weak, "The signature is of a kind that can be forged: "+why+".", again)
	}
	switch state, why := k.At(j.verdict.Seen); state {
	case keyring.Fit:
	case keyring.Weak:
		return j.say(Weak, "The key is of a kind that can be forged: "+why+".", newKey)
	case keyring.NotSigning:
		return j.say(NotSigningKey, "The key may not sign: "+why+".", again)
	case keyring.Revoked:
		return j.say(RevokedKey, upperFirst(why)+j.later(k)+".", newKey)
	case keyring.Expired:
		return j.say(ExpiredKey, upperFirst(why)+j.later(k)+".", extend)
	default:
		return j.say(NotSigningKey, "It is not proven that the key may sign.", again) // unreachable: all states are above
	}
	return c.ssh != nil || j.timely(c.openpgp, k)
}

// timely refuses times that cannot be true, and signatures that have ended.
func (j *judge) timely(s *wire.Signature, k keyring.Key) bool {
	made, seen := s.Created, j.verdict.Seen
	switch end := s.Ends(); {
	case made.After(seen.Add(MaxAhead)):
		return j.say(Bad, fmt.Sprintf("The signature says it was made at %s, but %s.", stamp(made), j.counted()), j.mendClock())
	case made.Before(k.Created):
		return j.say(Bad, fmt.Sprintf("The signature says it was made at %s, before its key at %s.", stamp(made),
			stamp(k.Created)), setClock)
	case !end.IsZero() && !seen.Before(end):
		return j.say(ExpiredSignature, fmt.Sprintf("The signature says that it holds until %s, and %s.", stamp(end), j.counted()),
			again)
	}
	return true
}

// later is the clause that says why an expiry or revocation at some time concerns the commit; "" where it
// concerns all that the key ever signed.
func (j *judge) later(k keyring.Key) string {
	if k.RevokedForGood() {
		return ""
	}
	switch j.verdict.Clock {
	case VerifiedAt:
		return ", and nobody has witnessed the commit before that"
	case AsOf:
		return ", before " + day(j.verdict.Seen) + ", as of which the commit is judged"
	case ClaimedTime:
		return ", before the commit's own date, " + day(j.verdict.Seen)
	}
	return ", and the commit was first seen after that"
}

// counted is the clause that says at which time the commit is judged.
func (j *judge) counted() string {
	at := stamp(j.verdict.Seen)
	switch j.verdict.Clock {
	case VerifiedAt:
		return "now it is " + at
	case AsOf:
		return "it is judged as of " + at
	case ClaimedTime:
		return "the commit's own date is " + at
	}
	return "it was first seen at " + at
}

// mendClock says how to mend a signature from the future.
func (j *judge) mendClock() string {
	if j.verdict.Clock == AsOf {
		return "Judge it as of a later time."
	}
	return setClock
}

// day writes the date of a time.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// stamp writes a time as people read it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// upperFirst begins a clause as a sentence.
func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// attribute asks whose commit it is.
func (j *judge) attribute(k keyring.Key) {
	switch {
	case j.terms.AnyPerson:
		j.say(Good, "Signed by a key of the ring; whose it is was not asked.", "")
	case k.Role == keyring.RoleHost:
		j.vouch()
	case k.Role == keyring.RoleBot:
		j.say(WrongPerson, "The commit is signed with the key of Vidimus itself, which signs evidence and never commits.",
			again)
	case k.Role == keyring.RolePerson:
		j.compare(k)
	default:
		j.say(WrongPerson, fmt.Sprintf("The key in %s belongs to nobody: no person in the roster is called %q.", k.Path,
			k.Slug), "Name the file after its person in people:, by a change of its own.")
	}
}

// compare asks whether the signer is the committer. Another author is allowed, and only claimed.
func (j *judge) compare(k keyring.Key) {
	owner, _ := j.ring.Person(k.Slug)
	address := string(j.object.committer.email)
	committer, known := j.ring.PersonOf(address)
	switch {
	case !known:
		j.say(WrongPerson, fmt.Sprintf("The key belongs to %s, but the committer's address %q is nobody's in the roster.",
			owner.Name, address),
			"Commit with an address that stands in people: of .vidimus.yml, or have this one added there by a change of its own.")
	case committer.Slug != k.Slug:
		j.say(WrongPerson, fmt.Sprintf("The key belongs to %s, but the committer is %s.", owner.Name, committer.Name),
			committer.Name+" signs it with their own key, or "+owner.Name+" commits it under their own address.")
	case string(j.object.author.email) == address:
		j.say(Good, "Signed by "+owner.Name+" with their own key.", "")
	default:
		j.say(Good, fmt.Sprintf("Signed by %s with their own key; the author %q is only claimed.", owner.Name,
			j.object.author.email), "")
	}
}

// vouch asks whether the host's signature stands for somebody of the roster: an edit or a button of
// GitHub's by an author whom we know.
func (j *judge) vouch() {
	c := j.object.committer
	if string(c.name) != hostName || !strings.EqualFold(string(c.email), keyring.HostAddress) {
		j.say(WrongPerson, fmt.Sprintf("The commit is signed by GitHub, but its committer %q is not GitHub.", c.email),
			again)
		return
	}
	author, known := j.ring.PersonOf(string(j.object.author.email))
	if !known {
		j.say(WrongPerson, fmt.Sprintf("GitHub vouches for the session, but its author's address %q is nobody's in the roster.", j.object.author.email), "Make an address that stands in people: your primary one at GitHub, or commit on your computer with your own key.")
		return
	}
	j.say(Vouched, "GitHub vouches for the session of "+author.Name+"; no personal key.",
		"Where a personal key is asked for, commit on your computer with git commit -S.") // as sample 1 of decisions has it
}
