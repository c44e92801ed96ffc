package keyring

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

const (
	// MaxFile bounds a key file. The largest of a distribution's developers has 120 KB; strangers'
	// certifications can be left out by `gpg --export-options export-minimal`.
	MaxFile = wire.MaxKeyArmour
	// maxBlocks and maxLines bound the armour blocks of an .asc and the lines of a .pub file.
	maxBlocks = 100
	maxLines  = 1000
)

// Reserved slugs, which no person can have.
const (
	// HostSlug names keys/web-flow.asc, the host's own signing keys.
	HostSlug = "web-flow"
	// BotSlug names keys/vidimus.asc, the key that signs evidence.
	BotSlug = "vidimus"
)

// File is one file of keys/.
type File struct {
	// Path is its path in the repository, as keys/<slug>.asc (armoured OpenPGP) or .pub (SSH).
	Path  string
	Bytes []byte
}

// slug is the file's name without folder and ending.
func (f File) slug() string { return strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path)) }

// contents is what one key file holds.
type contents struct {
	keys      []Key
	primaries []*primary
	// problems are clauses about parts that were passed over; secret tells of a secret key.
	problems []string
	secret   bool
}

// Read gives the keys in f in their order, whoever they belong to; Path and Slug are set, Role is not.
// What cannot be read is passed over: New tells of it.
func Read(f File) []Key { return readFile(f).keys }

// readFile reads a key file by its ending.
func readFile(f File) contents {
	var c contents
	switch {
	case len(f.Bytes) > MaxFile:
		c.problems = append(c.problems, fmt.Sprintf("the file has %d bytes, more than %d", len(f.Bytes), MaxFile))
	case path.Ext(f.Path) == ".pub":
		c.readSSH(f.Bytes)
	default:
		c.readOpenPGP(f.Bytes)
	}
	for i := range c.keys {
		c.keys[i].Path, c.keys[i].Slug = f.Path, f.slug()
	}
	return c
}

// readOpenPGP reads armour blocks of public keys. Lines may end in CRLF here, since the file is signed
// for as a whole; text around the blocks is passed over and named.
func (c *contents) readOpenPGP(data []byte) {
	p := &pile{}
	p.readBlocks(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
	p.sort()
	c.keys, c.primaries, c.problems = p.keys(), p.primaries, append(c.problems, p.problems...)
	c.secret = p.secret || bytes.Contains(data, []byte("PRIVATE KEY"))
}

// readBlocks reads one armour block after the other.
func (p *pile) readBlocks(rest []byte) {
	for n := 0; ; n++ {
		begin := bytes.Index(rest, []byte("-----BEGIN "))
		outside := rest
		if begin >= 0 {
			outside = rest[:begin]
		}
		if len(bytes.TrimSpace(outside)) > 0 {
			p.complain("text outside the key blocks is passed over")
		}
		if begin < 0 {
			return
		}
		if n == maxBlocks {
			p.refuse("key blocks", maxBlocks)
			return
		}
		block, after := cutBlock(rest[begin:])
		binary, err := wire.Dearmour(block, wire.LabelPublicKey)
		if err != nil {
			p.complain("a key block cannot be read: %v", err)
		} else {
			p.read(binary)
		}
		rest = after
	}
}

// cutBlock parts text after its first END line.
func cutBlock(text []byte) (block, rest []byte) {
	end := bytes.Index(text, []byte("\n-----END "))
	if end < 0 {
		return text, nil
	}
	if line := bytes.IndexByte(text[end+1:], '\n'); line >= 0 {
		return text[:end+1+line+1], text[end+1+line+1:]
	}
	return text, nil
}

// readSSH reads authorized_keys lines; empty lines and comments are passed over.
func (c *contents) readSSH(data []byte) {
	c.secret = bytes.Contains(data, []byte("PRIVATE KEY"))
	lines := bytes.Split(data, []byte("\n"))
	if len(lines) > maxLines {
		c.problems = append(c.problems, fmt.Sprintf("the file has more than %d lines", maxLines))
		return
	}
	for i, line := range lines {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, err := wire.ParseSSHKey(line)
		if err != nil {
			c.problems = append(c.problems, fmt.Sprintf("line %d is passed over: %v", i+1, err))
			continue
		}
		c.keys = append(c.keys, newSSHKey(key))
	}
}

// newSSHKey starts a Key from a line of a .pub file.
func newSSHKey(key *wire.SSHKey) Key {
	k := Key{
		judged: true, Format: SSH, Fingerprint: key.Fingerprint, Primary: key.Fingerprint,
		Algorithm: key.Algorithm, UserID: key.Comment,
	}
	if key.Weak {
		k.weak = "keys of the kind " + key.Algorithm + " are refused"
	}
	return k
}
