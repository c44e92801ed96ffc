package keyringtest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Commit is what a test's commit says. The zero value of a field is filled with something valid.
type Commit struct {
	Tree, Author, Committer, Message string
	Parents                          []string
	When                             time.Time
	// Headers stand after the committer, each without its line end.
	Headers []string
}

// Payload writes the commit object without a signature. Author and Committer are "Name <address>".
func (c Commit) Payload() []byte {
	if c.Tree == "" {
		c.Tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	}
	if c.Committer == "" {
		c.Committer = c.Author
	}
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, parent := range c.Parents {
		fmt.Fprintf(&b, "parent %s\n", parent)
	}
	fmt.Fprintf(&b, "author %s %d +0000\ncommitter %s %d +0000\n", c.Author, c.When.Unix(), c.Committer, c.When.Unix())
	for _, header := range c.Headers {
		fmt.Fprintf(&b, "%s\n", header)
	}
	fmt.Fprintf(&b, "\n%s", c.Message)
	return []byte(b.String())
}

// Signed puts an armoured signature into a payload as git does, under the header name.
func Signed(payload, armoured []byte, name string) []byte {
	end := bytes.Index(payload, []byte("\n\n")) + 1
	folded := strings.ReplaceAll(strings.TrimSuffix(string(armoured), "\n"), "\n", "\n ")
	return fmt.Appendf(nil, "%s%s %s\n%s", payload[:end], name, folded, payload[end:])
}

// SignCommit gives the commit signed by k.
func (k *Key) SignCommit(c Commit, says Says) []byte {
	k.t.Helper()
	payload := c.Payload()
	return Signed(payload, Armour("SIGNATURE", k.Sign(payload, says)), "gpgsig")
}

// SSHKey is an SSH key that can sign.
type SSHKey struct {
	signer ssh.Signer
	t      testing.TB
}

// NewSSHKey makes a key of a kind: ed25519, p256, or rsa and a number of bits.
func NewSSHKey(t testing.TB, kind string) *SSHKey {
	t.Helper()
	var secret crypto.Signer
	var err error
	switch kind {
	case "ed25519":
		_, secret, err = ed25519.GenerateKey(rand.Reader)
	case "p256":
		secret, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		var bits int
		if _, err := fmt.Sscanf(kind, "rsa%d", &bits); err != nil {
			t.Fatalf("NewSSHKey(%q): no such kind", kind)
		}
		secret, err = rsa.GenerateKey(rand.Reader, bits)
	}
	if err != nil {
		t.Fatalf("NewSSHKey(%q): %v", kind, err)
	}
	signer, err := ssh.NewSignerFromSigner(secret)
	if err != nil {
		t.Fatalf("NewSSHKey(%q): %v", kind, err)
	}
	return &SSHKey{signer: signer, t: t}
}

// File is the key's .pub file.
func (k *SSHKey) File() []byte { return ssh.MarshalAuthorizedKey(k.signer.PublicKey()) }

// Fingerprint is as ssh-keygen prints it.
func (k *SSHKey) Fingerprint() string { return ssh.FingerprintSHA256(k.signer.PublicKey()) }

// SignCommit gives the commit signed by k in a namespace.
func (k *SSHKey) SignCommit(c Commit, namespace string) []byte {
	k.t.Helper()
	payload := c.Payload()
	s, err := sshsig.Sign(bytes.NewReader(payload), k.signer, sshsig.HashSHA512, namespace)
	if err != nil {
		k.t.Fatalf("sign: %v", err)
	}
	text := "-----BEGIN SSH SIGNATURE-----\n" + wrap(s.Marshal(), 70) + "-----END SSH SIGNATURE-----\n"
	return Signed(payload, []byte(text), "gpgsig")
}
