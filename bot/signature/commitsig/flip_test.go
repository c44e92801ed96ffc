package commitsig_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// cut parts a commit as git does, by another way than the code under test: the lines of the signature
// header, unfolded, and all other bytes.
func cut(raw []byte) (payload, signature []byte) {
	head, message, _ := bytes.Cut(raw, []byte("\n\n"))
	inside := false
	for _, line := range bytes.SplitAfter(append(bytes.Clone(head), '\n'), []byte("\n")) {
		value, begins := bytes.CutPrefix(line, []byte("gpgsig "))
		inside = begins || inside && bytes.HasPrefix(line, []byte(" "))
		switch {
		case begins:
			signature = append(signature, value...)
		case inside:
			signature = append(signature, line[1:]...)
		default:
			payload = append(payload, line...)
		}
	}
	return append(append(payload, '\n'), message...), signature
}

// flipped is a signed commit with the ring in which it is good.
type flipped struct {
	name string
	raw  []byte
	ring keyring.Ring
	seen time.Time
}

// flipSamples are commits of each kind: our own, and from the corpus where it is there.
func flipSamples(t *testing.T) []flipped {
	t.Helper()
	var samples []flipped
	for _, kind := range []string{"ed25519", "v6", "p256", "rsa2048"} {
		k := keyringtest.NewKey(t, kind, made)
		ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.asc", Bytes: k.File("A", made)}}, people())
		samples = append(samples, flipped{kind, k.SignCommit(by(alice, alice), now()), ring, seen})
	}
	ssh := keyringtest.NewSSHKey(t, "ed25519")
	ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.pub", Bytes: ssh.File()}}, people())
	samples = append(samples, flipped{"ssh", ssh.SignCommit(by(alice, alice), "git"), ring, seen})
	for _, name := range []string{
		"good-armour-headers", "good-mergetag", "good-signing-subkey", "good-ssh-nistp256",
		"good-armour-no-checksum", "good-old-packet-format",
	} {
		raw, err := os.ReadFile(filepath.Join(corpus, "made", name+".commit"))
		if err != nil {
			t.Logf("without %s: the corpus of signed commits is not there", name)
			continue
		}
		samples = append(samples, flipped{name, raw, madeRing(t), seen})
	}
	return samples
}

func TestVerify_noFlippedBitOfWhatIsSignedStaysGood(t *testing.T) {
	for _, sample := range flipSamples(t) {
		t.Run(sample.name, func(t *testing.T) {
			before := commitsig.Verify(sample.raw, sample.ring, sample.seen)
			if before.Word != commitsig.Good {
				t.Fatalf("Verify = %s (%s), want good", before.Word, before.Text)
			}
			payload, signature := cut(sample.raw)
			for bit := range 8 * len(sample.raw) {
				changed := bytes.Clone(sample.raw)
				changed[bit/8] ^= 1 << (bit % 8)
				after := commitsig.Verify(changed, sample.ring, sample.seen)
				if after.Word != commitsig.Good {
					continue
				}
				if after.Fingerprint != before.Fingerprint || after.Subkey != before.Subkey ||
					after.Person != before.Person || !after.Created.Equal(before.Created) {
					t.Errorf("bit %d of byte %d: good of another: %+v", bit%8, bit/8, after)
				}
				otherPayload, otherSignature := cut(changed)
				if !bytes.Equal(payload, otherPayload) {
					t.Errorf("bit %d of byte %d: good though the payload changed", bit%8, bit/8)
				}
				if !sameSignature(t, signature, otherSignature) {
					t.Errorf("bit %d of byte %d: good though what is signed in the signature changed", bit%8, bit/8)
				}
			}
		})
	}
}

// sameSignature tells whether two armoured signatures differ at most in what nobody signs: armour
// headers, the unhashed area and, with RSA, the open bytes of the digest.
func sameSignature(t *testing.T, a, b []byte) bool {
	t.Helper()
	if bytes.Contains(a, []byte("SSH SIGNATURE")) {
		return bytes.Equal(a, b)
	}
	hashedA, valuesA := parts(t, a)
	hashedB, valuesB := parts(t, b)
	return bytes.Equal(hashedA, hashedB) && bytes.Equal(valuesA, valuesB)
}

// parts gives the hashed area of an armoured signature with what stands before it, and its numbers.
func parts(t *testing.T, text []byte) (hashed, values []byte) {
	t.Helper()
	b, err := armor.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("go-crypto does not read the armour of a good commit: %v", err)
	}
	p, err := packet.NewOpaqueReader(b.Body).Next()
	if err != nil {
		t.Fatalf("go-crypto does not read the packet of a good commit: %v", err)
	}
	c, width := p.Contents, 2
	if c[0] == 6 {
		width = 4
	}
	length := func(at int) (n int) {
		for _, digit := range c[at : at+width] {
			n = n<<8 + int(digit)
		}
		return n
	}
	unhashed := 4 + width + length(4)
	open := unhashed + width + length(unhashed)
	if algorithm := c[2]; algorithm == 1 {
		return c[:unhashed], c[open+2:]
	}
	return c[:unhashed], c[open:]
}

func TestVerify_noFlippedBitOfTheKeyStaysGoodAsAnother(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	packets := bytes.Join([][]byte{
		k.Primary(), keyringtest.UserID("A"), k.Certify(k, "A", keyringtest.Says{Made: made, Flags: []byte{1}}),
		s.Sub(), k.Bind(s, keyringtest.Says{Made: made, Flags: []byte{2}, Back: s}),
	}, nil)
	raw := s.SignCommit(by(alice, alice), now())
	inKeys := func(at int) bool { // the two key packets, without their headers' lengths
		p, q := bytes.Index(packets, k.Primary()), bytes.Index(packets, s.Sub())
		return at >= p && at < p+len(k.Primary()) || at >= q && at < q+len(s.Sub())
	}
	for bit := range 8 * len(packets) {
		changed := bytes.Clone(packets)
		changed[bit/8] ^= 1 << (bit % 8)
		ring, _ := keyring.New([]keyring.File{{
			Path:  "keys/alice.asc",
			Bytes: keyringtest.Armour("PUBLIC KEY BLOCK", changed),
		}}, people())
		v := commitsig.Verify(raw, ring, seen)
		if v.Word != commitsig.Good {
			continue
		}
		if v.Fingerprint != k.Fingerprint() || v.Subkey != s.Fingerprint() {
			t.Errorf("bit %d of byte %d: good of %s %s", bit%8, bit/8, v.Fingerprint, v.Subkey)
		}
		if inKeys(bit / 8) {
			t.Errorf("bit %d of byte %d: good though the key changed", bit%8, bit/8)
		}
	}
}

// FuzzVerify holds that no bytes become good but those that a key has signed.
func FuzzVerify(f *testing.F) {
	w := newWorld(f)
	signed := map[string]bool{}
	for _, raw := range [][]byte{
		w.alice.SignCommit(by(alice, alice), now()), w.bob.SignCommit(by(alice, bob),
			now()), w.host.SignCommit(by(bob, github), now()),
		w.ssh.SignCommit(by(bob, bob), "git"), w.stray.SignCommit(by(alice, alice), now()), by(alice, alice).Payload(),
		w.alice.SignCommit(keyringtest.Commit{
			Author: alice, When: when, Message: "x",
			Headers: []string{"encoding ISO-8859-1", "mergetag a\n b"},
		}, now()),
	} {
		payload, _ := cut(raw)
		signed[string(payload)] = true
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v := commitsig.Verify(raw, w.ring, seen)
		if v.Text == "" || v.Word == "" || v.Offset < 0 || v.Offset > len(raw) {
			t.Errorf("Verify = %+v", v)
		}
		if _, err := commitsig.Parse(raw); err != nil && v.Word != commitsig.Malformed {
			t.Errorf("Verify = %s of what Parse refuses: %v", v.Word, err)
		}
		if !v.Counts(true) {
			return
		}
		if payload, _ := cut(raw); !signed[string(payload)] {
			t.Errorf("Verify = %s of a payload that nobody signed: %q", v.Word, payload)
		}
	})
}
