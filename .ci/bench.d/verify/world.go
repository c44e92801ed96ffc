package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" // git's
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// world is a repository of signed commits with its keys.
type world struct {
	dir     string
	signers []signer
	signed  []signedPayload
	tips    []string // the id of each commit, oldest first
}

// signer is one key and the address it commits with.
type signer struct {
	key     *keyringtest.Key
	address string
}

// signedPayload is what the bare cryptography verifies.
type signedPayload struct {
	signer  int
	payload []byte
	packet  []byte
}

// makeWorld makes the keys, signs a chain of commits on all cores, and packs them.
func makeWorld(c counts, dir string) (w *world, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("make keys: %v", r)
		}
	}()
	w = &world{dir: dir}
	kinds := []string{c.kind}
	switch c.kind {
	case "mixed":
		kinds = []string{"ed25519", "rsa4096", "p256", "rsa2048", "rsa3072", "ed25519"}
	case "long":
		kinds = []string{"ed25519"}
	}
	born := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, kind := range kinds {
		address := fmt.Sprintf("Person %d <p%d@example.org>", i, i)
		w.signers = append(w.signers, signer{keyringtest.NewKey(panicky{}, kind, born), address})
	}
	if err := w.writeKeys(born); err != nil {
		return nil, err
	}
	return w, w.writeCommits(c.ours, born.AddDate(0, 1, 0))
}

// writeKeys writes keys/pN.asc.
func (w *world) writeKeys(born time.Time) error {
	if err := os.MkdirAll(filepath.Join(w.dir, "keys"), 0o755); err != nil {
		return fmt.Errorf("write keys: %w", err)
	}
	for i, s := range w.signers {
		if err := os.WriteFile(filepath.Join(w.dir, "keys", fmt.Sprintf("p%d.asc", i)), s.key.File(s.address, born),
			0o600); err != nil {
			return fmt.Errorf("write keys: %w", err)
		}
	}
	return nil
}

// writeCommits signs a chain of n commits and stores it as one pack.
func (w *world) writeCommits(n int, when time.Time) error {
	var pack bytes.Buffer
	pack.WriteString("PACK")
	_ = binary.Write(&pack, binary.BigEndian, [2]uint32{2, uint32(n)}) // a Buffer never fails
	parents := []string(nil)
	var raws [][]byte
	for i := range n {
		s := i % len(w.signers)
		c := keyringtest.Commit{
			Author: w.signers[s].address, Parents: parents, When: when.Add(time.Duration(i) * time.Minute),
			Message: fmt.Sprintf("Cloud usage policy: wording of paragraph %d\n\nThe paragraph said what it meant, and now it means what it says.\n%s", i, strings.Repeat("As agreed.\n", i%20)),
		}
		payload := c.Payload()
		packet := w.signers[s].key.Sign(payload, keyringtest.Says{Made: c.When})
		raw := keyringtest.Signed(payload, keyringtest.Armour("SIGNATURE", packet), "gpgsig")
		w.signed = append(w.signed, signedPayload{s, payload, packet})
		raws = append(raws, raw)
		id := commitsig.ObjectID(raw, commitsig.SHA1)
		w.tips, parents = append(w.tips, id), []string{id}
	}
	for i := len(raws) - 1; i >= 0; i-- { // newest first, as git packs them
		packObject(&pack, raws[i])
	}
	sum := sha1.Sum(pack.Bytes())
	pack.Write(sum[:])
	return w.store(pack.Bytes())
}

// packObject writes a commit as a pack holds it. Source: gitformat-pack(5).
func packObject(to *bytes.Buffer, raw []byte) {
	size := len(raw)
	head := byte(1<<4 | size&15)
	for size >>= 4; size > 0; size >>= 7 {
		to.WriteByte(head | 0x80)
		head = byte(size & 0x7f)
	}
	to.WriteByte(head)
	z := zlib.NewWriter(to)
	_, _ = z.Write(raw) // into a Buffer
	_ = z.Close()
}

// store makes the repository out of the pack; its tip is HEAD.
func (w *world) store(pack []byte) error {
	repo := filepath.Join(w.dir, "repo.git")
	for _, step := range []struct {
		stdin []byte
		args  []string
	}{
		{nil, []string{"init", "-q", "--bare", repo}},
		{pack, []string{"-C", repo, "index-pack", "--stdin"}},
		{nil, []string{"-C", repo, "update-ref", "--no-deref", "HEAD", w.tips[len(w.tips)-1]}},
	} {
		c := exec.Command("git", step.args...)
		c.Stdin = bytes.NewReader(step.stdin)
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", step.args[0], err, oneLine(out))
		}
	}
	return nil
}
