package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	goecdsa "github.com/ProtonMail/go-crypto/openpgp/ecdsa"
	goeddsa "github.com/ProtonMail/go-crypto/openpgp/eddsa"
)

// panicky lets keyringtest be used outside of a test.
type panicky struct{ testing.TB }

// Helper does nothing.
func (panicky) Helper() {}

// Fatalf panics; makeWorld turns it into an error.
func (panicky) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// check is one verification, ready but for hashing and mathematics.
type check func() bool

// bare verifies the signatures with the standard library, on all cores as ours does, since a core does less
// while another one is busy: payloads are in memory, signatures and keys are parsed.
func (w *world) bare() (result, error) {
	checks := make([]check, len(w.signed))
	for i, s := range w.signed {
		var err error
		if checks[i], err = w.prepare(s); err != nil {
			return result{}, err
		}
	}
	workers := runtime.GOMAXPROCS(0)
	var group sync.WaitGroup
	var failed atomic.Bool
	before, start := ownCPU(), time.Now()
	for worker := range workers {
		group.Go(func() {
			for i := worker; i < len(checks); i += workers {
				if !checks[i]() {
					failed.Store(true)
				}
			}
		})
	}
	group.Wait()
	if failed.Load() {
		return result{}, errors.New("a signature does not verify with the standard library")
	}
	return result{commits: len(checks), cpu: ownCPU() - before, wall: time.Since(start)}, nil
}

// prepare parses key and signature with go-crypto.
func (w *world) prepare(s signedPayload) (check, error) {
	p, err := packet.Read(bytes.NewReader(s.packet))
	if err != nil {
		return nil, fmt.Errorf("read signature: %w", err)
	}
	sig, ok := p.(*packet.Signature)
	if !ok {
		return nil, errors.New("not a signature")
	}
	keys, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(w.signers[s.signer].key.File("x", time.Unix(1767225600, 0))))
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	digest := func() []byte {
		h := sha256.New()
		h.Write(s.payload)
		h.Write(sig.HashSuffix)
		return h.Sum(nil)
	}
	switch key := keys[0].PrimaryKey.PublicKey.(type) {
	case *rsa.PublicKey:
		value := new(big.Int).SetBytes(sig.RSASignature.Bytes()).FillBytes(make([]byte, key.Size()))
		return func() bool { return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest(), value) == nil }, nil
	case *goecdsa.PublicKey:
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key.MarshalPoint())
		if err != nil {
			return nil, fmt.Errorf("read key: only P-256 is measured: %w", err)
		}
		r, t := new(big.Int).SetBytes(sig.ECDSASigR.Bytes()), new(big.Int).SetBytes(sig.ECDSASigS.Bytes())
		return func() bool { return ecdsa.Verify(public, digest(), r, t) }, nil
	case *goeddsa.PublicKey:
		value := make([]byte, ed25519.SignatureSize)
		copy(value[32-len(sig.EdDSASigR.Bytes()):], sig.EdDSASigR.Bytes())
		copy(value[64-len(sig.EdDSASigS.Bytes()):], sig.EdDSASigS.Bytes())
		return func() bool { return ed25519.Verify(key.X, digest(), value) }, nil
	}
	return nil, fmt.Errorf("a key of kind %T is not measured", keys[0].PrimaryKey.PublicKey)
}

// ownCPU is the CPU time of this process until now.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ours runs the command over the whole repository.
func (w *world) ours(binary string) (result, error) {
	c := exec.Command(binary, "verify", "commits", "--repo", filepath.Join(w.dir, "repo.git"), "--keys",
		filepath.Join(w.dir, "keys"), "--format", "tsv")
	out, r, err := timed(c)
	if err != nil {
		return r, err
	}
	r.commits = strings.Count(out, "\tgood\t")
	if r.commits != len(w.tips) {
		return r, fmt.Errorf("vidimus calls %d of %d commits good", r.commits, len(w.tips))
	}
	return r, nil
}

// start runs the program for nothing.
func (w *world) start(binary string) (result, error) {
	_, r, err := timed(exec.Command(binary, "version"))
	r.commits = len(w.tips)
	return r, err
}

// git runs what our command asks of git, and throws it away at a pipe's end: that share of our time is git's.
func (w *world) git() (result, error) {
	repo := filepath.Join(w.dir, "repo.git")
	script := `GIT_FLUSH=0 git -C "$0" -c core.commitGraph=false rev-list --header --encoding=none HEAD | cat > /dev/null`
	_, r, err := timed(exec.Command("sh", "-c", script, repo))
	r.commits = len(w.tips)
	return r, err
}

// gpg runs git with gpg over the newest n commits, with a key ring of exactly the keys.
func (w *world) gpg(n int) (result, error) {
	home, err := os.MkdirTemp("", "g")
	if err != nil {
		return result{}, fmt.Errorf("make GNUPGHOME: %w", err)
	}
	defer os.RemoveAll(home)
	env := append(os.Environ(), "GNUPGHOME="+home, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	keys, err := filepath.Glob(filepath.Join(w.dir, "keys", "*.asc"))
	if err != nil {
		return result{}, fmt.Errorf("list keys: %w", err)
	}
	load := exec.Command("gpg", append([]string{"--quiet", "--batch", "--import"}, keys...)...)
	load.Env = env
	if out, err := load.CombinedOutput(); err != nil {
		return result{}, fmt.Errorf("import keys: %w: %s", err, oneLine(out))
	}
	c := exec.Command("git", "-C", filepath.Join(w.dir, "repo.git"), "log", "--format=%G?", "-n", fmt.Sprint(n))
	c.Env = env
	out, r, err := timed(c)
	if err != nil {
		return r, err
	}
	r.commits = strings.Count(out, "U")
	if r.commits != min(n, len(w.tips)) {
		return r, fmt.Errorf("gpg calls %d of %d commits good", r.commits, n)
	}
	return r, nil
}
