package keyring_test

import (
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// because is the subpacket that gives a revocation's reason.
func because(code byte) []byte { return keyringtest.Subpacket(29, code) }

// TestAt_revocationsOfEveryMake: who took a key back, however old or odd the packet, has taken it back.
func TestAt_revocationsOfEveryMake(t *testing.T) {
	k, stranger := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	sub := keyringtest.NewKey(t, "ed25519", made)
	base := [][]byte{
		k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, signing(made)),
		sub.Sub(), k.Bind(sub, keyringtest.Says{Made: made, Flags: []byte{2}, Back: sub}),
	}
	with := func(packets ...[]byte) [][]byte { return append(slices.Clone(base), packets...) }
	revoked := func(edit func(*keyringtest.Raw), subpackets ...[]byte) [][]byte {
		r := selfRaw(k, kindRevocation, at(50), subpackets...)
		edit(&r)
		return with(k.SignRaw(r, k.Hashable()))
	}
	as := func(*keyringtest.Raw) {}
	digest := func(h crypto.Hash) func(*keyringtest.Raw) { return func(r *keyringtest.Raw) { r.Hash = h } }
	inUnsigned := func(part []byte) func(*keyringtest.Raw) {
		return func(r *keyringtest.Raw) { r.Unhashed = part }
	}
	nameless := k.SignRaw(keyringtest.Raw{Kind: kindRevocation, Hashed: slices.Concat(keyringtest.MadeAt(at(50)), because(2))}, k.Hashable())
	checkStates(t, k.Fingerprint(), []stateCase{
		{"superseded, then compromised", revoked(as, because(1), because(2)), 10, keyring.Revoked},
		{"compromised, then superseded", revoked(as, because(2), because(1)), 10, keyring.Revoked},
		{"superseded twice", revoked(as, because(1), because(1)), 10, keyring.Fit},
		{"superseded, which nobody signed", revoked(inUnsigned(because(1))), 10, keyring.Revoked},
		{"superseded, compromised, which nobody signed", revoked(inUnsigned(because(2)), because(1)), 10, keyring.Fit},
		{"the reason of a user id", revoked(as, because(32)), 10, keyring.Revoked},
		{"it says that it ends", revoked(as, because(2), keyringtest.Lasts(day)), 60, keyring.Revoked},
		{"with a critical part that nobody knows", revoked(as, because(2), keyringtest.CriticalNotation()), 10, keyring.Revoked},
		{"with MD5", revoked(digest(crypto.MD5), because(2)), 10, keyring.Revoked},
		{"with RIPEMD-160", revoked(digest(crypto.RIPEMD160), because(2)), 10, keyring.Revoked},
		{"with SHA-224", revoked(digest(crypto.SHA224), because(2)), 10, keyring.Revoked},
		{"with SHA3-512", revoked(digest(crypto.SHA3_512), because(2)), 10, keyring.Revoked},
		{"dated before the key", with(k.SignRaw(selfRaw(k, kindRevocation, made.Add(-time.Hour), because(1)), k.Hashable())), 10, keyring.Revoked},
		{"it names nobody", with(nameless), 10, keyring.Revoked},
		{"version 3", with(k.SignV3(kindRevocation, at(50), k.Hashable())), 10, keyring.Revoked},
		{"version 3, by a stranger", with(stranger.SignV3(kindRevocation, at(50), k.Hashable())), 60, keyring.Fit},
		{"soft, and then hard in a second one", with(k.Revoke(k, keyringtest.Says{Made: at(50), Reason: reason(1)}), k.Revoke(k, keyringtest.Says{Made: at(60), Reason: reason(2)})), 10, keyring.Revoked},
		{"certified again afterwards", with(k.Revoke(k, keyringtest.Says{Made: at(50), Reason: reason(1)}), keyringtest.UserID(userID), k.Certify(k, userID, signing(at(60)))), 70, keyring.Revoked},
		{"by a subkey that signs", with(sub.Revoke(k, keyringtest.Says{Made: at(50), Reason: reason(2)})), 60, keyring.Fit},
		{"of the kind for subkeys", with(k.SignRaw(selfRaw(k, 0x28, at(50), because(2)), k.Hashable())), 60, keyring.Fit},
		{"of another key", with(k.SignRaw(selfRaw(k, kindRevocation, at(50), because(2)), stranger.Hashable())), 60, keyring.Fit},
	})
	checkStates(t, sub.Fingerprint(), []stateCase{
		{"bound again after it was revoked", with(k.RevokeSub(sub, keyringtest.Says{Made: at(50), Reason: reason(1)}), k.Bind(sub, keyringtest.Says{Made: at(60), Flags: []byte{2}, Back: sub})), 70, keyring.Revoked},
		{"revoked by itself", with(sub.SignRaw(selfRaw(sub, 0x28, at(50), because(2)), k.Hashable(), sub.Hashable())), 60, keyring.Fit},
		{"revoked with version 3", with(k.SignV3(0x28, at(50), k.Hashable(), sub.Hashable())), 10, keyring.Revoked},
	})
}

// TestAt_directSignatureTakenBack: what a direct signature allowed counts no longer, the user id's does.
func TestAt_directSignatureTakenBack(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	signs := keyringtest.Flags(3)
	taken := k.SignRaw(selfRaw(k, 0x30, at(5)), k.Hashable())
	base := [][]byte{k.Primary(), direct(k, made, signs)}
	checkStates(t, k.Fingerprint(), []stateCase{
		{"it was all there is", append(slices.Clone(base), taken), 10, keyring.NotSigning},
		{"made again", append(slices.Clone(base), taken, direct(k, at(6), signs)), 10, keyring.Fit},
		{"a user id allows it too", append(slices.Clone(base), taken, keyringtest.UserID(userID), certified(k, made, signs)), 10, keyring.Fit},
	})
}

// TestNew_appointedRevokersWhereverTheyStand: the revoker's key may stand in the same file, before or behind.
func TestNew_appointedRevokersWhereverTheyStand(t *testing.T) {
	k, revoker := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	sub := keyringtest.NewKey(t, "ed25519", made)
	owner := [][]byte{revoker.Primary(), keyringtest.UserID("R"), revoker.Certify(revoker, "R", signing(made))}
	owner = append(owner, sub.Sub(), revoker.Bind(sub, keyringtest.Says{Made: made, Flags: []byte{2}, Back: sub}))
	revocation := func(by *keyringtest.Key) []byte {
		return by.Revoke(k, keyringtest.Says{Made: at(50), Reason: reason(2)})
	}
	signs := keyringtest.Flags(3)
	key := func(appoints, revokes []byte) [][]byte { return [][]byte{k.Primary(), appoints, revokes} }
	appoints := func(class byte) []byte {
		return direct(k, made, signs, keyringtest.Appoints(class, revoker))
	}
	unsigned := k.SignRaw(keyringtest.Raw{
		Kind: kindDirect, Hashed: slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(k), signs),
		Unhashed: keyringtest.Appoints(0x80, revoker),
	}, k.Hashable())
	nameless := revoker.SignRaw(keyringtest.Raw{Kind: kindRevocation, Hashed: slices.Concat(keyringtest.MadeAt(at(50)), because(2))}, k.Hashable())
	byUserID := slices.Concat([][]byte{k.Primary(), revocation(revoker), keyringtest.UserID(userID), certified(k, made, signs, keyringtest.Appoints(0x80, revoker))})
	for _, c := range []stateCase{
		{"in the same file, behind", slices.Concat(key(appoints(0x80), revocation(revoker)), owner), 10, keyring.Revoked},
		{"in the same file, before", slices.Concat(owner, key(appoints(0x80), revocation(revoker))), 10, keyring.Revoked},
		{"a sensitive appointment", slices.Concat(key(appoints(0xc0), revocation(revoker)), owner), 10, keyring.Revoked},
		{"not appointed by its class", slices.Concat(key(appoints(0x40), revocation(revoker)), owner), 60, keyring.Fit},
		{"appointed by nobody's word", slices.Concat(key(unsigned, revocation(revoker)), owner), 60, keyring.Fit},
		{"never appointed", slices.Concat(key(direct(k, made, signs), revocation(revoker)), owner), 60, keyring.Fit},
		{"by the revoker's subkey", slices.Concat(key(appoints(0x80), revocation(sub)), owner), 60, keyring.Fit},
		{"the revocation names nobody", slices.Concat(key(appoints(0x80), nameless), owner), 10, keyring.Revoked},
		{"appointed with the user id", slices.Concat(byUserID, owner), 10, keyring.Revoked},
		{"the revoker's key is nowhere", key(appoints(0x80), revocation(revoker)), 10, keyring.Fit},
	} {
		ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.asc", Bytes: keyringtest.Armour(block, c.packets...)}}, roster())
		if got := stateOf(ring.Keys(), k.Fingerprint(), at(c.day)); got != c.want {
			t.Errorf("%s: state on day %d = %s, want %s", c.name, c.day, got, c.want)
		}
	}
}

// TestNew_appointedRevokerTakesASubkeyBack and leaves the others. Source: RFC 9580 §5.2.1.12.
func TestNew_appointedRevokerTakesASubkeyBack(t *testing.T) {
	k, revoker, sub := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	revokes := revoker.SignRaw(selfRaw(revoker, 0x28, at(50), because(2)), k.Hashable(), sub.Hashable())
	file := keyringtest.Armour(block, k.Primary(), direct(k, made, keyringtest.Flags(3), keyringtest.Appoints(0x80, revoker)),
		sub.Sub(), k.Bind(sub, keyringtest.Says{Made: made, Flags: []byte{2}, Back: sub}), revokes)
	ring, _ := keyring.New([]keyring.File{
		{Path: "keys/alice.asc", Bytes: file}, {Path: "keys/bob.asc", Bytes: revoker.File("Bob", made)},
	}, roster())
	for key, want := range map[*keyringtest.Key]keyring.State{sub: keyring.Revoked, k: keyring.Fit, revoker: keyring.Fit} {
		if got := stateOf(ring.Keys(), key.Fingerprint(), at(10)); got != want {
			t.Errorf("state = %s, want %s", got, want)
		}
	}
}

// TestNew_strangersDoNotDrownTheRevoker: however many revocations by strangers stand before it.
func TestNew_strangersDoNotDrownTheRevoker(t *testing.T) {
	k, revoker, stranger := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	packets := [][]byte{k.Primary(), direct(k, made, keyringtest.Flags(3), keyringtest.Appoints(0x80, revoker))}
	for range 30 {
		packets = append(packets, stranger.Revoke(k, keyringtest.Says{Made: at(5), Reason: reason(2)}))
	}
	packets = append(packets, revoker.Revoke(k, keyringtest.Says{Made: at(50), Reason: reason(2)}))
	ring, _ := keyring.New([]keyring.File{
		{Path: "keys/alice.asc", Bytes: keyringtest.Armour(block, packets...)}, {Path: "keys/bob.asc", Bytes: revoker.File("Bob", made)},
	}, roster())
	if got := stateOf(ring.Keys(), k.Fingerprint(), at(10)); got != keyring.Revoked {
		t.Errorf("state = %s, want revoked-key", got)
	}
}
