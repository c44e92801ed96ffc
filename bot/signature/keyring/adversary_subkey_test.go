package keyring_test

import (
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// back is the subpacket of a back-signature by a subkey, of which each part is said.
func back(primary, sub *keyringtest.Key, raw keyringtest.Raw) []byte {
	packet := sub.SignRaw(raw, primary.Hashable(), sub.Hashable())
	return keyringtest.Subpacket(32, packet[6:]...)
}

// TestAt_backSignatures: without a sound one anybody could claim another's signing key. Source: RFC 9580 §5.2.1.9.
func TestAt_backSignatures(t *testing.T) {
	k, s, other := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", at(2)), keyringtest.NewKey(t, "ed25519", made)
	base := [][]byte{k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, signing(made)), s.Sub()}
	signs := keyringtest.Flags(2)
	bound := func(subpackets ...[]byte) [][]byte {
		binding := k.SignRaw(selfRaw(k, kindBinding, at(3), subpackets...), k.Hashable(), s.Hashable())
		return append(slices.Clone(base), binding)
	}
	agrees := func(subpackets ...[]byte) []byte { return back(k, s, selfRaw(s, kindBack, at(3), subpackets...)) }
	damaged := agrees()
	damaged[len(damaged)-1] ^= 1
	noTime := back(k, s, keyringtest.Raw{Kind: kindBack, Hashed: keyringtest.IssuedBy(s)})
	nameless := back(k, s, keyringtest.Raw{Kind: kindBack, Hashed: keyringtest.MadeAt(at(3))})
	checkStates(t, s.Fingerprint(), []stateCase{
		{"sound", bound(signs, agrees()), 10, keyring.Fit},
		{"it names nobody", bound(signs, nameless), 10, keyring.Fit},
		{"without flags, sound", bound(agrees()), 10, keyring.Fit},
		{"without flags, none", bound(), 10, keyring.NotSigning},
		{"a damaged value", bound(signs, damaged), 10, keyring.NotSigning},
		{"damaged, and then a sound one", bound(signs, damaged, agrees()), 10, keyring.Fit},
		{"a critical part that nobody knows", bound(signs, agrees(keyringtest.CriticalNotation())), 10, keyring.NotSigning},
		{"older than the subkey", bound(signs, back(k, s, selfRaw(s, kindBack, at(1)))), 10, keyring.NotSigning},
		{"no time", bound(signs, noTime), 10, keyring.NotSigning},
		{"of another kind", bound(signs, back(k, s, selfRaw(s, kindBinding, at(3)))), 10, keyring.NotSigning},
		{"for another primary key", bound(signs, back(other, s, selfRaw(s, kindBack, at(3)))), 10, keyring.NotSigning},
		{"it has ended", bound(signs, agrees(keyringtest.Lasts(5*day))), 10, keyring.Expired},
		{"it has not ended yet", bound(signs, agrees(keyringtest.Lasts(50*day))), 10, keyring.Fit},
		{"five signatures inside", bound(signs, agrees(), agrees(), agrees(), agrees(), agrees()), 10, keyring.NotSigning},
	})
}

// TestAt_bindings of a subkey: which of several counts, and for how long.
func TestAt_bindings(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	base := func(primary keyringtest.Says, packets ...[]byte) [][]byte {
		return append([][]byte{k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, primary), s.Sub()}, packets...)
	}
	certifies := keyringtest.Says{Made: made, Flags: []byte{1}}
	bind := func(made time.Time, edit func(*keyringtest.Says)) []byte {
		says := keyringtest.Says{Made: made, Flags: []byte{2}, Back: s}
		edit(&says)
		return k.Bind(s, says)
	}
	as := func(*keyringtest.Says) {}
	lasts := func(days int) func(*keyringtest.Says) {
		return func(says *keyringtest.Says) { says.KeyLife = time.Duration(days) * day }
	}
	ends := func(says *keyringtest.Says) { says.Life = 30 * day }
	noBack := func(says *keyringtest.Says) { says.Back = nil }
	weak := func(says *keyringtest.Says) { says.Hash = crypto.SHA1 }
	weakEncrypts := func(says *keyringtest.Says) { says.Hash, says.Flags, says.Back = crypto.SHA1, []byte{12}, nil }
	weakShort := func(says *keyringtest.Says) { says.Hash, says.KeyLife = crypto.SHA1, 100*day }
	short := certifies
	short.KeyLife = 100 * day
	critical := func(says *keyringtest.Says) { says.Notation = "unknown@example.org" }
	checkStates(t, s.Fingerprint(), []stateCase{
		{"extended", base(certifies, bind(made, lasts(100)), bind(at(5), lasts(400))), 200, keyring.Fit},
		{"shortened", base(certifies, bind(made, lasts(400)), bind(at(5), lasts(100))), 200, keyring.Expired},
		{"extended for ever", base(certifies, bind(made, lasts(100)), bind(at(5), as)), 20000, keyring.Fit},
		{"the binding itself ends", base(certifies, bind(made, ends)), 40, keyring.Expired},
		{"a newer binding without the subkey's word", base(certifies, bind(made, as), bind(at(5), noBack)), 10, keyring.NotSigning},
		{"a newer binding with it", base(certifies, bind(made, noBack), bind(at(5), as)), 10, keyring.Fit},
		{"a newer binding with SHA-1", base(certifies, bind(made, as), bind(at(5), weak)), 10, keyring.Fit},
		{"a newer one with SHA-1 lets it only encrypt", base(certifies, bind(made, as), bind(at(5), weakEncrypts)), 10, keyring.NotSigning},
		{"an older one with SHA-1 let it only encrypt", base(certifies, bind(made, weakEncrypts), bind(at(5), as)), 10, keyring.Fit},
		{"a newer one with SHA-1 ends it", base(certifies, bind(made, as), bind(at(5), weakShort)), 200, keyring.Expired},
		{"a newer one with a critical part that nobody knows", base(certifies, bind(made, as), bind(at(5), critical)), 10, keyring.Fit},
		{"made before the primary key", base(certifies, bind(made.Add(-time.Second), as)), 10, keyring.NotSigning},
		{"the primary key has ended", base(short, bind(made, as)), 200, keyring.Expired},
		{"the primary key was extended", base(short, append(k.Certify(k, userID, signing(at(5))), bind(made, as)...)), 200, keyring.Fit},
		{"the subkey ended, the primary key did not", base(certifies, bind(made, lasts(100))), 200, keyring.Expired},
		{"the primary key may certify only", base(certifies, bind(made, as)), 10, keyring.Fit},
	})
}

func TestAt_weakPartsOfAFamily(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	small := keyringtest.NewKey(t, "rsa1024", made)
	family := func(primary, sub *keyringtest.Key) [][]byte {
		return [][]byte{
			primary.Primary(), keyringtest.UserID(userID), primary.Certify(primary, userID, signing(made)), sub.Sub(),
			primary.Bind(sub, keyringtest.Says{Made: made, Flags: []byte{2}, Back: sub}),
		}
	}
	checkStates(t, s.Fingerprint(), []stateCase{{"under a short RSA key", family(small, s), 10, keyring.Weak}})
	checkStates(t, small.Fingerprint(), []stateCase{{"short RSA under a strong key", family(k, small), 10, keyring.Weak}})
	checkStates(t, k.Fingerprint(), []stateCase{{"strong, with a short RSA subkey", family(k, small), 10, keyring.Fit}})
}
