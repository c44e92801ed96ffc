package keyring

import (
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// Role is whose key a file holds.
type Role string

// The roles of key files. The zero value belongs to nobody.
const (
	// RolePerson is a person of the roster.
	RolePerson Role = "person"
	// RoleHost is the host's own key, keys/web-flow.asc: it vouches for sessions.
	RoleHost Role = "host"
	// RoleBot is the key of Vidimus itself, keys/vidimus.asc: it signs evidence, never commits.
	RoleBot Role = "bot"
	// RoleNobody is a file whose name is no slug of the roster.
	RoleNobody Role = ""
)

// Formats of keys and signatures.
const (
	OpenPGP = "openpgp"
	SSH     = "ssh"
)

// State says whether a key may sign, at a time. The zero value is unproven.
type State string

// The states of a key, worst first, as verdicts name them.
const (
	Weak       State = "weak"
	NotSigning State = "not-signing-key"
	Revoked    State = "revoked-key"
	Expired    State = "expired-key"
	Fit        State = "fit"
)

// Key is one key that a signature can name: a primary key, a subkey, or an SSH key.
type Key struct {
	// Format is OpenPGP or SSH.
	Format string
	// Fingerprint is upper hex, or SHA256:… for SSH. Primary is that of the primary key, the same for
	// a primary and for SSH. ID is the key id in 16 upper hex digits, "" for SSH.
	Fingerprint, Primary, ID string
	// Algorithm names kind and size, like "RSA 4096".
	Algorithm string
	// Created is zero for SSH, which does not say.
	Created time.Time
	// Path is the file that holds the key, Slug its name without folder and ending.
	Path, Slug string
	Role       Role
	// UserID is what the key says of its owner; for display only.
	UserID string

	judged      bool   // read and judged; the zero Key is not
	bound       bool   // a signature by its owner binds it
	weak, unfit string // why it is refused for good; "" if it is not
	expires     time.Time
	revocations []revocation
	public      *wire.PublicKey
}

// At says whether k may sign what was first seen at that time, and if not, why, in one clause for people,
// which leaves what it means for the commit to the caller.
// A key is good until, not including, the second in which it expires. A newer self-signature counts
// also for what was seen before it. Source: DESIGN.md, "Commit signatures".
func (k Key) At(seen time.Time) (State, string) {
	switch {
	case !k.judged:
		return "", "the key was not read"
	case k.weak != "":
		return Weak, k.weak
	case k.unfit != "":
		return NotSigning, k.unfit
	}
	for _, r := range k.revocations {
		if r.hard {
			return Revoked, "the key was revoked on " + day(r.at) + " (" + r.why + "), so nothing it ever signed counts"
		}
		if !seen.Before(r.at) {
			return Revoked, "the key was revoked on " + day(r.at) + " (" + r.why + ")"
		}
	}
	if !k.expires.IsZero() && !seen.Before(k.expires) {
		return Expired, "the key expired on " + day(k.expires)
	}
	return Fit, ""
}

// Expires is when the key expires, in UTC; zero is never.
func (k Key) Expires() time.Time { return k.expires }

// Verify reports whether s is a signature by k over the concatenation of data. Time plays no part.
// It is false for SSH keys, whose signatures carry the key themselves.
func (k Key) Verify(s *wire.Signature, data ...[]byte) bool {
	return k.public != nil && k.public.Verify(s, data...)
}

// SameAlgorithm tells whether s says that it was made by a key of k's algorithm.
func (k Key) SameAlgorithm(s *wire.Signature) bool {
	return k.public != nil && k.public.SameAlgorithm(s)
}

// RevokedForGood tells whether k was revoked in a way that takes back all that it ever signed.
func (k Key) RevokedForGood() bool {
	return slices.ContainsFunc(k.revocations, func(r revocation) bool { return r.hard })
}

// LongEnough tells whether a digest is as long as signatures by k need; it is true for SSH, which fixes it.
func (k Key) LongEnough(h wire.Hash) bool { return k.public == nil || k.public.LongEnough(h) }

// newKey starts a Key from what its packet says.
func newKey(public, primary *wire.PublicKey) Key {
	k := Key{
		judged: true, bound: true, Format: OpenPGP, Fingerprint: public.Fingerprint, Primary: primary.Fingerprint,
		ID: wire.KeyID(public.ID), Algorithm: public.Algorithm, Created: public.Created, public: public,
	}
	if public.Weak {
		k.weak = "keys of the kind " + public.Algorithm + " are refused"
	}
	if !public.Signs {
		k.unfit = "a key of this kind can only encrypt"
	}
	return k
}

// day writes the date of t as people read it.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
