// Package wire reads the bytes in which OpenPGP and SSH keys and signatures are written: armour,
// packets, signature and key packets, SSH signature blobs and authorized_keys lines.
//
// In go bytes from outside, out come their parts or an *Error that names the offset. It never judges:
// whether a key may sign, belongs to a person or was valid in time is keyring's and commitsig's
// business; whether bytes match under a key is the one question answered here (PublicKey.Verify).
//
// It is stricter than gpg, git and go-crypto, because a signature that two readers understand
// differently proves nothing: one armour block and nothing around it, canonical base64, one packet
// without a byte over, a checksum that is right. What a strict reader cannot take is refused with the
// place; what it understands but does not judge is refused as Unsupported.
//
// Ed25519, P-256 and RSA are computed with values that are prepared once for each key, faster than the
// standard library does, and fuzz tests hold them to its answers, bit for bit.
//
// go-crypto's packet layer is the second reader of every public key (both must agree on the
// fingerprint) and computes the algorithms that the standard library lacks. Sources: RFC 9580;
// OpenSSH's PROTOCOL.sshsig.
package wire

import "fmt"

// Error says what is wrong with bytes that were read. Its text is for people.
type Error struct {
	// Offset counts bytes from the beginning of what was handed in.
	Offset int
	// Problem is one clause without full stop, like "the checksum is wrong".
	Problem string
	// Unsupported marks what is well formed as far as it was read, but of a kind that is not judged.
	Unsupported bool
}

// Error gives the problem with its place.
func (e *Error) Error() string { return fmt.Sprintf("%s (at byte %d)", e.Problem, e.Offset) }

// malformed makes the error for bytes that must not be written so.
func malformed(offset int, format string, args ...any) *Error {
	return &Error{Offset: offset, Problem: fmt.Sprintf(format, args...)}
}

// unsupported makes the error for a form that is not judged here.
func unsupported(offset int, format string, args ...any) *Error {
	return &Error{Offset: offset, Problem: fmt.Sprintf(format, args...), Unsupported: true}
}
