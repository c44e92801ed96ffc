package wire

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
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
		return verifyRSA(k.rsa, s.Hash, digest, s.values[0])
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
		return ed25519.Verify(k.ed25519, digest, s.values[0])
	}
	var signature [ed25519.SignatureSize]byte
	r, t := s.values[0], s.values[1]
	if len(r) > 32 || len(t) > 32 {
		return false
	}
	copy(signature[32-len(r):], r)
	copy(signature[64-len(t):], t)
	return ed25519.Verify(k.ed25519, digest, signature[:])
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

// fastRSABits is the one size for which crypto/rsa has fast multiplication here.
const fastRSABits = 2048

// verifyRSA checks a PKCS #1 v1.5 signature. crypto/rsa is fast for 2048 bits only; for other sizes it
// takes three times as long as math/big, which need not hide anything here, since all is public
// (4096 bits: 288 µs against 105 µs, Go 1.26, amd64). A fuzz test holds both to the same answers.
func verifyRSA(key *rsa.PublicKey, h Hash, digest, signature []byte) bool {
	size := key.Size()
	if len(signature) > size {
		return false
	}
	if key.N.BitLen() == fastRSABits {
		padded := make([]byte, size)
		copy(padded[size-len(signature):], signature)
		return rsa.VerifyPKCS1v15(key, h.crypto(), digest, padded) == nil
	}
	return verifyRSABig(key, h, digest, signature)
}

// verifyRSABig is verifyRSA in math/big. Source: RFC 8017 §8.2.2.
func verifyRSABig(key *rsa.PublicKey, h Hash, digest, signature []byte) bool {
	prefix := digestInfo(h)
	size := key.Size()
	if prefix == "" || size < len(prefix)+len(digest)+11 {
		return false
	}
	s := new(big.Int).SetBytes(signature)
	if s.Cmp(key.N) >= 0 {
		return false
	}
	message := make([]byte, size)
	s.Exp(s, big.NewInt(int64(key.E)), key.N).FillBytes(message)
	want := make([]byte, size)
	want[1] = 1
	text := size - len(prefix) - len(digest)
	for i := 2; i < text-1; i++ {
		want[i] = 0xff
	}
	copy(want[text:], prefix)
	copy(want[text+len(prefix):], digest)
	return string(message) == string(want)
}

// digestInfo is the DER that stands before the digest. Source: RFC 8017 §9.2, note 1; RFC 9580 §5.2.3.1.1
// for the SHA-3 ones.
func digestInfo(h Hash) string {
	switch h {
	case 1:
		return "\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10"
	case 2:
		return "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"
	case 3:
		return "\x30\x21\x30\x09\x06\x05\x2b\x24\x03\x02\x01\x05\x00\x04\x14"
	}
	var arc byte
	switch h {
	case 8:
		arc = 1
	case 9:
		arc = 2
	case 10:
		arc = 3
	case 11:
		arc = 4
	case 12:
		arc = 8
	case 14:
		arc = 10
	default:
		return ""
	}
	length := byte(h.new().Size())
	return string([]byte{
		0x30, 0x11 + length, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, arc,
		0x05, 0x00, 0x04, length,
	})
}
