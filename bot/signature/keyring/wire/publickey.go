package wire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1" // a version 4 fingerprint is a SHA-1 by definition
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Public-key algorithms that can sign. Source: RFC 9580 §9.1.
const (
	algorithmRSA     = 1
	algorithmRSASign = 3
	algorithmDSA     = 17
	algorithmECDSA   = 19
	algorithmEdDSA   = 22 // Ed25519 as version 4 keys write it
	algorithmEd25519 = 27
	algorithmEd448   = 28
)

const (
	// maxKeyBody bounds the body of a key packet; RSA 16384 needs 2 KiB.
	maxKeyBody = 8 << 10
	// minRSABits is the smallest RSA key that is not weak. Source: DESIGN.md, "Commit signatures".
	minRSABits = 2048
	// maxRSABits bounds the work that one signature can ask for.
	maxRSABits = 16384
)

// PublicKey is one OpenPGP public key or subkey. It does not change and is safe for concurrent use.
type PublicKey struct {
	// Fingerprint is in upper hex, 40 digits for version 4, 64 for version 6; ID is its key id.
	Fingerprint string
	ID          uint64
	// Created is when the key says it was made, in UTC.
	Created time.Time
	// Algorithm names kind and size for people, like "RSA 4096" or "Ed25519".
	Algorithm string
	// Weak tells that keys of this kind or size are refused.
	Weak bool
	// Signs tells that the algorithm can sign at all.
	Signs bool

	version   uint8
	algorithm uint8
	hashable  []byte // what signatures over the key hash
	ed25519   *edKey
	rsa       *rsaKey
	p256      *p256Key
	ecdsa     *ecdsa.PublicKey  // on other curves of NIST
	packet    *packet.PublicKey // for DSA and for curves that the standard library lacks
}

// ParsePublicKey reads the body of a public key or subkey packet, to its last byte, and asks go-crypto
// for a second reading: both must compute the same fingerprint.
// Keys that can only encrypt are read too, with Signs false. Source: RFC 9580 §5.5.2.
func ParsePublicKey(body []byte) (*PublicKey, error) {
	if len(body) > maxKeyBody {
		return nil, malformed(0, "the key has %d bytes, more than %d", len(body), maxKeyBody)
	}
	if len(body) < 6 {
		return nil, malformed(len(body), "the key is cut off")
	}
	if body[0] != 4 && body[0] != 6 {
		return nil, unsupported(0, "keys of version %d are not read", body[0])
	}
	second, err := secondReading(body)
	if err != nil {
		return nil, err
	}
	k := &PublicKey{
		Created: time.Unix(int64(binary.BigEndian.Uint32(body[1:])), 0).UTC(),
		version: body[0], algorithm: body[5], packet: second,
	}
	k.setFingerprint(body)
	if k.Fingerprint != upperHex(second.Fingerprint) {
		return nil, malformed(0, "two readers disagree on the key's fingerprint")
	}
	c := &cursor{body: body, at: 6}
	if body[0] == 6 {
		c.take(4)
	}
	if err := k.readMaterial(c); err != nil {
		return nil, err
	}
	return k, nil
}

// secondReading parses the key with go-crypto, which must use up all its bytes.
func secondReading(body []byte) (*packet.PublicKey, error) {
	framed := append([]byte{0xc0 | TagPublicKey, 0xff}, binary.BigEndian.AppendUint32(nil, uint32(len(body)))...)
	r := bytes.NewReader(append(framed, body...))
	p, err := packet.Read(r)
	if err != nil {
		return nil, unsupported(0, "the key cannot be read: %v", err)
	}
	key, ok := p.(*packet.PublicKey)
	if !ok || r.Len() != 0 {
		return nil, malformed(len(body)-r.Len(), "%d bytes stand behind the key", r.Len())
	}
	return key, nil
}

// setFingerprint computes fingerprint, key id and what signatures hash. Source: RFC 9580 §5.5.4.
func (k *PublicKey) setFingerprint(body []byte) {
	if body[0] == 6 {
		k.hashable = binary.BigEndian.AppendUint32([]byte{0x9b}, uint32(len(body)))
		k.hashable = append(k.hashable, body...)
		sum := sha256.Sum256(k.hashable)
		k.Fingerprint, k.ID = upperHex(sum[:]), binary.BigEndian.Uint64(sum[:])
		return
	}
	k.hashable = binary.BigEndian.AppendUint16([]byte{0x99}, uint16(len(body)))
	k.hashable = append(k.hashable, body...)
	sum := sha1.Sum(k.hashable)
	k.Fingerprint, k.ID = upperHex(sum[:]), binary.BigEndian.Uint64(sum[12:])
}

// Hashable is what a signature over the key hashes of it. Source: RFC 9580 §5.2.4.
func (k *PublicKey) Hashable() []byte { return k.hashable }

// readMaterial takes the key's numbers, names its algorithm and tells whether it is weak.
func (k *PublicKey) readMaterial(c *cursor) error {
	switch k.algorithm {
	case algorithmRSA, algorithmRSASign:
		return k.readRSA(c)
	case algorithmDSA:
		bits, _ := k.packet.BitLength()
		k.Algorithm, k.Signs, k.Weak = fmt.Sprintf("DSA %d", bits), true, true
	case algorithmECDSA:
		return k.readECDSA(c)
	case algorithmEdDSA:
		return k.readEdDSA(c)
	case algorithmEd25519:
		k.Algorithm, k.Signs, k.ed25519 = "Ed25519", true, newEdKey(bytes.Clone(c.take(ed25519.PublicKeySize)))
	case algorithmEd448:
		k.Algorithm, k.Signs = "Ed448", true
	default:
		k.Algorithm = fmt.Sprintf("algorithm %d", k.algorithm)
	}
	if c.short {
		return malformed(c.at, "the key is cut off")
	}
	return nil
}

// readRSA takes modulus and exponent. Exponents under 3 or even make signatures that anybody can
// compute; go-crypto has refused those over 24 bits already.
func (k *PublicKey) readRSA(c *cursor) error {
	modulus, _ := c.mpi()
	exponent, _ := c.mpi()
	n, e := new(big.Int).SetBytes(modulus), new(big.Int).SetBytes(exponent)
	switch {
	case c.short:
		return malformed(c.at, "the key is cut off")
	case e.BitLen() > 24 || e.Int64() < 3 || e.Bit(0) == 0:
		return unsupported(6, "an RSA key with the exponent %v is not safe", e)
	case n.Bit(0) == 0 || n.BitLen() > maxRSABits:
		return unsupported(6, "an RSA key of %d bits, or with an even modulus, is not read", n.BitLen())
	}
	k.rsa = newRSAKey(&rsa.PublicKey{N: n, E: int(e.Int64())})
	k.Algorithm, k.Signs, k.Weak = fmt.Sprintf("RSA %d", n.BitLen()), true, n.BitLen() < minRSABits
	return nil
}

// readECDSA takes the point of a NIST curve; go-crypto computes the other curves.
func (k *PublicKey) readECDSA(c *cursor) error {
	oid := c.take(int(c.uint8()))
	point, _ := c.mpi()
	if c.short {
		return malformed(c.at, "the key is cut off")
	}
	curve, name := namedCurve(oid)
	k.Algorithm, k.Signs = "ECDSA "+name, true
	if curve == nil {
		return nil
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return malformed(6, "the key is not a point of its curve")
	}
	if curve == elliptic.P256() {
		k.p256 = &p256Key{public: key}
	} else {
		k.ecdsa = key
	}
	return nil
}

// namedCurve gives a curve by its object identifier: nil where the standard library lacks it.
// Source: RFC 9580 §9.2.
func namedCurve(oid []byte) (elliptic.Curve, string) {
	switch string(oid) {
	case "\x2a\x86\x48\xce\x3d\x03\x01\x07":
		return elliptic.P256(), "P-256"
	case "\x2b\x81\x04\x00\x22":
		return elliptic.P384(), "P-384"
	case "\x2b\x81\x04\x00\x23":
		return elliptic.P521(), "P-521"
	case "\x2b\x81\x04\x00\x0a":
		return nil, "secp256k1"
	case "\x2b\x24\x03\x03\x02\x08\x01\x01\x07":
		return nil, "brainpoolP256r1"
	case "\x2b\x24\x03\x03\x02\x08\x01\x01\x0b":
		return nil, "brainpoolP384r1"
	case "\x2b\x24\x03\x03\x02\x08\x01\x01\x0d":
		return nil, "brainpoolP512r1"
	}
	return nil, fmt.Sprintf("curve %x", oid)
}

// readEdDSA takes an Ed25519 point, which stands behind the byte 0x40; go-crypto has refused others
// but Ed448, which it computes.
func (k *PublicKey) readEdDSA(c *cursor) error {
	oid := c.take(int(c.uint8()))
	point, _ := c.mpi()
	k.Signs = true
	switch {
	case c.short:
		return malformed(c.at, "the key is cut off")
	case string(oid) != "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01":
		k.Algorithm = "EdDSA " + fmt.Sprintf("curve %x", oid)
		return nil
	case len(point) != 1+ed25519.PublicKeySize || point[0] != 0x40:
		return malformed(6, "the key is not an Ed25519 point")
	}
	k.Algorithm, k.ed25519 = "Ed25519", newEdKey(bytes.Clone(point[1:]))
	return nil
}

// errNotSignature cannot happen to what ParseSignature has read.
var errNotSignature = errors.New("go-crypto reads no signature in it")

// secondSignature parses a signature with go-crypto, for the algorithms that it computes for us.
func secondSignature(body []byte) (*packet.Signature, error) {
	framed := append([]byte{0xc0 | TagSignature, 0xff}, binary.BigEndian.AppendUint32(nil, uint32(len(body)))...)
	p, err := packet.Read(bytes.NewReader(append(framed, body...)))
	if err != nil {
		return nil, fmt.Errorf("read signature: %w", err)
	}
	s, ok := p.(*packet.Signature)
	if !ok {
		return nil, errNotSignature
	}
	return s, nil
}
