package wire_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

var made = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// body strips the header that keyringtest.Frame has put before a packet.
func body(packet []byte) []byte { return packet[6:] }

func TestNextPacket_lengths(t *testing.T) {
	for name, c := range map[string]struct {
		data   string
		tag    uint8
		length int
	}{
		"new, one byte":           {"c20241 42", 2, 2},
		"new, two bytes":          {"c2c000" + strings.Repeat("00", 192), 2, 192},
		"new, five bytes":         {"c2ff000000014f", 2, 1},
		"old, one byte":           {"880141", 2, 1},
		"old, two bytes":          {"89000141", 2, 1},
		"old, four bytes":         {"8a0000000141", 2, 1},
		"empty":                   {"cd00", 13, 0},
		"something follows after": {"880141cd00", 2, 1},
	} {
		data, err := hex.DecodeString(strings.ReplaceAll(c.data, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		p, next, err := wire.NextPacket(data, 0)
		if err != nil || p.Tag != c.tag || len(p.Body) != c.length || next != p.Offset+c.length {
			t.Errorf("%s: NextPacket = %+v, %d, %v, want tag %d with %d bytes", name, p, next, err, c.tag, c.length)
		}
	}
	for name, data := range map[string]string{
		"nothing": "", "no packet": "41", "no length": "c2", "cut off": "c20241", "partial length": "c2e041", "open-ended": "8b41",
		"two bytes cut": "c2c0", "five bytes cut": "c2ff0000", "huge": "c2ffffffffff00", "old, cut": "8900",
	} {
		raw, err := hex.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		if p, _, err := wire.NextPacket(raw, 0); err == nil {
			t.Errorf("%s: NextPacket takes it: %+v", name, p)
		}
	}
}

func TestParseSignature_readsWhatItSays(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	says := keyringtest.Says{Made: made, Flags: []byte{3}, KeyLife: 48 * time.Hour, Life: time.Hour}
	s, err := wire.ParseSignature(body(frame(k.Certify(k, "A", says))))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Created.Equal(made) || s.KeyLifetime != 48*time.Hour || !s.Ends().Equal(made.Add(time.Hour)) || s.Flags != 3 ||
		!s.HasFlags ||
		s.IssuerFingerprint != k.Fingerprint() || s.IssuerID != k.ID() || s.Version != 4 || s.Kind != 0x13 ||
		s.Hash.String() != "SHA-256" {
		t.Errorf("ParseSignature = %+v", s)
	}
}

// frame writes a packet again with the five-byte length that body expects.
func frame(packet []byte) []byte {
	p, _, err := wire.NextPacket(packet, 0)
	if err != nil {
		panic(err) // a test's own packet
	}
	return keyringtest.Frame(p.Tag, p.Body)
}

func TestParseSignature_refuses(t *testing.T) {
	k, other := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	when, by := keyringtest.MadeAt(made), keyringtest.IssuedBy(k)
	sub := keyringtest.Subpacket
	change := func(f func([]byte) []byte) keyringtest.Raw {
		return keyringtest.Raw{Hashed: slices.Concat(when, by), Change: f}
	}
	set := func(at int, value byte) func([]byte) []byte {
		return func(b []byte) []byte { b[at] = value; return b }
	}
	for _, c := range []struct {
		name        string
		raw         keyringtest.Raw
		want        string
		unsupported bool
	}{
		{"no time", keyringtest.Raw{Hashed: by}, "when it was made", false},
		{"time only where nobody signed it", keyringtest.Raw{Hashed: by, Unhashed: when}, "when it was made", false},
		{"two times", keyringtest.Raw{Hashed: slices.Concat(when, when)}, "a time twice", false},
		{
			"two ends",
			keyringtest.Raw{Hashed: slices.Concat(when, sub(3, 0, 0, 0, 1), sub(3, 0, 0, 0, 2))},
			"a time twice",
			false,
		},
		{"time of three bytes", keyringtest.Raw{Hashed: sub(2, 1, 2, 3)}, "3 bytes, not 4", false},
		{
			"issuer of seven bytes",
			keyringtest.Raw{Hashed: slices.Concat(when, sub(16, 1, 2, 3, 4, 5, 6, 7))},
			"7 bytes, not 8", false,
		},
		{
			"two issuers",
			keyringtest.Raw{Hashed: slices.Concat(when, by), Unhashed: keyringtest.IssuedByID(other.ID())},
			"names two keys", false,
		},
		{
			"two fingerprints",
			keyringtest.Raw{Hashed: slices.Concat(when, by), Unhashed: keyringtest.IssuedBy(other)},
			"names two keys", false,
		},
		{"empty fingerprint", keyringtest.Raw{Hashed: slices.Concat(when, sub(33))}, "fingerprint is empty", false},
		{
			"fingerprint of another length",
			keyringtest.Raw{Hashed: slices.Concat(when, sub(33, 4, 1, 2))},
			"version 4 with 2 bytes", false,
		},
		{
			"reason without code",
			keyringtest.Raw{Hashed: slices.Concat(when, sub(29))},
			"reason of a revocation is empty",
			false,
		},
		{"notation cut", keyringtest.Raw{Hashed: slices.Concat(when, sub(20, 0, 0, 0, 0))}, "notation is cut off", false},
		{
			"notation that does not add up",
			keyringtest.Raw{Hashed: slices.Concat(when, sub(20, 0, 0, 0, 0, 0, 9, 0, 0))},
			"do not add up", false,
		},
		{
			"five embedded",
			keyringtest.Raw{Hashed: slices.Concat(when, sub(32), sub(32), sub(32), sub(32), sub(32))},
			"more than 4 others", false,
		},
		{
			"subpacket without kind",
			keyringtest.Raw{Hashed: slices.Concat(when, []byte{0})},
			"subpacket of the signature is cut off", false,
		},
		{
			"subpacket longer than its area",
			keyringtest.Raw{Hashed: slices.Concat(when, []byte{9, 1})},
			"subpacket of the signature is cut off", false,
		},
		{"version 3", change(set(0, 3)), "version 3", true},
		{"version 5", change(set(0, 5)), "version 5", true},
		{"unknown algorithm", change(set(2, 99)), "algorithm 99", true},
		{"algorithm of one number", change(set(2, 1)), "bytes stand behind", false},
		{"hashed area over the end", change(set(4, 0xff)), "cut off", false},
		{"a byte more", change(func(b []byte) []byte { return append(b, 0) }), "1 bytes stand behind", false},
		{"a byte less", change(func(b []byte) []byte { return b[:len(b)-1] }), "cut off", false},
		{"nothing", change(func([]byte) []byte { return nil }), "cut off", false},
		{"over the limit", change(func([]byte) []byte { return make([]byte, wire.MaxSignature+1) }), "more than", false},
	} {
		_, err := wire.ParseSignature(body(k.SignRaw(c.raw)))
		got, _ := problem(t, err)
		if e := err.(*wire.Error); !strings.Contains(got, c.want) || e.Unsupported != c.unsupported {
			t.Errorf("%s: ParseSignature says %q (unsupported %v), want %q", c.name, got, e.Unsupported, c.want)
		}
	}
}

func TestParseSignature_namesWhatIsCritical(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	when := keyringtest.MadeAt(made)
	notation := func(kind byte) []byte { return keyringtest.Subpacket(kind, 0x80, 0, 0, 0, 0, 1, 0, 1, 'n', 'v') }
	for name, c := range map[string]struct {
		raw  keyringtest.Raw
		want string
	}{
		"none": {keyringtest.Raw{Hashed: slices.Concat(when, notation(20),
			keyringtest.Subpacket(100, 1))}, ""},
		"a notation": {keyringtest.Raw{Hashed: slices.Concat(when, notation(20|0x80))}, "a notation"},
		"private kind": {
			keyringtest.Raw{Hashed: slices.Concat(when, keyringtest.Subpacket(100|0x80, 1))},
			"a subpacket of kind 100",
		},
		"private kind, unsigned": {
			keyringtest.Raw{Hashed: when, Unhashed: keyringtest.Subpacket(100|0x80, 1)},
			"a subpacket of kind 100",
		},
		"what is understood": {keyringtest.Raw{Hashed: slices.Concat(when, keyringtest.Subpacket(26|0x80, 'x'),
			keyringtest.Subpacket(24|0x80, 'x'))}, ""},
		"intended recipients, for us": {
			keyringtest.Raw{Hashed: slices.Concat(when, keyringtest.Subpacket(35|0x80, 4))},
			"a subpacket of kind 35",
		},
	} {
		s, err := wire.ParseSignature(body(k.SignRaw(c.raw)))
		if err != nil || s.Critical != c.want {
			t.Errorf("%s: Critical = %q, %v, want %q", name, s.Critical, err, c.want)
		}
	}
}

func TestParseSignature_numbersAreWrittenInOneWay(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	document := []byte("text")
	packet := k.SignRaw(keyringtest.Raw{Hashed: slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(k))}, document)
	raw := body(packet)
	// The second number ends the packet: its count of bits stands before its at most 32 bytes.
	last := len(raw) - 34
	for last < len(raw)-2 && (int(raw[last])<<8|int(raw[last+1])+7)/8 != len(raw)-last-2 {
		last++
	}
	exact := int(raw[last])<<8 | int(raw[last+1])
	for bits := range 300 {
		changed := bytes.Clone(raw)
		changed[last], changed[last+1] = byte(bits>>8), byte(bits)
		_, err := wire.ParseSignature(changed)
		allowed := bits == exact || bits == 8*(len(raw)-last-2)
		if (err == nil) != allowed {
			t.Errorf("%d bits where %d are: ParseSignature = %v", bits, exact, err)
		}
	}
}

// FuzzParseSignature holds that what we take go-crypto takes too, and reads the same from it.
func FuzzParseSignature(f *testing.F) {
	k := keyringtest.NewKey(f, "ed25519", made)
	for _, kind := range []string{"ed25519", "v6", "p256", "rsa1024"} {
		signer := keyringtest.NewKey(f, kind, made)
		f.Add(body(frame(signer.Sign([]byte("text"), keyringtest.Says{Made: made, Flags: []byte{3}, Life: time.Hour}))))
		f.Add(body(frame(signer.Revoke(signer, keyringtest.Says{Made: made}))))
	}
	f.Add(body(frame(k.Bind(k, keyringtest.Says{Made: made, Back: k, Flags: []byte{2}}))))
	f.Add([]byte{3, 5, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := wire.ParseSignature(raw)
		if err != nil {
			if _, offset := problem(t, err); offset < 0 || offset > len(raw) {
				t.Errorf("offset %d is outside of %d bytes", offset, len(raw))
			}
			return
		}
		p, err := packet.Read(bytes.NewReader(keyringtest.Frame(2, raw)))
		if err != nil {
			return // go-crypto refuses more digests, reasons and embedded signatures than it needs to
		}
		other, ok := p.(*packet.Signature)
		if !ok {
			t.Fatalf("go-crypto reads a %T", p)
		}
		if !other.CreationTime.Equal(s.Created) || uint8(other.SigType) != s.Kind ||
			uint8(other.PubKeyAlgo) != s.KeyAlgorithm || other.Version != int(s.Version) {
			t.Errorf("go-crypto reads %+v, ParseSignature %+v", other, s)
		}
		if s.IssuerFingerprint != "" && !strings.EqualFold(hex.EncodeToString(other.IssuerFingerprint),
			s.IssuerFingerprint) {
			t.Errorf("go-crypto reads the issuer %x, ParseSignature %s", other.IssuerFingerprint, s.IssuerFingerprint)
		}
		if other.SigLifetimeSecs != nil && time.Duration(*other.SigLifetimeSecs)*time.Second != s.Lifetime {
			t.Errorf("go-crypto reads the life %d, ParseSignature %v", *other.SigLifetimeSecs, s.Lifetime)
		}
	})
}

func FuzzNextPacket(f *testing.F) {
	f.Add([]byte{0xc2, 2, 1, 2})
	f.Add([]byte{0x88, 1, 2})
	f.Add([]byte{0xc2, 0xe0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, next, err := wire.NextPacket(data, 0)
		if err != nil {
			return
		}
		other, err := packet.NewOpaqueReader(bytes.NewReader(data)).Next()
		if err != nil || other.Tag != p.Tag || !bytes.Equal(other.Contents, p.Body) || next > len(data) {
			t.Errorf("NextPacket = %+v, %d; go-crypto reads %+v, %v", p, next, other, err)
		}
	})
}
