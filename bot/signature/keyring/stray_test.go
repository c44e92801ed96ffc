package keyring_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// family is a key file's packets with a signing subkey, and the fingerprints that must be fit.
func family(t testing.TB) (packets [][]byte, fit []string) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	return [][]byte{
		k.Primary(), k.Direct(k, signing(made)), keyringtest.UserID(userID), k.Certify(k, userID, signing(made)),
		s.Sub(), k.Bind(s, keyringtest.Says{Made: made, Flags: []byte{2}, Back: s}),
	}, []string{k.Fingerprint(), s.Fingerprint()}
}

func TestRead_strayPacketTakesNobodysKey(t *testing.T) {
	packets, fit := family(t)
	stranger, victim := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	revokes := keyringtest.Says{Made: made, Reason: reason(2)}
	strays := map[string][]byte{
		"another primary key":          stranger.Primary(),
		"another subkey":               stranger.Sub(),
		"another user id":              keyringtest.UserID("Mallory"),
		"the same user id":             keyringtest.UserID(userID),
		"a user attribute":             keyringtest.Frame(17, []byte("x")),
		"a stranger's revocation":      stranger.Revoke(victim, revokes),
		"a stranger's binding":         stranger.Bind(victim, keyringtest.Says{Made: made, Flags: []byte{2}}),
		"a stranger's certification":   stranger.Certify(victim, userID, signing(made)),
		"an empty signature":           keyringtest.Frame(2, nil),
		"a signature of version 3":     keyringtest.Frame(2, []byte{3, 5, 0x10, 0, 0, 0, 0}),
		"an empty primary key":         keyringtest.Frame(6, nil),
		"a primary key of version 3":   keyringtest.Frame(6, []byte{3, 0, 0, 0, 0, 0, 0, 1}),
		"an empty subkey":              keyringtest.Frame(14, nil),
		"an unknown algorithm":         keyringtest.Frame(14, []byte{4, 0, 0, 0, 0, 99, 0}),
		"trust":                        keyringtest.Frame(12, []byte{1}),
		"padding":                      keyringtest.Frame(21, []byte{1, 2, 3}),
		"a private packet":             keyringtest.Frame(60, []byte{1}),
		"an unknown critical packet":   keyringtest.Frame(39, []byte{1}),
		"a copy of the primary key":    packets[0],
		"a copy of the certification":  packets[3],
		"a copy of the subkey":         packets[4],
		"a certification, one bit off": flip(packets[3], len(packets[3])-1),
		"a binding, one bit off":       flip(packets[5], 20),
	}
	for name, stray := range strays {
		for place := range len(packets) + 1 {
			t.Run(fmt.Sprintf("%s at %d", name, place), func(t *testing.T) {
				keys := read(slices.Insert(slices.Clone(packets), place, stray)...)
				for _, fingerprint := range fit {
					if got := stateOf(keys, fingerprint, at(1)); got != keyring.Fit {
						t.Errorf("%s is %s, want fit", fingerprint, got)
					}
				}
			})
		}
	}
}

// flip turns the lowest bit of one byte.
func flip(packet []byte, at int) []byte {
	packet = bytes.Clone(packet)
	packet[at] ^= 1
	return packet
}

func TestRead_orderOfPacketsDoesNotMatter(t *testing.T) {
	packets, fit := family(t)
	for n := range len(packets) {
		keys := read(append(slices.Clone(packets[n:]), packets[:n]...)...)
		for _, fingerprint := range fit {
			if got := stateOf(keys, fingerprint, at(1)); got != keyring.Fit {
				t.Errorf("turned by %d, %s is %s, want fit", n, fingerprint, got)
			}
		}
	}
}

func TestRead_flippedBitMakesNoNewKeyFit(t *testing.T) {
	packets, fit := family(t)
	block := bytes.Join(packets, nil)
	for bit := range 8 * len(block) {
		changed := bytes.Clone(block)
		changed[bit/8] ^= 1 << (bit % 8)
		for _, k := range read(changed) {
			if state, _ := k.At(at(1)); state == keyring.Fit && !slices.Contains(fit, k.Fingerprint) {
				t.Fatalf("with bit %d turned, the key %s is fit", bit, k.Fingerprint)
			}
		}
	}
}

func TestRead_boundsRefuseTheFile(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	base := [][]byte{k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, signing(made))}
	self := k.Certify(k, userID, signing(made))
	many := map[string][][]byte{
		"packets":      slices.Repeat([][]byte{keyringtest.Frame(60, nil)}, 20_001),
		"signatures":   slices.Repeat([][]byte{self}, 501),
		"user ids":     nil,
		"primary keys": nil,
	}
	for i := range 101 {
		many["user ids"] = append(many["user ids"], keyringtest.UserID(fmt.Sprint(i)))
		many["primary keys"] = append(many["primary keys"], keyringtest.NewKey(t, "ed25519", made).Primary())
	}
	for i := range 100 { // 400 signatures that name nobody, each of which could be over any of 99 user ids
		if i > 0 {
			many["combinations"] = append(many["combinations"], keyringtest.UserID(fmt.Sprint(i)))
		}
		nameless := k.SignRaw(keyringtest.Raw{Kind: 0x13, Hashed: keyringtest.MadeAt(at(i))})
		many["combinations"] = append(many["combinations"], nameless, nameless, nameless, nameless)
	}
	for name, packets := range many {
		file := keyring.File{
			Path:  "keys/alice.asc",
			Bytes: keyringtest.Armour(block, append(slices.Clone(base), packets...)...),
		}
		if keys := keyring.Read(file); len(keys) != 0 {
			t.Errorf("too many %s: Read gives %d keys, want none", name, len(keys))
		}
		_, findings := keyring.New([]keyring.File{file}, roster())
		if got := rules(findings); !slices.Equal(got, []string{"KEY001 block keys/alice.asc"}) {
			t.Errorf("too many %s: findings %v, want KEY001", name, got)
		}
	}
}

func FuzzNew_strayPacketTakesNobodysKey(f *testing.F) {
	packets, fit := family(f)
	stranger := keyringtest.NewKey(f, "ed25519", made)
	for tag, body := range map[uint8][]byte{
		2: packets[3][6:], 6: stranger.Primary()[2:], 13: []byte("x"),
		14: stranger.Sub()[2:], 17: {1},
	} {
		for place := range len(packets) + 1 {
			f.Add(tag, uint8(place), body)
		}
	}
	f.Fuzz(func(t *testing.T, tag, place uint8, body []byte) {
		at := int(place) % (len(packets) + 1)
		keys := read(slices.Insert(slices.Clone(packets), at, keyringtest.Frame(tag&0x3f, body))...)
		for _, fingerprint := range fit {
			if got := stateOf(keys, fingerprint, made); got != keyring.Fit {
				t.Errorf("packet %d %x at %d: %s is %s, want fit", tag, body, at, fingerprint, got)
			}
		}
		for _, k := range keys {
			if state, _ := k.At(made); state == keyring.Fit && !slices.Contains(fit, k.Fingerprint) {
				t.Errorf("packet %d %x at %d: the new key %s is fit", tag, body, at, k.Fingerprint)
			}
		}
	})
}

func FuzzNew_anyFile(f *testing.F) {
	packets, _ := family(f)
	f.Add("keys/alice.asc", keyringtest.Armour(block, packets...))
	f.Add("keys/alice.asc", keyringtest.NewKey(f, "p256", made).File(userID, made))
	f.Add("keys/alice.asc", keyringtest.NewKey(f, "v6", made).File(userID, made))
	f.Add("keys/alice.pub", keyringtest.NewSSHKey(f, "ed25519").File())
	f.Add("keys/web-flow.asc", []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"))
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		file := keyring.File{Path: path, Bytes: data}
		ring, findings := keyring.New([]keyring.File{file}, roster())
		if len(ring.Keys()) == 0 && len(findings) == 0 {
			t.Error("a file without a key has no finding")
		}
		for _, k := range ring.Keys() {
			if found := ring.Named(k.Fingerprint, 0); len(found) == 0 {
				t.Errorf("%s is not found by its fingerprint", k.Fingerprint)
			}
		}
		if got := keyring.Compare(data, data); len(ring.Keys()) > 0 && path == "keys/alice.asc" && got != keyring.Same {
			t.Errorf("Compare of a file with itself = %s", got)
		}
	})
}
