package wire

import "time"

// readVersion3 reads the rest of a signature of version 3, which PGP and GnuPG made until about 2010. Only
// revocations of keys are taken: who took a key back in that form has taken it back. Anything else in it
// is not judged, since it signs neither its issuer nor what it is for. Source: RFC 9580 §5.2.2.
func (s *Signature) readVersion3(c *cursor) error {
	length := c.uint8()
	start := c.at
	s.Kind = c.uint8()
	s.Created = time.Unix(int64(c.uint32()), 0).UTC()
	s.hashed = c.body[start:c.at]
	id := c.take(8)
	s.KeyAlgorithm, s.Hash = c.uint8(), Hash(c.uint8())
	copy(s.left[:], c.take(2))
	switch {
	case c.short:
		return malformed(len(c.body), "the signature is cut off")
	case s.Kind != KindKeyRevocation && s.Kind != KindSubkeyRevocation:
		return unsupported(0, "signatures of version 3 are not read")
	case length != 5:
		return malformed(1, "the signed part of a signature of version 3 has %d bytes, not 5", length)
	}
	for _, b := range id {
		s.IssuerID = s.IssuerID<<8 | uint64(b)
	}
	return s.readValues(c)
}
