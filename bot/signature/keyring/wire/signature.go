package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
)

// MaxSignature bounds the body of a signature packet. RSA 8192 needs 1 KiB; notations and an
// embedded back-signature make it a few.
const MaxSignature = 16 << 10

// Kinds of signature. Source: RFC 9580 §5.2.1.
const (
	KindBinary            = 0x00
	KindText              = 0x01
	KindCertification     = 0x10 // to 0x13
	KindSubkeyBinding     = 0x18
	KindPrimaryBinding    = 0x19
	KindDirectKey         = 0x1f
	KindKeyRevocation     = 0x20
	KindSubkeyRevocation  = 0x28
	KindCertificationsEnd = 0x13
	KindUserIDRevocation  = 0x30
)

// Key flags. Source: RFC 9580 §5.2.3.29.
const (
	FlagCertify = 0x01
	FlagSign    = 0x02
)

// Signature is one OpenPGP signature packet of version 4 or 6, or a revocation of version 3. Slices point into the bytes read.
// Only what is in the hashed area is believed; of the unhashed area only the issuer, which is a hint
// where to look, and embedded signatures, which prove themselves.
type Signature struct {
	Version      uint8
	Kind         uint8
	KeyAlgorithm uint8
	Hash         Hash
	// Created is when the signer says it was made, in UTC.
	Created time.Time
	// Lifetime is how long the signature, KeyLifetime how long the signed key holds; 0 is for ever.
	Lifetime, KeyLifetime time.Duration
	// IssuerID is the key id that is named, 0 for none; IssuerFingerprint is upper hex, "" for none.
	// Where both are there they name one key.
	IssuerID          uint64
	IssuerFingerprint string
	// HasFlags tells whether key flags are there, Flags holds their first byte.
	HasFlags bool
	Flags    uint8
	// HasReason tells whether a revocation gives a reason, Reason is its code.
	HasReason bool
	Reason    uint8
	// Critical names the first subpacket that asks not to be relied on unless understood, and is not.
	Critical string
	// Embedded holds the bodies of signatures inside this one.
	Embedded [][]byte
	// Revokers holds the fingerprints, upper hex, of keys that may revoke the signed key.
	Revokers []string

	body   []byte
	hashed []byte // from the version to the end of the hashed area
	salt   []byte
	left   [2]byte
	values [2][]byte
	times  timeCounts
}

// timeCounts counts how often a time was given.
type timeCounts struct{ creations, lifetimes, keyLifetimes int }

// ParseSignature reads the body of a signature packet, to its last byte. A version or algorithm that
// is not judged is an unsupported Error, anything else wrong a malformed one. At most MaxSignature bytes.
// Source: RFC 9580 §5.2.3.
func ParseSignature(body []byte) (Signature, error) {
	s := Signature{body: body}
	if len(body) > MaxSignature {
		return s, malformed(0, "the signature has %d bytes, more than %d", len(body), MaxSignature)
	}
	c := &cursor{body: body}
	s.Version = c.uint8()
	if s.Version == 3 {
		return s, s.readVersion3(c)
	}
	if s.Version != 4 && s.Version != 6 && !c.short {
		return s, unsupported(0, "signatures of version %d are not read", s.Version)
	}
	s.Kind, s.KeyAlgorithm, s.Hash = c.uint8(), c.uint8(), Hash(c.uint8())
	hashed := c.area(s.Version)
	hashedEnd := c.at
	s.hashed = body[:hashedEnd]
	unhashed := c.area(s.Version)
	if c.short {
		return s, malformed(len(body), "the signature is cut off")
	}
	if err := s.readArea(hashed, hashedEnd-len(hashed), true); err != nil {
		return s, err
	}
	if err := s.readArea(unhashed, c.at-len(unhashed), false); err != nil {
		return s, err
	}
	copy(s.left[:], c.take(2))
	if s.Version == 6 {
		s.salt = c.take(int(c.uint8()))
	}
	if c.short {
		return s, malformed(len(body), "the signature is cut off")
	}
	if err := s.checkAreas(c.at); err != nil {
		return s, err
	}
	return s, s.readValues(c)
}

// Ends is when the signature ends by its own word, in UTC; zero is never.
func (s *Signature) Ends() time.Time {
	if s.Lifetime == 0 {
		return time.Time{}
	}
	return s.Created.Add(s.Lifetime)
}

// checkAreas refuses what the areas must have, must have once, or must not contradict.
func (s *Signature) checkAreas(at int) error {
	switch {
	case s.times.creations == 0:
		return malformed(at, "the signature does not say when it was made")
	case s.times.creations > 1 || s.times.lifetimes > 1 || s.times.keyLifetimes > 1:
		return malformed(at, "the signature gives a time twice")
	case s.Version == 6 && s.Hash.saltLength() != len(s.salt):
		return malformed(at, "the salt has %d bytes, not %d as its digest asks", len(s.salt), s.Hash.saltLength())
	}
	return nil
}

// readValues reads the numbers that the algorithm computed; nothing may follow them.
func (s *Signature) readValues(c *cursor) error {
	start, canonical := c.at, true
	switch s.KeyAlgorithm {
	case algorithmRSA, algorithmRSASign:
		s.values[0], canonical = c.mpi()
	case algorithmDSA, algorithmECDSA, algorithmEdDSA:
		var second bool
		s.values[0], canonical = c.mpi()
		s.values[1], second = c.mpi()
		canonical = canonical && second
	case algorithmEd25519:
		s.values[0] = c.take(64)
	case algorithmEd448:
		s.values[0] = c.take(114)
	default:
		return unsupported(2, "public-key algorithm %d is not known here", s.KeyAlgorithm)
	}
	switch {
	case c.short:
		return malformed(len(c.body), "the signature is cut off")
	case !canonical:
		return malformed(start, "a number of the signature is not written as OpenPGP writes it")
	case c.at != len(c.body):
		return malformed(c.at, "%d bytes stand behind the signature", len(c.body)-c.at)
	}
	return nil
}

// readArea reads the subpackets of one area, which begins at offset of the body.
func (s *Signature) readArea(area []byte, offset int, hashed bool) error {
	for at := 0; at < len(area); {
		header, length := subpacketLength(area[at:])
		begin := at + header
		if header == 0 || length == 0 || length > len(area)-begin {
			return malformed(offset+at, "a subpacket of the signature is cut off")
		}
		sub := subpacket{
			kind: area[begin] & 0x7f, critical: area[begin]&0x80 != 0, hashed: hashed,
			data: area[begin+1 : begin+length], offset: offset + begin + 1,
		}
		if err := s.readSubpacket(sub); err != nil {
			return err
		}
		at = begin + length
	}
	return nil
}

// subpacketLength reads a subpacket's length, which counts its kind; header 0 says that there is none.
func subpacketLength(b []byte) (header, length int) {
	if len(b) >= 2 && b[0] >= 192 && b[0] < 255 {
		return 2, int(b[0]-192)<<8 + int(b[1]) + 192
	}
	return newLength(b)
}

// digest hashes data as the signature says: salt, data, hashed area, trailer. It is nil for a digest
// that cannot be computed here. Source: RFC 9580 §5.2.4.
func (s *Signature) digest(data [][]byte) []byte {
	h := s.Hash.new()
	if h == nil {
		return nil
	}
	if len(s.salt) > 0 {
		h.Write(s.salt)
	}
	for _, part := range data {
		h.Write(part)
	}
	h.Write(s.hashed)
	if s.Version == 3 {
		return h.Sum(nil)
	}
	sum := make([]byte, 6, 64)
	sum[0], sum[1] = s.Version, 0xff
	binary.BigEndian.PutUint32(sum[2:], uint32(len(s.hashed)))
	h.Write(sum)
	return h.Sum(sum[:0])
}

// matchesLeft compares the two bytes of the digest that stand in the signature unsigned.
func (s *Signature) matchesLeft(digest []byte) bool {
	return len(digest) >= 2 && bytes.Equal(digest[:2], s.left[:])
}

// Fits tells, cheaply, whether the two open bytes of the digest allow that s is over the concatenation
// of data. It proves nothing.
func (s *Signature) Fits(data ...[]byte) bool { return s.matchesLeft(s.digest(data)) }

// Names tells whether the signature may be by the key with that fingerprint, upper hex, and id.
// A signature that names nobody may be by anybody.
func (s *Signature) Names(fingerprint string, id uint64) bool {
	if s.IssuerFingerprint != "" {
		return s.IssuerFingerprint == fingerprint
	}
	return s.IssuerID == 0 || s.IssuerID == id
}

// upperHex writes b as gpg prints fingerprints.
func upperHex(b []byte) string {
	const digits = "0123456789ABCDEF"
	var text [64]byte // the longest fingerprint
	if len(b) > len(text)/2 {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	for i, c := range b {
		text[2*i], text[2*i+1] = digits[c>>4], digits[c&15]
	}
	return string(text[:2*len(b)])
}

// KeyID writes a key id as gpg prints it, in 16 upper hex digits.
func KeyID(id uint64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], id)
	return upperHex(b[:])
}
