package evidence

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// NewKey is a freshly made evidence key, each part armoured.
type NewKey struct {
	// Safe holds all secrets and belongs into the organisation's safe, Server the
	// signing subkey alone; its primary is a stub without a secret (gnu-dummy).
	Safe, Server []byte
	Public       []byte
	// Primary is the fingerprint that auditors pin.
	Primary string
}

// MakeKey makes a certify-only Ed25519 primary and one Ed25519 signing subkey, both
// without expiry: an expired key makes git call good old commits bad
// (evidence-format.md 4). random must be a source of randomness fit for keys, at the
// time of making; the user id is "Vidimus evidence (REPOSITORY)".
func MakeKey(random io.Reader, repository string, at time.Time) (NewKey, error) {
	salted := false
	config := &packet.Config{
		Rand: random, Time: func() time.Time { return at }, DefaultHash: crypto.SHA256,
		Algorithm: packet.PubKeyAlgoEdDSA, Curve: packet.Curve25519,
		NonDeterministicSignaturesViaNotation: &salted,
	}
	e, err := openpgp.NewEntity("Vidimus evidence", repository, "", config)
	if err != nil {
		return NewKey{}, fmt.Errorf("make key: %w", err)
	}
	e.Subkeys = nil // the library adds one for encryption
	for id, identity := range e.Identities {
		identity.SelfSignature.FlagSign = false
		if err := identity.SelfSignature.SignUserId(id, e.PrimaryKey, e.PrivateKey, config); err != nil {
			return NewKey{}, fmt.Errorf("make key: %w", err)
		}
	}
	if err := e.AddSigningSubkey(config); err != nil {
		return NewKey{}, fmt.Errorf("make key: %w", err)
	}
	return exportKey(e)
}

func exportKey(e *openpgp.Entity) (NewKey, error) {
	k := NewKey{Primary: fingerprint(e.PrimaryKey)}
	var safe, server bytes.Buffer
	if err := e.SerializePrivateWithoutSigning(&safe, nil); err != nil {
		return NewKey{}, fmt.Errorf("write key: %w", err)
	}
	primary := packetLength(safe.Bytes())
	stub, err := stubPacket(e.PrimaryKey)
	if err != nil {
		return NewKey{}, err
	}
	server.Write(stub)
	server.Write(safe.Bytes()[primary:])
	if k.Safe, err = armour(openpgp.PrivateKeyType, safe.Bytes()); err != nil {
		return NewKey{}, err
	}
	if k.Server, err = armour(openpgp.PrivateKeyType, server.Bytes()); err != nil {
		return NewKey{}, err
	}
	k.Public, err = publicArmour(e)
	return k, err
}

// stubPacket is a secret key packet without its secret: usage 255, no cipher, the
// GNU mode 1001. Source: GnuPG doc/DETAILS, "GNU extensions to the S2K algorithm".
func stubPacket(k *packet.PublicKey) ([]byte, error) {
	var public bytes.Buffer
	if err := k.Serialize(&public); err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	raw := public.Bytes()
	body := append(bytes.Clone(raw[headerLength(raw):]), 255, 0, 101, 0, 'G', 'N', 'U', 1)
	if len(body) >= 192 {
		return nil, errors.New("write key: the primary is not Ed25519")
	}
	const secretKeyTag = 5
	return append([]byte{0xc0 | secretKeyTag, byte(len(body))}, body...), nil
}

// headerLength and packetLength read the header that the library writes: new format,
// a length of one or two bytes. RFC 9580 §4.2.1.
func headerLength(raw []byte) int {
	if raw[1] < 192 {
		return 2
	}
	return 3
}

func packetLength(raw []byte) int {
	if raw[1] < 192 {
		return 2 + int(raw[1])
	}
	return 3 + (int(raw[1])-192)<<8 + int(raw[2]) + 192
}
