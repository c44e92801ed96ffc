package wire_test

import (
	"bytes"
	"crypto"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// parsed reads a key and a signature that a test has made.
func parsed(t testing.TB, k *keyringtest.Key, signature []byte) (*wire.PublicKey, wire.Signature) {
	t.Helper()
	key, err := wire.ParsePublicKey(body(frame(k.Primary())))
	if err != nil {
		t.Fatal(err)
	}
	s, err := wire.ParseSignature(body(frame(signature)))
	if err != nil {
		t.Fatal(err)
	}
	return key, s
}

func TestVerify_eachAlgorithmAndDigest(t *testing.T) {
	text := []byte("The quick brown fox")
	for _, kind := range []string{
		"ed25519", "v6", "p256", "p384", "p521", "brainpoolP256r1", "secp256k1", "rsa2048",
		"rsa2056", "rsa3072",
	} {
		k := keyringtest.NewKey(t, kind, made)
		for _, hash := range []crypto.Hash{
			crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512,
			crypto.SHA3_256, crypto.SHA3_512,
		} {
			if kind == "v6" && hash == crypto.SHA1 {
				continue // version 6 knows no SHA-1
			}
			key, s := parsed(t, k, k.Sign(text, keyringtest.Says{Made: made, Hash: hash}))
			if !key.Verify(&s, text) || !key.Verify(&s, text[:7], text[7:]) {
				t.Errorf("%s, %v: a true signature does not verify", kind, hash)
			}
			if key.Verify(&s, text[1:]) || key.Verify(&s, text, []byte{0}) || key.Verify(&s) {
				t.Errorf("%s, %v: a signature of another text verifies", kind, hash)
			}
			if s.Hash.Weak() != (hash == crypto.SHA1) || !s.Hash.Known() {
				t.Errorf("%s, %v: Weak = %v, Known = %v", kind, hash, s.Hash.Weak(), s.Hash.Known())
			}
		}
	}
}

func TestVerify_anotherKeyDoesNot(t *testing.T) {
	text := []byte("The quick brown fox")
	for _, kind := range []string{"ed25519", "v6", "p256", "secp256k1", "rsa2048", "rsa2056"} {
		k, other := keyringtest.NewKey(t, kind, made), keyringtest.NewKey(t, kind, made)
		key, _ := parsed(t, other, other.Sign(text, keyringtest.Says{Made: made}))
		_, s := parsed(t, k, k.Sign(text, keyringtest.Says{Made: made}))
		if key.Verify(&s, text) {
			t.Errorf("%s: another key verifies it", kind)
		}
	}
	ed, _ := parsed(t, keyringtest.NewKey(t, "ed25519", made),
		keyringtest.NewKey(t, "ed25519", made).Sign(text, keyringtest.Says{Made: made}))
	rsa := keyringtest.NewKey(t, "rsa2048", made)
	_, s := parsed(t, rsa, rsa.Sign(text, keyringtest.Says{Made: made}))
	if ed.Verify(&s, text) || ed.SameAlgorithm(&s) {
		t.Error("an Ed25519 key verifies an RSA signature")
	}
}

func TestVerify_everyBitOfTheSignatureCounts(t *testing.T) {
	text := []byte("The quick brown fox")
	for _, kind := range []string{"ed25519", "v6", "p256", "secp256k1", "rsa1024"} {
		k := keyringtest.NewKey(t, kind, made)
		packet := body(frame(k.Sign(text, keyringtest.Says{Made: made})))
		key, err := wire.ParsePublicKey(body(frame(k.Primary())))
		if err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * len(packet) {
			changed := bytes.Clone(packet)
			changed[bit/8] ^= 1 << (bit % 8)
			s, err := wire.ParseSignature(changed)
			if err == nil && key.Verify(&s, text) && !unsigned(kind, packet, bit/8) {
				t.Errorf("%s: with bit %d of byte %d turned it still verifies", kind, bit%8, bit/8)
			}
		}
	}
}

// unsigned tells whether a byte of the signature is one that nobody signs: with RSA, the two open bytes
// of the digest. The unhashed area is empty.
func unsigned(kind string, packet []byte, at int) bool {
	hashed := 6 + int(packet[4])<<8 + int(packet[5])
	return strings.HasPrefix(kind, "rsa") && (at == hashed+2 || at == hashed+3)
}

func TestParsePublicKey_everyBitChangesTheFingerprint(t *testing.T) {
	for _, kind := range []string{"ed25519", "v6", "p256", "rsa2048"} {
		k := keyringtest.NewKey(t, kind, made)
		packet := body(frame(k.Primary()))
		for bit := range 8 * len(packet) {
			changed := bytes.Clone(packet)
			changed[bit/8] ^= 1 << (bit % 8)
			if key, err := wire.ParsePublicKey(changed); err == nil && key.Fingerprint == k.Fingerprint() {
				t.Errorf("%s: with bit %d of byte %d turned the key keeps its fingerprint", kind, bit%8, bit/8)
			}
		}
	}
}

func TestParsePublicKey_refuses(t *testing.T) {
	ed, rsa := body(frame(keyringtest.NewKey(t, "ed25519", made).Primary())),
		body(frame(keyringtest.NewKey(t, "rsa2048", made).Primary()))
	set := func(b []byte, at int, values ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[at:], values)
		return b
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "cut in the head": ed[:5], "cut": ed[:len(ed)-1], "a byte more": append(bytes.Clone(ed),
			0), "version 3": set(ed, 0, 3), "version 5": set(ed, 0, 5),
		"unknown algorithm": set(ed, 5, 99), "another curve": set(ed, 7, 1), "compressed point": set(ed, 18, 0x41),
		"exponent 1": set(rsa, len(rsa)-3, 0, 0, 1), "even exponent": set(rsa, len(rsa)-1, 2), "even modulus": set(rsa,
			len(rsa)-6, 2),
		"too large": make([]byte, 9000),
	} {
		if key, err := wire.ParsePublicKey(data); err == nil {
			t.Errorf("%s: ParsePublicKey takes it: %+v", name, key)
		}
	}
}

func TestParsePublicKey_tellsWeakKeys(t *testing.T) {
	for kind, want := range map[string]bool{
		"rsa1024": true, "rsa2047": true, "rsa2048": false, "ed25519": false,
		"p256": false,
	} {
		k := keyringtest.NewKey(t, kind, made)
		key, err := wire.ParsePublicKey(body(frame(k.Primary())))
		if err != nil || key.Weak != want || !key.Signs {
			t.Errorf("%s: ParsePublicKey = %+v, %v, want Weak %v", kind, key, err, want)
		}
	}
}

func FuzzParsePublicKey(f *testing.F) {
	for _, kind := range []string{"ed25519", "v6", "p256", "brainpoolP256r1", "rsa1024"} {
		f.Add(body(frame(keyringtest.NewKey(f, kind, made).Primary())))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		key, err := wire.ParsePublicKey(raw)
		if err != nil {
			problem(t, err)
			return
		}
		p, err := packet.Read(bytes.NewReader(keyringtest.Frame(6, raw)))
		if err != nil {
			t.Fatalf("go-crypto refuses what ParsePublicKey takes: %v", err)
		}
		other := p.(*packet.PublicKey)
		// go-crypto says of algorithms that it does not know that they can sign; here they cannot.
		known := !strings.HasPrefix(key.Algorithm, "algorithm ")
		if other.KeyId != key.ID || !other.CreationTime.Equal(key.Created) || key.Signs != (known && other.CanSign()) {
			t.Errorf("go-crypto reads %X %v %v, ParsePublicKey %+v", other.KeyId, other.CreationTime, other.CanSign(), key)
		}
	})
}

func TestVerify_signatureOfAnotherVersionThanItsKey(t *testing.T) {
	text := []byte("The quick brown fox")
	k := keyringtest.NewKey(t, "v6", made)
	key, s := parsed(t, k, k.SignRaw(keyringtest.Raw{Hashed: keyringtest.MadeAt(made)}, text))
	if s.Version != 4 || key.Verify(&s, text) {
		t.Errorf("a version 6 key verifies a true signature of version %d", s.Version)
	}
}
