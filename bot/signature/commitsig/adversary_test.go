package commitsig_test

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// attack is one commit that somebody has made with care, and what it is worth.
type attack struct {
	name string
	raw  []byte
	want commitsig.Word
	// gpgTakes says why gpg accepts what is refused here, "" where it does not.
	gpgTakes string
}

// fort is a ring of one person, alice, whose commits are attacked.
type fort struct {
	ring       keyring.Ring
	key, other *keyringtest.Key
	file       []byte
	payload    []byte
}

// newFort makes alice's key of a kind, and a key that is in no file.
func newFort(t testing.TB, kind string) fort {
	t.Helper()
	f := fort{key: keyringtest.NewKey(t, kind, made), other: keyringtest.NewKey(t, "ed25519", made), payload: by(alice, alice).Payload()}
	f.file = f.key.File("Alice", made)
	f.ring, _ = keyring.New([]keyring.File{{Path: "keys/alice.asc", Bytes: f.file}}, people())
	return f
}

// carrying is the payload with packets as its armoured signature.
func (f fort) carrying(packets ...[]byte) []byte {
	return keyringtest.Signed(f.payload, keyringtest.Armour("SIGNATURE", packets...), "gpgsig")
}

// signed is the payload signed with those subpackets, made and issuer not among them.
func (f fort) signed(raw keyringtest.Raw) []byte { return f.carrying(f.key.SignRaw(raw, f.payload)) }

// usual are the subpackets of an ordinary signature, and then some.
func (f fort) usual(more ...[]byte) []byte {
	return slices.Concat(append([][]byte{keyringtest.MadeAt(when), keyringtest.IssuedBy(f.key)}, more...)...)
}

// checkAttacks compares each verdict, and that only a good one counts.
func checkAttacks(t *testing.T, ring keyring.Ring, attacks []attack) {
	t.Helper()
	for _, a := range attacks {
		v := commitsig.Verify(a.raw, ring, seen)
		if v.Word != a.want {
			t.Errorf("%s: Verify = %s (%s), want %s", a.name, v.Word, v.Text, a.want)
		}
		if v.Counts(false) != (a.want == commitsig.Good) || v.Text == "" {
			t.Errorf("%s: Counts = %v with the text %q", a.name, v.Counts(false), v.Text)
		}
	}
}

// subpacketAttacks are signatures that say odd things of themselves.
func subpacketAttacks(f fort) []attack {
	sub, at, id := keyringtest.Subpacket, keyringtest.MadeAt, keyringtest.IssuedByID
	hashed := func(parts ...[]byte) []byte { return f.signed(keyringtest.Raw{Hashed: slices.Concat(parts...)}) }
	both := func(hashed, unhashed []byte) []byte {
		return f.signed(keyringtest.Raw{Hashed: hashed, Unhashed: unhashed})
	}
	me, stranger := keyringtest.IssuedBy(f.key), keyringtest.IssuedBy(f.other)
	return []attack{
		{"ordinary", hashed(f.usual()), commitsig.Good, ""},
		{"no time", hashed(me), commitsig.Malformed, ""},
		{"a time that nobody signed", both(me, at(when)), commitsig.Malformed, ""},
		{"two times", hashed(at(when), at(when.Add(-time.Hour)), me), commitsig.Malformed, "it reads the first"},
		{"the same time twice", hashed(at(when), at(when), me), commitsig.Malformed, "it reads the first"},
		{"another time beside, not signed", both(f.usual(), at(when.Add(time.Hour))), commitsig.Good, ""},
		{"a time of three bytes", hashed(sub(2, 1, 2, 3), me), commitsig.Malformed, ""},
		{"a critical time", hashed(sub(0x82, binary.BigEndian.AppendUint32(nil, uint32(when.Unix()))...), me), commitsig.Good, ""},
		{"made in 1970", hashed(at(time.Unix(0, 0)), me), commitsig.Bad, ""},
		{"it has ended", hashed(f.usual(keyringtest.Lasts(time.Minute))), commitsig.ExpiredSignature, ""},
		{"it has ended, critical", hashed(f.usual(sub(0x83, 0, 0, 0, 60))), commitsig.ExpiredSignature, ""},
		{"an end of zero is none", hashed(f.usual(keyringtest.Lasts(0))), commitsig.Good, ""},
		{"an end that nobody signed", both(f.usual(), keyringtest.Lasts(time.Minute)), commitsig.Good, ""},
		{"a longer life that nobody signed", both(f.usual(keyringtest.Lasts(time.Minute)), keyringtest.Lasts(0)), commitsig.ExpiredSignature, ""},
		{"two ends", hashed(f.usual(keyringtest.Lasts(0), keyringtest.Lasts(time.Minute))), commitsig.Malformed, "it reads the first"},
		{"the key's end in a document's signature", hashed(f.usual(keyringtest.KeyLasts(time.Minute))), commitsig.Good, ""},
		{"fingerprint of a stranger, key id of Alice", hashed(at(when), stranger, id(f.key.ID())), commitsig.Malformed, "it reads the key id"},
		{"the same, the stranger not signed", both(slices.Concat(at(when), id(f.key.ID())), stranger), commitsig.Malformed, "it reads the key id"},
		{"fingerprint of a stranger alone", hashed(at(when), stranger), commitsig.UnknownKey, ""},
		{"two key ids, the stranger's first", hashed(at(when), id(f.other.ID()), id(f.key.ID())), commitsig.Malformed, ""},
		{"two key ids, Alice's first", hashed(at(when), id(f.key.ID()), id(f.other.ID())), commitsig.Malformed, "it reads the first"},
		{"a key id in each area", both(slices.Concat(at(when), id(f.key.ID())), id(f.other.ID())), commitsig.Malformed, "it reads the signed one"},
		{"the fingerprint twice", hashed(f.usual(me)), commitsig.Good, ""},
		{"a fingerprint of version 5", hashed(at(when), id(f.key.ID()), sub(33, append([]byte{5}, make([]byte, 32)...)...)), commitsig.Malformed, "it passes it over"},
		{"a fingerprint cut short", hashed(at(when), id(f.key.ID()), sub(33, 4, 1, 2)), commitsig.Malformed, ""},
		{"a key id of seven bytes", hashed(at(when), sub(16, 1, 2, 3, 4, 5, 6, 7)), commitsig.Malformed, ""},
		{"critical notation", hashed(f.usual(keyringtest.CriticalNotation())), commitsig.Unsupported, ""},
		{"critical notation, not signed", both(f.usual(), keyringtest.CriticalNotation()), commitsig.Unsupported, ""},
		{"critical part of private use", hashed(f.usual(sub(0x80 | 101))), commitsig.Unsupported, ""},
		{"critical part of private use, not signed", both(f.usual(), sub(0x80|101)), commitsig.Unsupported, ""},
		{"part of private use", hashed(f.usual(sub(101, 1, 2))), commitsig.Good, ""},
		{"critical signature target", hashed(f.usual(sub(0x80|31, 1, 8, 0))), commitsig.Unsupported, ""},
		{"critical trust", hashed(f.usual(sub(0x80|5, 1, 60))), commitsig.Unsupported, "it knows trust signatures"},
		{"critical policy", hashed(f.usual(sub(0x80|26, 'x'))), commitsig.Good, ""},
		{"a notation whose lengths do not add up", hashed(f.usual(sub(20, 0x80, 0, 0, 0, 0, 9, 0, 1, 'n'))), commitsig.Malformed, ""},
		{"an empty subpacket", hashed(f.usual([]byte{0})), commitsig.Malformed, ""},
		{"a subpacket longer than its area", hashed(f.usual([]byte{9, 20, 1})), commitsig.Malformed, ""},
		{"another's signature inside", both(f.usual(), sub(32, f.other.SignRaw(keyringtest.Raw{Hashed: f.usual()}, f.payload)[6:]...)), commitsig.Good, ""},
		{"five signatures inside", both(f.usual(), bytes.Repeat(sub(32, 4, 0, 22, 8), 5)), commitsig.Malformed, "it does not count them"},
		{"not to be exported", hashed(f.usual(sub(4, 0))), commitsig.Good, ""},
		{"a reason for a revocation", hashed(f.usual(sub(29, 2))), commitsig.Good, ""},
		{"key flags that deny signing", hashed(f.usual(keyringtest.Flags(1))), commitsig.Good, ""},
	}
}

func TestVerify_whatSignaturesSayOfThemselves(t *testing.T) {
	f := newFort(t, "ed25519")
	checkAttacks(t, f.ring, subpacketAttacks(f))
}

// kindAttacks are signatures of other things than documents, and of other versions.
func kindAttacks(f fort) []attack {
	var attacks []attack
	for kind, want := range map[byte]commitsig.Word{
		0x01: commitsig.Unsupported, 0x02: commitsig.Malformed, 0x10: commitsig.Malformed, 0x13: commitsig.Malformed,
		0x16: commitsig.Malformed, 0x18: commitsig.Malformed, 0x19: commitsig.Malformed, 0x1f: commitsig.Malformed,
		0x20: commitsig.Malformed, 0x28: commitsig.Malformed, 0x30: commitsig.Malformed, 0x40: commitsig.Malformed,
		0x50: commitsig.Malformed, 0x60: commitsig.Malformed, 0xff: commitsig.Malformed,
	} {
		raw := f.signed(keyringtest.Raw{Kind: kind, Hashed: f.usual()})
		attacks = append(attacks, attack{fmt.Sprintf("kind %#02x over the commit's bytes", kind), raw, want, ""})
	}
	canonical := bytes.ReplaceAll(f.payload, []byte("\n"), []byte("\r\n"))
	overKey := f.key.SignRaw(keyringtest.Raw{Kind: 0x1f, Hashed: f.usual()}, f.key.Hashable())
	return append(
		attacks,
		attack{"kind text over the text with CRLF", f.carrying(f.key.SignRaw(keyringtest.Raw{Kind: 1, Hashed: f.usual()}, canonical)), commitsig.Unsupported, "it canonicalises line ends"},
		attack{"version 3", f.carrying(f.key.SignV3(0, when, f.payload)), commitsig.Unsupported, "it takes version 3"},
		attack{"version 3, a revocation of the key", f.carrying(f.key.SignV3(0x20, when, f.payload)), commitsig.Malformed, ""},
		attack{"Alice's word about her own key", f.carrying(overKey), commitsig.Malformed, ""},
		attack{"kind binary over the key", f.carrying(f.key.SignRaw(keyringtest.Raw{Hashed: f.usual()}, f.key.Hashable())), commitsig.Bad, ""},
		attack{"over nothing", f.carrying(f.key.SignRaw(keyringtest.Raw{Hashed: f.usual()})), commitsig.Bad, ""},
		attack{"over the whole object with its header", f.carrying(f.key.SignRaw(keyringtest.Raw{Hashed: f.usual()}, fmt.Appendf(nil, "commit %d\x00", len(f.payload)), f.payload)), commitsig.Bad, ""},
		attack{"over the message alone", f.carrying(f.key.SignRaw(keyringtest.Raw{Hashed: f.usual()}, []byte("Wording\n"))), commitsig.Bad, ""},
	)
}

func TestVerify_kindsOfSignatures(t *testing.T) {
	f := newFort(t, "ed25519")
	checkAttacks(t, f.ring, kindAttacks(f))
}

// digestAttacks are digests that are weak, or too short for the key. Source: RFC 9580 §5.2.3.2 to §5.2.3.5.
func digestAttacks(f fort, kind string) []attack {
	wants := map[string]map[crypto.Hash]commitsig.Word{
		"ed25519": {
			crypto.MD5: commitsig.Weak, crypto.SHA1: commitsig.Weak, crypto.RIPEMD160: commitsig.Weak, crypto.SHA224: commitsig.Weak,
			crypto.SHA256: commitsig.Good, crypto.SHA384: commitsig.Good, crypto.SHA512: commitsig.Good, crypto.SHA3_256: commitsig.Good, crypto.SHA3_512: commitsig.Good,
		},
		"p256":    {crypto.SHA224: commitsig.Weak, crypto.SHA256: commitsig.Good},
		"p384":    {crypto.SHA256: commitsig.Weak, crypto.SHA384: commitsig.Good},
		"p521":    {crypto.SHA384: commitsig.Weak, crypto.SHA512: commitsig.Good},
		"rsa2048": {crypto.MD5: commitsig.Weak, crypto.SHA1: commitsig.Weak, crypto.RIPEMD160: commitsig.Weak, crypto.SHA224: commitsig.Good, crypto.SHA512: commitsig.Good},
		"rsa1024": {crypto.SHA512: commitsig.Weak},
		"rsa2047": {crypto.SHA256: commitsig.Weak},
	}
	var attacks []attack
	for h, want := range wants[kind] {
		good := f.signed(keyringtest.Raw{Hash: h, Hashed: f.usual()})
		taken := ""
		if h == crypto.SHA1 || h == crypto.RIPEMD160 || h == crypto.SHA224 && kind == "ed25519" {
			taken = "it takes digests of 160 bits, and any with Ed25519"
		}
		changed := bytes.Replace(good, []byte("Wording"), []byte("wording"), 1)
		attacks = append(attacks,
			attack{kind + " with " + h.String(), good, want, taken}, attack{kind + " with " + h.String() + ", changed", changed, commitsig.Bad, ""})
	}
	return attacks
}

func TestVerify_digests(t *testing.T) {
	for _, kind := range []string{"ed25519", "p256", "p384", "p521", "rsa2048", "rsa1024", "rsa2047"} {
		f := newFort(t, kind)
		checkAttacks(t, f.ring, digestAttacks(f, kind))
	}
}

// valueAttacks change the numbers of a true signature.
func valueAttacks(f fort) []attack {
	change := func(edit func(body []byte) []byte) []byte {
		return f.signed(keyringtest.Raw{Hashed: f.usual(), Change: edit})
	}
	// The numbers begin behind version to digest, both areas and the two open bytes.
	start := 4 + 2 + len(f.usual()) + 2 + 2
	zeroed := func(body []byte) []byte { return append(bytes.Clone(body[:start]), 0, 0, 0, 0) }
	wider := func(body []byte) []byte { // one zero byte in front of the first number
		bits := binary.BigEndian.Uint16(body[start:])
		out := binary.BigEndian.AppendUint16(bytes.Clone(body[:start]), (bits+7)/8*8+8)
		return append(append(out, 0), body[start+2:]...)
	}
	miscounted := func(body []byte) []byte {
		out := bytes.Clone(body)
		bits := binary.BigEndian.Uint16(out[start:])
		low := (bits-1)/8*8 + 1 // another count of bits for as many bytes
		if low == bits {
			low++
		}
		binary.BigEndian.PutUint16(out[start:], low)
		return out
	}
	swapped := func(body []byte) []byte {
		n := 2 + int(binary.BigEndian.Uint16(body[start:])+7)/8
		return slices.Concat(body[:start], body[start+n:], body[start:start+n])
	}
	return []attack{
		{"both numbers are zero", change(zeroed), commitsig.Bad, ""},
		{"the second number is missing", change(func(b []byte) []byte { return b[:start+2+int(binary.BigEndian.Uint16(b[start:])+7)/8] }), commitsig.Malformed, ""},
		{"the numbers are swapped", change(swapped), commitsig.Bad, ""},
		{"a zero byte in front", change(wider), commitsig.Bad, "it takes leading zeros"},
		{"bits counted wrong", change(miscounted), commitsig.Malformed, "it counts bytes only"},
		{"a byte behind", change(func(b []byte) []byte { return append(bytes.Clone(b), 0) }), commitsig.Malformed, "it stops reading"},
		{"cut off in the second number", change(func(b []byte) []byte { return b[:len(b)-1] }), commitsig.Malformed, ""},
		{"the open bytes are wrong", change(func(b []byte) []byte { b[start-1] ^= 1; return b }), commitsig.Bad, "it does not look at them"},
		{"an algorithm of nobody", change(func(b []byte) []byte { b[2] = 99; return b }), commitsig.Unsupported, ""},
		{"a digest of nobody", change(func(b []byte) []byte { b[3] = 99; return b }), commitsig.Unsupported, ""},
		{"labelled as DSA", change(func(b []byte) []byte { b[2] = 17; return b }), commitsig.Malformed, ""},
		{"labelled as ECDSA", change(func(b []byte) []byte { b[2] = 19; return b }), commitsig.Malformed, ""},
		{"labelled as version 6", change(func(b []byte) []byte { b[0] = 6; return b }), commitsig.Malformed, ""},
		{"labelled as version 5", change(func(b []byte) []byte { b[0] = 5; return b }), commitsig.Unsupported, ""},
		{"labelled as version 2", change(func(b []byte) []byte { b[0] = 2; return b }), commitsig.Unsupported, ""},
		{"empty", change(func([]byte) []byte { return nil }), commitsig.Malformed, ""},
		{"one byte", change(func([]byte) []byte { return []byte{4} }), commitsig.Malformed, ""},
		{"over 16 KiB", f.signed(keyringtest.Raw{Hashed: f.usual(), Unhashed: keyringtest.Subpacket(101, make([]byte, 17<<10)...)}), commitsig.Malformed, ""},
	}
}

func TestVerify_numbersOfASignature(t *testing.T) {
	f := newFort(t, "ed25519")
	checkAttacks(t, f.ring, valueAttacks(f))
}

// packetAttacks put a true signature into other packets, or write its packet otherwise.
func packetAttacks(f fort) []attack {
	good := f.key.SignRaw(keyringtest.Raw{Hashed: f.usual()}, f.payload)
	body := good[6:]
	stranger := f.other.SignRaw(keyringtest.Raw{Hashed: slices.Concat(keyringtest.MadeAt(when), keyringtest.IssuedBy(f.other))}, f.payload)
	changed := f.key.SignRaw(keyringtest.Raw{Hashed: f.usual()}, []byte("x"))
	frame := keyringtest.Frame
	old := func(lengthKind byte, length ...byte) []byte {
		return slices.Concat([]byte{0x80 | 2<<2 | lengthKind}, length, body)
	}
	n := len(body)
	onePass := frame(4, slices.Concat([]byte{3, 0, 8, 22}, binary.BigEndian.AppendUint64(nil, f.key.ID()), []byte{1}))
	literal := func(text []byte) []byte { return frame(11, append([]byte{'b', 0, 0, 0, 0, 0}, text...)) }
	return []attack{
		{"old format, one byte of length", f.carrying(old(0, byte(n))), commitsig.Good, ""},
		{"old format, two bytes of length", f.carrying(old(1, byte(n>>8), byte(n))), commitsig.Good, ""},
		{"old format, four bytes of length", f.carrying(old(2, 0, 0, byte(n>>8), byte(n))), commitsig.Good, ""},
		{"old format, open end", f.carrying(old(3)), commitsig.Malformed, ""},
		{"partial lengths", f.carrying(slices.Concat([]byte{0xc2, 0xe0 | 6}, body[:64], []byte{byte(n - 64)}, body[64:])), commitsig.Malformed, ""},
		{"a length beyond the end", f.carrying(old(1, byte((n+1)>>8), byte(n+1))), commitsig.Malformed, "it takes what is there"},
		{"a length short of the end", f.carrying(old(1, byte((n-1)>>8), byte(n-1))), commitsig.Malformed, ""},
		{"a marker before", f.carrying(frame(10, []byte("PGP")), good), commitsig.Malformed, "it passes markers over"},
		{"trust behind", f.carrying(good, frame(12, []byte{1, 2})), commitsig.Malformed, "it passes trust over"},
		{"padding behind", f.carrying(good, frame(21, make([]byte, 16))), commitsig.Malformed, "it does not know padding"},
		{"a private packet behind", f.carrying(good, frame(60, []byte("x"))), commitsig.Malformed, "it passes it over"},
		{"a packet of kind 0 behind", f.carrying(good, []byte{0xc0, 0}), commitsig.Malformed, "it stops reading"},
		{"the same twice", f.carrying(good, good), commitsig.Malformed, ""},
		{"good and then a stranger's", f.carrying(good, stranger), commitsig.Malformed, ""},
		{"a stranger's and then good", f.carrying(stranger, good), commitsig.Malformed, ""},
		{"good and then bad", f.carrying(good, changed), commitsig.Malformed, ""},
		{"one pass, literal, signature", f.carrying(onePass, literal(f.payload), good), commitsig.Malformed, ""},
		{"one pass, another literal, signature", f.carrying(onePass, literal([]byte("x")), changed), commitsig.Malformed, ""},
		{"signature, literal", f.carrying(good, literal(f.payload)), commitsig.Malformed, ""},
		{"compressed, of no compression", f.carrying(frame(8, append([]byte{0}, good...))), commitsig.Malformed, "it opens it"},
		{"the key before it", f.carrying(f.key.Primary(), good), commitsig.Malformed, ""},
		{"a user id before it", f.carrying(keyringtest.UserID("Alice"), good), commitsig.Malformed, ""},
	}
}

func TestVerify_packetsAroundASignature(t *testing.T) {
	f := newFort(t, "ed25519")
	checkAttacks(t, f.ring, packetAttacks(f))
}

// armourAttacks write the armour of a true signature otherwise.
func armourAttacks(f fort) []attack {
	good := f.key.SignRaw(keyringtest.Raw{Hashed: f.usual()}, f.payload)
	armour := string(keyringtest.Armour("SIGNATURE", good))
	carried := func(text string) []byte { return keyringtest.Signed(f.payload, []byte(text), "gpgsig") }
	replaced := func(old, with string) []byte { return carried(strings.Replace(armour, old, with, 1)) }
	headers := func(lines string) []byte { return replaced("-----\n\n", "-----\n"+lines+"\n") }
	lines := strings.Split(armour, "\n")
	sum := lines[len(lines)-3]
	one := base64.StdEncoding.EncodeToString(good)
	in := func(body string) []byte {
		return carried("-----BEGIN PGP SIGNATURE-----\n\n" + body + "\n" + sum + "\n-----END PGP SIGNATURE-----\n")
	}
	return []attack{
		{"ordinary", carried(armour), commitsig.Good, ""},
		{"with a version and a comment", headers("Version: GnuPG v2\nComment: mine\n"), commitsig.Good, ""},
		{"a header without a value", headers("Comment: \n"), commitsig.Good, ""},
		{"a header that is none", headers("mine\n"), commitsig.Malformed, ""},
		{"a header with a control character", headers("Comment: \x1b[31m\n"), commitsig.Malformed, "it does not look"},
		{"seventeen headers", headers(strings.Repeat("Comment: x\n", 17)), commitsig.Malformed, "it does not count"},
		{"a header of 600 bytes", headers("Comment: " + strings.Repeat("x", 600) + "\n"), commitsig.Malformed, "it does not count"},
		{"no empty line", replaced("-----\n\n", "-----\n"), commitsig.Malformed, ""},
		{"an empty line of blanks", replaced("-----\n\n", "-----\n  \n"), commitsig.Malformed, "it takes blanks"},
		{"two empty lines", replaced("-----\n\n", "-----\n\n\n"), commitsig.Malformed, "it takes them"},
		{"no checksum", replaced(sum+"\n", ""), commitsig.Good, ""},
		{"a wrong checksum", replaced(sum, "=AAAA"), commitsig.Malformed, ""},
		{"a checksum of three letters", replaced(sum, "=AAA"), commitsig.Malformed, ""},
		{"two checksums", replaced(sum+"\n", sum+"\n"+sum+"\n"), commitsig.Malformed, "it stops at the first"},
		{"text behind the checksum", replaced(sum+"\n", sum+"\nx\n"), commitsig.Malformed, "it stops at the checksum"},
		{"dashes escaped", replaced("-----END", "- -----END"), commitsig.Malformed, "it takes them back"},
		{"blanks at the end of a line", replaced(lines[2]+"\n", lines[2]+" \n"), commitsig.Malformed, "it takes blanks"},
		{"a blank in the middle", replaced(lines[2][:8], lines[2][:8]+" "), commitsig.Malformed, "it takes blanks"},
		{"a tab in the middle", replaced(lines[2][:8], lines[2][:8]+"\t"), commitsig.Malformed, "it takes blanks"},
		{"carriage returns", carried(strings.ReplaceAll(armour, "\n", "\r\n")), commitsig.Malformed, "it takes them"},
		{"one long line", in(one), commitsig.Malformed, "it takes lines of any length"},
		{"lines of 76", in(folded(one, 76)), commitsig.Good, ""},
		{"lines of 4", in(folded(one, 4)), commitsig.Good, ""},
		{"a short line first", in(one[:4] + "\n" + folded(one[4:], 64)), commitsig.Malformed, "it takes lines of any length"},
		{"four dashes at the end", replaced("END PGP SIGNATURE-----", "END PGP SIGNATURE----"), commitsig.Malformed, "it does not look at END"},
		{"small letters", replaced("BEGIN PGP SIGNATURE", "BEGIN PGP signature"), commitsig.Malformed, ""},
		{"blanks behind BEGIN", replaced("SIGNATURE-----\n\n", "SIGNATURE-----  \n\n"), commitsig.Malformed, "it takes blanks"},
		{"a blank before BEGIN", carried(" " + armour), commitsig.Malformed, ""},
		{"an empty line before BEGIN", carried("\n" + armour), commitsig.Malformed, ""},
		{"an empty line behind END", carried(armour + "\n"), commitsig.Good, ""},
		{"two empty lines behind END", carried(armour + "\n\n"), commitsig.Malformed, "it does not look behind END"},
		{"a second block", carried(armour + armour), commitsig.Malformed, ""},
		{"a second block by a stranger", carried(armour + string(keyringtest.Armour("SIGNATURE", f.other.Sign(f.payload, now())))), commitsig.Malformed, ""},
		{"a timestamp behind it", carried(armour + "-----BEGIN OPENTIMESTAMPS GIT TIMESTAMP-----\n\nAA==\n-----END OPENTIMESTAMPS GIT TIMESTAMP-----\n"), commitsig.Malformed, "it does not look behind END"},
		{"a MESSAGE armour", carried(strings.ReplaceAll(armour, "SIGNATURE", "MESSAGE")), commitsig.Malformed, "it takes it"},
		{"BEGIN and END differ", replaced("END PGP SIGNATURE", "END PGP MESSAGE"), commitsig.Malformed, "it does not compare"},
		{"padding in the middle", in(strings.Replace(folded(one, 64), "\n", "==\n", 1)), commitsig.Malformed, ""},
		{"letters of another alphabet", in(strings.Replace(folded(one, 64), one[:1], "_", 1)), commitsig.Malformed, ""},
		{"a header with a value of 64 KiB", headers("Comment: " + strings.Repeat("x", 64<<10) + "\n"), commitsig.Malformed, "its bound is wider"},
	}
}

// folded writes text in lines of that width.
func folded(text string, width int) string {
	var lines []string
	for ; len(text) > width; text = text[width:] {
		lines = append(lines, text[:width])
	}
	return strings.Join(append(lines, text), "\n")
}

func TestVerify_armourOfASignature(t *testing.T) {
	f := newFort(t, "ed25519")
	checkAttacks(t, f.ring, armourAttacks(f))
}
