package evidence

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// MaxBundleFiles bounds the files of a bundle: ten years of a large organisation fill
// 270,000.
const MaxBundleFiles = 1_000_000

// maxSiteFileBytes bounds one page of the site.
const maxSiteFileBytes = 64 << 20

// Bundle is everything that an auditor takes home: ledger, records, site, the Git
// history that they name, the keys, and how to verify it all. The same ledger,
// records, site and history always give the same bytes, whenever and wherever it is
// made.
type Bundle struct {
	// Name is the top folder, as in "cloud-governance-evidence-14"; it ends with
	// "-unsigned" when there was no key.
	Name string
	// Time is that of the last entry; every file carries it.
	Time  time.Time
	parts []part
}

// part is one file of a bundle, whose bytes are made when they are needed.
type part struct {
	path   string
	size   int64
	sha256 string
	write  func(io.Writer) error
}

// NewBundle makes the bundle of the ledger in files, which is the tree of the evidence
// branch. Everything is checked as it is taken: a record's file that does not have its
// listed digest, or a file in ledger/ that does not belong there, is an error. With a
// nil key the list of files is not signed.
func NewBundle(files fs.FS, r Repository, k *Key) (*Bundle, error) {
	l, err := Open(files)
	if err != nil {
		return nil, err
	}
	if len(l.entries) == 0 {
		return nil, errors.New("the ledger is empty: there is nothing to bundle before the founding")
	}
	b := &Bundle{Time: l.entries[len(l.entries)-1].When()}
	if b.Name, err = bundleName(l, k); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		func() error { return b.addLedger(l) },
		func() error { return b.addRecords(l) },
		func() error { return b.addSite(files) },
		func() error { return b.addKeys(l) },
		func() error { b.add("repository.bundle", r.write); return nil },
		func() error { return b.addTexts(l, k) },
		func() error { return b.addList(k) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

var nameCharacters = lazily(`[^A-Za-z0-9._-]+`)

func bundleName(l *Ledger, k *Key) (string, error) {
	genesis, err := l.genesis()
	if err != nil {
		return "", err
	}
	name := nameCharacters().ReplaceAllString(path.Base(genesis.Repository.Name), "-")
	name = strings.TrimLeft(name[:min(len(name), 60)], ".-")
	if name == "" {
		name = "repository"
	}
	name = fmt.Sprintf("%s-evidence-%d", name, len(l.entries))
	if k == nil {
		name += "-unsigned"
	}
	return name, nil
}

// genesis is the key statement of entry 1.
func (l *Ledger) genesis() (KeyChange, error) {
	r, err := l.Record(1)
	if err != nil {
		return KeyChange{}, err
	}
	s, err := r.Statement("statements/key-genesis.json")
	if err != nil {
		return KeyChange{}, err
	}
	k, ok := s.Predicate.(KeyChange)
	if !ok {
		return KeyChange{}, errors.New("entry 1 does not tell of the evidence key")
	}
	return k, nil
}

func (b *Bundle) add(name string, write func(io.Writer) error) {
	b.parts = append(b.parts, part{path: name, write: write})
}

func (b *Bundle) addBytes(name string, raw []byte) {
	b.add(name, func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
}

// addTexts adds what a person reads first.
func (b *Bundle) addTexts(l *Ledger, k *Key) error {
	verify, err := docstemplates.Bundle.ReadFile("VERIFY.md")
	if err != nil {
		return fmt.Errorf("read VERIFY.md: %w", err)
	}
	b.addBytes("VERIFY.md", verify)
	start, err := startPage(l, k != nil, b.has("site/index.html"))
	if err != nil {
		return err
	}
	b.addBytes("START-HERE.html", start)
	return nil
}

func (b *Bundle) has(name string) bool {
	for _, p := range b.parts {
		if p.path == name {
			return true
		}
	}
	return false
}

// addList works out every file's digest and adds the list, and its signature with the
// time of the last entry.
func (b *Bundle) addList(k *Key) error {
	sums := make([]Sum, len(b.parts))
	for i := range b.parts {
		if err := b.parts[i].measure(); err != nil {
			return err
		}
		sums[i] = Sum{b.parts[i].sha256, b.parts[i].path}
	}
	list := FormatSums(sums)
	if _, err := ReadSums(list); err != nil {
		return fmt.Errorf("a file has a name that a bundle cannot hold: %w", err)
	}
	b.addBytes(sumsName, list)
	if k != nil {
		sig, err := k.Sign(list, b.Time)
		if err != nil {
			return err
		}
		b.addBytes(sumsName+".asc", sig)
	}
	for i := range b.parts {
		if b.parts[i].sha256 == "" {
			if err := b.parts[i].measure(); err != nil {
				return err
			}
		}
	}
	sort.Slice(b.parts, func(i, j int) bool { return b.parts[i].path < b.parts[j].path })
	return nil
}

// measure works out size and digest.
func (p *part) measure() error {
	h := sha256.New()
	counted := &counter{w: h}
	if err := p.write(counted); err != nil {
		return fmt.Errorf("%s: %w", p.path, err)
	}
	p.size, p.sha256 = counted.n, hex.EncodeToString(h.Sum(nil))
	return nil
}

// counter counts what is written through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// Digest is the identity of the bundle: the SHA-256 of its SHA256SUMS.
func (b *Bundle) Digest() string {
	for _, p := range b.parts {
		if p.path == sumsName {
			return p.sha256
		}
	}
	return "" // unreachable: every bundle has its list
}

// Each visits the files in order of their paths, below the top folder. write gives the
// bytes, which have been measured: other ones are an error.
func (b *Bundle) Each(visit func(name string, size int64, write func(io.Writer) error) error) error {
	for _, p := range b.parts {
		if err := visit(p.path, p.size, p.again); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
	}
	return nil
}

// again writes the bytes once more and makes sure that they are the same.
func (p part) again(w io.Writer) error {
	h := sha256.New()
	if err := p.write(io.MultiWriter(w, h)); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != p.sha256 {
		return errors.New("changed while the bundle was made")
	}
	return nil
}

// WriteTar writes the bundle as an uncompressed ustar archive: one top folder, files
// alone, in order, with nothing in their headers that depends on a machine.
func (b *Bundle) WriteTar(w io.Writer) error {
	t := tar.NewWriter(w)
	err := b.Each(func(name string, size int64, write func(io.Writer) error) error {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: b.Name + "/" + name, Size: size, Mode: 0o644, ModTime: b.Time, Format: tar.FormatUSTAR,
		}
		if err := t.WriteHeader(header); err != nil {
			return fmt.Errorf("write header: %w", err)
		}
		return write(t)
	})
	if err != nil {
		return err
	}
	if err := t.Close(); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	return nil
}
