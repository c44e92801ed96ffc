package evidence

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// ErrLedger is the cause when the files of a ledger do not make one unbroken chain.
var ErrLedger = errors.New("the ledger is not whole")

// Ledger is the ledger of one repository with its records, as files of the evidence
// branch or of an unpacked bundle. Entries are read and chained at Open; records are
// read when they are asked for, and checked against the list that their entry names.
// Signatures are checked by VerifySignatures alone. A Ledger keeps what it has read
// and is not for several goroutines at once.
type Ledger struct {
	files   fs.FS
	entries []Entry
	digests []string // of the entries' bytes
	keys    map[string]int
	tree    tree
	records map[int]*StoredRecord
	places  map[string]Place
	indexed int
	stated  map[string][]Stated
	scanned int // records above this number have been scanned for statements
}

// Open reads the ledger below the root of files. No folder "ledger" is an empty
// ledger; a hole, a broken chain or a root that does not follow is an error that
// wraps ErrLedger.
func Open(files fs.FS) (*Ledger, error) {
	l := &Ledger{
		files: files, keys: map[string]int{}, records: map[int]*StoredRecord{},
		places: map[string]Place{}, stated: map[string][]Stated{},
	}
	count, err := countEntries(files)
	if err != nil {
		return nil, err
	}
	for n := 1; n <= count; n++ {
		raw, err := readFile(files, EntryPath(n), MaxEntryBytes)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("entry %d of %d is missing: %w", n, count, ErrLedger)
		}
		if err != nil {
			return nil, err
		}
		if err := l.chain(raw); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", EntryPath(n), err, ErrLedger)
		}
	}
	l.scanned = len(l.entries)
	return l, nil
}

// countEntries counts the files of entries, whatever they hold.
func countEntries(files fs.FS) (int, error) {
	folders, err := fs.ReadDir(files, "ledger")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("list ledger: %w", err)
	}
	count := 0
	for _, folder := range folders {
		entries, err := fs.ReadDir(files, "ledger/"+folder.Name())
		if err != nil {
			return 0, fmt.Errorf("list ledger/%s: %w", folder.Name(), err)
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".json") {
				count++
			}
		}
	}
	if count > MaxEntries {
		return 0, fmt.Errorf("%d entries, more than %d: %w", count, MaxEntries, ErrLedger)
	}
	return count, nil
}

// chain takes the next entry if it follows from those before.
func (l *Ledger) chain(raw []byte) error {
	e, err := ReadEntry(raw)
	if err != nil {
		return err
	}
	want, err := l.next()
	if err != nil {
		return err
	}
	switch {
	case e.Number != want.Number:
		return fmt.Errorf("has the number %d, want %d", e.Number, want.Number)
	case e.Previous != want.Previous:
		return errors.New("does not name the entry before it")
	case e.Root != want.Root:
		return errors.New("does not have the root of the entries before it")
	case e.Number > 1 && e.Log != want.Log:
		return errors.New("belongs to another ledger")
	case e.Time < want.Time:
		return errors.New("is older than the entry before it")
	case l.keys[e.Key] != 0:
		return fmt.Errorf("has the key of entry %d", l.keys[e.Key])
	}
	return l.take(e, raw)
}

func (l *Ledger) take(e Entry, raw []byte) error {
	l.entries = append(l.entries, e)
	l.digests = append(l.digests, facts.Digest(raw))
	l.keys[e.Key] = e.Number
	return l.tree.add(raw)
}

// next is what the next entry must have: number, previous, root, log, and the
// earliest time.
func (l *Ledger) next() (Entry, error) {
	e := Entry{Format: LedgerFormat, Number: len(l.entries) + 1, Previous: noPrevious}
	if n := len(l.entries); n > 0 {
		e.Previous, e.Log, e.Time = l.digests[n-1], l.entries[n-1].Log, l.entries[n-1].Time
	}
	root, err := l.tree.root()
	e.Root = root
	return e, err
}

// Entries are all entries in order; nobody may change them.
func (l *Ledger) Entries() []Entry { return l.entries }

// Head is the last entry's number and the SHA-256 of its bytes; 0 and 64 zeros when
// the ledger is empty.
func (l *Ledger) Head() (number int, digest string) {
	if n := len(l.entries); n > 0 {
		return n, l.digests[n-1]
	}
	return 0, noPrevious
}

// Find gives the entry with an idempotency key: what is there is done.
func (l *Ledger) Find(key string) (Entry, bool) {
	n, ok := l.keys[key]
	if !ok {
		return Entry{}, false
	}
	return l.entries[n-1], true
}

// VerifySignatures checks the signatures of all entries above the number since.
func (l *Ledger) VerifySignatures(keys Keys, since int) error {
	for n := since + 1; n <= len(l.entries); n++ {
		raw, err := readFile(l.files, EntryPath(n), MaxEntryBytes)
		if err != nil {
			return err
		}
		sig, err := readFile(l.files, EntryPath(n)+".asc", MaxSignatureBytes)
		if err != nil {
			return err
		}
		if _, err := keys.Verify(raw, sig); err != nil {
			return fmt.Errorf("%s: %w", EntryPath(n), err)
		}
	}
	return nil
}

// Record is the files of one record, without the folder, and under which key and kind
// its entry is to stand. Nothing in it holds its number, so that it can be appended
// again when another entry came before it.
type Record struct {
	Kind  Kind
	Key   string
	Files map[string][]byte
}

// Appended is one new entry with all files that go onto the branch, by their path.
type Appended struct {
	Entry  Entry
	Digest string // SHA-256 of the entry's bytes: the new head
	Files  map[string][]byte
}

// Append makes the entry that takes a record into the ledger at the time at, which is
// moved up to the last entry's if it lies before. log is the origin of a new ledger,
// as in "github.com/owner/repository/evidence"; later entries keep that of the first.
// A key that the ledger has is an error: see Find. The Ledger itself does not change;
// open the branch again after the push.
func (l *Ledger) Append(r Record, log string, at time.Time, k *Key) (Appended, error) {
	if e, done := l.Find(r.Key); done {
		return Appended{}, fmt.Errorf("entry %d has the key %s already", e.Number, r.Key)
	}
	e, err := l.next()
	if err != nil {
		return Appended{}, err
	}
	sums := FormatSums(sumsOf(r.Files))
	e.Key, e.Kind, e.Record = r.Key, r.Kind, facts.Digest(sums)
	e.Time = max(e.Time, timeText(at))
	if e.Number == 1 {
		e.Log = log
	}
	raw, err := e.Encode()
	if err != nil {
		return Appended{}, err
	}
	sig, err := k.Sign(raw, e.When())
	if err != nil {
		return Appended{}, err
	}
	a := Appended{Entry: e, Digest: facts.Digest(raw), Files: map[string][]byte{
		EntryPath(e.Number):                   raw,
		EntryPath(e.Number) + ".asc":          sig,
		RecordPath(e.Number) + "/" + sumsName: sums,
	}}
	for name, b := range r.Files {
		a.Files[RecordPath(e.Number)+"/"+name] = b
	}
	return a, nil
}

// readFile reads a whole file of at most limit bytes.
func readFile(files fs.FS, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return raw, nil
}
