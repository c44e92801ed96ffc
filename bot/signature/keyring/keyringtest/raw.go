package keyringtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/ed25519"
	"github.com/ProtonMail/go-crypto/openpgp/eddsa"
)

// Raw is a version 4 signature by an Ed25519 key, of which each part can be said. It has no subpackets
// but those named.
type Raw struct {
	Kind             byte
	Hashed, Unhashed []byte
	// Change edits the body before the packet header is put before it; nil leaves it.
	Change func(body []byte) []byte
}

// SignRaw makes the packet of a signature over data, with SHA-256. A key of version 6 makes one of
// version 4 too, which no program would.
func (k *Key) SignRaw(r Raw, data ...[]byte) []byte {
	k.t.Helper()
	algorithm := byte(k.private.PubKeyAlgo)
	head := binary.BigEndian.AppendUint16([]byte{4, r.Kind, algorithm, 8}, uint16(len(r.Hashed)))
	head = append(head, r.Hashed...)
	trailer := binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(head)))
	digest := sha256.Sum256(bytes.Join(append(data, head, trailer), nil))
	body := binary.BigEndian.AppendUint16(head, uint16(len(r.Unhashed)))
	body = append(append(body, r.Unhashed...), digest[:2]...)
	body = append(body, k.values(digest[:])...)
	if r.Change != nil {
		body = r.Change(body)
	}
	return Frame(2, body)
}

// values signs digest and writes the numbers as the key's algorithm does.
func (k *Key) values(digest []byte) []byte {
	k.t.Helper()
	switch secret := k.private.PrivateKey.(type) {
	case *eddsa.PrivateKey:
		x, y, err := eddsa.Sign(secret, digest)
		if err != nil {
			k.t.Fatalf("sign: %v", err)
		}
		return append(number(x), number(y)...)
	case *ed25519.PrivateKey:
		signature, err := ed25519.Sign(secret, digest)
		if err != nil {
			k.t.Fatalf("sign: %v", err)
		}
		return signature
	}
	k.t.Fatalf("SignRaw needs an Ed25519 key, not a %T", k.private.PrivateKey)
	return nil
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

// Hashable is what a signature over the key hashes of it.
func (k *Key) Hashable() []byte { return k.serialize(k.private.SerializeForHash) }
