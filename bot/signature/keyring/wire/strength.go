package wire

import "strings"

// Version is that of the key's packet, 4 or 6.
func (k *PublicKey) Version() uint8 { return k.version }

// LongEnough tells whether a digest is as long as signatures by k need; shorter ones must be rejected.
// Source: RFC 9580 §5.2.3.2 to §5.2.3.5.
func (k *PublicKey) LongEnough(h Hash) bool {
	known := h.new()
	return known != nil && known.Size() >= k.minDigest()
}

// minDigest is how many bytes a digest must have at least, 0 where the algorithm asks for none.
func (k *PublicKey) minDigest() int {
	switch name := k.Algorithm; {
	case strings.HasSuffix(name, "384") || strings.HasSuffix(name, "P384r1"):
		return 384 / 8
	case strings.HasSuffix(name, "521") || strings.HasSuffix(name, "P512r1") || k.algorithm == algorithmEd448:
		return 512 / 8
	case k.algorithm == algorithmECDSA || k.algorithm == algorithmEdDSA || k.algorithm == algorithmEd25519:
		return 256 / 8
	}
	return 0
}
