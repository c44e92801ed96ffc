package wire_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"math/big"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// str writes b as SSH writes strings.
func str(b ...byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }

// join puts parts together.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// blob writes a signature blob.
func blob(version uint32, key []byte, namespace, digest string, value []byte) []byte {
	return join([]byte("SSHSIG"), binary.BigEndian.AppendUint32(nil, version), str(key...), str([]byte(namespace)...), str(),
		str([]byte(digest)...), str(value...))
}

// signed is what an SSH signature in that namespace signs. Source: PROTOCOL.sshsig.
func signed(namespace string, message []byte) []byte {
	digest := sha512.Sum512(message)
	return join([]byte("SSHSIG"), str([]byte(namespace)...), str(), str([]byte("sha512")...), str(digest[:]...))
}

// newSigner makes an Ed25519 key for SSH.
func newSigner(t testing.TB) ssh.Signer {
	t.Helper()
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// signBlob makes a true signature of message.
func signBlob(t testing.TB, signer ssh.Signer, namespace string, message []byte) []byte {
	t.Helper()
	s, err := sshsig.Sign(bytes.NewReader(message), signer, sshsig.HashSHA512, namespace)
	if err != nil {
		t.Fatal(err)
	}
	return s.Marshal()
}

func TestParseSSHSignature_verifiesWhatSshsigMakes(t *testing.T) {
	signer, message := newSigner(t), []byte("text")
	s, err := wire.ParseSSHSignature(signBlob(t, signer, "git", message))
	if err != nil {
		t.Fatal(err)
	}
	if s.Namespace != "git" || s.Digest != "sha512" || s.Weak != "" ||
		s.Key.Fingerprint != ssh.FingerprintSHA256(signer.PublicKey()) || s.Key.Algorithm != "ssh-ed25519" {
		t.Errorf("ParseSSHSignature = %+v", s)
	}
	if !s.Verify(message) || !s.Verify(message[:2], message[2:]) {
		t.Error("a true signature does not verify")
	}
	if s.Verify(message[1:]) || s.Verify() {
		t.Error("a signature of another text verifies")
	}
}

func TestParseSSHSignature_everyBitCounts(t *testing.T) {
	signer, message := newSigner(t), []byte("text")
	raw := signBlob(t, signer, "git", message)
	for bit := range 8 * len(raw) {
		changed := bytes.Clone(raw)
		changed[bit/8] ^= 1 << (bit % 8)
		if s, err := wire.ParseSSHSignature(changed); err == nil && s.Namespace == "git" && s.Verify(message) {
			t.Errorf("with bit %d of byte %d turned it still verifies", bit%8, bit/8)
		}
	}
}

func TestParseSSHSignature_refuses(t *testing.T) {
	signer := newSigner(t)
	key := signer.PublicKey().Marshal()
	value := join(str([]byte("ssh-ed25519")...), str(make([]byte, 64)...))
	good := blob(1, key, "git", "sha512", value)
	for _, c := range []struct {
		name        string
		blob        []byte
		want        string
		unsupported bool
	}{
		{"nothing", nil, "begins with SSHSIG", false},
		{"another beginning", append([]byte("SSHSIX"), good[6:]...), "begins with SSHSIG", false},
		{"version 2", blob(2, key, "git", "sha512", value), "version 2", true},
		{"cut", good[:len(good)-1], "cut off", false},
		{"a byte more", append(bytes.Clone(good), 0), "1 bytes stand behind", false},
		{"no namespace", blob(1, key, "", "sha512", value), "namespace of the SSH signature is empty", false},
		{"no key", blob(1, []byte("x"), "git", "sha512", value), "no key that can be read", false},
		{"value with a byte more", blob(1, key, "git", "sha512", append(bytes.Clone(value), 0)), "not of its length", false},
		{"value cut", blob(1, key, "git", "sha512", value[:20]), "not of its length", false},
		{
			"made in a browser", blob(1, key, "git", "sha512", join(str([]byte("webauthn-sk-ecdsa-sha2-nistp256@openssh.com")...),
				str(make([]byte, 70)...), make([]byte, 5), str([]byte("https://example.org")...), str([]byte("{}")...), str())),
			"made in a browser", true,
		},
		{"unknown digest", blob(1, key, "git", "sha3", value), "cannot be read", true},
	} {
		_, err := wire.ParseSSHSignature(c.blob)
		got, _ := problem(t, err)
		if e := err.(*wire.Error); !strings.Contains(got, c.want) || e.Unsupported != c.unsupported {
			t.Errorf("%s: ParseSSHSignature says %q (unsupported %v), want %q", c.name, got, e.Unsupported, c.want)
		}
	}
}

func TestParseSSHSignature_tellsWeakOnes(t *testing.T) {
	key := newSigner(t).PublicKey().Marshal()
	value := join(str([]byte("ssh-ed25519")...), str(make([]byte, 64)...))
	for name, raw := range map[string][]byte{
		"digest sha1":      blob(1, key, "git", "sha1", value),
		"algorithm SHA-1":  blob(1, key, "git", "sha512", join(str([]byte("ssh-rsa")...), str(make([]byte, 64)...))),
		"algorithm of DSA": blob(1, key, "git", "sha512", join(str([]byte("ssh-dss")...), str(make([]byte, 40)...))),
	} {
		s, err := wire.ParseSSHSignature(raw)
		if err != nil || s.Weak == "" || s.Verify([]byte("text")) {
			t.Errorf("%s: ParseSSHSignature = %+v, %v, want it weak", name, s, err)
		}
	}
}

// fido makes the blob of a security key's signature, and what the key signs, from its public blob.
func fido(key []byte, flags byte, message []byte, sign func(signed []byte) []byte) []byte {
	app, digest := sha256.Sum256([]byte("ssh:")), sha256.Sum256(signed("git", message))
	tail := []byte{flags, 0, 0, 0, 7}
	return blob(1, key, "git", "sha512", append(sign(join(app[:], tail, digest[:])), tail...))
}

func TestParseSSHSignature_securityKeysWithAndWithoutTouch(t *testing.T) {
	message := []byte("text")
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := p256.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	edKey := join(str([]byte("sk-ssh-ed25519@openssh.com")...), str(public...), str([]byte("ssh:")...))
	ecKey := join(str([]byte("sk-ecdsa-sha2-nistp256@openssh.com")...), str([]byte("nistp256")...), str(point...),
		str([]byte("ssh:")...))
	for flags := range byte(2) {
		for name, raw := range map[string][]byte{
			"ed25519": fido(edKey, flags, message, func(b []byte) []byte {
				return join(str([]byte("sk-ssh-ed25519@openssh.com")...), str(ed25519.Sign(secret, b)...))
			}),
			"p256": fido(ecKey, flags, message, func(b []byte) []byte {
				digest := sha256.Sum256(b)
				r, s, err := ecdsa.Sign(rand.Reader, p256, digest[:])
				if err != nil {
					t.Fatal(err)
				}
				return join(str([]byte("sk-ecdsa-sha2-nistp256@openssh.com")...),
					str(ssh.Marshal(struct{ R, S *big.Int }{r, s})...))
			}),
		} {
			s, err := wire.ParseSSHSignature(raw)
			if err != nil || !s.Verify(message) {
				t.Errorf("%s, flags %d: ParseSSHSignature = %+v, %v, want it to verify", name, flags, s, err)
				continue
			}
			if s.Verify([]byte("other")) {
				t.Errorf("%s: it verifies another text", name)
			}
			for bit := range 8 * len(raw) {
				changed := bytes.Clone(raw)
				changed[bit/8] ^= 1 << (bit % 8)
				if s, err := wire.ParseSSHSignature(changed); err == nil && s.Namespace == "git" && s.Verify(message) {
					t.Errorf("%s: with bit %d of byte %d turned it still verifies", name, bit%8, bit/8)
				}
			}
		}
	}
}

func TestParseSSHKey(t *testing.T) {
	signer := newSigner(t)
	line := ssh.MarshalAuthorizedKey(signer.PublicKey())
	k, err := wire.ParseSSHKey(append(bytes.Clone(bytes.TrimSpace(line)), " alice@laptop"...))
	if err != nil || k.Fingerprint != ssh.FingerprintSHA256(signer.PublicKey()) || k.Comment != "alice@laptop" || k.Weak {
		t.Errorf("ParseSSHKey = %+v, %v", k, err)
	}
	for name, line := range map[string][]byte{
		"nothing": nil, "options": append([]byte("restrict "), line...), "two lines": append(bytes.Clone(line),
			line...), "no base64": []byte("ssh-ed25519 !!!!"),
		"kind differs": bytes.Replace(line, []byte("ssh-ed25519"), []byte("ssh-rsa"),
			1), "too long": bytes.Repeat([]byte("a"), wire.MaxSSHLine+1),
	} {
		if k, err := wire.ParseSSHKey(line); err == nil {
			t.Errorf("%s: ParseSSHKey takes it: %+v", name, k)
		}
	}
}

// FuzzParseSSHSignature holds that what we take sshsig takes too, and writes again as the same bytes.
func FuzzParseSSHSignature(f *testing.F) {
	signer := newSigner(f)
	f.Add(signBlob(f, signer, "git", []byte("text")))
	f.Add(signBlob(f, signer, "file", []byte("text")))
	f.Add(blob(1, signer.PublicKey().Marshal(), "git", "sha1", nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := wire.ParseSSHSignature(raw)
		if err != nil {
			problem(t, err)
			return
		}
		if s.Weak != "" {
			return
		}
		other, err := sshsig.ParseSignature(raw)
		if err != nil {
			t.Fatalf("sshsig refuses what ParseSSHSignature takes: %v", err)
		}
		if other.Namespace != s.Namespace || ssh.FingerprintSHA256(other.PublicKey) != s.Key.Fingerprint {
			t.Errorf("sshsig reads %+v, ParseSSHSignature %+v", other, s)
		}
		if s.Verify([]byte("text")) && !strings.HasPrefix(s.Key.Algorithm, "sk-") &&
			sshsig.Verify(strings.NewReader("text"), other, other.PublicKey, other.HashAlgorithm, other.Namespace) != nil {
			t.Error("Verify takes what sshsig refuses")
		}
	})
}
