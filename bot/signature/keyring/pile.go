package keyring

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

const (
	// maxPackets bounds one file. Keys with thousands of certifications by strangers exist; those are
	// dropped unverified.
	maxPackets = 20_000
	// maxParts bounds the primary keys, user ids and subkeys of a file, each.
	maxParts = 100
	// maxOwn bounds the signatures of a file by its own keys, maxChecks how many are computed: each
	// costs up to a millisecond, and anything can claim to be by the key.
	maxOwn    = 500
	maxChecks = 1000
	// maxTries bounds how often a part is tried for a signature that strays: each hashes a few kilobytes.
	maxTries = 20_000
)

// pile is the packets of one file before it is known what belongs to what. Signatures decide that, not
// the order in which packets stand: a packet that strays in between takes nothing from anybody.
type pile struct {
	primaries  []*primary
	userIDs    []*userID
	subkeys    []*subkey
	signatures []placed
	// problems are clauses for people about parts that were passed over; secret tells of a secret key.
	problems []string
	secret   bool
	// refused tells that a bound was passed, so that nothing of the file counts.
	refused bool
	packets int
	checks  int
	tries   int

	nearest *primary // the primary key read last, nil where it could not be read
	part    any      // the part read last: *primary, *userID or *subkey
}

// primary is a primary key with what it says of itself.
type primary struct {
	key *wire.PublicKey
	said
	// revokers are fingerprints of keys that may revoke this one; byOthers are signatures that may be theirs.
	revokers []string
	byOthers []placed
	// takenBack are revocations of its direct signatures.
	takenBack []revocation
}

// userID is a user id or attribute with what primary keys say of it.
type userID struct {
	text     string // "" for an attribute
	hashable []byte
	near     *primary
	said     map[*primary]*said
}

// subkey is a subkey with what primary keys say of it.
type subkey struct {
	key  *wire.PublicKey
	near *primary
	said map[*primary]*said
}

// said is what one primary key says of one part.
type said struct {
	grants      []grant
	revocations []revocation
}

// placed is a signature and the part behind which it stood.
type placed struct {
	wire.Signature
	behind any
}

// read takes the packets of one key block. Packets that cannot be read are passed over and named;
// where the framing itself breaks, what stood before it stays.
func (p *pile) read(data []byte) {
	p.nearest, p.part = nil, nil
	for at := 0; at < len(data); {
		packet, next, err := wire.NextPacket(data, at)
		if err != nil {
			p.complain("the block breaks off: %v", err)
			return
		}
		if p.packets++; p.packets > maxPackets {
			p.refuse("packets", maxPackets)
			return
		}
		p.add(packet)
		at = next
	}
}

// maxComplaints bounds the problems that are kept of one file.
const maxComplaints = 50

// complain records a problem once.
func (p *pile) complain(format string, args ...any) {
	if len(p.problems) == maxComplaints {
		return
	}
	if problem := fmt.Sprintf(format, args...); !slices.Contains(p.problems, problem) {
		p.problems = append(p.problems, problem)
	}
}

// refuse gives the file up.
func (p *pile) refuse(what string, limit int) {
	p.refused = true
	p.complain("the file has more than %d %s", limit, what)
}

// add takes one packet. Trust, marker, padding and private packets say nothing to us.
func (p *pile) add(packet wire.Packet) {
	switch packet.Tag {
	case wire.TagSecretKey, wire.TagSecretSubkey:
		p.secret = true
	case wire.TagPublicKey:
		p.addPrimary(packet)
	case wire.TagPublicSubkey:
		p.addSubkey(packet)
	case wire.TagUserID, wire.TagUserAttribute:
		p.addUserID(packet)
	case wire.TagSignature:
		p.addSignature(packet)
	}
}

// addPrimary takes a primary key, once.
func (p *pile) addPrimary(packet wire.Packet) {
	key, err := wire.ParsePublicKey(packet.Body)
	if err != nil {
		p.complain("a primary key is passed over: %v", err)
		return
	}
	for _, have := range p.primaries {
		if have.key.Fingerprint == key.Fingerprint {
			p.nearest, p.part = have, have
			return
		}
	}
	if len(p.primaries) == maxParts {
		p.refuse("primary keys", maxParts)
		return
	}
	p.nearest = &primary{key: key}
	p.primaries, p.part = append(p.primaries, p.nearest), p.nearest
}

// addSubkey takes a subkey, once.
func (p *pile) addSubkey(packet wire.Packet) {
	key, err := wire.ParsePublicKey(packet.Body)
	if err != nil {
		p.complain("a subkey is passed over: %v", err)
		return
	}
	for _, have := range p.subkeys {
		if have.key.Fingerprint == key.Fingerprint {
			p.part = have
			return
		}
	}
	if len(p.subkeys) == maxParts {
		p.refuse("subkeys", maxParts)
		return
	}
	s := &subkey{key: key, near: p.nearest, said: map[*primary]*said{}}
	p.subkeys, p.part = append(p.subkeys, s), s
}

// addUserID takes a user id or attribute, once. Source of what its certifications hash: RFC 9580 §5.2.4.
func (p *pile) addUserID(packet wire.Packet) {
	u := &userID{near: p.nearest, said: map[*primary]*said{}, hashable: lengthPrefixed(0xd1, packet.Body)}
	if packet.Tag == wire.TagUserID {
		u.text, u.hashable = string(packet.Body), lengthPrefixed(0xb4, packet.Body)
	}
	for _, have := range p.userIDs {
		if bytes.Equal(have.hashable, u.hashable) {
			p.part = have
			return
		}
	}
	if len(p.userIDs) == maxParts {
		p.refuse("user ids", maxParts)
		return
	}
	p.userIDs, p.part = append(p.userIDs, u), u
}

// lengthPrefixed writes body behind a mark and its length of four bytes.
func lengthPrefixed(mark byte, body []byte) []byte {
	n := len(body)
	return append([]byte{mark, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// addSignature takes a signature. Old keys carry version 3 certifications by strangers, which are not
// worth a word.
func (p *pile) addSignature(packet wire.Packet) {
	s, err := wire.ParseSignature(packet.Body)
	if e, ok := err.(*wire.Error); ok && e.Unsupported {
		return
	}
	if err != nil {
		p.complain("a signature is passed over: %v", err)
		return
	}
	p.signatures = append(p.signatures, placed{Signature: s, behind: p.part})
}
