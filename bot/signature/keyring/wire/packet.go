package wire

import "encoding/binary"

// Tags of the packets that key files and signatures hold. Source: RFC 9580 §5.
const (
	TagSignature     = 2
	TagSecretKey     = 5
	TagPublicKey     = 6
	TagSecretSubkey  = 7
	TagTrust         = 12
	TagUserID        = 13
	TagPublicSubkey  = 14
	TagUserAttribute = 17
)

// Packet is one OpenPGP packet. Body points into the bytes that were read.
type Packet struct {
	Tag uint8
	// Offset is where its body begins.
	Offset int
	Body   []byte
}

// NextPacket reads the packet that begins at offset of data and says where the next one begins.
// Partial and open-ended lengths are for streams of data; in keys and signatures they are refused.
// Source: RFC 9580 §4.2.
func NextPacket(data []byte, offset int) (p Packet, next int, err error) {
	rest := data[offset:]
	if len(rest) == 0 {
		return p, offset, malformed(offset, "a packet is missing")
	}
	first := rest[0]
	var header, length int
	switch {
	case first&0x80 == 0:
		return p, offset, malformed(offset, "this is not an OpenPGP packet")
	case first&0x40 != 0:
		p.Tag = first & 0x3f
		header, length = newLength(rest[1:])
	default:
		p.Tag = first >> 2 & 0x0f
		header, length = oldLength(first&3, rest[1:])
	}
	if header == 0 {
		return p, offset, malformed(offset, "the length of a packet is not given or cut off")
	}
	p.Offset = offset + 1 + header
	next = p.Offset + length
	if length < 0 || next > len(data) {
		return p, offset, malformed(offset, "a packet of %d bytes is cut off", length)
	}
	p.Body = data[p.Offset:next:next]
	return p, next, nil
}

// newLength reads a length of the current format; header 0 says that there is none.
func newLength(b []byte) (header, length int) {
	switch {
	case len(b) >= 1 && b[0] < 192:
		return 1, int(b[0])
	case len(b) >= 2 && b[0] < 224:
		return 2, int(b[0]-192)<<8 + int(b[1]) + 192
	case len(b) >= 5 && b[0] == 255:
		return 5, int(binary.BigEndian.Uint32(b[1:]))
	}
	return 0, 0
}

// oldLength reads a length of the legacy format.
func oldLength(kind byte, b []byte) (header, length int) {
	switch {
	case kind == 0 && len(b) >= 1:
		return 1, int(b[0])
	case kind == 1 && len(b) >= 2:
		return 2, int(binary.BigEndian.Uint16(b))
	case kind == 2 && len(b) >= 4:
		return 4, int(binary.BigEndian.Uint32(b))
	}
	return 0, 0
}

// OnlyPacket reads data, which must be exactly one packet with that tag.
func OnlyPacket(data []byte, tag uint8) (Packet, error) {
	p, next, err := NextPacket(data, 0)
	if err != nil {
		return p, err
	}
	if p.Tag != tag {
		return p, malformed(0, "a packet of kind %d stands where kind %d is expected", p.Tag, tag)
	}
	if next != len(data) {
		return p, malformed(next, "a second packet follows the first")
	}
	return p, nil
}

// cursor takes values from the front of a packet's body and remembers the first shortage.
type cursor struct {
	body  []byte
	at    int
	short bool
}

// take gives the next n bytes, or zeros when the body is too short.
func (c *cursor) take(n int) []byte {
	if n < 0 || len(c.body)-c.at < n {
		c.short = true
		c.at = len(c.body)
		return make([]byte, min(max(n, 0), 64))
	}
	c.at += n
	return c.body[c.at-n : c.at : c.at]
}

// uint8, uint16 and uint32 read big-endian numbers.
func (c *cursor) uint8() uint8   { return c.take(1)[0] }
func (c *cursor) uint16() uint16 { return binary.BigEndian.Uint16(c.take(2)) }
func (c *cursor) uint32() uint32 { return binary.BigEndian.Uint32(c.take(4)) }

// area reads a counted run of bytes; the count has two bytes, or four in version 6.
func (c *cursor) area(version uint8) []byte {
	if version == 6 {
		return c.take(int(c.uint32()))
	}
	return c.take(int(c.uint16()))
}

// mpi reads a multiprecision integer. Its count of bits must be exact or, as older Go and GitHub
// write it, that of all its bytes; anything in between is malformed. Source: RFC 9580 §3.2.
func (c *cursor) mpi() (value []byte, canonical bool) {
	bits := int(c.uint16())
	value = c.take((bits + 7) / 8)
	if c.short || bits == 0 {
		return value, !c.short
	}
	return value, bits == len(value)*8 || bits == bitLen(value)
}

// bitLen counts the bits of value from its highest one.
func bitLen(value []byte) int {
	for i, b := range value {
		for bit := 7; bit >= 0; bit-- {
			if b>>bit != 0 {
				return (len(value)-i-1)*8 + bit + 1
			}
		}
	}
	return 0
}
