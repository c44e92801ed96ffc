package keyringtest

import (
	"bytes"
	"crypto"
	_ "crypto/md5" // digests that nobody should use any more
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // the same
	_ "crypto/sha3"
	_ "crypto/sha512"
	"encoding/binary"
	"slices"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/ecdsa"
	"github.com/ProtonMail/go-crypto/openpgp/ed25519"
	"github.com/ProtonMail/go-crypto/openpgp/eddsa"
	_ "golang.org/x/crypto/ripemd160" //lint:ignore SA1019 revocations of the last century use it
)

// Raw is a version 4 signature by a key other than of version 6, of which each part can be said. It has no
// subpackets but those named.
type Raw struct {
	Kind             byte
	Hashed, Unhashed []byte
	// Hash is the digest; if 0, the shortest that the key may use, at least SHA-256.
	Hash crypto.Hash
	// Change edits the body before the packet header is put before it; nil leaves it.
	Change func(body []byte) []byte
}

// SignRaw makes the packet of a signature over data. A key of version 6 makes one of version 4 too, which no
// program would.
func (k *Key) SignRaw(r Raw, data ...[]byte) []byte {
	k.t.Helper()
	if r.Hash == 0 {
		r.Hash = k.hash
	}
	number, sum := k.digest(r.Hash)
	head := binary.BigEndian.AppendUint16([]byte{4, r.Kind, byte(k.private.PubKeyAlgo), number}, uint16(len(r.Hashed)))
	head = append(head, r.Hashed...)
	digest := sum(append(slices.Clone(data), head, binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(head))))...)
	body := binary.BigEndian.AppendUint16(head, uint16(len(r.Unhashed)))
	body = append(append(body, r.Unhashed...), digest[:2]...)
	body = append(body, k.values(r.Hash, digest)...)
	if r.Change != nil {
		body = r.Change(body)
	}
	return Frame(2, body)
}

// SignV3 makes the packet of a signature of version 3 over data, which has no subpackets.
// Source: RFC 9580 §5.2.2.
func (k *Key) SignV3(kind byte, made time.Time, data ...[]byte) []byte {
	k.t.Helper()
	number, sum := k.digest(k.hash)
	claims := binary.BigEndian.AppendUint32([]byte{kind}, uint32(made.Unix()))
	digest := sum(append(slices.Clone(data), claims)...)
	body := binary.BigEndian.AppendUint64(append([]byte{3, 5}, claims...), k.ID())
	body = append(body, byte(k.private.PubKeyAlgo), number, digest[0], digest[1])
	return Frame(2, append(body, k.values(k.hash, digest)...))
}

// digest gives OpenPGP's number of a digest, and the function that computes it.
func (k *Key) digest(h crypto.Hash) (number byte, sum func(data ...[]byte) []byte) {
	k.t.Helper()
	numbers := map[crypto.Hash]byte{
		crypto.MD5: 1, crypto.SHA1: 2, crypto.RIPEMD160: 3, crypto.SHA256: 8, crypto.SHA384: 9, crypto.SHA512: 10,
		crypto.SHA224: 11, crypto.SHA3_256: 12, crypto.SHA3_512: 14,
	}
	number, known := numbers[h]
	if !known {
		k.t.Fatalf("no digest %v in OpenPGP", h)
	}
	return number, func(data ...[]byte) []byte {
		d := h.New()
		for _, part := range data {
			d.Write(part)
		}
		return d.Sum(nil)
	}
}

// values signs digest and writes the numbers as the key's algorithm does.
func (k *Key) values(h crypto.Hash, digest []byte) []byte {
	k.t.Helper()
	var numbers [][]byte
	var err error
	switch secret := k.private.PrivateKey.(type) {
	case *eddsa.PrivateKey:
		x, y, failed := eddsa.Sign(secret, digest)
		numbers, err = [][]byte{x, y}, failed
	case *ecdsa.PrivateKey:
		x, y, failed := ecdsa.Sign(rand.Reader, secret, digest)
		if failed != nil {
			k.t.Fatalf("sign: %v", failed)
		}
		numbers = [][]byte{x.Bytes(), y.Bytes()}
	case *rsa.PrivateKey:
		if h == crypto.RIPEMD160 { // OpenPGP has another identifier for it than crypto/rsa
			h, digest = 0, append([]byte("\x30\x21\x30\x09\x06\x05\x2b\x24\x03\x02\x01\x05\x00\x04\x14"), digest...)
		}
		value, failed := rsa.SignPKCS1v15(nil, secret, h, digest)
		numbers, err = [][]byte{value}, failed
	case *ed25519.PrivateKey:
		signature, failed := ed25519.Sign(secret, digest)
		if failed != nil {
			k.t.Fatalf("sign: %v", failed)
		}
		return signature
	default:
		k.t.Fatalf("signing raw with a %T is not made here", secret)
	}
	if err != nil {
		k.t.Fatalf("sign: %v", err)
	}
	var out []byte
	for _, n := range numbers {
		out = append(out, number(n)...)
	}
	return out
}

// number writes a multiprecision integer.
func number(b []byte) []byte {
	b = bytes.TrimLeft(b, "\x00")
	bits := 8 * len(b)
	for mask := byte(0x80); bits > 0 && b[0]&mask == 0; mask >>= 1 {
		bits--
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(bits)), b...)
}

// Subpacket writes one subpacket; kind has the critical bit 0x80 or not.
func Subpacket(kind byte, data ...byte) []byte {
	return append([]byte{0xff, 0, 0, byte((len(data) + 1) >> 8), byte(len(data) + 1), kind}, data...)
}

// MadeAt is the subpacket that says when a signature was made.
func MadeAt(made time.Time) []byte {
	return Subpacket(2, binary.BigEndian.AppendUint32(nil, uint32(made.Unix()))...)
}

// IssuedBy is the subpacket that names a key by its fingerprint.
func IssuedBy(k *Key) []byte {
	return Subpacket(33, append([]byte{byte(k.private.Version)}, k.private.Fingerprint...)...)
}

// IssuedByID is the subpacket that names a key by its id.
func IssuedByID(id uint64) []byte { return Subpacket(16, binary.BigEndian.AppendUint64(nil, id)...) }

// Flags is the subpacket of key flags.
func Flags(flags ...byte) []byte { return Subpacket(27, flags...) }

// Lasts is the subpacket that says how long the signature holds, KeyLasts how long the signed key does.
func Lasts(d time.Duration) []byte { return Subpacket(3, seconds(d)...) }

// KeyLasts is the subpacket that says how long the signed key holds.
func KeyLasts(d time.Duration) []byte { return Subpacket(9, seconds(d)...) }

// seconds writes a duration.
func seconds(d time.Duration) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(d/time.Second))
}

// Appoints is the subpacket that names k as a revoker; class is 0x80, or 0xc0 for a sensitive one.
func Appoints(class byte, k *Key) []byte {
	return Subpacket(12, append([]byte{class, byte(k.private.PubKeyAlgo)}, k.private.Fingerprint...)...)
}

// CriticalNotation is the subpacket of a notation that nobody here understands, with the critical bit.
func CriticalNotation() []byte {
	return Subpacket(0x80|20, append([]byte{0x80, 0, 0, 0, 0, 4, 0, 1}, "n@ex1"...)...)
}

// UserIDHashable is what a certification hashes of a user id. Source: RFC 9580 §5.2.4.
func UserIDHashable(text string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0xb4}, uint32(len(text))), text...)
}

// Hashable is what a signature over the key hashes of it.
func (k *Key) Hashable() []byte { return k.serialize(k.private.SerializeForHash) }
