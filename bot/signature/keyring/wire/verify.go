package wire

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"math/big"
)

// Verify reports whether s is a signature by k over the concatenation of data, by the mathematics
// alone: digests and keys that are weak verify too, and time plays no part. A digest that is not Known
// never verifies, nor does a signature of another version than its key, but for revocations of version 3
// by keys of version 4. The two unsigned bytes of the digest in the signature must be right as well, but for
// RSA, which signs the digest visibly: half of what GitHub signed until 2024 has them wrong.
// Source: RFC 9580 §5.2.4.
func (k *PublicKey) Verify(s *Signature, data ...[]byte) bool {
	if k.algorithm != s.KeyAlgorithm || k.version != max(s.Version, 4) || !k.Signs {
		return false
	}
	digest := s.digest(data)
	if digest == nil || k.rsa == nil && !s.matchesLeft(digest) {
		return false
	}
	switch {
	case k.ed25519 != nil:
		return k.verifyEd25519(s, digest)
	case k.rsa != nil:
		return k.rsa.verify(s.Hash, digest, s.values[0])
	case k.p256 != nil:
		return k.p256.verify(digest, s.values[0], s.values[1])
	case k.ecdsa != nil:
		r, t := new(big.Int).SetBytes(s.values[0]), new(big.Int).SetBytes(s.values[1])
		return ecdsa.Verify(k.ecdsa, digest, r, t)
	}
	return k.verifyByGoCrypto(s, data)
}

// SameAlgorithm tells whether s says that it was made by a key of k's algorithm.
func (k *PublicKey) SameAlgorithm(s *Signature) bool { return k.algorithm == s.KeyAlgorithm }

// verifyEd25519 puts the signature's two halves together: as one string in version 6, as two numbers
// without their leading zeros in version 4.
func (k *PublicKey) verifyEd25519(s *Signature, digest []byte) bool {
	if s.KeyAlgorithm == algorithmEd25519 {
		return k.ed25519.verify(digest, (*[ed25519.SignatureSize]byte)(s.values[0]))
	}
	var signature [ed25519.SignatureSize]byte
	r, t := s.values[0], s.values[1]
	if len(r) > 32 || len(t) > 32 {
		return false
	}
	copy(signature[32-len(r):], r)
	copy(signature[64-len(t):], t)
	return k.ed25519.verify(digest, &signature)
}

// verifyByGoCrypto computes what the standard library does not.
func (k *PublicKey) verifyByGoCrypto(s *Signature, data [][]byte) bool {
	second, err := secondSignature(s.body)
	if err != nil {
		return false
	}
	h, err := second.PrepareVerify()
	if err != nil {
		return false
	}
	for _, part := range data {
		h.Write(part)
	}
	return k.packet.VerifySignature(h, second) == nil
}
