package commitsig_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// sshParts are the fields of an SSH signature, in the order of PROTOCOL.sshsig.
type sshParts struct {
	magic                                   string
	version                                 uint32
	key, namespace, reserved, digest, value []byte
	behind                                  []byte
}

// openSSH takes a signed commit's SSH signature apart.
func openSSH(t *testing.T, raw []byte) sshParts {
	t.Helper()
	_, text, found := bytes.Cut(raw, []byte("-----BEGIN SSH SIGNATURE-----"))
	text, _, ended := bytes.Cut(text, []byte("-----END"))
	blob, err := base64.StdEncoding.DecodeString(strings.NewReplacer("\n", "", " ", "").Replace(string(text)))
	if err != nil || !found || !ended {
		t.Fatalf("take SSH signature apart: %v", err)
	}
	p := sshParts{magic: string(blob[:6]), version: binary.BigEndian.Uint32(blob[6:])}
	rest := blob[10:]
	for _, field := range []*[]byte{&p.key, &p.namespace, &p.reserved, &p.digest, &p.value} {
		n := binary.BigEndian.Uint32(rest)
		*field, rest = rest[4:4+n], rest[4+n:]
	}
	return p
}

// text writes the parts as an armour.
func (p sshParts) text() []byte {
	blob := binary.BigEndian.AppendUint32([]byte(p.magic), p.version)
	for _, field := range [][]byte{p.key, p.namespace, p.reserved, p.digest, p.value} {
		blob = append(blob, sshString(field)...)
	}
	body := folded(base64.StdEncoding.EncodeToString(append(blob, p.behind...)), 70)
	return []byte("-----BEGIN SSH SIGNATURE-----\n" + body + "\n-----END SSH SIGNATURE-----\n")
}

// sshString writes bytes behind their length.
func sshString(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
}

// TestVerify_sshSignaturesRewritten changes one part of a true SSH signature at a time.
func TestVerify_sshSignaturesRewritten(t *testing.T) {
	key, other := keyringtest.NewSSHKey(t, "ed25519"), keyringtest.NewSSHKey(t, "ed25519")
	ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.pub", Bytes: key.File()}}, people())
	payload := by(alice, alice).Payload()
	parts := openSSH(t, key.SignCommit(by(alice, alice), "git"))
	foreign := openSSH(t, other.SignCommit(by(alice, alice), "git"))
	edited := func(edit func(*sshParts)) []byte {
		p := parts
		edit(&p)
		return keyringtest.Signed(payload, p.text(), "gpgsig")
	}
	value := func(kind string, rest ...byte) []byte {
		blob := parts.value[4+len("ssh-ed25519"):]
		return slices.Concat(sshString([]byte(kind)), blob, rest)
	}
	checkAttacks(t, ring, []attack{
		{"as it was", edited(func(*sshParts) {}), commitsig.Good, ""},
		{"another magic", edited(func(p *sshParts) { p.magic = "SSHSIX" }), commitsig.Malformed, ""},
		{"version 0", edited(func(p *sshParts) { p.version = 0 }), commitsig.Unsupported, ""},
		{"version 2", edited(func(p *sshParts) { p.version = 2 }), commitsig.Unsupported, ""},
		{"namespace empty", edited(func(p *sshParts) { p.namespace = nil }), commitsig.Malformed, ""},
		{"namespace file", edited(func(p *sshParts) { p.namespace = []byte("file") }), commitsig.Bad, ""},
		{"namespace Git", edited(func(p *sshParts) { p.namespace = []byte("Git") }), commitsig.Bad, ""},
		{"namespace git and a NUL", edited(func(p *sshParts) { p.namespace = []byte("git\x00") }), commitsig.Bad, ""},
		{"digest sha256, made with sha512", edited(func(p *sshParts) { p.digest = []byte("sha256") }), commitsig.Bad, ""},
		{"digest sha1", edited(func(p *sshParts) { p.digest = []byte("sha1") }), commitsig.Weak, ""},
		{"digest md5", edited(func(p *sshParts) { p.digest = []byte("md5") }), commitsig.Weak, ""},
		{"digest sha384", edited(func(p *sshParts) { p.digest = []byte("sha384") }), commitsig.Unsupported, ""},
		{"digest of nobody", edited(func(p *sshParts) { p.digest = nil }), commitsig.Unsupported, ""},
		{"another's key", edited(func(p *sshParts) { p.key = foreign.key }), commitsig.UnknownKey, ""},
		{"another's value", edited(func(p *sshParts) { p.value = foreign.value }), commitsig.Bad, ""},
		{"no key", edited(func(p *sshParts) { p.key = nil }), commitsig.Malformed, ""},
		{"a byte behind the key", edited(func(p *sshParts) { p.key = append(slices.Clone(p.key), 0) }), commitsig.Malformed, ""},
		{"a byte behind the signature", edited(func(p *sshParts) { p.behind = []byte{0} }), commitsig.Malformed, ""},
		{"a byte behind the value", edited(func(p *sshParts) { p.value = value("ssh-ed25519", 0) }), commitsig.Malformed, ""},
		{"the value of another kind", edited(func(p *sshParts) { p.value = value("ssh-rsa") }), commitsig.Weak, ""},
		{"the value of DSA", edited(func(p *sshParts) { p.value = value("ssh-dss") }), commitsig.Weak, ""},
		{"the value of a certificate", edited(func(p *sshParts) { p.value = value("ssh-ed25519-cert-v01@openssh.com") }), commitsig.Bad, ""},
		{"no value", edited(func(p *sshParts) { p.value = nil }), commitsig.Malformed, ""},
		{"made for files", key.SignCommit(by(alice, alice), "file"), commitsig.Bad, ""},
		{"of another commit", bytes.Replace(key.SignCommit(by(alice, alice), "git"), []byte("Wording"), []byte("wording"), 1), commitsig.Bad, ""},
	})
}

// sshArmours are ways to write the armour of an SSH signature. ssh-keygen takes one way, and so do we.
func TestVerify_sshArmourOneWay(t *testing.T) {
	key := keyringtest.NewSSHKey(t, "ed25519")
	ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.pub", Bytes: key.File()}}, people())
	payload := by(alice, alice).Payload()
	armour := string(openSSH(t, key.SignCommit(by(alice, alice), "git")).text())
	carried := func(text string) []byte { return keyringtest.Signed(payload, []byte(text), "gpgsig") }
	replaced := func(old, with string) []byte { return carried(strings.Replace(armour, old, with, 1)) }
	stranger := string(openSSH(t, keyringtest.NewSSHKey(t, "ed25519").SignCommit(by(alice, alice), "git")).text())
	checkAttacks(t, ring, []attack{
		{"as it was", carried(armour), commitsig.Good, ""},
		{"an empty line behind it, as GitHub writes", carried(armour + "\n"), commitsig.Good, ""},
		{"a header", replaced("-----\n", "-----\nComment: x\n\n"), commitsig.Malformed, ""},
		{"an empty line", replaced("-----\n", "-----\n\n"), commitsig.Malformed, ""},
		{"a checksum", replaced("\n-----END", "\n=AAAA\n-----END"), commitsig.Malformed, ""},
		{"carriage returns", carried(strings.ReplaceAll(armour, "\n", "\r\n")), commitsig.Malformed, ""},
		{"text behind", carried(armour + "x\n"), commitsig.Malformed, ""},
		{"a stranger's behind", carried(armour + stranger), commitsig.Malformed, ""},
		{"an OpenPGP one behind", carried(armour + "-----BEGIN PGP SIGNATURE-----\n\nAA==\n-----END PGP SIGNATURE-----\n"), commitsig.Malformed, ""},
		{"no END", replaced("-----END SSH SIGNATURE-----\n", ""), commitsig.Malformed, ""},
		{"END of OpenPGP", replaced("END SSH", "END PGP"), commitsig.Malformed, ""},
		{"four dashes", replaced("BEGIN SSH SIGNATURE-----", "BEGIN SSH SIGNATURE----"), commitsig.Malformed, ""},
	})
}

// TestVerify_sshKeyFiles: which lines of a .pub file give a key, and to whom.
func TestVerify_sshKeyFiles(t *testing.T) {
	key, other := keyringtest.NewSSHKey(t, "ed25519"), keyringtest.NewSSHKey(t, "ed25519")
	raw := key.SignCommit(by(alice, alice), "git")
	line, another := string(key.File()), string(other.File())
	for _, c := range []struct {
		name  string
		files map[string]string
		want  commitsig.Word
	}{
		{"one line", map[string]string{"alice": line}, commitsig.Good},
		{"with a comment", map[string]string{"alice": strings.TrimSpace(line) + " alice@laptop\n"}, commitsig.Good},
		{"the second line", map[string]string{"alice": another + line}, commitsig.Good},
		{"behind a comment line", map[string]string{"alice": "# mine\n\n" + line}, commitsig.Good},
		{"carriage returns", map[string]string{"alice": strings.ReplaceAll(line, "\n", "\r\n")}, commitsig.Good},
		{"commented out", map[string]string{"alice": "#" + line}, commitsig.UnknownKey},
		{"with options", map[string]string{"alice": `namespaces="file" ` + line}, commitsig.UnknownKey},
		{"as an allowed_signers line", map[string]string{"alice": "alice@example.org " + line}, commitsig.UnknownKey},
		{"as an authority", map[string]string{"alice": "cert-authority " + line}, commitsig.UnknownKey},
		{"of another person", map[string]string{"bob": line}, commitsig.WrongPerson},
		{"of both", map[string]string{"alice": line, "bob": line}, commitsig.WrongPerson},
		{"of the person and of nobody", map[string]string{"alice": line, "zed": line}, commitsig.Good},
		{"of nobody", map[string]string{"zed": line}, commitsig.WrongPerson},
		{"as the host's", map[string]string{"web-flow": line}, commitsig.WrongPerson},
		{"cut short", map[string]string{"alice": line[:len(line)-8]}, commitsig.UnknownKey},
	} {
		var files []keyring.File
		for slug, text := range c.files {
			files = append(files, keyring.File{Path: "keys/" + slug + ".pub", Bytes: []byte(text)})
		}
		ring, _ := keyring.New(files, people())
		checkAttacks(t, ring, []attack{{c.name, raw, c.want, ""}})
	}
}

// TestVerify_sshShortRSA is refused however new its digest is.
func TestVerify_sshShortRSA(t *testing.T) {
	for kind, want := range map[string]commitsig.Word{"rsa1024": commitsig.Weak, "rsa2047": commitsig.Weak, "rsa2048": commitsig.Good, "p256": commitsig.Good} {
		key := keyringtest.NewSSHKey(t, kind)
		ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.pub", Bytes: key.File()}}, people())
		checkAttacks(t, ring, []attack{{kind, key.SignCommit(by(alice, alice), "git"), want, ""}})
	}
}
