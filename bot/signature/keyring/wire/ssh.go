package wire

import (
	"bytes"
	"crypto/rsa"
	"fmt"
	"io"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// MaxSSHLine bounds one line of a .pub file; an RSA key of 16384 bits needs 2.8 KiB.
const MaxSSHLine = 8 << 10

// algorithmSSHDSA names what is refused: DSA, of 1024 bits always.
const algorithmSSHDSA = "ssh-dss"

// SSHKey is one SSH public key. It does not change and is safe for concurrent use.
type SSHKey struct {
	// Fingerprint is as ssh-keygen -l prints it: SHA256: and unpadded base64.
	Fingerprint string
	// Algorithm names kind and size for people, like "ssh-ed25519" or "RSA 3072".
	Algorithm string
	// Weak tells that keys of this kind or size are refused.
	Weak bool
	// Comment is what follows the key in its line; it proves nothing.
	Comment string

	key ssh.PublicKey
}

// ParseSSHKey reads one line of a .pub file: kind, base64, comment. Options before the kind, and
// certificates, are not read: what they would restrict cannot be kept here.
func ParseSSHKey(line []byte) (*SSHKey, error) {
	if len(line) > MaxSSHLine {
		return nil, malformed(0, "the line has %d bytes, more than %d", len(line), MaxSSHLine)
	}
	key, comment, options, rest, err := ssh.ParseAuthorizedKey(line)
	switch {
	case err != nil:
		return nil, malformed(0, "this is not an SSH public key as ssh-keygen writes it")
	case len(options) > 0:
		return nil, unsupported(0, "options before an SSH key are not read")
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, malformed(len(line)-len(rest), "something follows the SSH key")
	}
	return newSSHKey(key, comment)
}

// newSSHKey names key and tells whether it is weak.
func newSSHKey(key ssh.PublicKey, comment string) (*SSHKey, error) {
	k := &SSHKey{Fingerprint: ssh.FingerprintSHA256(key), Algorithm: key.Type(), Comment: comment, key: key}
	switch kind := key.Type(); {
	case kind == ssh.KeyAlgoRSA:
		public, ok := key.(ssh.CryptoPublicKey).CryptoPublicKey().(*rsa.PublicKey)
		if !ok || public.N.BitLen() > maxRSABits {
			return nil, unsupported(0, "an RSA key of more than %d bits is not read", maxRSABits)
		}
		k.Algorithm, k.Weak = fmt.Sprintf("RSA %d", public.N.BitLen()), public.N.BitLen() < minRSABits
	case kind == algorithmSSHDSA:
		k.Algorithm, k.Weak = "DSA", true
	case strings.Contains(kind, "-cert-"):
		return nil, unsupported(0, "SSH certificates are not read")
	}
	return k, nil
}

// SSHSignature is one signature blob. Source: PROTOCOL.sshsig, "Blob format".
type SSHSignature struct {
	// Namespace is what the signature is for; Digest names the digest of the message.
	Namespace, Digest string
	// Key is the key it says made it.
	Key *SSHKey
	// Weak says why the signature is refused though it may match, "" if it is not.
	Weak string

	parsed *sshsig.Signature
	value  []byte // the signature's value, for security keys
}

// ParseSSHSignature reads blob, what stands in an SSH SIGNATURE armour, to its last byte. With Weak
// set, nothing else than Namespace, Digest and Key is known of it. Source: PROTOCOL.sshsig.
func ParseSSHSignature(blob []byte) (*SSHSignature, error) {
	c := &cursor{body: blob}
	if string(c.take(6)) != "SSHSIG" {
		return nil, malformed(0, "an SSH signature begins with SSHSIG, this does not")
	}
	if version := c.uint32(); version != 1 && !c.short {
		return nil, unsupported(6, "SSH signatures of version %d are not read", version)
	}
	key, namespace, _, digest, value := c.sshString(), c.sshString(), c.sshString(), c.sshString(), c.sshString()
	switch {
	case c.short:
		return nil, malformed(len(blob), "the SSH signature is cut off")
	case c.at != len(blob):
		return nil, malformed(c.at, "%d bytes stand behind the SSH signature", len(blob)-c.at)
	case len(namespace) == 0:
		return nil, malformed(10, "the namespace of the SSH signature is empty")
	}
	s := &SSHSignature{Namespace: string(namespace), Digest: string(digest), value: value}
	if err := s.readKey(key); err != nil {
		return nil, err
	}
	if s.Weak = weakSSH(s.Digest, value); s.Weak != "" {
		return s, nil
	}
	if err := checkSSHValue(value, s.Key); err != nil {
		return nil, err
	}
	parsed, err := sshsig.ParseSignature(blob)
	if err != nil {
		return nil, unsupported(0, "the SSH signature cannot be read: %v", err)
	}
	s.parsed = parsed
	return s, nil
}

// readKey takes the key that the signature carries.
func (s *SSHSignature) readKey(blob []byte) error {
	key, err := ssh.ParsePublicKey(blob)
	if err != nil {
		return malformed(10, "the SSH signature carries no key that can be read")
	}
	s.Key, err = newSSHKey(key, "")
	return err
}

// weakSSH says why a signature made with SHA-1 is refused, "" if it was not.
func weakSSH(digest string, value []byte) string {
	c := &cursor{body: value}
	switch format := string(c.sshString()); {
	case digest == "sha1" || digest == "md5":
		return "its digest is " + digest
	case format == ssh.KeyAlgoRSA:
		return "it was made with SHA-1 (ssh-rsa)"
	case format == algorithmSSHDSA:
		return "it was made with DSA"
	}
	return ""
}

// checkSSHValue refuses bytes behind the signature's value, which x/crypto/ssh would keep unread, and the form
// that browsers write, which has more of them. Source: PROTOCOL.u2f, "SSH U2F signatures".
func checkSSHValue(value []byte, key *SSHKey) error {
	c := &cursor{body: value}
	if format := string(c.sshString()); strings.HasPrefix(format, "webauthn-") {
		return unsupported(0, "an SSH signature that was made in a browser (%s) is not read", format)
	}
	c.sshString()
	if strings.HasPrefix(key.key.Type(), "sk-") {
		c.take(5) // flags and counter of the security key
	}
	if c.short || c.at != len(value) {
		return malformed(c.at, "the value of the SSH signature is not of its length")
	}
	return nil
}

// sshString reads a run of bytes behind its length of four bytes.
func (c *cursor) sshString() []byte { return c.take(int(c.uint32())) }

// Verify reports whether s is a signature by the key it carries over data, in its namespace.
// The caller compares key and namespace with what it expects.
func (s *SSHSignature) Verify(data ...[]byte) bool {
	if s.parsed == nil {
		return false
	}
	if strings.HasPrefix(s.parsed.PublicKey.Type(), "sk-") {
		return s.verifySecurityKey(data)
	}
	parts := make([]io.Reader, len(data))
	for i, part := range data {
		parts[i] = bytes.NewReader(part)
	}
	return sshsig.Verify(io.MultiReader(parts...), s.parsed, s.parsed.PublicKey, s.parsed.HashAlgorithm,
		s.parsed.Namespace) == nil
}
