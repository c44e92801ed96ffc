package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"sync"
	"testing"

	"filippo.io/edwards25519"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// oddEd25519 is an Ed25519 key of which the test knows the secret, so that it can sign beside the rules:
// the point is the secret's multiple of the base point, plus a point of small order, in any encoding.
type oddEd25519 struct {
	secret  *edwards25519.Scalar
	encoded []byte
	key     *wire.PublicKey
}

// prepared is more signatures than are verified without a table.
const prepared = 10

// newOddEd25519 reads the key and has it verify until it has its table.
func newOddEd25519(t testing.TB, secret *edwards25519.Scalar, encoded []byte) oddEd25519 {
	t.Helper()
	key, err := wire.ParsePublicKey(append([]byte{4, 0, 0, 0, 1, 27}, encoded...))
	if err != nil {
		t.Fatal(err)
	}
	k := oddEd25519{secret, encoded, key}
	signature, _ := edSignature(t, make([]byte, 64))
	for range prepared {
		key.Verify(&signature, []byte("text"))
	}
	return k
}

// smallOrder gives the eight points whose order divides eight, the neutral one first.
func smallOrder(t testing.TB) []*edwards25519.Point {
	t.Helper()
	encoded, err := hex.DecodeString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
	if err != nil {
		t.Fatal(err)
	}
	first, err := new(edwards25519.Point).SetBytes(encoded)
	if err != nil {
		t.Fatal(err)
	}
	points := []*edwards25519.Point{edwards25519.NewIdentityPoint()}
	for i := range 7 {
		points = append(points, new(edwards25519.Point).Add(points[i], first))
	}
	return points
}

// oddEncodings are points of small order and one that is none, as nobody should write them: with the
// sign of zero, and with y over the field's prime.
func oddEncodings() [][]byte {
	one := append([]byte{1}, make([]byte, 31)...)
	minusZero := slices.Clone(one)
	minusZero[31] = 0x80
	minusOne := append([]byte{0xec}, bytes.Repeat([]byte{0xff}, 31)...) // y = p-1 with the sign of zero
	primeAndOne := append([]byte{0xee}, bytes.Repeat([]byte{0xff}, 30)...)
	prime := append([]byte{0xed}, bytes.Repeat([]byte{0xff}, 30)...)
	noPoint := append([]byte{2}, make([]byte, 31)...)
	return [][]byte{
		one, minusZero, minusOne, append(slices.Clone(primeAndOne), 0x7f), append(primeAndOne, 0xff),
		append(slices.Clone(prime), 0x7f), append(prime, 0xff), bytes.Repeat([]byte{0xff}, 32), noPoint,
	}
}

// oddKeys are keys of all kinds: with and without a part of small order, and in odd encodings. They are
// made once, for making their tables takes time.
var oddKeys = sync.OnceValue(func() func(testing.TB) []oddEd25519 {
	var once sync.Once
	var keys []oddEd25519
	return func(t testing.TB) []oddEd25519 {
		once.Do(func() {
			for i, torsion := range smallOrder(t) {
				secret := scalarOf([]byte{byte(i), 7})
				point := new(edwards25519.Point).ScalarBaseMult(secret)
				keys = append(keys, newOddEd25519(t, secret, point.Add(point, torsion).Bytes()))
			}
			for _, encoded := range oddEncodings() {
				keys = append(keys, newOddEd25519(t, edwards25519.NewScalar(), encoded))
			}
		})
		return keys
	}
})

// scalarOf makes a scalar of any bytes.
func scalarOf(seed []byte) *edwards25519.Scalar {
	sum := sha512.Sum512(seed)
	s, err := edwards25519.NewScalar().SetUniformBytes(sum[:])
	if err != nil {
		panic(err) // it has 64 bytes
	}
	return s
}

// edSignature makes the packet of a signature with that value, and gives the digest that it signs.
func edSignature(t testing.TB, value []byte) (wire.Signature, []byte) {
	t.Helper()
	when := keyringtest.MadeAt(made)
	head := append(binary.BigEndian.AppendUint16([]byte{4, 0, 27, 8}, uint16(len(when))), when...)
	trailer := binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(head)))
	digest := sha256.Sum256(slices.Concat([]byte("text"), head, trailer))
	s, err := wire.ParseSignature(slices.Concat(head, []byte{0, 0}, digest[:2], value))
	if err != nil {
		t.Fatal(err)
	}
	return s, digest[:]
}

// How a signature is bent.
const (
	bendOrder    = 1 << iota // S and the group's order
	bendS                    // any S
	bendR                    // any R
	bendSign                 // the other sign of R
	bendTop                  // the bits of S that must be zero
	bendEncoding             // R is one of oddEncodings
)

// bent signs with k: R has a part of small order, and is then bent as how says.
func (k oddEd25519) bent(t testing.TB, torsion, how uint8, seed []byte) []byte {
	nonce := scalarOf(seed)
	if len(seed) == 0 {
		nonce = edwards25519.NewScalar()
	}
	point := new(edwards25519.Point).ScalarBaseMult(nonce)
	r := point.Add(point, smallOrder(t)[torsion%8]).Bytes()
	switch {
	case how&bendEncoding != 0:
		r = slices.Clone(oddEncodings()[int(torsion)%len(oddEncodings())])
	case how&bendR != 0:
		copy(r, seed)
	}
	if how&bendSign != 0 {
		r[31] ^= 0x80
	}
	_, digest := edSignature(t, make([]byte, 64))
	challenge := scalarOf(slices.Concat(r, k.encoded, digest))
	s := edwards25519.NewScalar().MultiplyAdd(challenge, k.secret, nonce).Bytes()
	if how&bendS != 0 {
		copy(s, seed)
	}
	if how&bendOrder != 0 {
		s = plusOrder(s)
	}
	if how&bendTop != 0 {
		s[31] ^= 0xe0
	}
	return append(r, s...)
}

// plusOrder adds the group's order to a little-endian number. Source: RFC 8032 §5.1.
func plusOrder(s []byte) []byte {
	order, err := hex.DecodeString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
	if err != nil {
		panic(err)
	}
	sum, carry := make([]byte, 32), 0
	for i := range sum {
		carry += int(s[i]) + int(order[i])
		sum[i], carry = byte(carry), carry>>8
	}
	return sum
}

// compareEd25519 asks both and tells what they say, which must be the same.
func compareEd25519(t *testing.T, k oddEd25519, value []byte) bool {
	t.Helper()
	signature, digest := edSignature(t, value)
	got, want := k.key.Verify(&signature, []byte("text")), ed25519.Verify(k.encoded, digest, value)
	if got != want {
		t.Errorf("key %x, signature %x: Verify = %v, crypto/ed25519 says %v", k.encoded, value, got, want)
	}
	return want
}

func TestVerify_ed25519WithTableAcceptsWhatTheLibraryAccepts(t *testing.T) {
	accepted := map[uint8]int{}
	for _, k := range oddKeys()(t) {
		for torsion := range uint8(len(oddEncodings())) {
			for how := range uint8(bendEncoding << 1) {
				for _, seed := range []string{"", "a", "a seed of more than thirty-two bytes, so that it replaces all"} {
					if compareEd25519(t, k, k.bent(t, torsion, how, []byte(seed))) {
						accepted[how]++
					}
				}
			}
		}
	}
	for _, how := range []uint8{0, bendR, bendEncoding, bendSign} {
		if accepted[how] == 0 {
			t.Errorf("no signature that is bent by %#x is accepted, so nothing was compared", how)
		}
	}
}

// FuzzVerifyEd25519 holds our verification with tables against crypto/ed25519, for keys and signatures
// that keep the rules, and for those that break them.
func FuzzVerifyEd25519(f *testing.F) {
	for how := range uint8(bendEncoding << 1) {
		f.Add(how%20, how%8, how, []byte("a"))
		f.Add(how%8, uint8(0), how, []byte{})
	}
	f.Fuzz(func(t *testing.T, which, torsion, how uint8, seed []byte) {
		keys := oddKeys()(t)
		k := keys[int(which)%len(keys)]
		if which >= 0xf0 && len(seed) >= 32 { // a key that the fuzzer thinks up, most often no point
			k = newOddEd25519(t, edwards25519.NewScalar(), seed[:32])
		}
		compareEd25519(t, k, k.bent(t, torsion, how, seed))
	})
}

func TestVerify_ed25519KeyIsUsedByManyAtOnce(t *testing.T) {
	text := []byte("The quick brown fox")
	k := keyringtest.NewKey(t, "ed25519", made)
	key, s := parsed(t, k, k.Sign(text, keyringtest.Says{Made: made}))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 2 * prepared {
				if !key.Verify(&s, text) || key.Verify(&s, text[1:]) {
					t.Error("a true signature does not verify, or one of another text does")
				}
			}
		})
	}
	group.Wait()
}
