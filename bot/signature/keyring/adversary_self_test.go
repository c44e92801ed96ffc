package keyring_test

import (
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// kinds of self-signatures, as RFC 9580 §5.2.1 numbers them.
const (
	kindCertification = 0x13
	kindBinding       = 0x18
	kindBack          = 0x19
	kindDirect        = 0x1f
	kindRevocation    = 0x20
)

// selfRaw is a self-signature by k of a kind with those subpackets in its signed area; made and issuer come first.
func selfRaw(k *keyringtest.Key, kind byte, made time.Time, subpackets ...[]byte) keyringtest.Raw {
	return keyringtest.Raw{
		Kind:   kind,
		Hashed: slices.Concat(append([][]byte{keyringtest.MadeAt(made), keyringtest.IssuedBy(k)}, subpackets...)...),
	}
}

// certified is the user id's certification by k with those subpackets.
func certified(k *keyringtest.Key, made time.Time, subpackets ...[]byte) []byte {
	return certifiedAs(k, selfRaw(k, kindCertification, made, subpackets...))
}

// certifiedAs is the user id's certification by k, of which each part is said.
func certifiedAs(k *keyringtest.Key, raw keyringtest.Raw) []byte {
	return k.SignRaw(raw, k.Hashable(), keyringtest.UserIDHashable(userID))
}

// direct is k's direct signature with those subpackets.
func direct(k *keyringtest.Key, made time.Time, subpackets ...[]byte) []byte {
	return k.SignRaw(selfRaw(k, kindDirect, made, subpackets...), k.Hashable())
}

// TestAt_rightsThatContradict: gpg believes the direct signature, sequoia that of the primary user id, so what one of
// both denies is denied.
func TestAt_rightsThatContradict(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	certifies, signs := keyringtest.Flags(1), keyringtest.Flags(3)
	second := func(made time.Time, flags []byte) [][]byte {
		return [][]byte{keyringtest.UserID("B"), k.SignRaw(selfRaw(k, kindCertification, made, flags), k.Hashable(),
			keyringtest.UserIDHashable("B"))}
	}
	base := func(packets ...[]byte) [][]byte { return append([][]byte{k.Primary()}, packets...) }
	id := keyringtest.UserID(userID)
	checkStates(t, k.Fingerprint(), []stateCase{
		{"direct denies, newer user id allows", base(direct(k, made, certifies), id, certified(k, at(5), signs)), 10, keyring.NotSigning},
		{"direct allows, newer user id denies", base(direct(k, made, signs), id, certified(k, at(5), certifies)), 10, keyring.NotSigning},
		{"newer direct denies, user id allows", base(direct(k, at(5), certifies), id, certified(k, made, signs)), 10, keyring.NotSigning},
		{"newer direct allows, user id denies", base(direct(k, at(5), signs), id, certified(k, made, certifies)), 10, keyring.NotSigning},
		{"direct says nothing, user id allows", base(direct(k, made), id, certified(k, made, signs)), 10, keyring.Fit},
		{"direct says nothing, user id denies", base(direct(k, made), id, certified(k, made, certifies)), 10, keyring.NotSigning},
		{"direct allows, user id says nothing", base(direct(k, made, signs), id, certified(k, at(5))), 10, keyring.Fit},
		{"an older direct signature is forgotten", base(direct(k, made, certifies), direct(k, at(5), signs), id, certified(k, made, signs)), 10, keyring.Fit},
		{"newest user id allows", base(slices.Concat([][]byte{id, certified(k, made, certifies)}, second(at(5), signs))...), 10, keyring.Fit},
		{"newest user id denies", base(slices.Concat([][]byte{id, certified(k, made, signs)}, second(at(5), certifies))...), 10, keyring.NotSigning},
		{
			"the user id that allows is revoked", base(slices.Concat([][]byte{
				id, certified(k, at(5), signs),
				k.RevokeUserID(userID, keyringtest.Says{Made: at(6), Reason: reason(32)}),
			}, second(made, certifies))...), 10, keyring.NotSigning,
		},
		{
			"the user id that denies is revoked", base(slices.Concat([][]byte{
				id, certified(k, at(5), certifies),
				k.RevokeUserID(userID, keyringtest.Says{Made: at(6), Reason: reason(32)}),
			}, second(made, signs))...), 10, keyring.Fit,
		},
		{"flags that say nothing allow nothing", base(id, certified(k, made, keyringtest.Flags())), 10, keyring.NotSigning},
		{"flags twice, the second denies", base(id, certified(k, made, signs, certifies)), 10, keyring.NotSigning},
		{"flags twice, the first denies", base(id, certified(k, made, certifies, signs)), 10, keyring.NotSigning},
		{"flags of two bytes", base(id, certified(k, made, keyringtest.Flags(3, 4))), 10, keyring.Fit},
		{"only the second byte of the flags", base(id, certified(k, made, keyringtest.Flags(0, 2))), 10, keyring.NotSigning},
		{"critical flags", base(id, certified(k, made, keyringtest.Subpacket(0x80|27, 3))), 10, keyring.Fit},
	})
}

// TestAt_endsThatContradict: of a direct signature and a user id the earlier end holds, of several user ids the newest
// that has one.
func TestAt_endsThatContradict(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	signs := keyringtest.Flags(3)
	lasts := func(days int) []byte { return keyringtest.KeyLasts(time.Duration(days) * day) }
	id := keyringtest.UserID(userID)
	base := func(packets ...[]byte) [][]byte { return append([][]byte{k.Primary()}, packets...) }
	second := func(made time.Time, subpackets ...[]byte) [][]byte {
		return [][]byte{keyringtest.UserID("B"), k.SignRaw(selfRaw(k, kindCertification, made, subpackets...), k.Hashable(),
			keyringtest.UserIDHashable("B"))}
	}
	unsignedEnd := certifiedAs(k, keyringtest.Raw{
		Kind: kindCertification, Hashed: slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(k), signs), Unhashed: lasts(100),
	})
	unsignedLonger := certifiedAs(k, keyringtest.Raw{
		Kind: kindCertification, Hashed: slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(k), signs, lasts(100)), Unhashed: lasts(400),
	})
	checkStates(t, k.Fingerprint(), []stateCase{
		{"the direct one is earlier", base(direct(k, made, signs, lasts(100)), id, certified(k, at(5), signs, lasts(400))), 200, keyring.Expired},
		{"the user id's is earlier", base(direct(k, at(5), signs, lasts(400)), id, certified(k, made, signs, lasts(100))), 200, keyring.Expired},
		{"only the direct one", base(direct(k, made, signs, lasts(100)), id, certified(k, at(5), signs)), 200, keyring.Expired},
		{"only the user id's", base(direct(k, at(5), signs), id, certified(k, made, signs, lasts(100))), 200, keyring.Expired},
		{"both are later", base(direct(k, made, signs, lasts(300)), id, certified(k, made, signs, lasts(400))), 200, keyring.Fit},
		{"a newer direct one extends", base(direct(k, made, signs, lasts(100)), direct(k, at(5), signs, lasts(400)), id, certified(k, made, signs)), 200, keyring.Fit},
		{"the newest user id that has an end", base(slices.Concat([][]byte{id, certified(k, at(9), signs)}, second(at(5), signs, lasts(100)))...), 200, keyring.Expired},
		{"the newer of two user ids", base(slices.Concat([][]byte{id, certified(k, made, signs, lasts(100))}, second(at(5), signs, lasts(400)))...), 200, keyring.Fit},
		{
			"a revoked user id's end is forgotten", base(slices.Concat([][]byte{
				id, certified(k, made, signs, lasts(100)),
				k.RevokeUserID(userID, keyringtest.Says{Made: at(6), Reason: reason(32)}),
			}, second(made, signs))...), 200, keyring.Fit,
		},
		{"an end of zero is none", base(id, certified(k, made, signs, lasts(0))), 20000, keyring.Fit},
		{"a newer end of zero takes the older away", base(id, certified(k, made, signs, lasts(100)), certified(k, at(5), signs, lasts(0))), 200, keyring.Fit},
		{"an end that nobody signed", base(id, unsignedEnd), 200, keyring.Fit},
		{"a longer life that nobody signed", base(id, unsignedLonger), 200, keyring.Expired},
		{"two ends in one signature", base(id, certified(k, made, signs, lasts(400), lasts(100))), 10, keyring.NotSigning},
		{"the self-signature ended, the user id's other one did not", base(id, certified(k, made, signs), certified(k, at(5), signs, keyringtest.Lasts(day))), 20, keyring.Expired},
	})
}

// TestAt_selfSignaturesThatProveNothing are read, and grant nothing.
func TestAt_selfSignaturesThatProveNothing(t *testing.T) {
	k, stranger := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	signs := keyringtest.Flags(3)
	base := func(packets ...[]byte) [][]byte {
		return append([][]byte{k.Primary(), keyringtest.UserID(userID)}, packets...)
	}
	raw := func(edit func(*keyringtest.Raw)) []byte {
		r := selfRaw(k, kindCertification, made, signs)
		edit(&r)
		return certifiedAs(k, r)
	}
	damaged := certified(k, made, signs)
	damaged[len(damaged)-1] ^= 1
	otherKey := stranger.SignRaw(selfRaw(k, kindCertification, made, signs), k.Hashable(), keyringtest.UserIDHashable(userID))
	cases := []stateCase{
		{"made before the key", base(certified(k, made.Add(-time.Second), signs)), 10, keyring.NotSigning},
		{"made with the key", base(certified(k, made, signs)), 10, keyring.Fit},
		{"no time", base(raw(func(r *keyringtest.Raw) { r.Hashed = slices.Concat(keyringtest.IssuedBy(k), signs) })), 10, keyring.NotSigning},
		{"a time that nobody signed", base(raw(func(r *keyringtest.Raw) {
			r.Hashed, r.Unhashed = slices.Concat(keyringtest.IssuedBy(k), signs), keyringtest.MadeAt(made)
		})), 10, keyring.NotSigning},
		{"two times", base(certified(k, made, keyringtest.MadeAt(at(1)), signs)), 10, keyring.NotSigning},
		{"critical notation", base(certified(k, made, signs, keyringtest.CriticalNotation())), 10, keyring.NotSigning},
		{"critical part that nobody knows", base(certified(k, made, signs, keyringtest.Subpacket(0x80|101, 1))), 10, keyring.NotSigning},
		{"critical notation that nobody signed", base(raw(func(r *keyringtest.Raw) { r.Unhashed = keyringtest.CriticalNotation() })), 10, keyring.NotSigning},
		{"flags that nobody signed", base(raw(func(r *keyringtest.Raw) {
			r.Hashed, r.Unhashed = slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(k), keyringtest.Flags(1)), signs
		})), 10, keyring.NotSigning},
		{"of another user id", base(k.SignRaw(selfRaw(k, kindCertification, made, signs), k.Hashable(), keyringtest.UserIDHashable("B"))), 10, keyring.NotSigning},
		{"of another key", base(k.SignRaw(selfRaw(k, kindCertification, made, signs), stranger.Hashable(), keyringtest.UserIDHashable(userID))), 10, keyring.NotSigning},
		{"made by another key in its name", base(otherKey), 10, keyring.NotSigning},
		{"direct by its kind, a certification by its bytes", base(certifiedAs(k, selfRaw(k, kindDirect, made, signs))), 10, keyring.NotSigning},
		{"a certification by its kind, direct by its bytes", base(k.SignRaw(selfRaw(k, kindCertification, made, signs), k.Hashable())), 10, keyring.NotSigning},
		{"a binding of the primary to itself", base(k.SignRaw(selfRaw(k, kindBinding, made, signs), k.Hashable(), k.Hashable())), 10, keyring.NotSigning},
		{"a damaged value", base(damaged), 10, keyring.NotSigning},
		{"version 3", base(k.SignV3(kindCertification, made, k.Hashable(), keyringtest.UserIDHashable(userID))), 10, keyring.NotSigning},
		{"two issuers", base(certified(k, made, keyringtest.IssuedByID(stranger.ID()), signs)), 10, keyring.NotSigning},
	}
	for kind := byte(0x10); kind <= kindCertification; kind++ {
		cases = append(cases, stateCase{"each kind of certification", base(certifiedAs(k, selfRaw(k, kind, made, signs))), 10, keyring.Fit})
	}
	checkStates(t, k.Fingerprint(), cases)
}

// TestAt_weakSelfSignatures allow nothing, and what they deny or end is denied and ended, since gpg believes them.
func TestAt_weakSelfSignatures(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	base := func(packets ...[]byte) [][]byte {
		return append([][]byte{k.Primary(), keyringtest.UserID(userID)}, packets...)
	}
	with := func(h crypto.Hash, made time.Time, subpackets ...[]byte) []byte {
		r := selfRaw(k, kindCertification, made, subpackets...)
		r.Hash = h
		return certifiedAs(k, r)
	}
	signs, certifies := keyringtest.Flags(3), keyringtest.Flags(1)
	lasts := func(days int) []byte { return keyringtest.KeyLasts(time.Duration(days) * day) }
	checkStates(t, k.Fingerprint(), []stateCase{
		{"MD5 alone", base(with(crypto.MD5, made, signs)), 10, keyring.Weak},
		{"SHA-1 alone", base(with(crypto.SHA1, made, signs)), 10, keyring.Weak},
		{"RIPEMD-160 alone", base(with(crypto.RIPEMD160, made, signs)), 10, keyring.Weak},
		{"SHA-224 is too short for Ed25519", base(with(crypto.SHA224, made, signs)), 10, keyring.Weak},
		{"SHA-384", base(with(crypto.SHA384, made, signs)), 10, keyring.Fit},
		{"SHA-512", base(with(crypto.SHA512, made, signs)), 10, keyring.Fit},
		{"SHA3-256", base(with(crypto.SHA3_256, made, signs)), 10, keyring.Fit},
		{"SHA-1 denies later", base(certified(k, made, signs), with(crypto.SHA1, at(5), certifies)), 10, keyring.NotSigning},
		{"SHA-1 denied earlier", base(with(crypto.SHA1, made, certifies), certified(k, at(5), signs)), 10, keyring.Fit},
		{"SHA-1 shortens later", base(certified(k, made, signs), with(crypto.SHA1, at(5), signs, lasts(100))), 200, keyring.Expired},
		{"SHA-1 was shorter earlier", base(with(crypto.SHA1, made, signs, lasts(100)), certified(k, at(5), signs)), 200, keyring.Fit},
		{"SHA-1 extends later", base(certified(k, made, signs, lasts(100)), with(crypto.SHA1, at(5), signs, lasts(400))), 200, keyring.Expired},
	})
}

func TestAt_digestTooShortForTheCurve(t *testing.T) {
	for _, c := range []struct {
		kind string
		hash crypto.Hash
		want keyring.State
	}{
		{"p256", crypto.SHA224, keyring.Weak},
		{"p256", crypto.SHA256, keyring.Fit},
		{"p384", crypto.SHA256, keyring.Weak},
		{"p384", crypto.SHA384, keyring.Fit},
		{"p521", crypto.SHA384, keyring.Weak},
		{"p521", crypto.SHA512, keyring.Fit},
		{"rsa2048", crypto.SHA224, keyring.Fit},
	} {
		k := keyringtest.NewKey(t, c.kind, made)
		r := selfRaw(k, kindCertification, made, keyringtest.Flags(3))
		r.Hash = c.hash
		keys := read(k.Primary(), keyringtest.UserID(userID), certifiedAs(k, r))
		if got := stateOf(keys, k.Fingerprint(), at(10)); got != c.want {
			t.Errorf("%s bound with %v: At = %s, want %s", c.kind, c.hash, got, c.want)
		}
	}
}

// TestAt_version6NeedsADirectSignature. Source: RFC 9580 §10.1.1.
func TestAt_version6NeedsADirectSignature(t *testing.T) {
	k, old := keyringtest.NewKey(t, "v6", made), keyringtest.NewKey(t, "ed25519", made)
	says := signing(made)
	id, self := keyringtest.UserID(userID), k.Certify(k, userID, says)
	binding := keyringtest.Says{Made: made, Flags: []byte{2}, Back: old}
	checkStates(t, k.Fingerprint(), []stateCase{
		{"direct alone", [][]byte{k.Primary(), k.Direct(k, says)}, 10, keyring.Fit},
		{"user id alone", [][]byte{k.Primary(), id, self}, 10, keyring.NotSigning},
		{"both", [][]byte{k.Primary(), k.Direct(k, says), id, self}, 10, keyring.Fit},
	})
	checkStates(t, old.Fingerprint(), []stateCase{
		{"a subkey of version 4 under it", [][]byte{k.Primary(), k.Direct(k, says), old.Sub(), k.Bind(old, binding)}, 10, keyring.NotSigning},
	})
}
