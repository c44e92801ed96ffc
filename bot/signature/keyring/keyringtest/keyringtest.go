// Package keyringtest makes OpenPGP and SSH keys, key files, signatures and signed commits for tests,
// packet by packet, so that a test can also make what no program would.
//
// It signs with go-crypto and x/crypto/ssh and shares no code with the readers under test. Keys are new
// in each run; nothing here is for production.
package keyringtest

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Key is an OpenPGP key that can sign.
type Key struct {
	private *packet.PrivateKey
	hash    crypto.Hash
	t       testing.TB
}

// Says is what a signature says besides being one. The zero value of a field leaves it out; Made is
// required.
type Says struct {
	Made time.Time
	// Hash is the digest; if 0, the shortest that the key may use, at least SHA-256.
	Hash crypto.Hash
	// Flags are the key flags, nil for none.
	Flags []byte
	// KeyLife and Life are how long the signed key and the signature hold.
	KeyLife, Life time.Duration
	// Back is the key that makes the back-signature in a binding; BackHash is its digest.
	Back     *Key
	BackHash crypto.Hash
	// Reason is that of a revocation, nil for none.
	Reason *byte
	// Notation is the name of a critical notation.
	Notation string
}

// NewKey makes a key of a kind: ed25519, v6 (an Ed25519 key of version 6), p256, p384, p521,
// brainpoolP256r1, secp256k1, or rsa and a number of bits.
func NewKey(t testing.TB, kind string, made time.Time) *Key {
	t.Helper()
	c := &packet.Config{Time: func() time.Time { return made }, Algorithm: packet.PubKeyAlgoEdDSA}
	var bits int
	switch curve := curves()[kind]; {
	case kind == "ed25519":
	case kind == "v6":
		c.V6Keys, c.Algorithm = true, packet.PubKeyAlgoEd25519
	case curve != "":
		c.Algorithm, c.Curve = packet.PubKeyAlgoECDSA, curve
	default:
		if _, err := fmt.Sscanf(kind, "rsa%d", &bits); err != nil {
			t.Fatalf("NewKey(%q): no such kind", kind)
		}
		c.Algorithm, c.RSABits = packet.PubKeyAlgoRSA, bits
	}
	entity, err := openpgp.NewEntity("", "", "", c)
	if err != nil {
		t.Fatalf("NewKey(%q): %v", kind, err)
	}
	return &Key{private: entity.PrivateKey, hash: usualHash(kind), t: t}
}

// usualHash is the shortest digest that a kind of key may use. Source: RFC 9580 §5.2.3.2.
func usualHash(kind string) crypto.Hash {
	switch kind {
	case "p384":
		return crypto.SHA384
	case "p521":
		return crypto.SHA512
	}
	return crypto.SHA256
}

// curves gives go-crypto's names of the curves.
func curves() map[string]packet.Curve {
	return map[string]packet.Curve{
		"p256": packet.CurveNistP256, "p384": packet.CurveNistP384, "p521": packet.CurveNistP521,
		"brainpoolP256r1": packet.CurveBrainpoolP256, "secp256k1": packet.CurveSecP256k1,
	}
}

// Fingerprint is in upper hex.
func (k *Key) Fingerprint() string { return fmt.Sprintf("%X", k.private.Fingerprint) }

// ID is the key id.
func (k *Key) ID() uint64 { return k.private.KeyId }

// Primary is the packet of the key as a primary key.
func (k *Key) Primary() []byte { return k.public(false) }

// Sub is the packet of the key as a subkey.
func (k *Key) Sub() []byte { return k.public(true) }

// Secret is the packet of the secret key, unprotected.
func (k *Key) Secret() []byte { return k.serialize(k.private.Serialize) }

// public writes the public key with one of its two tags.
func (k *Key) public(sub bool) []byte {
	public := k.private.PublicKey
	public.IsSubkey = sub
	return k.serialize(public.Serialize)
}

// serialize calls write with a buffer.
func (k *Key) serialize(write func(io.Writer) error) []byte {
	k.t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		k.t.Fatalf("write packet: %v", err)
	}
	return b.Bytes()
}

// UserID is the packet of a user id.
func UserID(text string) []byte { return Frame(13, []byte(text)) }

// Frame puts a packet header before body.
func Frame(tag uint8, body []byte) []byte {
	n := len(body)
	return append([]byte{0xc0 | tag, 0xff, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// signature starts a signature packet.
func (k *Key) signature(kind packet.SignatureType, says Says) *packet.Signature {
	s := &packet.Signature{
		Version: k.private.Version, SigType: kind, PubKeyAlgo: k.private.PubKeyAlgo, Hash: says.Hash,
		CreationTime: says.Made, IssuerKeyId: &k.private.KeyId, IssuerKeyVersion: uint8(k.private.Version),
		IssuerFingerprint: k.private.Fingerprint, FlagsValid: says.Flags != nil,
	}
	if says.Hash == 0 {
		s.Hash = k.hash
	}
	if len(says.Flags) > 0 {
		s.FlagCertify, s.FlagSign = says.Flags[0]&1 != 0, says.Flags[0]&2 != 0
		s.FlagEncryptCommunications, s.FlagAuthenticate = says.Flags[0]&4 != 0, says.Flags[0]&0x20 != 0
	}
	if says.KeyLife != 0 {
		n := uint32(says.KeyLife / time.Second)
		s.KeyLifetimeSecs = &n
	}
	if says.Life != 0 {
		n := uint32(says.Life / time.Second)
		s.SigLifetimeSecs = &n
	}
	if says.Reason != nil {
		reason := packet.NewReasonForRevocation(*says.Reason)
		s.RevocationReason = &reason
	}
	if says.Notation != "" {
		s.Notations = []*packet.Notation{{Name: says.Notation, Value: []byte("x"), IsCritical: true, IsHumanReadable: true}}
	}
	return s
}

// plain keeps go-crypto from adding a random notation, for which it has no size with SHA-1.
func plain() *packet.Config {
	no := false
	return &packet.Config{NonDeterministicSignaturesViaNotation: &no}
}

// finish gives the packet of a signature that was made without an error.
func (k *Key) finish(s *packet.Signature, err error) []byte {
	k.t.Helper()
	if err != nil {
		k.t.Fatalf("sign: %v", err)
	}
	return k.serialize(s.Serialize)
}

// Certify signs a user id of the key over.
func (k *Key) Certify(over *Key, userID string, says Says) []byte {
	k.t.Helper()
	s := k.signature(packet.SigTypePositiveCert, says)
	return k.finish(s, s.SignUserId(userID, &over.private.PublicKey, k.private, plain()))
}

// RevokeUserID takes a user id of the key itself back.
func (k *Key) RevokeUserID(userID string, says Says) []byte {
	k.t.Helper()
	s := k.signature(packet.SigTypeCertificationRevocation, says)
	return k.finish(s, s.SignUserId(userID, &k.private.PublicKey, k.private, plain()))
}

// Direct signs the key over directly.
func (k *Key) Direct(over *Key, says Says) []byte {
	k.t.Helper()
	s := k.signature(packet.SigTypeDirectSignature, says)
	return k.finish(s, s.SignDirectKeyBinding(&over.private.PublicKey, k.private, plain()))
}

// Revoke takes the key over back.
func (k *Key) Revoke(over *Key, says Says) []byte {
	k.t.Helper()
	s := k.signature(packet.SigTypeKeyRevocation, says)
	return k.finish(s, s.RevokeKey(&over.private.PublicKey, k.private, plain()))
}

// Bind binds a subkey, with a back-signature by says.Back.
func (k *Key) Bind(sub *Key, says Says) []byte {
	k.t.Helper()
	s := k.signature(packet.SigTypeSubkeyBinding, says)
	if says.Back != nil {
		s.EmbeddedSignature = says.Back.signature(packet.SigTypePrimaryKeyBinding,
			Says{Made: says.Made, Hash: says.BackHash})
		if err := s.EmbeddedSignature.CrossSignKey(&sub.private.PublicKey, &k.private.PublicKey, says.Back.private,
			plain()); err != nil {
			k.t.Fatalf("sign back: %v", err)
		}
	}
	return k.finish(s, s.SignKey(&sub.private.PublicKey, k.private, plain()))
}

// RevokeSub takes a subkey back.
func (k *Key) RevokeSub(sub *Key, says Says) []byte {
	k.t.Helper()
	s := k.signature(packet.SigTypeSubkeyRevocation, says)
	return k.finish(s, s.RevokeSubkey(&sub.private.PublicKey, k.private, plain()))
}

// Sign gives the packet of a signature of a document.
func (k *Key) Sign(document []byte, says Says) []byte {
	k.t.Helper()
	s := k.signature(packet.SigTypeBinary, says)
	h, err := s.PrepareSign(plain())
	if err != nil {
		k.t.Fatalf("sign: %v", err)
	}
	h.Write(document)
	return k.finish(s, s.Sign(h, k.private, plain()))
}

// File is a key file with one primary key that may certify and sign, for ever.
func (k *Key) File(userID string, made time.Time) []byte {
	says := Says{Made: made, Flags: []byte{3}}
	if k.private.Version == 6 {
		return Armour("PUBLIC KEY BLOCK", k.Primary(), k.Direct(k, says), UserID(userID), k.Certify(k, userID, says))
	}
	return Armour("PUBLIC KEY BLOCK", k.Primary(), UserID(userID), k.Certify(k, userID, says))
}

// Armour writes packets as an OpenPGP armour block: what is "PUBLIC KEY BLOCK" or "SIGNATURE".
func Armour(what string, packets ...[]byte) []byte {
	data := bytes.Join(packets, nil)
	crc := crc24(data)
	sum := base64.StdEncoding.EncodeToString([]byte{byte(crc >> 16), byte(crc >> 8), byte(crc)})
	return fmt.Appendf(nil, "-----BEGIN PGP %s-----\n\n%s=%s\n-----END PGP %s-----\n", what, wrap(data, 64), sum, what)
}

// wrap writes data as base64 in lines of that width.
func wrap(data []byte, width int) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for ; len(text) > width; text = text[width:] {
		b.WriteString(text[:width] + "\n")
	}
	return b.String() + text + "\n"
}

// crc24 is the armour's checksum, computed the slow way of RFC 9580 §6.1.1.
func crc24(data []byte) uint32 {
	crc := uint32(0xb704ce)
	for _, b := range data {
		crc ^= uint32(b) << 16
		for range 8 {
			crc <<= 1
			if crc&0x1000000 != 0 {
				crc ^= 0x1864cfb
			}
		}
	}
	return crc & 0xffffff
}
