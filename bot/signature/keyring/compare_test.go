package keyring_test

import (
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

func TestCompare(t *testing.T) {
	k, s, other := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made),
		keyringtest.NewKey(t, "ed25519", made)
	life := func(made, days int) []byte {
		says := signing(at(made))
		says.KeyLife = time.Duration(days) * day
		return k.Certify(k, userID, says)
	}
	file := func(packets ...[]byte) []byte {
		return keyringtest.Armour(block, append([][]byte{k.Primary(), keyringtest.UserID(userID)}, packets...)...)
	}
	sub := [][]byte{s.Sub(), k.Bind(s, keyringtest.Says{Made: made, Flags: []byte{2}, Back: s})}
	revoked := k.Revoke(k, keyringtest.Says{Made: at(9), Reason: reason(1)})
	ssh, ssh2 := keyringtest.NewSSHKey(t, "ed25519").File(), keyringtest.NewSSHKey(t, "ed25519").File()
	year, longer, weak := file(life(0, 365)), file(life(0, 365), life(5, 700)),
		file(k.Certify(k, userID, keyringtest.Says{Made: made, Hash: crypto.SHA1, Flags: []byte{3}}))
	for _, c := range []struct {
		name          string
		before, after []byte
		want          keyring.Change
	}{
		{"no file before", nil, year, keyring.Addition},
		{"nothing readable before", []byte("x"), year, keyring.Addition},
		{"no file after", year, nil, keyring.Removal},
		{"nothing readable after", year, []byte("x"), keyring.Unreadable},
		{"the same bytes", year, year, keyring.Same},
		{"a blank line more", year, append(slices.Clone(year), '\n'), keyring.Same},
		{"later end", year, longer, keyring.Renewal},
		{"later end, the old signature gone", year, file(life(5, 700)), keyring.Renewal},
		{"for ever", year, file(life(5, 0)), keyring.Renewal},
		{"fresh self-signature in place of SHA-1", weak, file(life(5, 0)), keyring.Renewal},
		{"earlier end", longer, file(life(6, 100)), keyring.Replacement},
		{"an end where there was none", file(life(0, 0)), year, keyring.Replacement},
		{"revoked", year, file(life(0, 365), revoked), keyring.Revocation},
		{"revoked by a stranger", year, file(life(0, 365),
			other.Revoke(k, keyringtest.Says{Made: at(9), Reason: reason(1)})), keyring.Same},
		{"revocation lost", file(life(0, 365), revoked), year, keyring.Replacement},
		{"another key", year, other.File(userID, made), keyring.Replacement},
		{"a second key", year, append(slices.Clone(year), other.File(userID, made)...), keyring.Replacement},
		{"a new subkey", year, file(append([][]byte{life(0, 365)}, sub...)...), keyring.Replacement},
		{"a subkey gone", file(append([][]byte{life(0, 365)}, sub...)...), year, keyring.Replacement},
		{
			"the right to sign is new", file(k.Certify(k, userID, keyringtest.Says{Made: made, Flags: []byte{1}})),
			file(life(5, 0)), keyring.Replacement,
		},
		{"SSH, the same", ssh, append([]byte("# mine\n"), ssh...), keyring.Same},
		{"SSH, another", ssh, ssh2, keyring.Replacement},
		{"SSH, one more", ssh, append(slices.Clone(ssh), ssh2...), keyring.Replacement},
		{"from OpenPGP to SSH", year, ssh, keyring.Replacement},
	} {
		if got := keyring.Compare(c.before, c.after); got != c.want {
			t.Errorf("%s: Compare = %s, want %s", c.name, got, c.want)
		}
	}
}
