// Package webflow is the simulator's own hand: the OpenPGP key with which the host signs the commits that its web
// pages and buttons make, and the judge of OpenPGP signatures on commits, in GitHub's words.
//
// In go commit bytes, keys and times; out come armoured signatures and verdicts. It holds no state besides the key,
// shares no code with the verifier of the product, and knows no repository.
package webflow

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Name and Email are the committer of every commit that the host makes for somebody.
const (
	Name  = "GitHub"
	Email = "noreply@github.com"
)

// maxKeyBytes bounds a key file or upload; keys with many subkeys and certifications stay well below.
const maxKeyBytes = 256 << 10

// Key signs in the host's name. It is safe for several goroutines.
type Key struct {
	entity *openpgp.Entity
	public string
}

// Open reads the key at path, or makes one there (Ed25519, dated created) where the file does not exist. The file holds
// the private key without passphrase and is readable by its owner alone: it signs nothing that matters outside.
func Open(path string, created time.Time) (*Key, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path, created)
	}
	if err != nil {
		return nil, fmt.Errorf("read web-flow key: %w", err)
	}
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(data))
	if err != nil || len(entities) != 1 || entities[0].PrivateKey == nil {
		return nil, fmt.Errorf("read web-flow key %s: no single private key (%v)", path, err)
	}
	return publish(entities[0])
}

func create(path string, created time.Time) (*Key, error) {
	entity, err := openpgp.NewEntity(Name, "web-flow commit signing", Email, config(created))
	if err != nil {
		return nil, fmt.Errorf("make web-flow key: %w", err)
	}
	var private bytes.Buffer
	err = armored(&private, openpgp.PrivateKeyType, func(w *bytes.Buffer) error {
		return entity.SerializePrivate(w, config(created))
	})
	if err != nil {
		return nil, fmt.Errorf("make web-flow key: %w", err)
	}
	if err := os.WriteFile(path, private.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("keep web-flow key: %w", err)
	}
	return publish(entity)
}

func publish(entity *openpgp.Entity) (*Key, error) {
	var public bytes.Buffer
	err := armored(&public, openpgp.PublicKeyType, func(w *bytes.Buffer) error { return entity.Serialize(w) })
	if err != nil {
		return nil, fmt.Errorf("write web-flow public key: %w", err)
	}
	return &Key{entity: entity, public: public.String()}, nil
}

func config(at time.Time) *packet.Config {
	return &packet.Config{
		Algorithm:   packet.PubKeyAlgoEdDSA,
		DefaultHash: crypto.SHA512,
		Time:        func() time.Time { return at },
	}
}

// armored writes what body serialises as one armoured block of the given type.
func armored(out *bytes.Buffer, blockType string, body func(*bytes.Buffer) error) error {
	var binary bytes.Buffer
	if err := body(&binary); err != nil {
		return err
	}
	w, err := armor.Encode(out, blockType, nil)
	if err != nil {
		return err
	}
	if _, err := w.Write(binary.Bytes()); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	out.WriteByte('\n')
	return nil
}

// Public is the armoured public key, as the host serves it at /web-flow.gpg.
func (k *Key) Public() string { return k.public }

// Sign makes the armoured detached signature over payload, one commit object without signature header, dated at.
func (k *Key) Sign(payload []byte, at time.Time) (string, error) {
	var signature bytes.Buffer
	if err := openpgp.ArmoredDetachSign(&signature, k.entity, bytes.NewReader(payload), config(at)); err != nil {
		return "", fmt.Errorf("sign commit: %w", err)
	}
	return signature.String(), nil
}
