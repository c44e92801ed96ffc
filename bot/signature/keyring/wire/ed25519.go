package wire

import (
	"crypto/ed25519"
	"crypto/sha512"
	"sync"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
)

const (
	// keyWidth and baseWidth are the bits of a digit in the tables of a key (98 KB) and of the base point
	// (492 KB, one for all keys). Wider ones save little and no longer fit near the processor.
	keyWidth, baseWidth = 5, 8
	// scalarBits is the length of the group's order: no scalar is longer.
	scalarBits = 253
)

// edKey is an Ed25519 key. One that signs much gets a table of its multiples, with which a
// verification takes a third of the time.
type edKey struct {
	public ed25519.PublicKey
	usage  usage
	minusA *edTable // of the negated key; nil until it was used often, and where the key is no point
}

// newEdKey takes a key of 32 bytes, whatever they are.
func newEdKey(public []byte) *edKey { return &edKey{public: ed25519.PublicKey(public)} }

// verify is ed25519.Verify: it accepts the same signatures, those of keys and with halves in odd
// encodings too, which a fuzz test holds. A batch of signatures is never verified together, because
// batches accept others. Source: RFC 8032 §5.1.7; FIPS 186-5 §7.7.
func (k *edKey) verify(message []byte, signature *[ed25519.SignatureSize]byte) bool {
	if !k.usage.often(k.prepare) {
		return ed25519.Verify(k.public, message, signature[:])
	}
	if k.minusA == nil {
		return false
	}
	s, err := new(edwards25519.Scalar).SetCanonicalBytes(signature[32:])
	if err != nil {
		return false
	}
	h := sha512.New()
	h.Write(signature[:32])
	h.Write(k.public)
	h.Write(message)
	var sum [sha512.Size]byte
	c, err := new(edwards25519.Scalar).SetUniformBytes(h.Sum(sum[:0]))
	if err != nil {
		return false // unreachable: it has 64 bytes
	}
	p := identityPoint()
	baseTable().addTo(&p, s.Bytes())
	k.minusA.addTo(&p, c.Bytes())
	return p.bytes() == [32]byte(signature[:32])
}

// prepare makes the table, if the key is a point.
func (k *edKey) prepare() {
	if a, err := new(edwards25519.Point).SetBytes(k.public); err == nil {
		k.minusA = newEdTable(a.Negate(a), keyWidth)
	}
}

// baseTable is the table of the base point, made when it is first asked for.
var baseTable = sync.OnceValue(func() *edTable {
	return newEdTable(edwards25519.NewGeneratorPoint(), baseWidth)
})

// edTable is a table of a point's multiples in affine form.
type edTable struct {
	width  int
	points []tablePoint
}

// tablePoint is an affine point (x, y) as additions need it: y+x, y-x, 2dxy.
type tablePoint struct{ sum, difference, product field.Element }

// newEdTable makes the table of p.
func newEdTable(p *edwards25519.Point, width int) *edTable {
	return &edTable{width, flatten(multiplesOf(p, scalarBits, width, func(a, b *edwards25519.Point) *edwards25519.Point {
		return new(edwards25519.Point).Add(a, b)
	}))}
}

// flatten gives points in affine form; all are divided by their Z with one inversion.
func flatten(points []*edwards25519.Point) []tablePoint {
	// before[i] is the product of the Zs before i.
	before, product := make([]field.Element, len(points)), *new(field.Element).One()
	for i, p := range points {
		_, _, z, _ := p.ExtendedCoordinates()
		before[i] = product
		product.Multiply(&product, z)
	}
	var rest, inverse, x, y field.Element // rest is the inverse of the product of the Zs up to i
	rest.Invert(&product)
	d2, flat := twiceD(), make([]tablePoint, len(points))
	for i := len(points) - 1; i >= 0; i-- {
		px, py, pz, _ := points[i].ExtendedCoordinates()
		inverse.Multiply(&rest, &before[i])
		rest.Multiply(&rest, pz)
		x.Multiply(px, &inverse)
		y.Multiply(py, &inverse)
		flat[i].sum.Add(&y, &x)
		flat[i].difference.Subtract(&y, &x)
		flat[i].product.Multiply(&x, &y)
		flat[i].product.Multiply(&flat[i].product, d2)
	}
	return flat
}

// twiceD is 2d of the curve's equation, d = -121665/121666. Source: RFC 8032 §5.1.
func twiceD() *field.Element {
	var one, numerator, denominator field.Element
	one.One()
	numerator.Mult32(&one, 121665)
	numerator.Negate(&numerator)
	denominator.Mult32(&one, 121666)
	denominator.Invert(&denominator)
	d := new(field.Element).Multiply(&numerator, &denominator)
	return d.Add(d, d)
}

// addTo adds the scalar's multiple of the table's point to p. The scalar is little-endian and below the
// group's order.
func (m *edTable) addTo(p *edPoint, scalar []byte) {
	addMultiple(scalar, len(m.points), m.width, func(place int, negative bool) {
		if negative {
			p.subtract(&m.points[place])
		} else {
			p.add(&m.points[place])
		}
	})
}

// edPoint is a point of the curve in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
type edPoint struct{ x, y, z, t field.Element }

// identityPoint is the neutral point.
func identityPoint() (p edPoint) {
	p.y.One()
	p.z.One()
	return p
}

// add adds q to p. The formula holds for every pair of points of the curve.
// Source: Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited", §3.1, with a = -1 and Z2 = 1.
func (p *edPoint) add(q *tablePoint) {
	var a, b, c, d field.Element
	a.Subtract(&p.y, &p.x)
	a.Multiply(&a, &q.difference)
	b.Add(&p.y, &p.x)
	b.Multiply(&b, &q.sum)
	c.Multiply(&p.t, &q.product)
	d.Add(&p.z, &p.z)
	p.finish(&a, &b, &c, &d)
}

// subtract adds -q to p: of (-x, y) the sum is the difference, and the product is negated.
func (p *edPoint) subtract(q *tablePoint) {
	var a, b, c, d field.Element
	a.Subtract(&p.y, &p.x)
	a.Multiply(&a, &q.sum)
	b.Add(&p.y, &p.x)
	b.Multiply(&b, &q.difference)
	c.Multiply(&p.t, &q.product)
	c.Negate(&c)
	d.Add(&p.z, &p.z)
	p.finish(&a, &b, &c, &d)
}

// finish is the second half of the formula.
func (p *edPoint) finish(a, b, c, d *field.Element) {
	var e, f, g, h field.Element
	e.Subtract(b, a)
	f.Subtract(d, c)
	g.Add(d, c)
	h.Add(b, a)
	p.x.Multiply(&e, &f)
	p.y.Multiply(&g, &h)
	p.z.Multiply(&f, &g)
	p.t.Multiply(&e, &h)
}

// bytes encodes p: y, little-endian, with the lowest bit of x as its highest. Source: RFC 8032 §5.1.2.
func (p *edPoint) bytes() [32]byte {
	var inverse, x, y field.Element
	inverse.Invert(&p.z)
	x.Multiply(&p.x, &inverse)
	y.Multiply(&p.y, &inverse)
	out := [32]byte(y.Bytes())
	out[31] |= byte(x.IsNegative()) << 7
	return out
}
