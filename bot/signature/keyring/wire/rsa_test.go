package wire_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// secretRSA is a key of which the test knows everything, so that it can sign any padding.
type secretRSA struct{ n, e, d *big.Int }

// newSecretRSA makes a key with that exponent.
func newSecretRSA(t testing.TB, bits int, exponent int64) secretRSA {
	t.Helper()
	e, one := big.NewInt(exponent), big.NewInt(1)
	for {
		p, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			t.Fatal(err)
		}
		q, err := rand.Prime(rand.Reader, bits-bits/2)
		if err != nil {
			t.Fatal(err)
		}
		n := new(big.Int).Mul(p, q)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d != nil && n.BitLen() == bits {
			return secretRSA{n, e, d}
		}
	}
}

// key is the key as we read it.
func (k secretRSA) key(t testing.TB) *wire.PublicKey {
	t.Helper()
	packet := append([]byte{4, 0, 0, 0, 1, 1}, number(k.n)...)
	key, err := wire.ParsePublicKey(append(packet, number(k.e)...))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// number writes a multiprecision integer.
func number(n *big.Int) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(n.BitLen())), n.Bytes()...)
}

// packet makes a signature with SHA-256 whose number is s, and gives it with what it hashes besides the text.
func (k secretRSA) packet(t testing.TB, s *big.Int) (wire.Signature, []byte) {
	t.Helper()
	when := keyringtest.MadeAt(made)
	head := append(binary.BigEndian.AppendUint16([]byte{4, 0, 1, 8}, uint16(len(when))), when...)
	raw := append(bytes.Clone(head), 0, 0, 0, 0)
	signature, err := wire.ParseSignature(append(raw, number(s)...))
	if err != nil {
		t.Fatal(err)
	}
	return signature, append(head, binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(head)))...)
}

// encoded is the message that a true signature over digest holds. Source: RFC 8017 §9.2.
func encoded(size int, digest []byte) []byte {
	info := append([]byte("\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"), digest...)
	em := bytes.Repeat([]byte{0xff}, size)
	em[0], em[1], em[size-len(info)-1] = 0, 1, 0
	copy(em[size-len(info):], info)
	return em
}

// FuzzVerifyRSA holds our RSA against crypto/rsa: what is signed is any message that the fuzzer thinks
// up, with a key that we know, and any number in place of a signature.
func FuzzVerifyRSA(f *testing.F) {
	keys := []secretRSA{newSecretRSA(f, 1024, 65537), newSecretRSA(f, 1032, 3), newSecretRSA(f, 2048, 65537), newSecretRSA(f, 2072, 37)}
	text := []byte("text")
	for i, k := range keys {
		_, trailer := k.packet(f, big.NewInt(1))
		digest := sha256.Sum256(append(bytes.Clone(text), trailer...))
		size := (k.n.BitLen() + 7) / 8
		em := encoded(size, digest[:])
		short := append(append([]byte{0, 1, 0xff, 0}, em[size-51:]...), bytes.Repeat([]byte{0}, size-55)...)
		f.Add(uint8(i), true, em)
		f.Add(uint8(i), true, short)
		f.Add(uint8(i), true, em[1:])
		f.Add(uint8(i), false, em)
		f.Add(uint8(i), false, new(big.Int).Add(new(big.Int).Exp(new(big.Int).SetBytes(em), k.d, k.n), k.n).Bytes())
		f.Add(uint8(i), false, []byte{0})
	}
	f.Fuzz(func(t *testing.T, which uint8, sign bool, data []byte) {
		k := keys[int(which)%len(keys)]
		s := new(big.Int).SetBytes(data[:min(len(data), 300)])
		if sign {
			s.Exp(s.Mod(s, k.n), k.d, k.n)
		}
		signature, trailer := k.packet(t, s)
		got := k.key(t).Verify(&signature, text)
		digest := sha256.Sum256(append(bytes.Clone(text), trailer...))
		public := &rsa.PublicKey{N: k.n, E: int(k.e.Int64())}
		want := false
		if size := public.Size(); len(s.Bytes()) <= size {
			want = rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], s.FillBytes(make([]byte, size))) == nil
		}
		if got != want {
			t.Errorf("Verify = %v, crypto/rsa says %v, for the number %x", got, want, s)
		}
	})
}

func TestVerify_trueRSASignatureOfAnyExponent(t *testing.T) {
	for _, exponent := range []int64{3, 17, 65537} {
		k := newSecretRSA(t, 1048, exponent)
		_, trailer := k.packet(t, big.NewInt(1))
		digest := sha256.Sum256(append([]byte("text"), trailer...))
		em := new(big.Int).SetBytes(encoded((k.n.BitLen()+7)/8, digest[:]))
		signature, _ := k.packet(t, em.Exp(em, k.d, k.n))
		if !k.key(t).Verify(&signature, []byte("text")) {
			t.Errorf("exponent %d: a true signature does not verify", exponent)
		}
		if k.key(t).Verify(&signature, []byte("other")) {
			t.Errorf("exponent %d: it verifies another text", exponent)
		}
	}
}
