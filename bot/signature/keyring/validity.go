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

// newGrant reads a self-signature by a key that has been verified.
func newGrant(s *wire.Signature, by *wire.PublicKey) grant {
	return grant{
		at: s.Created, weak: s.Hash.Weak() || !by.LongEnough(s.Hash), flags: s.Flags, hasFlags: s.HasFlags,
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
		direct := newest(unrevoked(by.grants, by.takenBack))
		k.settle(direct, p.userIDGrants(by))
		if by.key.Version() == 6 && len(direct) == 0 {
			k.unfit = orElse(k.unfit, "a key of version 6 needs a direct signature, and has none") // RFC 9580 §10.1.1
		}
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

// userIDGrants gives what a primary key says of itself by the newest signature of each user id. User ids
// that were revoked are left out, unless all were: what they are called decides nothing here.
func (p *pile) userIDGrants(by *primary) []grant {
	var grants, revoked []grant
	for _, u := range p.userIDs {
		what := u.said[by]
		if what == nil {
			continue
		}
		own := newest(unrevoked(what.grants, what.revocations))
		grants = append(grants, own...)
		if len(own) == 0 {
			revoked = append(revoked, newest(what.grants)...)
		}
	}
	if len(grants) == 0 {
		return revoked
	}
	return grants
}

// unrevoked gives the grants that are newer than every revocation.
func unrevoked(grants []grant, revocations []revocation) []grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g grant) bool {
		return slices.ContainsFunc(revocations, func(r revocation) bool { return !g.at.After(r.at) })
	})
}

// newest gives the newest strong grant, if there is one, and then the newest weak one, if it is newer.
func newest(grants []grant) []grant {
	var strong, weak []grant
	for _, g := range grants {
		into := &strong
		if g.weak {
			into = &weak
		}
		if len(*into) == 0 || g.at.After((*into)[0].at) {
			*into = []grant{g}
		}
	}
	if len(strong) > 0 && len(weak) > 0 && !weak[0].at.After(strong[0].at) {
		return strong
	}
	return append(strong, weak...)
}

// strongOnes gives the grants that are not weak.
func strongOnes(grants []grant) []grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g grant) bool { return g.weak })
}

// settle decides from groups of grants whether the key may sign, and until when. Without flags a key may
// do what its algorithm can (RFC 9580 §5.2.3.29). In each group the newest grant that has flags, and the
// newest that has an end, decide, as with gpg. What one group denies is denied, whatever another allows:
// of a direct signature and one on a user id gpg believes the former, sequoia the latter. A weak grant
// allows nothing, but what it denies is denied.
func (k *Key) settle(groups ...[]grant) {
	all := slices.Concat(groups...)
	lasting := strongOnes(all)
	switch {
	case len(all) == 0:
		k.bound = false
		k.unfit = orElse(k.unfit, "no signature by its owner binds the key")
		return
	case len(lasting) == 0:
		k.weak = orElse(k.weak, "the key is bound with SHA-1 only, or another digest that is refused, so its rights are not proven")
		lasting = all
	}
	for _, group := range groups {
		k.restrict(group)
		k.restrict(strongOnes(group))
	}
	k.endAt(lastEnd(lasting))
}

// restrict takes from the key what the grants of one group deny.
func (k *Key) restrict(grants []grant) {
	var flags, end grant
	for _, g := range grants {
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
	if s.key.Version() != by.key.Version() {
		k.unfit = orElse(k.unfit, "it is of another version than its primary key")
	}
	bindings := newest(what.grants)
	k.settle(bindings)
	for _, binding := range bindings {
		if k.unfit == "" {
			k.agree(binding, by.key.Hashable(), s.key.Hashable())
		}
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
		if err != nil || s.Kind != wire.KindPrimaryBinding || s.Critical != "" || s.Created.Before(k.Created) ||
			!k.public.Verify(&s, primary, subkey) {
			continue
		}
		k.unfit = ""
		if s.Hash.Weak() || !k.public.LongEnough(s.Hash) {
			k.weak = orElse(k.weak, "the subkey agreed to its primary key with SHA-1 only, or another digest that is refused")
		}
		k.endAt(s.Ends())
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
