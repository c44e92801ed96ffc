package evidence

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Bounds of what is read of keys and signatures. A key with ten rotations has some
// 4 KB, a signature by RSA 4096 under 1 KB.
const (
	MaxKeyBytes       = 256 << 10
	MaxSignatureBytes = 8 << 10
	maxPrimaries      = 64
)

// ErrBadSignature is the cause of every refusal by Keys.Verify.
var ErrBadSignature = errors.New("not a good signature by the evidence key")

// Keys are public evidence keys: what a detached signature is verified against.
// The zero value knows none and refuses everything. Keys do not change and may be
// used by many goroutines.
type Keys struct {
	byFingerprint map[string]publicKey
	entities      openpgp.EntityList
}

// publicKey is one key that may sign evidence.
type publicKey struct {
	key     *packet.PublicKey
	primary string
	revoked bool
}

// Signer says which key made a signature: fingerprints in upper-case hex, as gpg
// prints them. At is what the signature claims, in UTC. Revoked: the key that
// signed was revoked, whenever; a thief chooses a signature's time, so only the
// position in the ledger can tell what it still proves (evidence-format.md 4).
type Signer struct {
	Primary string
	Signing string
	At      time.Time
	Revoked bool
}

// ReadKeys reads one armoured block of public keys, at most MaxKeyBytes. Only keys
// that may sign, are OpenPGP version 4 and whose self-signatures verify are taken;
// none at all is an error.
func ReadKeys(armoured []byte) (Keys, error) {
	if len(armoured) > MaxKeyBytes {
		return Keys{}, fmt.Errorf("key of %d bytes, more than %d", len(armoured), MaxKeyBytes)
	}
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(armoured))
	if err != nil {
		return Keys{}, fmt.Errorf("read public keys: %w", err)
	}
	if len(entities) > maxPrimaries {
		return Keys{}, fmt.Errorf("%d keys, more than %d", len(entities), maxPrimaries)
	}
	k := Keys{entities: entities}
	k.index()
	if len(k.byFingerprint) == 0 {
		return Keys{}, errors.New("no key in it may sign")
	}
	return k, nil
}

func (k *Keys) index() {
	k.byFingerprint = map[string]publicKey{}
	for _, e := range k.entities {
		primary := fingerprint(e.PrimaryKey)
		revoked := len(e.Revocations) > 0
		if self, _ := e.PrimarySelfSignature(); self != nil && self.FlagsValid && self.FlagSign {
			k.add(publicKey{e.PrimaryKey, primary, revoked})
		}
		for _, sub := range e.Subkeys {
			// The binding and the cross signature of a signing subkey were verified when it was read.
			if sub.Sig != nil && sub.Sig.FlagsValid && sub.Sig.FlagSign && sub.Sig.EmbeddedSignature != nil {
				k.add(publicKey{sub.PublicKey, primary, revoked || len(sub.Revocations) > 0})
			}
		}
	}
}

func (k *Keys) add(p publicKey) {
	if p.key.Version == 4 && deterministic(p.key) {
		k.byFingerprint[fingerprint(p.key)] = p
	}
}

// deterministic says whether a key is of a kind that signs without randomness and
// that GnuPG 2.2, the auditor's tool, knows: Ed25519 in its first form, RSA of 2048
// bits and more. Source: RFC 9580 §9.1; GnuPG 2.2 NEWS.
func deterministic(k *packet.PublicKey) bool {
	bits, err := k.BitLength()
	switch k.PubKeyAlgo {
	case packet.PubKeyAlgoEdDSA:
		return err == nil
	case packet.PubKeyAlgoRSA, packet.PubKeyAlgoRSASignOnly:
		return err == nil && bits >= 2048
	default:
		return false
	}
}

func fingerprint(k *packet.PublicKey) string { return fmt.Sprintf("%X", k.Fingerprint) }

// Primaries are the fingerprints of the primary keys, sorted.
func (k Keys) Primaries() []string {
	var found []string
	for _, e := range k.entities {
		if f := fingerprint(e.PrimaryKey); !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	sort.Strings(found)
	return found
}

// Signing are the fingerprints of all keys that may sign, revoked ones too, sorted.
func (k Keys) Signing() []string {
	found := make([]string, 0, len(k.byFingerprint))
	for f := range k.byFingerprint {
		found = append(found, f)
	}
	sort.Strings(found)
	return found
}

// Only gives the keys reduced to the signing keys with the given fingerprints: those
// that are current at the head of the ledger, for example.
func (k Keys) Only(signing []string) Keys {
	reduced := Keys{byFingerprint: map[string]publicKey{}, entities: k.entities}
	for f, p := range k.byFingerprint {
		if slices.Contains(signing, f) {
			reduced.byFingerprint[f] = p
		}
	}
	return reduced
}

// Verify checks a detached armoured signature over data. It must be exactly the
// armour that Key.Sign or gpg --armor --detach-sign makes, over binary data, with
// SHA-256, SHA-384 or SHA-512, by a key of k that it names by its fingerprint.
// Expiry and revocation play no part; see Signer. Errors wrap ErrBadSignature.
// Source: RFC 9580 §5.2.
func (k Keys) Verify(data, armoured []byte) (Signer, error) {
	sig, err := readSignature(armoured)
	if err != nil {
		return Signer{}, fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	name := fmt.Sprintf("%X", sig.IssuerFingerprint)
	p, ok := k.byFingerprint[name]
	if !ok {
		return Signer{}, fmt.Errorf("%w: made by the key %s", ErrBadSignature, name)
	}
	h, err := sig.PrepareVerify()
	if err != nil {
		return Signer{}, fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	h.Write(data)
	if err := p.key.VerifySignature(h, sig); err != nil {
		return Signer{}, fmt.Errorf("%w: it does not match the bytes", ErrBadSignature)
	}
	if sig.CreationTime.Before(p.key.CreationTime) {
		return Signer{}, fmt.Errorf("%w: older than its key", ErrBadSignature)
	}
	return Signer{Primary: p.primary, Signing: name, At: sig.CreationTime.UTC(), Revoked: p.revoked}, nil
}

// readSignature reads one armoured signature packet and refuses what is not one, or
// says more than a plain signature over a file does.
func readSignature(armoured []byte) (*packet.Signature, error) {
	if len(armoured) > MaxSignatureBytes {
		return nil, fmt.Errorf("%d bytes, more than %d", len(armoured), MaxSignatureBytes)
	}
	block, err := armor.Decode(bytes.NewReader(armoured))
	if err != nil {
		return nil, fmt.Errorf("read armour: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(block.Body, MaxSignatureBytes))
	if err != nil {
		return nil, fmt.Errorf("read armour: %w", err)
	}
	// Armour has many spellings and one is enough: a byte that changes nothing of the
	// signature must not go unnoticed either.
	if again, err := armour(openpgp.SignatureType, raw); err != nil || !bytes.Equal(again, armoured) {
		return nil, errors.New("the armour is not in its plain form")
	}
	packets := packet.NewReader(bytes.NewReader(raw))
	p, err := packets.Next()
	if err != nil {
		return nil, fmt.Errorf("read packet: %w", err)
	}
	sig, ok := p.(*packet.Signature)
	if !ok {
		return nil, errors.New("not a signature packet")
	}
	if _, err := packets.Next(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one packet")
	}
	return sig, plainSignature(sig)
}

func plainSignature(sig *packet.Signature) error {
	switch {
	case sig.Version != 4 || sig.SigType != packet.SigTypeBinary:
		return errors.New("not a version 4 signature over a file")
	case sig.Hash != crypto.SHA256 && sig.Hash != crypto.SHA384 && sig.Hash != crypto.SHA512:
		return errors.New("a digest other than SHA-256, SHA-384 or SHA-512")
	case len(sig.IssuerFingerprint) == 0:
		return errors.New("it does not name its key by fingerprint")
	case sig.SigLifetimeSecs != nil && *sig.SigLifetimeSecs != 0:
		return errors.New("a signature that expires")
	}
	for _, n := range sig.Notations {
		if n.IsCritical {
			return fmt.Errorf("it has the critical notation %q", n.Name)
		}
	}
	return nil
}

// armour wraps an OpenPGP block, with checksum, as GnuPG 2.2 writes it.
func armour(label string, raw []byte) ([]byte, error) {
	var b strings.Builder
	w, err := armor.EncodeWithChecksumOption(&b, label, nil, true)
	if err != nil {
		return nil, fmt.Errorf("write armour: %w", err)
	}
	if _, err := w.Write(raw); err != nil {
		return nil, fmt.Errorf("write armour: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write armour: %w", err)
	}
	return []byte(b.String() + "\n"), nil
}
