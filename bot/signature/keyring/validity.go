package keyring

import (
	"fmt"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// grant is what a valid self-signature says about the key it signs.
type grant struct {
	at       time.Time
	weak     bool
	flags    uint8
	hasFlags bool
	// until is when the signature itself ends, lifetime how long the key holds; zero is for ever.
	until    time.Time
	lifetime time.Duration
	embedded [][]byte
}

// newGrant reads a self-signature that has been verified.
func newGrant(s *wire.Signature) grant {
	return grant{
		at: s.Created, weak: s.Hash.Weak(), flags: s.Flags, hasFlags: s.HasFlags,
		until: s.Ends(), lifetime: s.KeyLifetime, embedded: s.Embedded,
	}
}

// keys judges the certificate and gives its primary key and its subkeys, in the file's order.
// A certificate that asks for too much work gives none.
func (c *certificate) keys() []Key {
	primary := newKey(c.primary, c.primary)
	primary.UserID = c.displayName()
	primary.settle(c.primaryGrants())
	for i := range c.direct {
		if s := &c.direct[i]; s.Kind == wire.KindKeyRevocation && c.own(s) && c.checked(c.primary, s, c.primary.Hashable()) {
			primary.revocations = append(primary.revocations, newRevocation(s))
		}
	}
	keys := []Key{primary}
	for i := range c.subkeys {
		keys = append(keys, c.subkey(&c.subkeys[i], primary))
	}
	if c.checks > maxChecks {
		c.problems = append(c.problems, fmt.Sprintf("the key carries more than %d signatures by itself and is passed over", maxChecks))
		return nil
	}
	return keys
}

// primaryGrants gives what the primary key says of itself: its newest direct signature and the newest
// one of each user id. User ids that were revoked are left out, unless all were: what they are called
// decides nothing here.
func (c *certificate) primaryGrants() []grant {
	var grants, revoked []grant
	var direct []grant
	for i := range c.direct {
		s := &c.direct[i]
		if s.Kind == wire.KindDirectKey && c.own(s) && s.Critical == "" && c.checked(c.primary, s, c.primary.Hashable()) {
			direct = append(direct, newGrant(s))
			c.revokers = append(c.revokers, s.Revokers...)
		}
	}
	grants = append(grants, newest(direct)...)
	for i := range c.userIDs {
		own, isRevoked := c.userIDGrants(&c.userIDs[i])
		if isRevoked {
			revoked = append(revoked, own...)
			continue
		}
		grants = append(grants, own...)
	}
	if len(grants) == 0 {
		return revoked
	}
	return grants
}

// userIDGrants gives the newest grant behind a user id and whether a revocation came after it.
func (c *certificate) userIDGrants(u *userID) (grants []grant, revoked bool) {
	var all []grant
	var taken time.Time
	for i := range u.signatures {
		s := &u.signatures[i]
		certifies := s.Kind >= wire.KindCertification && s.Kind <= wire.KindCertificationsEnd && s.Critical == ""
		if !certifies && s.Kind != wire.KindUserIDRevocation || !c.own(s) {
			continue
		}
		if !c.checked(c.primary, s, c.primary.Hashable(), u.hashable) {
			continue
		}
		if certifies {
			all = append(all, newGrant(s))
			c.revokers = append(c.revokers, s.Revokers...)
		} else if s.Created.After(taken) {
			taken = s.Created
		}
	}
	grants = newest(all)
	return grants, len(grants) > 0 && !taken.IsZero() && !grants[0].at.After(taken)
}

// newest gives the newest strong grant, or the newest weak one where there is no strong one.
func newest(grants []grant) []grant {
	best := -1
	for i, g := range grants {
		switch {
		case best < 0, grants[best].weak && !g.weak:
			best = i
		case g.weak == grants[best].weak && g.at.After(grants[best].at):
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return grants[best : best+1]
}

// settle decides from grants whether the key may sign, and until when. Without flags a key may do what
// its algorithm can (RFC 9580 §5.2.3.29); the newest grant that has flags, and the newest that has an
// end, decide, as with gpg.
func (k *Key) settle(grants []grant) {
	strong := grants[:0:0]
	for _, g := range grants {
		if !g.weak {
			strong = append(strong, g)
		}
	}
	switch {
	case len(grants) == 0:
		k.unfit = orElse(k.unfit, "no signature by its owner binds the key")
		return
	case len(strong) == 0:
		k.weak = orElse(k.weak, "the key is bound with SHA-1 or MD5 only, so its rights are not proven")
		strong = grants
	}
	var flags, end grant
	for _, g := range strong {
		if g.hasFlags && (!flags.hasFlags || g.at.After(flags.at)) {
			flags = g
		}
		if g.lifetime > 0 && (end.lifetime == 0 || g.at.After(end.at)) {
			end = g
		}
	}
	if flags.hasFlags && flags.flags&wire.FlagSign == 0 {
		k.unfit = orElse(k.unfit, "its owner has not allowed the key to sign")
	}
	if end.lifetime > 0 {
		k.endAt(k.Created.Add(end.lifetime))
	}
	k.endAt(lastEnd(strong))
}

// lastEnd is when the last of the grants ends that end by themselves; zero if one never does.
func lastEnd(grants []grant) (last time.Time) {
	for _, g := range grants {
		if g.until.IsZero() {
			return time.Time{}
		}
		if g.until.After(last) {
			last = g.until
		}
	}
	return last
}

// endAt makes the key expire at t, if it does not before; zero is never.
func (k *Key) endAt(t time.Time) {
	if !t.IsZero() && (k.expires.IsZero() || t.Before(k.expires)) {
		k.expires = t
	}
}

// subkey judges one subkey: bound by the primary, agreed to by itself, and no longer than the primary.
func (c *certificate) subkey(s *subkey, primary Key) Key {
	k := newKey(s.key, c.primary)
	k.UserID, k.weak = primary.UserID, orElse(k.weak, primary.weak)
	k.revocations = append(k.revocations, primary.revocations...)
	both := [][]byte{c.primary.Hashable(), s.key.Hashable()}
	var bindings []grant
	for i := range s.signatures {
		sig := &s.signatures[i]
		isBinding := sig.Kind == wire.KindSubkeyBinding && sig.Critical == ""
		if !isBinding && sig.Kind != wire.KindSubkeyRevocation || !c.own(sig) || !c.checked(c.primary, sig, both...) {
			continue
		}
		if isBinding {
			bindings = append(bindings, newGrant(sig))
		} else {
			k.revocations = append(k.revocations, newRevocation(sig))
		}
	}
	binding := newest(bindings)
	k.settle(binding)
	if len(binding) > 0 && k.unfit == "" {
		k.agree(c, binding[0], both)
	}
	k.endAt(primary.expires)
	return k
}

// agree looks for the subkey's own signature in its binding, without which anybody could claim
// another's signing key as a subkey. Source: RFC 9580 §5.2.1.9.
func (k *Key) agree(c *certificate, binding grant, both [][]byte) {
	k.unfit = "the subkey never agreed to belong to its primary key"
	for _, body := range binding.embedded {
		s, err := wire.ParseSignature(body)
		if err != nil || s.Kind != wire.KindPrimaryBinding || !c.checked(k.public, &s, both...) {
			continue
		}
		k.unfit = ""
		if s.Hash.Weak() {
			k.weak = orElse(k.weak, "the subkey agreed to its primary key with SHA-1 or MD5 only")
		}
		return
	}
}

// newRevocation reads a revocation that has been verified. Its digest may be weak: who could forge it
// could only take the key away, and it is the owner's wish otherwise.
func newRevocation(s *wire.Signature) revocation {
	r := revocation{at: s.Created, hard: true, why: "no reason given"}
	if !s.HasReason {
		return r
	}
	// Source: RFC 9580 §5.2.3.31. A code that is not known is taken as hard.
	switch s.Reason {
	case 1:
		r.hard, r.why = false, "superseded"
	case 2:
		r.why = "compromised"
	case 3:
		r.hard, r.why = false, "no longer used"
	case 0:
	default:
		r.why = fmt.Sprintf("reason %d", s.Reason)
	}
	return r
}

// displayName gives the first user id; control characters are left to whoever prints it.
func (c *certificate) displayName() string {
	for _, u := range c.userIDs {
		if u.text != "" {
			return u.text
		}
	}
	return ""
}

// orElse gives first, or second where first is empty.
func orElse(first, second string) string {
	if first == "" {
		return second
	}
	return first
}
