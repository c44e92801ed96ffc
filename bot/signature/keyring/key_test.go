package keyring_test

import (
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// made is when the tests' keys are made; day n after it is at(n).
var made = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// at is n days after the keys were made.
func at(n int) time.Time { return made.AddDate(0, 0, n) }

const (
	userID = "Alice <alice@example.org>"
	block  = "PUBLIC KEY BLOCK"
	day    = 24 * time.Hour
)

// signing grants the rights to certify and sign.
func signing(made time.Time) keyringtest.Says {
	return keyringtest.Says{Made: made, Flags: []byte{3}}
}

// read reads packets as keys/alice.asc.
func read(packets ...[]byte) []keyring.Key {
	return keyring.Read(keyring.File{Path: "keys/alice.asc", Bytes: keyringtest.Armour(block, packets...)})
}

// reason makes the reason of a revocation.
func reason(code byte) *byte { return &code }

// stateOf gives the state of the key with that fingerprint, "absent" where there is none.
func stateOf(keys []keyring.Key, fingerprint string, seen time.Time) keyring.State {
	i := slices.IndexFunc(keys, func(k keyring.Key) bool { return k.Fingerprint == fingerprint })
	if i < 0 {
		return "absent"
	}
	state, _ := keys[i].At(seen)
	return state
}

// stateCase is one key, made of packets, and its state on a day.
type stateCase struct {
	name    string
	packets [][]byte
	day     int
	want    keyring.State
}

// checkStates compares the state of the key with that fingerprint in each case.
func checkStates(t *testing.T, fingerprint string, cases []stateCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			keys := read(c.packets...)
			if got := stateOf(keys, fingerprint, at(c.day)); got != c.want {
				t.Errorf("state on day %d = %s, want %s", c.day, got, c.want)
			}
		})
	}
}

func TestAt_primaryKey(t *testing.T) {
	k, stranger := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	primary, id, self := k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, signing(made))
	short := signing(made)
	short.KeyLife = 100 * day
	longer := signing(at(50))
	longer.KeyLife = 400 * day
	shorter := signing(at(50))
	shorter.KeyLife = 60 * day
	noFlags := keyringtest.Says{Made: made}
	ending := signing(made)
	ending.Life = 30 * day
	critical := signing(made)
	critical.Notation = "unknown@example.org"
	checkStates(t, k.Fingerprint(), []stateCase{
		{"certified with the right to sign", [][]byte{primary, id, self}, 10, keyring.Fit},
		{"direct signature without user id", [][]byte{primary, k.Direct(k, signing(made))}, 10, keyring.Fit},
		{"without flags it may do what it can", [][]byte{primary, id, k.Certify(k, userID, noFlags)}, 10, keyring.Fit},
		{
			"may only certify",
			[][]byte{primary, id, k.Certify(k, userID, keyringtest.Says{Made: made, Flags: []byte{1}})},
			10,
			keyring.NotSigning,
		},
		{"may only authenticate", [][]byte{
			primary, id,
			k.Certify(k, userID, keyringtest.Says{Made: made, Flags: []byte{0x20}}),
		}, 10, keyring.NotSigning},
		{"no self-signature", [][]byte{primary, id}, 10, keyring.NotSigning},
		{
			"certified by a stranger only",
			[][]byte{primary, id, stranger.Certify(k, userID, signing(made))},
			10,
			keyring.NotSigning,
		},
		{
			"self-signature asks to be understood",
			[][]byte{primary, id, k.Certify(k, userID, critical)},
			10,
			keyring.NotSigning,
		},
		{"a second before its end", [][]byte{primary, id, k.Certify(k, userID, short)}, 99, keyring.Fit},
		{"at its end", [][]byte{primary, id, k.Certify(k, userID, short)}, 100, keyring.Expired},
		{"extended", [][]byte{primary, id, k.Certify(k, userID, short), k.Certify(k, userID, longer)}, 200, keyring.Fit},
		{
			"extended, the newer one first",
			[][]byte{primary, id, k.Certify(k, userID, longer), k.Certify(k, userID, short)},
			200, keyring.Fit,
		},
		{
			"shortened",
			[][]byte{primary, id, k.Certify(k, userID, short), k.Certify(k, userID, shorter)},
			70,
			keyring.Expired,
		},
		{
			"extended for ever",
			[][]byte{primary, id, k.Certify(k, userID, short), k.Certify(k, userID, signing(at(50)))},
			9000, keyring.Fit,
		},
		{"the self-signature itself ends", [][]byte{primary, id, k.Certify(k, userID, ending)}, 31, keyring.Expired},
		{"only user id revoked", [][]byte{
			primary, id, self,
			k.RevokeUserID(userID, keyringtest.Says{Made: at(5), Reason: reason(32)}),
		}, 10, keyring.Fit},
		{"bound with SHA-1 only", [][]byte{
			primary, id,
			k.Certify(k, userID, keyringtest.Says{Made: made, Hash: crypto.SHA1, Flags: []byte{3}}),
		}, 10, keyring.Weak},
		{"denied with SHA-1", [][]byte{
			primary, k.Direct(k, noFlags), id,
			k.Certify(k, userID, keyringtest.Says{Made: made, Hash: crypto.SHA1, Flags: []byte{1}}),
		}, 10, keyring.NotSigning},
		{"SHA-1 beside SHA-256", [][]byte{
			primary, id, self,
			k.Certify(k, userID, keyringtest.Says{Made: at(5), Hash: crypto.SHA1, Flags: []byte{3}}),
		}, 10, keyring.Fit},
	})
}

func TestAt_revocation(t *testing.T) {
	k, stranger := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	base := [][]byte{k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, signing(made))}
	with := func(packet []byte) [][]byte { return append(slices.Clone(base), packet) }
	revoke := func(code *byte) []byte { return k.Revoke(k, keyringtest.Says{Made: at(50), Reason: code}) }
	damaged := revoke(reason(2))
	damaged[len(damaged)-1] ^= 1
	checkStates(t, k.Fingerprint(), []stateCase{
		{"compromised, seen before", with(revoke(reason(2))), 10, keyring.Revoked},
		{"no reason given, seen before", with(revoke(nil)), 10, keyring.Revoked},
		{"reason 0, seen before", with(revoke(reason(0))), 10, keyring.Revoked},
		{"reason that is not known, seen before", with(revoke(reason(100))), 10, keyring.Revoked},
		{"superseded, seen before", with(revoke(reason(1))), 10, keyring.Fit},
		{"superseded, seen in that second", with(revoke(reason(1))), 50, keyring.Revoked},
		{"retired, seen before", with(revoke(reason(3))), 10, keyring.Fit},
		{"retired, seen after", with(revoke(reason(3))), 60, keyring.Revoked},
		{
			"revoked with SHA-1", with(k.Revoke(k, keyringtest.Says{Made: at(50), Hash: crypto.SHA1, Reason: reason(2)})), 10,
			keyring.Revoked,
		},
		{
			"revoked by a stranger", with(stranger.Revoke(k, keyringtest.Says{Made: at(50), Reason: reason(2)})), 60,
			keyring.Fit,
		},
		{"damaged", with(damaged), 60, keyring.Fit},
		{"the revocation stands behind a user id", with(revoke(reason(2))), 60, keyring.Revoked},
		{"the revocation stands first", append([][]byte{revoke(reason(2))}, base...), 60, keyring.Revoked},
	})
}

func TestAt_subkey(t *testing.T) {
	k, s, stranger := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made),
		keyringtest.NewKey(t, "ed25519", made)
	base := [][]byte{
		k.Primary(), keyringtest.UserID(userID),
		k.Certify(k, userID, keyringtest.Says{Made: made, Flags: []byte{1}}), s.Sub(),
	}
	with := func(packets ...[]byte) [][]byte { return append(slices.Clone(base), packets...) }
	signs := keyringtest.Says{Made: made, Flags: []byte{2}, Back: s}
	noBack, forgedBack, weakBack, weak, encrypts, short := signs, signs, signs, signs, signs, signs
	noBack.Back, forgedBack.Back = nil, stranger
	weakBack.BackHash, weak.Hash = crypto.SHA1, crypto.SHA1
	encrypts.Flags = []byte{12}
	short.KeyLife = 100 * day
	superseded := keyringtest.Says{Made: at(50), Reason: reason(1)}
	checkStates(t, s.Fingerprint(), []stateCase{
		{"bound and agreed", with(k.Bind(s, signs)), 10, keyring.Fit},
		{"never agreed", with(k.Bind(s, noBack)), 10, keyring.NotSigning},
		{"agreed by a stranger", with(k.Bind(s, forgedBack)), 10, keyring.NotSigning},
		{"agreed with SHA-1", with(k.Bind(s, weakBack)), 10, keyring.Weak},
		{"bound with SHA-1", with(k.Bind(s, weak)), 10, keyring.Weak},
		{"may only encrypt", with(k.Bind(s, encrypts)), 10, keyring.NotSigning},
		{"not bound", with(), 10, keyring.NotSigning},
		{"bound by a stranger", with(stranger.Bind(s, signs)), 10, keyring.NotSigning},
		{"expired", with(k.Bind(s, short)), 100, keyring.Expired},
		{"superseded, seen before", with(k.Bind(s, signs), k.RevokeSub(s, superseded)), 10, keyring.Fit},
		{"superseded, seen after", with(k.Bind(s, signs), k.RevokeSub(s, superseded)), 60, keyring.Revoked},
		{"revoked by a stranger", with(k.Bind(s, signs), stranger.RevokeSub(s, superseded)), 60, keyring.Fit},
		{
			"primary compromised", with(k.Bind(s, signs), k.Revoke(k, keyringtest.Says{Made: at(50), Reason: reason(2)})), 10,
			keyring.Revoked,
		},
		{"primary without self-signature", [][]byte{k.Primary(), s.Sub(), k.Bind(s, signs)}, 10, keyring.NotSigning},
		{
			"binding stands before its subkey",
			[][]byte{base[0], base[1], base[2], k.Bind(s, signs), s.Sub()},
			10,
			keyring.Fit,
		},
	})
}

func TestAt_subkeyMayAgreeInTheUnsignedArea(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	by := func(signer *keyringtest.Key) []byte {
		back := signer.SignRaw(keyringtest.Raw{
			Kind: 0x19, Hashed: slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(signer)),
		}, k.Hashable(), s.Hashable())
		return k.SignRaw(keyringtest.Raw{
			Kind:     0x18,
			Hashed:   slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(k), keyringtest.Subpacket(27, 2)),
			Unhashed: keyringtest.Subpacket(32, back[6:]...),
		}, k.Hashable(), s.Hashable())
	}
	base := [][]byte{k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, signing(made)), s.Sub()}
	checkStates(t, s.Fingerprint(), []stateCase{
		{"by itself", append(slices.Clone(base), by(s)), 10, keyring.Fit},
		{"by another", append(slices.Clone(base), by(k)), 10, keyring.NotSigning},
	})
}

func TestAt_subkeyEndsWithItsPrimary(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	primary := signing(made)
	primary.KeyLife = 100 * day
	keys := read(k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, primary), s.Sub(),
		k.Bind(s, keyringtest.Says{Made: made, Flags: []byte{2}, Back: s}))
	if got := stateOf(keys, s.Fingerprint(), at(99)); got != keyring.Fit {
		t.Errorf("before the primary's end = %s, want fit", got)
	}
	if got := stateOf(keys, s.Fingerprint(), at(100)); got != keyring.Expired {
		t.Errorf("at the primary's end = %s, want expired-key", got)
	}
	if !keys[1].Expires().Equal(at(100)) {
		t.Errorf("Expires = %v, want %v", keys[1].Expires(), at(100))
	}
}

func TestRead_kindsOfKeys(t *testing.T) {
	for kind, want := range map[string]string{
		"ed25519": "Ed25519", "v6": "Ed25519", "p256": "ECDSA P-256", "p384": "ECDSA P-384", "p521": "ECDSA P-521",
		"brainpoolP256r1": "ECDSA brainpoolP256r1", "secp256k1": "ECDSA secp256k1", "rsa2048": "RSA 2048",
	} {
		k := keyringtest.NewKey(t, kind, made)
		keys := keyring.Read(keyring.File{Path: "keys/alice.asc", Bytes: k.File(userID, made)})
		if len(keys) != 1 {
			t.Fatalf("%s: Read gives %d keys, want 1", kind, len(keys))
		}
		got := keys[0]
		if got.Fingerprint != k.Fingerprint() || got.Algorithm != want || got.UserID != userID || got.Slug != "alice" ||
			!got.Created.Equal(made) {
			t.Errorf("%s: Read = %+v, want %s %s of alice", kind, got, k.Fingerprint(), want)
		}
		if state, why := got.At(at(1)); state != keyring.Fit {
			t.Errorf("%s: At = %s (%s), want fit", kind, state, why)
		}
	}
}

func TestAt_zeroKeyIsNotFit(t *testing.T) {
	var k keyring.Key
	if got, _ := k.At(made); got == keyring.Fit {
		t.Errorf("At of a zero key = %s: what was never read must not sign", got)
	}
}
