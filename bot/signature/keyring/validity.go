package keyring

import (
	"slices"
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

// keys judges the pile, sorted, and gives its primary keys, each followed by its subkeys.
func (p *pile) keys() []Key {
	if p.refused {
		return nil
	}
	var keys []Key
	for _, by := range p.primaries {
		k := newKey(by.key, by.key)
		k.UserID = p.displayName(by)
		k.settle(p.primaryGrants(by))
		k.revocations = by.revocations
		keys = append(keys, k)
		for _, s := range p.subkeys {
			if what := s.said[by]; what != nil || s.near == by && len(s.said) == 0 {
				keys = append(keys, subkeyOf(s, k, by, what))
			}
		}
	}
	return keys
}

// primaryGrants gives what a primary key says of itself: its newest direct signature and the newest one
// of each user id. User ids that were revoked are left out, unless all were: what they are called
// decides nothing here.
func (p *pile) primaryGrants(by *primary) []grant {
	var revoked []grant
	grants := newest(by.grants)
	for _, u := range p.userIDs {
		what := u.said[by]
		if what == nil {
			continue
		}
		own := newest(what.grants)
		if isRevoked(own, what.revocations) {
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

// isRevoked tells whether a revocation is not older than the grant.
func isRevoked(grants []grant, revocations []revocation) bool {
	return len(grants) > 0 && slices.ContainsFunc(revocations, func(r revocation) bool { return !grants[0].at.After(r.at) })
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
// end, decide, as with gpg. A weak grant allows nothing, but what it denies is denied.
func (k *Key) settle(grants []grant) {
	strong := grants[:0:0]
	for _, g := range grants {
		if !g.weak {
			strong = append(strong, g)
		}
	}
	switch {
	case len(grants) == 0:
		k.bound = false
		k.unfit = orElse(k.unfit, "no signature by its owner binds the key")
		return
	case len(strong) == 0:
		k.weak = orElse(k.weak, "the key is bound with SHA-1 or MD5 only, so its rights are not proven")
		strong = grants
	}
	if denies(strong) || denies(grants) {
		k.unfit = orElse(k.unfit, "its owner has not allowed the key to sign")
	}
	var end grant
	for _, g := range strong {
		if g.lifetime > 0 && (end.lifetime == 0 || g.at.After(end.at)) {
			end = g
		}
	}
	if end.lifetime > 0 {
		k.endAt(k.Created.Add(end.lifetime))
	}
	k.endAt(lastEnd(strong))
}

// denies tells whether the newest grant with flags does not allow signing.
func denies(grants []grant) bool {
	var newest grant
	for _, g := range grants {
		if g.hasFlags && (!newest.hasFlags || g.at.After(newest.at)) {
			newest = g
		}
	}
	return newest.hasFlags && newest.flags&wire.FlagSign == 0
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

// subkeyOf judges a subkey: bound by the primary key, agreed to by itself, and for no longer than the
// primary. what is nil where no signature of the primary binds it.
func subkeyOf(s *subkey, primary Key, by *primary, what *said) Key {
	k := newKey(s.key, by.key)
	k.UserID, k.weak = primary.UserID, orElse(k.weak, primary.weak)
	if what == nil {
		what = &said{}
	}
	k.revocations = slices.Concat(primary.revocations, what.revocations)
	if !primary.bound {
		k.unfit = orElse(k.unfit, "no signature by its owner binds the primary key")
	}
	binding := newest(what.grants)
	k.settle(binding)
	if len(binding) > 0 && k.unfit == "" {
		k.agree(binding[0], by.key.Hashable(), s.key.Hashable())
	}
	k.endAt(primary.expires)
	return k
}

// agree looks for the subkey's own signature in its binding, without which anybody could claim
// another's signing key as a subkey. Source: RFC 9580 §5.2.1.9.
func (k *Key) agree(binding grant, primary, subkey []byte) {
	k.unfit = "the subkey never agreed to belong to its primary key"
	for _, body := range binding.embedded {
		s, err := wire.ParseSignature(body)
		if err != nil || s.Kind != wire.KindPrimaryBinding || !k.public.Verify(&s, primary, subkey) {
			continue
		}
		k.unfit = ""
		if s.Hash.Weak() {
			k.weak = orElse(k.weak, "the subkey agreed to its primary key with SHA-1 or MD5 only")
		}
		return
	}
}

// displayName gives the first user id that the key has signed; control characters are left to whoever
// prints it.
func (p *pile) displayName(by *primary) string {
	for _, u := range p.userIDs {
		if u.text != "" && u.said[by] != nil {
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
