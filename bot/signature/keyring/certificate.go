package keyring

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

const (
	// maxPackets bounds one key block. Keys with thousands of certifications by strangers exist; they
	// are skipped unverified.
	maxPackets = 20_000
	// maxChecks bounds how many signatures of one certificate are verified: each costs up to a
	// millisecond, and a file may hold any number that claim to be by its own key.
	maxChecks = 400
)

// certificate is an OpenPGP primary key with what stands behind it in its block.
type certificate struct {
	primary *wire.PublicKey // nil where it could not be read
	direct  []wire.Signature
	userIDs []userID
	subkeys []subkey
	// revokers are fingerprints of keys that the owner has allowed to revoke this one.
	revokers []string
	// problems are clauses for people about packets that were passed over.
	problems []string
	checks   int
}

// userID is a user id or attribute with the signatures behind it.
type userID struct {
	text       string // "" for an attribute
	hashable   []byte
	signatures []wire.Signature
}

// subkey is a subkey with the signatures behind it.
type subkey struct {
	key        *wire.PublicKey
	signatures []wire.Signature
}

// blockReader splits a block into certificates.
type blockReader struct {
	certificates []certificate
	problems     []string
	secret       bool
	// place takes the signatures that follow; nil where the key before them could not be read.
	place *[]wire.Signature
}

// readBlock reads the packets of one key block. Packets that cannot be read are passed over and named;
// where the framing itself breaks, what stood before it stays.
func readBlock(data []byte) *blockReader {
	r := &blockReader{}
	for at, n := 0, 0; at < len(data); n++ {
		p, next, err := wire.NextPacket(data, at)
		if err != nil || n == maxPackets {
			r.complain("the block breaks off at byte %d", at)
			return r
		}
		r.add(p)
		at = next
	}
	return r
}

// complain records a problem of the certificate at hand, or of the block before the first one.
func (r *blockReader) complain(format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if c := r.current(); c != nil {
		c.problems = append(c.problems, problem)
		return
	}
	r.problems = append(r.problems, problem)
}

// current is the certificate that is being read, nil before the first.
func (r *blockReader) current() *certificate {
	if len(r.certificates) == 0 {
		return nil
	}
	return &r.certificates[len(r.certificates)-1]
}

// add takes one packet to where it belongs.
func (r *blockReader) add(p wire.Packet) {
	switch p.Tag {
	case wire.TagSecretKey, wire.TagSecretSubkey:
		r.secret, r.place = true, nil
	case wire.TagPublicKey:
		r.addPrimary(p)
	case wire.TagPublicSubkey, wire.TagUserID, wire.TagUserAttribute:
		r.addPart(p)
	case wire.TagSignature:
		r.addSignature(p)
	}
	// Trust, marker, padding and private packets say nothing to us.
}

// addPrimary starts a certificate. One that cannot be read hides what follows, up to the next.
func (r *blockReader) addPrimary(p wire.Packet) {
	key, err := wire.ParsePublicKey(p.Body)
	r.certificates = append(r.certificates, certificate{primary: key})
	if err != nil {
		r.place = nil
		r.complain("a primary key is passed over: %v", err)
		return
	}
	r.place = &r.current().direct
}

// addPart takes a user id or subkey to the certificate at hand.
func (r *blockReader) addPart(p wire.Packet) {
	c := r.current()
	r.place = nil
	if c == nil || c.primary == nil {
		return
	}
	if p.Tag == wire.TagPublicSubkey {
		key, err := wire.ParsePublicKey(p.Body)
		if err != nil {
			r.complain("a subkey is passed over: %v", err)
			return
		}
		c.subkeys = append(c.subkeys, subkey{key: key})
		r.place = &c.subkeys[len(c.subkeys)-1].signatures
		return
	}
	c.userIDs = append(c.userIDs, newUserID(p))
	r.place = &c.userIDs[len(c.userIDs)-1].signatures
}

// newUserID prepares what certifications of it hash. Source: RFC 9580 §5.2.4.
func newUserID(p wire.Packet) userID {
	if p.Tag == wire.TagUserID {
		return userID{text: string(p.Body), hashable: lengthPrefixed(0xb4, p.Body)}
	}
	return userID{hashable: lengthPrefixed(0xd1, p.Body)}
}

// lengthPrefixed writes body behind a mark and its length of four bytes.
func lengthPrefixed(mark byte, body []byte) []byte {
	n := len(body)
	return append([]byte{mark, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// addSignature takes a signature to the part it follows. Those by strangers are left out here already.
func (r *blockReader) addSignature(p wire.Packet) {
	if r.place == nil {
		return
	}
	s, err := wire.ParseSignature(p.Body)
	if err != nil {
		// Old keys carry version 3 certifications by strangers: only what could be the owner's is told.
		if e, ok := err.(*wire.Error); !ok || !e.Unsupported {
			r.complain("a signature is passed over: %v", err)
		}
		return
	}
	*r.place = append(*r.place, s)
}

// own tells whether s says it is by the certificate's primary key.
func (c *certificate) own(s *wire.Signature) bool {
	return s.Names(c.primary.Fingerprint, c.primary.ID)
}

// checked verifies s, counts it, and tells of one that claims to be by the key and is not.
func (c *certificate) checked(key *wire.PublicKey, s *wire.Signature, data ...[]byte) bool {
	if c.checks++; c.checks > maxChecks {
		return false
	}
	if key.Verify(s, data...) {
		return true
	}
	if s.IssuerID != 0 {
		c.problems = append(c.problems, fmt.Sprintf("a signature (kind %#02x) by the key itself does not verify and is passed over", s.Kind))
	}
	return false
}
