package keyring

import (
	"fmt"
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// revocation takes back a key. A hard one (compromised, no or unknown reason) takes back all that it
// ever signed, a soft one (superseded, retired) what is seen from its time on.
type revocation struct {
	at   time.Time
	hard bool
	why  string
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

// revokeByOthers applies revocations by keys that a key's owner has named as revokers, where such a key
// stands in one of the files. Source: RFC 9580 §5.2.3.23.
func revokeByOthers(read []contents) {
	primaries := map[string]*primary{}
	for _, c := range read {
		for _, by := range c.primaries {
			primaries[by.key.Fingerprint] = by
		}
	}
	for i := range read {
		for _, of := range read[i].primaries {
			of.revokedByOthers(primaries, read[i].revoke)
		}
	}
}

// revoke adds r to the key with that fingerprint and to the subkeys under it.
func (c *contents) revoke(fingerprint string, r revocation) {
	for i := range c.keys {
		if k := &c.keys[i]; k.Fingerprint == fingerprint || k.Primary == fingerprint {
			k.revocations = append(k.revocations, r)
		}
	}
}

// revokedByOthers calls revoke with each valid revocation by an appointed revoker and the key that it takes
// back.
func (p *primary) revokedByOthers(primaries map[string]*primary, revoke func(fingerprint string, r revocation)) {
	checks := 0
	for _, s := range p.byOthers {
		fingerprint, data := p.takenBackBy(s)
		for _, revoker := range p.revokers[:min(len(p.revokers), maxRevokers)] {
			by := primaries[revoker]
			if by == nil || !s.Names(revoker, by.key.ID) {
				continue
			}
			if checks++; checks > maxRevokerChecks {
				return
			}
			if by.key.Verify(&s.Signature, data...) {
				revoke(fingerprint, newRevocation(&s.Signature))
			}
		}
	}
}

// takenBackBy gives the key that a revocation behind it takes back, and what such a revocation hashes.
func (p *primary) takenBackBy(s placed) (fingerprint string, data [][]byte) {
	if sub, ok := s.behind.(*subkey); ok && s.Kind == wire.KindSubkeyRevocation {
		return sub.key.Fingerprint, [][]byte{p.key.Hashable(), sub.key.Hashable()}
	}
	return p.key.Fingerprint, [][]byte{p.key.Hashable()}
}

const (
	// maxRevokers bounds the revokers of one key; nobody is known to have three.
	maxRevokers = 10
	// maxRevokerChecks bounds the signatures that are computed because they say to be by one of them.
	maxRevokerChecks = 100
)

// shareRevocations gives each copy of a key the revocations of all its copies: a key that its owner took
// back must not live on in another's file. Only copies under one primary key share: who claims another's
// subkey cannot revoke it.
func (x *index) shareRevocations() {
	for _, places := range x.byFingerprint {
		byPrimary := map[string][]revocation{}
		for _, i := range places {
			k := &x.keys[i]
			for _, r := range k.revocations {
				if !slices.Contains(byPrimary[k.Primary], r) {
					byPrimary[k.Primary] = append(byPrimary[k.Primary], r)
				}
			}
		}
		for _, i := range places {
			x.keys[i].revocations = byPrimary[x.keys[i].Primary]
		}
	}
}
