package webflow

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Reason is GitHub's word for what its verification of a commit found.
type Reason string

// The reasons that the simulator can find. Source: the schema `verification` of GitHub's REST description.
const (
	Valid            Reason = "valid"
	Unsigned         Reason = "unsigned"
	UnknownKey       Reason = "unknown_key"
	UnknownSignature Reason = "unknown_signature_type"
	Malformed        Reason = "malformed_signature"
	Invalid          Reason = "invalid"
	BadEmail         Reason = "bad_email"
	NoUser           Reason = "no_user"
	ExpiredKey       Reason = "expired_key"
	NotSigningKey    Reason = "not_signing_key"
)

// UserKey is an OpenPGP public key that a user uploaded, parsed once.
type UserKey struct {
	Armored string
	entity  *openpgp.Entity
}

// ParseUserKey reads one armoured public key block. A private key, several keys, or text that is none is an error.
func ParseUserKey(text string) (*UserKey, error) {
	if len(text) > maxKeyBytes {
		return nil, fmt.Errorf("key is over %d bytes", maxKeyBytes)
	}
	entities, err := openpgp.ReadArmoredKeyRing(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("not an armoured OpenPGP public key: %w", err)
	}
	if len(entities) != 1 {
		return nil, fmt.Errorf("%d keys in one block", len(entities))
	}
	if entities[0].PrivateKey != nil {
		return nil, errors.New("this is a private key: upload the public one")
	}
	return &UserKey{Armored: text, entity: entities[0]}, nil
}

// Details are the fields of a key that GitHub shows.
type Details struct {
	KeyID   string // 16 upper-case hexadecimal digits
	Emails  []string
	Created time.Time
	// Expires is zero where the key does not expire.
	Expires time.Time
	Subkeys []Subkey
	// Packets is the public key packet in base64, which GitHub calls public_key.
	Packets []byte
	Signs   bool
	Encrypt bool
	Certify bool
}

// Subkey is one subkey of a key.
type Subkey struct {
	KeyID   string
	Created time.Time
	Expires time.Time
	Signs   bool
	Encrypt bool
	Packets []byte
}

// Details reads the key's own description of itself.
func (k *UserKey) Details() Details {
	primary := k.entity.PrimaryKey
	d := Details{KeyID: primary.KeyIdString(), Created: primary.CreationTime.UTC(), Packets: packets(primary)}
	for _, identity := range k.entity.Identities {
		if identity.UserId.Email != "" {
			d.Emails = append(d.Emails, identity.UserId.Email)
		}
		if s := identity.SelfSignature; s != nil {
			d.Expires = expiry(primary.CreationTime, s)
			d.Signs = d.Signs || s.FlagSign || !s.FlagsValid
			d.Encrypt = d.Encrypt || s.FlagEncryptCommunications || s.FlagEncryptStorage
			d.Certify = d.Certify || s.FlagCertify || !s.FlagsValid
		}
	}
	for _, sub := range k.entity.Subkeys {
		d.Subkeys = append(d.Subkeys, Subkey{
			KeyID: sub.PublicKey.KeyIdString(), Created: sub.PublicKey.CreationTime.UTC(),
			Expires: expiry(sub.PublicKey.CreationTime, sub.Sig), Signs: sub.Sig.FlagSign,
			Encrypt: sub.Sig.FlagEncryptCommunications || sub.Sig.FlagEncryptStorage, Packets: packets(sub.PublicKey),
		})
	}
	return d
}

func expiry(created time.Time, signature *packet.Signature) time.Time {
	if signature.KeyLifetimeSecs == nil || *signature.KeyLifetimeSecs == 0 {
		return time.Time{}
	}
	return created.Add(time.Duration(*signature.KeyLifetimeSecs) * time.Second).UTC()
}

func packets(key *packet.PublicKey) []byte {
	var b bytes.Buffer
	_ = key.Serialize(&b) // a buffer takes everything
	return b.Bytes()
}

// Owner is the account whose verified address is the committer's, with its keys. Nil is nobody.
type Owner struct {
	Keys []*UserKey
}

// Commit is what is judged: signature and payload as they stand in the commit, and the committer's address.
type Commit struct {
	Signature string
	Payload   []byte
	Email     string
}

// Judge says what GitHub's verification would say of the commit at the time at: signed by the host's own key, or by a
// key of owner, the account that the committer's address belongs to. A signature that is dated later than at is judged
// at its own date: a wrong clock at home makes no signature bad.
func (k *Key) Judge(c Commit, owner *Owner, at time.Time) Reason {
	switch {
	case c.Signature == "":
		return Unsigned
	case !strings.HasPrefix(c.Signature, "-----BEGIN PGP SIGNATURE-----"):
		return UnknownSignature
	}
	issuer, dated, err := issuerOf(c.Signature)
	if err != nil {
		return Malformed
	}
	if dated.After(at) {
		at = dated
	}
	if len(openpgp.EntityList{k.entity}.KeysById(issuer)) > 0 {
		return check(k.entity, c, at)
	}
	if owner == nil {
		return NoUser
	}
	for _, key := range owner.Keys {
		if len(openpgp.EntityList{key.entity}.KeysById(issuer)) == 0 {
			continue
		}
		if reason := check(key.entity, c, at); reason != Valid {
			return reason
		}
		if !key.names(c.Email) {
			return BadEmail
		}
		return Valid
	}
	return UnknownKey
}

func (k *UserKey) names(email string) bool {
	for _, identity := range k.entity.Identities {
		if strings.EqualFold(identity.UserId.Email, email) {
			return true
		}
	}
	return false
}

func check(entity *openpgp.Entity, c Commit, at time.Time) Reason {
	_, err := openpgp.CheckArmoredDetachedSignature(openpgp.EntityList{entity}, bytes.NewReader(c.Payload), strings.NewReader(c.Signature), config(at))
	var signature pgperrors.SignatureError
	switch {
	case err == nil:
		return Valid
	case errors.Is(err, pgperrors.ErrKeyExpired):
		return ExpiredKey
	case errors.Is(err, pgperrors.ErrUnknownIssuer):
		return NotSigningKey // the issuer is one of its keys, but none that may sign
	case errors.As(err, &signature):
		return Invalid
	}
	return Malformed
}

// issuerOf reads the key id and the date that the armoured signature names.
func issuerOf(signature string) (uint64, time.Time, error) {
	block, err := armor.Decode(strings.NewReader(signature))
	if err != nil {
		return 0, time.Time{}, err
	}
	p, err := packet.Read(block.Body)
	if err != nil {
		return 0, time.Time{}, err
	}
	sig, ok := p.(*packet.Signature)
	if !ok {
		return 0, time.Time{}, errors.New("no signature packet")
	}
	if sig.IssuerKeyId != nil {
		return *sig.IssuerKeyId, sig.CreationTime, nil
	}
	const fingerprint, id = 20, 12 // of a key of version 4, the last eight bytes are its id
	if len(sig.IssuerFingerprint) != fingerprint {
		return 0, time.Time{}, fmt.Errorf("no issuer: %s", hex.EncodeToString(sig.IssuerFingerprint))
	}
	return binary.BigEndian.Uint64(sig.IssuerFingerprint[id:]), sig.CreationTime, nil
}
