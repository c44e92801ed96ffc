package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// collectKeys writes every version of every key file of a person that a signed change
// gave, keys since removed too: for gpg --import, and as allowed signers for
// ssh-keygen. The host's and the bot's own keys are left out.
func collectKeys(l *Ledger, pgp, ssh *bytes.Buffer) error {
	for l.scanned > 0 {
		if err := l.scan(); err != nil {
			return err
		}
	}
	paths := make([]string, 0, len(l.stated))
	for p := range l.stated {
		if slug := slugOf(p); document.Classify(".", p) == document.Key && slug != keyring.HostSlug && slug != keyring.BotSlug {
			paths = append(paths, p)
		}
	}
	sort.Strings(paths)
	for _, p := range paths {
		said := l.stated[p]
		for i := len(said) - 1; i >= 0; i-- {
			if said[i].Version == nil || said[i].Version.Deleted {
				continue
			}
			raw, err := l.Bytes(said[i].Subject.Digest.SHA256)
			if err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			collectKey(p, raw, pgp, ssh)
		}
	}
	return nil
}

// slugOf is whose key file it is: its name without folder and ending.
func slugOf(p string) string { return strings.TrimSuffix(path.Base(p), path.Ext(p)) }

func collectKey(p string, raw []byte, pgp, ssh *bytes.Buffer) {
	if path.Ext(p) == ".asc" {
		for _, block := range readableBlocks(raw) {
			pgp.Write(block)
		}
		return
	}
	if keyFile().FindStringSubmatch(path.Base(p)) == nil {
		return // a name that is nobody's slug, and that allowed signers could not hold
	}
	for line := range strings.Lines(string(raw)) {
		if m := sshKey().FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			fmt.Fprintf(ssh, "%s namespaces=\"git\" %s %s\n", slugOf(p), m[1], m[2])
		}
	}
}

// sshKey takes a line of a .pub file as ssh-keygen writes it, without options.
var sshKey = lazily(`^((?:ssh|ecdsa|sk)-[A-Za-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: .*)?$`)

// Borders of an armour block.
const (
	blockBegin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
	blockEnd   = "-----END PGP PUBLIC KEY BLOCK-----"
)

// readableBlocks cuts the armour blocks that can be read out of a key file: gpg stops
// at the first one that cannot.
func readableBlocks(raw []byte) [][]byte {
	var found [][]byte
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	for {
		begin := strings.Index(text, blockBegin)
		if begin < 0 {
			return found
		}
		end := strings.Index(text[begin:], blockEnd)
		if end < 0 {
			return found
		}
		block := text[begin:begin+end+len(blockEnd)] + "\n"
		if readable(block) {
			found = append(found, []byte(block))
		}
		text = text[begin+end+len(blockEnd):]
	}
}

func readable(block string) bool {
	b, err := armor.Decode(strings.NewReader(block))
	if err != nil || b.Type != openpgp.PublicKeyType {
		return false
	}
	_, err = io.Copy(io.Discard, b.Body)
	return err == nil || errors.Is(err, io.EOF)
}
