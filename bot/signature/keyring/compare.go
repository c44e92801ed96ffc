package keyring

import (
	"bytes"
	"slices"
)

// Change is what a new version of a key file does to the old one. Source: LAW.md 2.4.
type Change string

// The changes of a key file. Only Renewal and Revocation need fewer signatures than any other.
const (
	// Unreadable: no key can be read from the new version.
	Unreadable Change = "unreadable"
	// Addition: there was no file, or no key in it.
	Addition Change = "addition"
	// Removal: there is no file any more.
	Removal Change = "removal"
	// Same: the same keys with the same rights, written differently.
	Same Change = "same"
	// Renewal: the same keys, by fingerprint, with a later end or fresh self-signatures.
	Renewal Change = "renewal"
	// Revocation: the same keys, of which some are revoked now, by themselves; nothing else changes.
	Revocation Change = "revocation"
	// Replacement: anything else.
	Replacement Change = "replacement"
)

// Compare says what the step from before to after, two versions of one key file, does. Empty bytes are
// an absent file. SSH keys know neither renewal nor revocation.
func Compare(before, after []byte) Change {
	if len(after) == 0 {
		return Removal
	}
	old, fresh := readAny(before), readAny(after)
	switch {
	case len(fresh) == 0:
		return Unreadable
	case len(old) == 0:
		return Addition
	}
	steps := map[Change]bool{}
	if !sameKeys(old, fresh) {
		return Replacement
	}
	for fingerprint, was := range old {
		steps[step(was, fresh[fingerprint])] = true
	}
	switch {
	case steps[Replacement], steps[Renewal] && steps[Revocation]:
		return Replacement
	case steps[Renewal]:
		return Renewal
	case steps[Revocation]:
		return Revocation
	}
	return Same
}

// readAny reads a key file of either format by fingerprint.
func readAny(data []byte) map[string]Key {
	name := "keys/x.pub"
	if bytes.Contains(data, []byte("-----BEGIN PGP")) {
		name = "keys/x.asc"
	}
	keys := map[string]Key{}
	for _, k := range Read(File{Path: name, Bytes: data}) {
		keys[k.Fingerprint] = k
	}
	return keys
}

// sameKeys tells whether both hold the same keys under the same primaries.
func sameKeys(a, b map[string]Key) bool {
	if len(a) != len(b) {
		return false
	}
	for fingerprint, k := range a {
		if other, found := b[fingerprint]; !found || other.Primary != k.Primary {
			return false
		}
	}
	return true
}

// step says what happens to one key. A lost revocation, an earlier end or a right to sign that was not
// there is a Replacement: none of them is what the owner alone may do.
func step(was, is Key) Change {
	for _, r := range was.revocations {
		if !slices.Contains(is.revocations, r) {
			return Replacement
		}
	}
	switch {
	case was.unfit != "" && is.unfit == "":
		return Replacement
	case len(is.revocations) > len(was.revocations):
		return Revocation
	case was.unfit == "" && is.unfit != "", was.weak == "" && is.weak != "":
		return Replacement
	case is.expires.Equal(was.expires) && is.weak == was.weak:
		return Same
	case later(is.expires, was.expires), is.expires.Equal(was.expires):
		return Renewal
	}
	return Replacement
}
