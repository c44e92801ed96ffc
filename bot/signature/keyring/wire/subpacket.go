package wire

import (
	"encoding/binary"
	"fmt"
	"time"
)

// subpacket is one entry of a signature's areas.
type subpacket struct {
	kind             uint8
	critical, hashed bool
	data             []byte
	offset           int
}

// Kinds of subpacket. Source: RFC 9580 §5.2.3.7.
const (
	subCreated           = 2
	subLifetime          = 3
	subExportable        = 4
	subRevocable         = 7
	subKeyLifetime       = 9
	subPreferredCiphers  = 11
	subRevoker           = 12
	subIssuer            = 16
	subNotation          = 20
	subPreferredHashes   = 21
	subPreferredPackers  = 22
	subServerPreferences = 23
	subKeyServer         = 24
	subPrimaryUserID     = 25
	subPolicy            = 26
	subFlags             = 27
	subSigner            = 28
	subReason            = 29
	subFeatures          = 30
	subEmbedded          = 32
	subIssuerFingerprint = 33
	subPreferredSuites   = 39
)

// maxEmbedded bounds the signatures inside one signature: one back-signature is usual.
const maxEmbedded = 4

// readSubpacket takes what one subpacket says into s.
func (s *Signature) readSubpacket(p subpacket) error {
	if p.critical && s.Critical == "" && !understood(p.kind) {
		s.Critical = p.describe()
	}
	switch p.kind {
	case subIssuer:
		return s.readIssuer(p)
	case subIssuerFingerprint:
		return s.readIssuerFingerprint(p)
	case subEmbedded:
		if len(s.Embedded) == maxEmbedded {
			return malformed(p.offset, "the signature holds more than %d others", maxEmbedded)
		}
		s.Embedded = append(s.Embedded, p.data)
		return nil
	}
	if !p.hashed {
		return nil // nobody signed it, so it says nothing
	}
	return s.readHashed(p)
}

// readHashed takes what a subpacket of the signed area says.
func (s *Signature) readHashed(p subpacket) error {
	switch p.kind {
	case subCreated:
		seconds, err := p.number(&s.times.creations)
		s.Created = time.Unix(int64(seconds), 0).UTC()
		return err
	case subLifetime:
		seconds, err := p.number(&s.times.lifetimes)
		s.Lifetime = time.Duration(seconds) * time.Second
		return err
	case subKeyLifetime:
		seconds, err := p.number(&s.times.keyLifetimes)
		s.KeyLifetime = time.Duration(seconds) * time.Second
		return err
	case subFlags:
		s.addFlags(p.data)
	case subReason:
		if len(p.data) == 0 {
			return malformed(p.offset, "the reason of a revocation is empty")
		}
		s.addReason(p.data[0])
	case subRevoker:
		// Class and algorithm come first. Source: RFC 9580 §5.2.3.23.
		if len(p.data) > 2 && p.data[0]&0x80 != 0 {
			s.Revokers = append(s.Revokers, upperHex(p.data[2:]))
		}
	case subNotation:
		return p.checkNotation()
	}
	return nil
}

// addFlags takes key flags. Given twice, what one of them denies is denied: some readers believe the first,
// others the last.
func (s *Signature) addFlags(data []byte) {
	var flags uint8
	if len(data) > 0 {
		flags = data[0]
	}
	if s.HasFlags {
		flags &= s.Flags
	}
	s.HasFlags, s.Flags = true, flags
}

// addReason takes a revocation's reason. Two that differ are none, which weighs most.
func (s *Signature) addReason(code uint8) {
	if s.HasReason && s.Reason != code {
		code = 0
	}
	s.HasReason, s.Reason = true, code
}

// readIssuer takes the key id. Naming two keys, here or with a fingerprint, is a contradiction.
func (s *Signature) readIssuer(p subpacket) error {
	if len(p.data) != 8 {
		return malformed(p.offset, "the issuer's key id has %d bytes, not 8", len(p.data))
	}
	return s.nameIssuer(binary.BigEndian.Uint64(p.data), "", p.offset)
}

// readIssuerFingerprint takes the fingerprint; of a version that is not known it is skipped.
func (s *Signature) readIssuerFingerprint(p subpacket) error {
	if len(p.data) == 0 {
		return malformed(p.offset, "the issuer's fingerprint is empty")
	}
	fingerprint := p.data[1:]
	switch version := p.data[0]; {
	case version == 4 && len(fingerprint) == 20:
		return s.nameIssuer(binary.BigEndian.Uint64(fingerprint[12:]), upperHex(fingerprint), p.offset)
	case version == 6 && len(fingerprint) == 32:
		return s.nameIssuer(binary.BigEndian.Uint64(fingerprint), upperHex(fingerprint), p.offset)
	}
	return malformed(p.offset, "the issuer's fingerprint is of version %d with %d bytes", p.data[0], len(fingerprint))
}

// nameIssuer records who is named and refuses a second name that differs.
func (s *Signature) nameIssuer(id uint64, fingerprint string, offset int) error {
	if s.IssuerID != 0 && s.IssuerID != id {
		return malformed(offset, "the signature names two keys, %016X and %016X", s.IssuerID, id)
	}
	if fingerprint != "" && s.IssuerFingerprint != "" && s.IssuerFingerprint != fingerprint {
		return malformed(offset, "the signature names two keys, %s and %s", s.IssuerFingerprint, fingerprint)
	}
	s.IssuerID = id
	if fingerprint != "" {
		s.IssuerFingerprint = fingerprint
	}
	return nil
}

// number reads a number of four bytes and counts that it was there.
func (p subpacket) number(count *int) (uint32, error) {
	if len(p.data) != 4 {
		return 0, malformed(p.offset, "a time in the signature has %d bytes, not 4", len(p.data))
	}
	*count++
	return binary.BigEndian.Uint32(p.data), nil
}

// checkNotation refuses a notation whose lengths do not add up. Source: RFC 9580 §5.2.3.24.
func (p subpacket) checkNotation() error {
	if len(p.data) < 8 {
		return malformed(p.offset, "a notation is cut off")
	}
	name, value := binary.BigEndian.Uint16(p.data[4:]), binary.BigEndian.Uint16(p.data[6:])
	if len(p.data) != 8+int(name)+int(value) {
		return malformed(p.offset, "the lengths of a notation do not add up")
	}
	return nil
}

// describe names the subpacket for people.
func (p subpacket) describe() string {
	if p.kind == subNotation {
		return "a notation"
	}
	return fmt.Sprintf("a subpacket of kind %d", p.kind)
}

// understood tells whether a subpacket of that kind may be critical: its meaning is known, and either
// it is acted upon or it only informs. A critical notation is never understood.
func understood(kind uint8) bool {
	switch kind {
	case subCreated, subLifetime, subExportable, subRevocable, subKeyLifetime, subRevoker, subIssuer,
		subPreferredCiphers, subPreferredHashes, subPreferredPackers, subServerPreferences, subKeyServer,
		subPrimaryUserID, subPolicy, subFlags, subSigner, subReason, subFeatures, subEmbedded,
		subIssuerFingerprint, subPreferredSuites:
		return true
	}
	return false
}
