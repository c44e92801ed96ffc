package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// LedgerFormat is the name and version of a ledger entry.
const LedgerFormat = "vidimus-ledger/1"

// Bounds of the ledger. An entry has some 450 bytes. Numbers are written with six
// digits, which 600 entries a year fill in 1,600 years.
const (
	MaxEntryBytes = 4 << 10
	MaxEntries    = 999_999
)

// Kind says what a ledger entry's record is.
type Kind string

// The kinds of entries; the last three are reserved and not made by this version.
const (
	KindKey         Kind = "key"         // genesis (the founding), rotation, revocation of the evidence key
	KindPublication Kind = "publication" // a landing
	KindWitness     Kind = "witness"     // what was seen and has not landed
	KindDeviation   Kind = "deviation"   // a deviation that was found late
	KindCosignature Kind = "cosignature"
	KindCorrection  Kind = "correction"
	KindVolume      Kind = "volume"
)

// Known says whether this version makes and judges records of the kind.
func (k Kind) Known() bool {
	return k == KindKey || k == KindPublication || k == KindWitness || k == KindDeviation
}

// ErrEntry is the cause when bytes are not a ledger entry of version 1.
var ErrEntry = errors.New("not a ledger entry of " + LedgerFormat)

// Entry is one entry of the ledger. It holds no names and no free text. Source:
// .github/docs/ledger.md.
type Entry struct {
	Format string `json:"format"`
	// Key makes an entry unique: appending twice under one key is appending once.
	Key  string `json:"key"`
	Kind Kind   `json:"kind"`
	// Log is the origin of the ledger, the same in all entries.
	Log string `json:"log"`
	// Number counts from 1.
	Number int `json:"number"`
	// Previous is the SHA-256 of the entry before, 64 zeros in the first.
	Previous string `json:"previous"`
	// Record is the SHA-256 of the record's SHA256SUMS.
	Record string `json:"record"`
	// Root is the RFC 6962 root over the bytes of all entries before.
	Root string `json:"root"`
	// Time is the bot's clock, never before that of the entry before.
	Time string `json:"time"`
}

// noPrevious stands in the first entry.
var noPrevious = strings.Repeat("0", 64)

// Patterns that never change. Keys and origins have no characters that a shell or a
// regular expression would see anything in.
var (
	keyForm = lazily(`^[a-z]+(?::[A-Za-z0-9]+)+$`)
	logForm = lazily(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}$`)
)

// Encode gives the bytes of the entry.
func (e Entry) Encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	b, err := facts.Canonical(e)
	if err != nil {
		return nil, fmt.Errorf("encode entry %d: %w", e.Number, err)
	}
	return b, nil
}

// ReadEntry reads what Encode writes and refuses everything else, an unknown format
// number too. An unknown kind is read: the chain can be checked without it. Errors
// wrap ErrEntry.
func ReadEntry(data []byte) (Entry, error) {
	if len(data) > MaxEntryBytes {
		return Entry{}, fmt.Errorf("%d bytes, more than %d: %w", len(data), MaxEntryBytes, ErrEntry)
	}
	var e Entry
	if err := facts.ReadCanonical(data, &e); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return e, e.check()
}

func (e Entry) check() error {
	switch {
	case e.Format != LedgerFormat:
		return fmt.Errorf("format %q: %w", e.Format, ErrEntry)
	case e.Number < 1 || e.Number > MaxEntries:
		return fmt.Errorf("number %d: %w", e.Number, ErrEntry)
	case !keyForm().MatchString(e.Key) || len(e.Key) > 200:
		return fmt.Errorf("key %q: %w", e.Key, ErrEntry)
	case !logForm().MatchString(e.Log):
		return fmt.Errorf("log %q: %w", e.Log, ErrEntry)
	}
	if err := checkForms(e); err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return nil
}

// When is the entry's time; check made sure that it is one.
func (e Entry) When() time.Time {
	t, err := time.Parse(timeLayout, e.Time)
	if err != nil {
		return time.Time{} // unreachable: entries are checked when they are read and made
	}
	return t
}

// KeyOfPublication is the idempotency key of a landing: of the pull request, or 0 for
// a direct push, and the landing's last commit.
func KeyOfPublication(pull int, commit string) string {
	if pull == 0 {
		return "publication:direct:" + commit
	}
	return fmt.Sprintf("publication:%d:%s", pull, commit)
}

// KeyOfDeviation is the idempotency key of a deviation that was found late.
func KeyOfDeviation(commit string) string { return "deviation:" + commit }

// KeyOfGenesis is the idempotency key of entry 1.
func KeyOfGenesis(primary string) string { return "genesis:" + primary }

// KeyOfWitness is the idempotency key of witness statements that were put into the
// ledger before their pull request landed: of the pull request and, in order, the
// statements' bytes.
func KeyOfWitness(pull int, statements []Signed) string {
	h := sha256.New()
	for _, s := range statements {
		h.Write([]byte(facts.Digest(s.Statement) + "\n"))
	}
	return fmt.Sprintf("witness:%d:%s", pull, hex.EncodeToString(h.Sum(nil)))
}

// tree is the RFC 6962 tree over entries, grown one by one. It keeps what the
// library calls stored hashes, two for each entry on average.
type tree struct {
	size   int64
	hashes []tlog.Hash
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("hash %d of %d", at, len(t.hashes))
		}
		found[i] = t.hashes[at]
	}
	return found, nil
}

func (t *tree) add(entry []byte) error {
	more, err := tlog.StoredHashes(t.size, entry, t)
	if err != nil {
		return fmt.Errorf("grow the tree: %w", err)
	}
	t.hashes = append(t.hashes, more...)
	t.size++
	return nil
}

// root is the tree's root in hex; of an empty tree the SHA-256 of nothing. RFC 6962 §2.1.
func (t *tree) root() (string, error) {
	if t.size == 0 {
		return facts.Digest(nil), nil
	}
	h, err := tlog.TreeHash(t.size, t)
	if err != nil {
		return "", fmt.Errorf("root of the tree: %w", err)
	}
	return hex.EncodeToString(h[:]), nil
}
