package wire_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"slices"
	"testing"

	"filippo.io/nistec"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// oddP256 is a key on P-256 of which the test may know the secret, so that it can sign beside the rules.
type oddP256 struct {
	secret *big.Int // nil for a key of which nobody knows it
	public *ecdsa.PublicKey
	key    *wire.PublicKey
}

// order is the number of P-256's points.
var order = elliptic.P256().Params().N

// newOddP256 reads the key, and has it verify until it has its table.
func newOddP256(t testing.TB, secret *big.Int, point *nistec.P256Point) oddP256 {
	t.Helper()
	encoded := point.Bytes()
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), encoded)
	if err != nil {
		t.Fatal(err)
	}
	body := append([]byte{4, 0, 0, 0, 1, 19, 8}, "\x2a\x86\x48\xce\x3d\x03\x01\x07"...)
	key, err := wire.ParsePublicKey(append(body, number(new(big.Int).SetBytes(encoded))...))
	if err != nil {
		t.Fatal(err)
	}
	signature, _ := p256Signature(t, big.NewInt(1), big.NewInt(1))
	for range prepared {
		key.Verify(&signature, []byte("text"))
	}
	return oddP256{secret, public, key}
}

// multiple is a multiple of the base point.
func multiple(t testing.TB, scalar *big.Int) *nistec.P256Point {
	t.Helper()
	p, err := nistec.NewP256Point().ScalarBaseMult(modOrder(scalar).FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// modOrder gives a new number below the order.
func modOrder(n *big.Int) *big.Int { return new(big.Int).Mod(n, order) }

// secretsP256 are keys of all kinds, those too whose multiples meet each other when they are added.
func secretsP256(t testing.TB) []oddP256 {
	t.Helper()
	sum := sha256.Sum256([]byte("a key"))
	var keys []oddP256
	for _, secret := range []*big.Int{
		big.NewInt(1), big.NewInt(2), big.NewInt(31), new(big.Int).Sub(order, big.NewInt(1)), new(big.Int).Rsh(order, 1),
		new(big.Int).SetBytes(sum[:]),
	} {
		secret = modOrder(secret)
		keys = append(keys, newOddP256(t, secret, multiple(t, secret)))
	}
	return keys
}

// p256Signature makes the packet of a signature with these numbers, and gives the digest that it signs.
func p256Signature(t testing.TB, r, s *big.Int) (wire.Signature, []byte) {
	t.Helper()
	when := keyringtest.MadeAt(made)
	head := append(binary.BigEndian.AppendUint16([]byte{4, 0, 19, 8}, uint16(len(when))), when...)
	trailer := binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(head)))
	digest := sha256.Sum256(slices.Concat([]byte("text"), head, trailer))
	signature, err := wire.ParseSignature(slices.Concat(head, []byte{0, 0}, digest[:2], number(r), number(s)))
	if err != nil {
		t.Fatal(err)
	}
	return signature, digest[:]
}

// How a signature is bent.
const (
	bendRaw      = iota // r and s are any numbers
	bendTrue            // a true signature
	bendInfinity        // the two points of the sum are opposite
	bendSame            // they are the same
	bendOther           // n-s, which verifies too
	bendROver           // r and the order
	bendSOver           // s and the order
	bends
)

// bentP256 signs with the nonce in seed, as how says.
func (k oddP256) bent(t testing.TB, how uint8, seed []byte) (r, s *big.Int) {
	t.Helper()
	_, digest := p256Signature(t, big.NewInt(1), big.NewInt(1))
	e := new(big.Int).SetBytes(digest)
	seed = seed[:min(len(seed), 80)]
	nonce := modOrder(new(big.Int).SetBytes(seed))
	if how%bends == bendRaw || nonce.Sign() == 0 || k.secret == nil {
		return new(big.Int).SetBytes(seed[:len(seed)/2]), new(big.Int).SetBytes(seed[len(seed)/2:])
	}
	switch how % bends {
	case bendInfinity, bendSame: // e + rd = 0, and e = rd
		r = modOrder(e.Mul(e, new(big.Int).ModInverse(k.secret, order)))
		if how%bends == bendInfinity {
			r.Sub(order, r)
		}
		return r, nonce
	}
	x, err := multiple(t, nonce).BytesX()
	if err != nil {
		t.Fatal(err)
	}
	r = modOrder(new(big.Int).SetBytes(x))
	s = new(big.Int).Mul(r, k.secret)
	s = modOrder(s.Mul(s.Add(s, e), new(big.Int).ModInverse(nonce, order)))
	switch how % bends {
	case bendOther:
		s.Sub(order, s)
	case bendROver:
		r.Add(r, order)
	case bendSOver:
		s.Add(s, order)
	}
	return r, s
}

// compareP256 asks both and tells what they say, which must be the same.
func compareP256(t *testing.T, k oddP256, r, s *big.Int) bool {
	t.Helper()
	signature, digest := p256Signature(t, r, s)
	got, want := k.key.Verify(&signature, []byte("text")), ecdsa.Verify(k.public, digest, r, s)
	if got != want {
		t.Errorf("r %x, s %x: Verify = %v, crypto/ecdsa says %v", r, s, got, want)
	}
	return want
}

func TestVerify_p256WithTableAcceptsWhatTheLibraryAccepts(t *testing.T) {
	var accepted [bends]int
	for _, k := range secretsP256(t) {
		for how := range uint8(bends) {
			for _, seed := range []string{"", "\x01", "\x02", "a", "another nonce, long enough to be taken modulo the order", string(order.Bytes())} {
				if r, s := k.bent(t, how, []byte(seed)); compareP256(t, k, r, s) {
					accepted[how]++
				}
			}
		}
	}
	if accepted[bendTrue] < 20 || accepted[bendOther] < 20 {
		t.Errorf("too few signatures are accepted: %v", accepted)
	}
}

// A point's x may be over the order: r is then x less the order. The key is made for the signature, since
// nobody finds such a point by multiplying.
func TestVerify_p256PointOverTheOrder(t *testing.T) {
	_, digest := p256Signature(t, big.NewInt(1), big.NewInt(1))
	e := new(big.Int).SetBytes(digest)
	x, field := new(big.Int).Set(order), elliptic.P256().Params().P
	s := big.NewInt(3)
	for {
		x.Add(x, big.NewInt(1))
		if x.Cmp(field) >= 0 {
			t.Fatal("no such point")
		}
		point, err := nistec.NewP256Point().SetBytes(append([]byte{2}, x.FillBytes(make([]byte, 32))...))
		if err != nil {
			continue // half of all x are of no point
		}
		r := new(big.Int).Sub(x, order)
		sx, err := nistec.NewP256Point().ScalarMult(point, s.FillBytes(make([]byte, 32)))
		if err != nil {
			t.Fatal(err)
		}
		sum := nistec.NewP256Point().Add(sx, multiple(t, new(big.Int).Sub(order, modOrder(e))))
		q, err := nistec.NewP256Point().ScalarMult(sum, new(big.Int).ModInverse(r, order).FillBytes(make([]byte, 32)))
		if err != nil {
			t.Fatal(err)
		}
		k := newOddP256(t, nil, q)
		if !compareP256(t, k, r, s) {
			t.Error("crypto/ecdsa refuses a true signature, so nothing was compared")
		}
		if compareP256(t, k, x, s) {
			t.Error("crypto/ecdsa accepts an r over the order")
		}
		return
	}
}

// FuzzVerifyP256 holds our verification with tables against crypto/ecdsa, for signatures that keep the
// rules and for those that break them.
func FuzzVerifyP256(f *testing.F) {
	for how := range uint8(bends) {
		f.Add(how, how, []byte("a"))
		f.Add(uint8(5), how, bytes.Repeat([]byte{0xff}, 32))
	}
	keys := secretsP256(f)
	f.Fuzz(func(t *testing.T, which, how uint8, seed []byte) {
		k := keys[int(which)%len(keys)]
		if which >= 0xe0 && len(seed) >= 32 { // a key that the fuzzer thinks up
			if secret := modOrder(new(big.Int).SetBytes(seed[:32])); secret.Sign() > 0 {
				k = newOddP256(t, secret, multiple(t, secret))
			}
		}
		r, s := k.bent(t, how, seed)
		compareP256(t, k, r, s)
	})
}
