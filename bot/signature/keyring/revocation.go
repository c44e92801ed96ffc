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
			for _, r := range of.revocationsByOthers(primaries) {
				read[i].revoke(of.key.Fingerprint, r)
			}
		}
	}
}

// revoke adds r to the keys under that primary key.
func (c *contents) revoke(primary string, r revocation) {
	for i := range c.keys {
		if c.keys[i].Primary == primary {
			c.keys[i].revocations = append(c.keys[i].revocations, r)
		}
	}
}

// revocationsByOthers gives the valid revocations by appointed revokers.
func (p *primary) revocationsByOthers(primaries map[string]*primary) []revocation {
	var found []revocation
	for _, s := range p.byOthers[:min(len(p.byOthers), maxRevokers)] {
		for _, fingerprint := range p.revokers[:min(len(p.revokers), maxRevokers)] {
			by := primaries[fingerprint]
			if by != nil && s.Names(fingerprint, by.key.ID) && by.key.Verify(s, p.key.Hashable()) {
				found = append(found, newRevocation(s))
			}
		}
	}
	return found
}

// maxRevokers bounds revokers, and signatures that may be theirs.
const maxRevokers = 10

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
