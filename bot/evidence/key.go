package evidence

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Key is the bot's evidence key with the one secret that signs. It does not change
// and may be used by many goroutines.
type Key struct {
	public  Keys
	armour  []byte
	primary string
	secret  *packet.PrivateKey
}

// ReadKey reads one armoured private key without passphrase, at most MaxKeyBytes:
// either a certify-only primary, whose secret is best absent (gnu-dummy), with one
// signing subkey, or a simple key whose primary signs. Only keys that sign without
// randomness are taken (Ed25519, RSA of 2048 bits and more), because a bundle must
// have the same bytes whenever it is made.
func ReadKey(armoured []byte) (*Key, error) {
	if len(armoured) > MaxKeyBytes {
		return nil, fmt.Errorf("key of %d bytes, more than %d", len(armoured), MaxKeyBytes)
	}
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(armoured))
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	if len(entities) != 1 {
		return nil, fmt.Errorf("%d keys in one file, want one", len(entities))
	}
	e := entities[0]
	secret, err := signingSecret(e)
	if err != nil {
		return nil, err
	}
	if secret.Version != 4 || !deterministic(&secret.PublicKey) {
		return nil, errors.New("the signing key is not of a kind that is taken here: Ed25519 or RSA of 2048 bits and more, OpenPGP version 4")
	}
	public, err := publicArmour(e)
	if err != nil {
		return nil, err
	}
	keys, err := ReadKeys(public)
	if err != nil {
		return nil, err
	}
	return &Key{public: keys, armour: public, primary: fingerprint(e.PrimaryKey), secret: secret}, nil
}

// signingSecret finds the one secret that may sign.
func signingSecret(e *openpgp.Entity) (*packet.PrivateKey, error) {
	var found []*packet.PrivateKey
	locked := false
	take := func(p *packet.PrivateKey) {
		switch {
		case p == nil || p.Dummy():
		case p.Encrypted:
			locked = true
		default:
			found = append(found, p)
		}
	}
	for _, sub := range e.Subkeys {
		if sub.Sig != nil && sub.Sig.FlagsValid && sub.Sig.FlagSign && len(sub.Revocations) == 0 {
			take(sub.PrivateKey)
		}
	}
	if self, _ := e.PrimarySelfSignature(); len(found) == 0 && self != nil && self.FlagsValid && self.FlagSign {
		take(e.PrivateKey)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("%d secrets that may sign, want one: leave only the newest signing subkey on the server", len(found))
	case locked:
		return nil, errors.New("the signing key is locked by a passphrase: store it without one, where only the server can read it")
	default:
		return nil, errors.New("no secret in it may sign: export the signing subkey (gpg --export-secret-subkeys)")
	}
}

// publicArmour writes the public part with user ids in order, so that the same key
// always has the same bytes; the library keeps them in a map.
func publicArmour(e *openpgp.Entity) ([]byte, error) {
	var b bytes.Buffer
	parts := []interface{ Serialize(io.Writer) error }{e.PrimaryKey}
	add := func(sigs ...*packet.Signature) {
		for _, s := range sigs {
			parts = append(parts, s)
		}
	}
	add(e.Revocations...)
	add(e.Signatures...)
	names := make([]string, 0, len(e.Identities))
	for name := range e.Identities {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		parts = append(parts, e.Identities[name].UserId)
		add(e.Identities[name].Signatures...)
	}
	for _, sub := range e.Subkeys {
		parts = append(parts, sub.PublicKey)
		add(sub.Revocations...)
		add(sub.Sig)
	}
	for _, p := range parts {
		if err := p.Serialize(&b); err != nil {
			return nil, fmt.Errorf("write public key: %w", err)
		}
	}
	return armour(openpgp.PublicKeyType, b.Bytes())
}

// Primary is the fingerprint that auditors pin, in upper-case hex.
func (k *Key) Primary() string { return k.primary }

// Signing is the fingerprint of the key that makes the signatures.
func (k *Key) Signing() string { return fingerprint(&k.secret.PublicKey) }

// Public are the public keys, to verify what k signed.
func (k *Key) Public() Keys { return k.public }

// PublicArmour is the armoured public key, keys/vidimus.asc.
func (k *Key) PublicArmour() []byte { return bytes.Clone(k.armour) }

// Sign makes a detached armoured signature over data with the creation time at. The
// same data and time give the same bytes. at must not be before the key was made.
func (k *Key) Sign(data []byte, at time.Time) ([]byte, error) {
	if at.Before(k.secret.CreationTime) {
		return nil, fmt.Errorf("sign: %s is before the key was made", timeText(at))
	}
	salted := false
	config := &packet.Config{NonDeterministicSignaturesViaNotation: &salted}
	id := k.secret.KeyId
	sig := &packet.Signature{
		Version: 4, SigType: packet.SigTypeBinary, PubKeyAlgo: k.secret.PubKeyAlgo,
		Hash: crypto.SHA256, CreationTime: at, IssuerKeyId: &id,
	}
	h, err := sig.PrepareSign(config)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	h.Write(data)
	if err := sig.Sign(h, k.secret, config); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var raw bytes.Buffer
	if err := sig.Serialize(&raw); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	armoured, err := armour(openpgp.SignatureType, raw.Bytes())
	if err != nil {
		return nil, err
	}
	// What could not be verified later must not be published now.
	if _, err := k.public.Verify(data, armoured); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return armoured, nil
}

// timeLayout is how all formats write times: UTC, whole seconds.
const timeLayout = "2006-01-02T15:04:05Z"

func timeText(t time.Time) string { return t.UTC().Format(timeLayout) }
