package wire

import (
	"bytes"
	"encoding/base64"
	"slices"
)

const (
	// MaxArmour bounds one armoured block. The largest signature in use (RSA 8192 with notations) has
	// under 4 KiB; 64 KiB leave room and keep a header of megabytes from being decoded at all.
	MaxArmour = 64 << 10
	// MaxKeyArmour bounds a block of public keys, which may carry the certifications of many strangers.
	MaxKeyArmour = 4 << 20
	// maxArmourHeaders and maxArmourHeader bound the "Version: …" and "Comment: …" lines, which nobody signs.
	maxArmourHeaders = 16
	maxArmourHeader  = 512
	// maxArmourLine is the longest base64 line that RFC 9580 §6.2 allows.
	maxArmourLine = 76
)

// Labels of the blocks that are read, as they stand between "-----BEGIN " and "-----".
const (
	LabelSignature = "PGP SIGNATURE"
	LabelPublicKey = "PGP PUBLIC KEY BLOCK"
	LabelSSH       = "SSH SIGNATURE"
)

// Dearmour decodes text, which must be one OpenPGP armour block with that label and nothing else;
// one final line end may be there. Lines end in LF. The checksum may be absent (RFC 9580 §6.1
// advises against it), but not wrong. It has at most MaxArmour bytes, public keys MaxKeyArmour.
func Dearmour(text []byte, label string) ([]byte, error) { return DearmourInto(nil, text, label) }

// DearmourInto is Dearmour into the memory of buffer, if that has enough of it.
func DearmourInto(buffer, text []byte, label string) ([]byte, error) {
	l, err := openBlock(text, label)
	if err != nil {
		return nil, err
	}
	if err := l.skipHeaders(); err != nil {
		return nil, err
	}
	data, err := l.decodeBody(buffer)
	if err != nil {
		return nil, err
	}
	if err := l.checkSum(data); err != nil {
		return nil, err
	}
	return data, l.close(label)
}

// DearmourSSH decodes text, which must be one "SSH SIGNATURE" block and nothing else. It has no
// headers, no empty line and no checksum. Source: PROTOCOL.sshsig, "Armored format".
func DearmourSSH(text []byte) ([]byte, error) {
	l, err := openBlock(text, LabelSSH)
	if err != nil {
		return nil, err
	}
	data, err := l.decodeBody(nil)
	if err != nil {
		return nil, err
	}
	return data, l.close(LabelSSH)
}

// isRule tells whether line is that mark, the label and five dashes.
func isRule(line []byte, mark, label string) bool {
	return len(line) == len(mark)+len(label)+5 && string(line[:len(mark)]) == mark &&
		string(line[len(mark):len(mark)+len(label)]) == label && string(line[len(line)-5:]) == "-----"
}

// lines walks over a block line by line and knows where it stands.
type lines struct {
	text []byte
	at   int
}

// openBlock checks the size and the BEGIN line.
func openBlock(text []byte, label string) (lines, error) {
	limit := MaxArmour
	if label == LabelPublicKey {
		limit = MaxKeyArmour
	}
	if len(text) > limit {
		return lines{}, malformed(0, "the armour has %d bytes, more than %d", len(text), limit)
	}
	if at := bytes.IndexByte(text, '\r'); at >= 0 {
		return lines{}, malformed(at, "the armour has a carriage return")
	}
	l := lines{text: text}
	line, _ := l.next()
	if !isRule(line, "-----BEGIN ", label) {
		return lines{}, malformed(0, "the armour does not begin with the line -----BEGIN %s-----", label)
	}
	return l, nil
}

// peek gives the line that starts here; ended is false where the text ends without a line end.
func (l *lines) peek() (line []byte, ended bool) {
	rest := l.text[l.at:]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		return rest[:end], true
	}
	return rest, false
}

// next gives the line that starts here and steps over it.
func (l *lines) next() (line []byte, ended bool) {
	line, ended = l.peek()
	l.at += len(line)
	if ended {
		l.at++
	}
	return line, ended
}

// skipHeaders steps over "Key: value" lines and the empty line that must follow.
func (l *lines) skipHeaders() error {
	for range maxArmourHeaders + 1 {
		at := l.at
		line, ended := l.next()
		if !ended {
			return malformed(at, "the armour ends before its empty line")
		}
		if len(line) == 0 {
			return nil
		}
		if !isArmourHeader(line) {
			return malformed(at, "a line of the armour is neither a header nor the empty line before the signature")
		}
	}
	return malformed(l.at, "the armour has more than %d headers", maxArmourHeaders)
}

// isArmourHeader tells whether line is "Name: value" in printable characters.
func isArmourHeader(line []byte) bool {
	name, value, found := bytes.Cut(line, []byte(":"))
	if !found || len(name) == 0 || len(line) > maxArmourHeader {
		return false
	}
	if len(value) > 0 && value[0] != ' ' {
		return false
	}
	for _, c := range name {
		if !isLetterOrDigit(c) && c != '-' {
			return false
		}
	}
	return !bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// isLetterOrDigit tells whether c is an ASCII letter or digit.
func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// decodeBody reads base64 lines up to the checksum or the END line. All lines but the last have one
// length, so that a body can be written in one way only for each length.
func (l *lines) decodeBody(buffer []byte) ([]byte, error) {
	start, width, last := l.at, 0, false
	for {
		line, ended := l.peek()
		if !ended && len(line) == 0 {
			return nil, malformed(l.at, "the armour has no END line")
		}
		if len(line) > 0 && (line[0] == '=' || line[0] == '-') {
			break
		}
		if len(line) == 0 || len(line) > maxArmourLine {
			return nil, malformed(l.at, "a line of the armour has %d characters, not 1 to %d", len(line), maxArmourLine)
		}
		if width == 0 {
			width = len(line)
		}
		if last || len(line) > width {
			return nil, malformed(l.at, "the lines of the armour are not of one length")
		}
		last = len(line) < width
		l.next()
	}
	return decodeBase64(buffer, l.text[start:l.at], start)
}

// strictBase64 refuses unused bits that are not zero; it never changes.
var strictBase64 = base64.StdEncoding.Strict()

// decodeBase64 decodes body, into buffer if that is large enough; line ends in body are skipped, padding and
// unused bits must be right.
func decodeBase64(buffer, body []byte, offset int) ([]byte, error) {
	if len(body) == 0 {
		return nil, malformed(offset, "the armour is empty")
	}
	data := slices.Grow(buffer[:0], strictBase64.DecodedLen(len(body)))
	data = data[:cap(data)]
	n, err := strictBase64.Decode(data, body)
	if corrupt, ok := err.(base64.CorruptInputError); ok {
		return nil, malformed(offset+int(corrupt), "the armour is not canonical base64")
	}
	if err != nil {
		return nil, malformed(offset, "the armour is not canonical base64")
	}
	return data[:n], nil
}

// checkSum compares the "=XXXX" line with data, where there is one.
func (l *lines) checkSum(data []byte) error {
	line, _ := l.peek()
	if len(line) == 0 || line[0] != '=' {
		return nil
	}
	at := l.at
	l.next()
	var sum [3]byte
	if n, err := strictBase64.Decode(sum[:], line[1:min(len(line), 5)]); err != nil || n != 3 || len(line) != 5 {
		return malformed(at, "the checksum of the armour is not four characters of base64")
	}
	want := crc24(data)
	if got := uint32(sum[0])<<16 | uint32(sum[1])<<8 | uint32(sum[2]); got != want {
		return malformed(at, "the checksum of the armour is wrong")
	}
	return nil
}

// close checks the END line, and that nothing follows but one line end.
func (l *lines) close(label string) error {
	at := l.at
	line, _ := l.next()
	if !isRule(line, "-----END ", label) {
		return malformed(at, "the armour does not end with the line -----END %s-----", label)
	}
	if l.at < len(l.text) {
		return malformed(l.at, "something follows after the armour")
	}
	return nil
}

// crcTables holds the CRC-24 of each byte, and of that byte with one and with two zero bytes behind it. It
// never changes.
var crcTables = makeCRCTables()

// makeCRCTables computes crcTables with the polynomial of RFC 9580 §6.1.1.
func makeCRCTables() (tables [3][256]uint32) {
	for i := range 256 {
		crc := uint32(i) << 16
		for zeros := range tables {
			for range 8 {
				crc <<= 1
				if crc&0x1000000 != 0 {
					crc ^= 0x1864cfb
				}
			}
			tables[zeros][i] = crc
		}
	}
	return tables
}

// crc24 is the armour's checksum, computed over three bytes at a time, as many as it has itself.
// Source: RFC 9580 §6.1.1.
func crc24(data []byte) uint32 {
	crc := uint32(0xb704ce)
	for ; len(data) >= 3; data = data[3:] {
		crc ^= uint32(data[0])<<16 | uint32(data[1])<<8 | uint32(data[2])
		crc = crcTables[2][crc>>16] ^ crcTables[1][crc>>8&0xff] ^ crcTables[0][crc&0xff]
	}
	for _, b := range data {
		crc = (crc<<8)&0xffffff ^ crcTables[0][byte(crc>>16)^b]
	}
	return crc
}
