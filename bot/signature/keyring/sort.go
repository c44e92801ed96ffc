package keyring

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// sort finds for each signature by one of the primary keys the part that it is over. Strangers'
// signatures are dropped, but for what may be an appointed revoker's.
func (p *pile) sort() {
	own := 0
	for i := range p.signatures {
		s := &p.signatures[i]
		signers := p.signers(s)
		if len(signers) == 0 {
			keepForRevoker(s)
			continue
		}
		if own++; own > maxOwn {
			p.refuse("signatures by its own keys", maxOwn)
			return
		}
		if p.place(s, signers) || p.refused {
			continue
		}
		keepForRevoker(s) // its key may stand in the same file
		if s.IssuerID != 0 && (!revokesKey(s.Kind) || slices.Contains(signers, ownerOf(s.behind))) {
			p.complain("a signature (kind %#02x) that claims to be by the key itself does not verify and is passed over",
				s.Kind)
		}
	}
	p.signatures = nil
}

// revokesKey tells whether signatures of that kind take back a key or subkey.
func revokesKey(kind uint8) bool {
	return kind == wire.KindKeyRevocation || kind == wire.KindSubkeyRevocation
}

// keepForRevoker keeps a revocation that the key near which it stands has not made.
func keepForRevoker(s *placed) {
	if near := ownerOf(s.behind); near != nil && revokesKey(s.Kind) {
		near.byOthers = append(near.byOthers, *s)
	}
}

// signers gives the primary keys that s may be by.
func (p *pile) signers(s *placed) []*primary {
	var found []*primary
	for _, k := range p.primaries {
		if s.Names(k.key.Fingerprint, k.key.ID) {
			found = append(found, k)
		}
	}
	return found
}

// ownerOf gives the primary key to which a part seems to belong by its place, nil for none.
func ownerOf(part any) *primary {
	switch part := part.(type) {
	case *primary:
		return part
	case *userID:
		return part.near
	case *subkey:
		return part.near
	}
	return nil
}

// place records s with the part that it is over; false if there is none. The part before it is tried
// first, others only where the two open bytes of the digest fit, which costs little to find out.
func (p *pile) place(s *placed, signers []*primary) bool {
	for _, by := range signers {
		if s.behind != nil && p.over(s, by, s.behind, true) {
			return true
		}
	}
	for _, by := range signers {
		for _, part := range p.parts(s.Kind, by) {
			if part != s.behind && p.over(s, by, part, false) {
				return true
			}
		}
	}
	return false
}

// parts gives the parts that a signature of that kind by that key can be over.
func (p *pile) parts(kind uint8, by *primary) []any {
	var parts []any
	switch {
	case kind == wire.KindDirectKey || kind == wire.KindKeyRevocation:
		return []any{by}
	case kind == wire.KindSubkeyBinding || kind == wire.KindSubkeyRevocation:
		for _, s := range p.subkeys {
			parts = append(parts, s)
		}
	case certifies(kind) || kind == wire.KindUserIDRevocation:
		for _, u := range p.userIDs {
			parts = append(parts, u)
		}
		parts = append(parts, by) // a direct signature can be taken back like a user id
	}
	return parts
}

// certifies tells whether signatures of that kind bind a user id.
func certifies(kind uint8) bool {
	return kind >= wire.KindCertification && kind <= wire.KindCertificationsEnd
}

// over verifies that s is by that key over part, and records what it says. Without near the open bytes
// must fit before anything is computed.
func (p *pile) over(s *placed, by *primary, part any, near bool) bool {
	data := hashables(s.Kind, by, part)
	if data == nil || p.refused {
		return false
	}
	if p.tries++; p.tries > maxTries {
		p.refuse("combinations of keys and signatures", maxTries)
		return false
	}
	if !near && !s.Fits(data...) {
		return false
	}
	if p.checks++; p.checks > maxChecks {
		p.refuse("signatures to be checked", maxChecks)
		return false
	}
	if !by.key.Verify(&s.Signature, data...) {
		return false
	}
	record(&s.Signature, by, part)
	return true
}

// hashables gives what a signature of that kind by that key over part hashes; nil where the kind is not
// for such a part. Source: RFC 9580 §5.2.4.
func hashables(kind uint8, by *primary, part any) [][]byte {
	switch part := part.(type) {
	case *primary:
		if part == by && isOverPrimary(kind) {
			return [][]byte{by.key.Hashable()}
		}
	case *subkey:
		if kind == wire.KindSubkeyBinding || kind == wire.KindSubkeyRevocation {
			return [][]byte{by.key.Hashable(), part.key.Hashable()}
		}
	case *userID:
		if certifies(kind) || kind == wire.KindUserIDRevocation {
			return [][]byte{by.key.Hashable(), part.hashable}
		}
	}
	return nil
}

// isOverPrimary tells whether signatures of that kind can be over a primary key alone.
func isOverPrimary(kind uint8) bool {
	return kind == wire.KindDirectKey || kind == wire.KindKeyRevocation || kind == wire.KindUserIDRevocation
}

// record notes what a verified signature says. A grant that asks not to be relied on unless something
// in it is understood grants nothing, nor does one that is older than its key, which gpg and others pass
// over; a revocation holds all the same.
func record(s *wire.Signature, by *primary, part any) {
	what := by.about(part)
	switch {
	case s.Kind == wire.KindUserIDRevocation && part == any(by):
		by.takenBack = append(by.takenBack, newRevocation(s))
	case revokesKey(s.Kind) || s.Kind == wire.KindUserIDRevocation:
		if r := newRevocation(s); !slices.Contains(what.revocations, r) {
			what.revocations = append(what.revocations, r)
		}
	case s.Critical == "" && !s.Created.Before(by.key.Created):
		what.grants = append(what.grants, newGrant(s, by.key))
		by.revokers = append(by.revokers, s.Revokers...)
	}
}

// about gives the place for what a primary key says of a part, itself included.
func (p *primary) about(part any) *said {
	var by map[*primary]*said
	switch part := part.(type) {
	case *userID:
		by = part.said
	case *subkey:
		by = part.said
	default:
		return &p.said
	}
	if by[p] == nil {
		by[p] = &said{}
	}
	return by[p]
}
