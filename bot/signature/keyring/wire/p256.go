package wire

import (
	"crypto/ecdsa"
	"math/big"
	"slices"

	"filippo.io/nistec"
)

const (
	// p256Width is the bits of a digit in the table, which takes 80 KB.
	p256Width = 5
	p256Bytes = 32
)

// p256Key is an ECDSA key on P-256. One that signs much gets a table of its multiples, with which a
// verification takes half of the time.
type p256Key struct {
	public *ecdsa.PublicKey
	usage  usage
	table  []*nistec.P256Point // nil until the key was used often
}

// verify is ecdsa.Verify, to which a fuzz test holds it. r and s are big-endian.
// Source: FIPS 186-5 §6.4.2.
func (k *p256Key) verify(digest, r, s []byte) bool {
	first, second := new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)
	if !k.usage.often(k.prepare) {
		return ecdsa.Verify(k.public, digest, first, second)
	}
	n := k.public.Params().N
	if len(k.table) == 0 {
		return false // unreachable: the key is a point
	}
	if first.Sign() == 0 || second.Sign() == 0 || first.Cmp(n) >= 0 || second.Cmp(n) >= 0 {
		return false
	}
	e := new(big.Int).SetBytes(digest[:min(len(digest), p256Bytes)])
	inverse := second.ModInverse(second, n)
	var scalar [p256Bytes]byte
	e.Mod(e.Mul(e, inverse), n).FillBytes(scalar[:])
	point, err := nistec.NewP256Point().ScalarBaseMult(scalar[:])
	if err != nil {
		return false // unreachable: the scalar has 32 bytes
	}
	inverse.Mod(inverse.Mul(inverse, first), n).FillBytes(scalar[:])
	k.addTo(point, scalar[:])
	x, err := point.BytesX()
	if err != nil {
		return false // the point at infinity
	}
	e.SetBytes(x)
	return e.Mod(e, n).Cmp(first) == 0
}

// prepare makes the table. public was read from such bytes, so that none of the errors can be.
func (k *p256Key) prepare() {
	encoded, err := k.public.Bytes()
	if err != nil {
		return
	}
	point, err := nistec.NewP256Point().SetBytes(encoded)
	if err != nil {
		return
	}
	k.table = multiplesOf(point, 8*p256Bytes, p256Width, func(a, b *nistec.P256Point) *nistec.P256Point {
		return nistec.NewP256Point().Add(a, b)
	})
}

// addTo adds the key's multiple by a big-endian scalar, which it reverses, to point.
func (k *p256Key) addTo(point *nistec.P256Point, scalar []byte) {
	slices.Reverse(scalar)
	var negated nistec.P256Point
	addMultiple(scalar, len(k.table), p256Width, func(place int, negative bool) {
		p := k.table[place]
		if negative {
			p = negated.Negate(p)
		}
		point.Add(point, p)
	})
}
