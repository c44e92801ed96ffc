package commitsig

import (
	"strings"
	"time"
)

// Word is the verdict on a commit's signature. The zero value is no verdict and never counts.
type Word string

// The verdict words. Source: DESIGN.md, "Commit signatures".
const (
	// Good: signed by a valid key of the committer.
	Good Word = "good"
	// Vouched: signed by the host, which vouches for the session of an author of the roster.
	Vouched Word = "vouched"
	// Unsigned: there is no signature header.
	Unsigned Word = "unsigned"
	// UnknownKey: no key of the ring is named.
	UnknownKey Word = "unknown-key"
	// Bad: the signature does not match the bytes, or its time cannot be true.
	Bad Word = "bad"
	// Malformed: not a commit, or one that two readers can understand differently.
	Malformed Word = "malformed"
	// ExpiredKey: the key had expired when the commit was first seen.
	ExpiredKey Word = "expired-key"
	// ExpiredSignature: the signature says that it holds no longer.
	ExpiredSignature Word = "expired-signature"
	// RevokedKey: the key was revoked.
	RevokedKey Word = "revoked-key"
	// NotSigningKey: the key must not sign, or belongs to nobody.
	NotSigningKey Word = "not-signing-key"
	// Weak: the digest or key is of a kind that can be forged.
	Weak Word = "weak"
	// WrongPerson: the key is not the committer's.
	WrongPerson Word = "wrong-person"
	// Unsupported: a kind of signature that is not judged.
	Unsupported Word = "unsupported"
)

// Words gives all verdict words, the two that can count first.
func Words() []Word {
	return []Word{
		Good, Vouched, Unsigned, UnknownKey, Bad, Malformed, ExpiredKey, ExpiredSignature, RevokedKey,
		NotSigningKey, Weak, WrongPerson, Unsupported,
	}
}

// Clock names the time that decided expiry and revocation.
type Clock string

// The clocks.
const (
	// FirstSeen: when a witness first had the commit.
	FirstSeen Clock = "first-seen"
	// VerifiedAt: the time of judging, for want of a witness.
	VerifiedAt Clock = "verified-at"
	// AsOf: a time that somebody asked for.
	AsOf Clock = "as-of"
	// ClaimedTime: the committer's date, which its author chooses. It is for looking at old histories;
	// no decision may rest on it.
	ClaimedTime Clock = "committer"
)

// Verdict is what one commit's signature is worth.
type Verdict struct {
	Word Word
	// Format is keyring.OpenPGP or keyring.SSH, "" where no signature could be read.
	Format string
	// Fingerprint is that of the primary key as gpg prints it, upper hex, or SHA256:… for SSH; Subkey
	// that of the key that signed, where it is not the primary. Both are "" unless the ring has the key.
	Fingerprint, Subkey string
	// KeyID is the key id that the signature names, 16 upper hex digits; "" for SSH or none.
	KeyID string
	// Person is the slug of the key's owner, "" for none; HostSlug where the host signed.
	Person string
	// Algorithm names key and digest, like "Ed25519, SHA-512".
	Algorithm string
	// Created is when the signature says it was made, in UTC; zero for SSH, which does not say.
	Created time.Time
	// Clock names the time that decided, Seen is that time in UTC.
	Clock Clock
	Seen  time.Time
	// Offset is where a malformed object is wrong, in bytes from its beginning; 0 elsewhere.
	Offset int
	// Text says to people what was found and, unless it counts, how to mend it; Mend is that last part
	// of it. Both may hold names from the commit: whoever prints them escapes them.
	Text, Mend string
}

// Found is what Text says without Mend, for where that is not the question, as for a commit that has landed.
func (v Verdict) Found() string { return strings.TrimSuffix(strings.TrimSuffix(v.Text, v.Mend), " ") }

// Counts tells whether the commit counts as signed; hostKey says that the rule takes the host's word,
// `commits: host-key`.
func (v Verdict) Counts(hostKey bool) bool {
	return v.Word == Good || v.Word == Vouched && hostKey
}
