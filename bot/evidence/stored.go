package evidence

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// Bounds of what is read out of a record. Facts list every governed file of every
// tree that a decision looked at: a thousand documents and a hundred commits fill
// 20 MB.
const (
	MaxRecordFileBytes = 64 << 20
	maxRecordFiles     = 100_000
)

// StoredRecord is a record as the branch or a bundle holds it. Its list has the digest
// that the ledger names, and every file that is read out of it that of the list.
type StoredRecord struct {
	Entry  Entry
	Sums   []Sum
	files  fs.FS
	folder string
	digest map[string]string
}

// Record opens the record of an entry.
func (l *Ledger) Record(number int) (*StoredRecord, error) {
	if r := l.records[number]; r != nil {
		return r, nil
	}
	if number < 1 || number > len(l.entries) {
		return nil, fmt.Errorf("record %d: the ledger has %d entries", number, len(l.entries))
	}
	r := &StoredRecord{Entry: l.entries[number-1], files: l.files, folder: RecordPath(number), digest: map[string]string{}}
	raw, err := readFile(l.files, r.folder+"/"+sumsName, MaxSumsBytes)
	if err != nil {
		return nil, err
	}
	if facts.Digest(raw) != r.Entry.Record {
		return nil, fmt.Errorf("%s/%s is not the list that entry %d names", r.folder, sumsName, number)
	}
	if r.Sums, err = ReadSums(raw); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", r.folder, sumsName, err)
	}
	if len(r.Sums) > maxRecordFiles {
		return nil, fmt.Errorf("%s has %d files, more than %d", r.folder, len(r.Sums), maxRecordFiles)
	}
	for _, s := range r.Sums {
		r.digest[s.Path] = s.SHA256
	}
	l.records[number] = r
	return r, nil
}

// Digest is the SHA-256 of a file of the record, "" if it has none of the name.
func (r *StoredRecord) Digest(name string) string { return r.digest[name] }

// File reads a file of the record.
func (r *StoredRecord) File(name string) ([]byte, error) {
	want, ok := r.digest[name]
	if !ok {
		return nil, fmt.Errorf("%s/%s: %w", r.folder, name, fs.ErrNotExist)
	}
	raw, err := readFile(r.files, r.folder+"/"+name, MaxRecordFileBytes)
	if err != nil {
		return nil, err
	}
	if facts.Digest(raw) != want {
		return nil, fmt.Errorf("%s/%s does not have the listed digest", r.folder, name)
	}
	return raw, nil
}

// Statement reads a statement of the record.
func (r *StoredRecord) Statement(name string) (Statement, error) {
	raw, err := r.File(name)
	if err != nil {
		return Statement{}, err
	}
	s, err := ReadStatement(raw)
	if err != nil {
		return Statement{}, fmt.Errorf("%s/%s: %w", r.folder, name, err)
	}
	return s, nil
}

// Statements are the names of the record's statements, in order.
func (r *StoredRecord) Statements() []string {
	var names []string
	for _, s := range r.Sums {
		if strings.HasPrefix(s.Path, "statements/") && strings.HasSuffix(s.Path, ".json") {
			names = append(names, s.Path)
		}
	}
	return names
}

// Decision reads facts and decision of a landing; ok is false for a record without.
func (r *StoredRecord) Decision() (f facts.Facts, d decision.Decision, ok bool, err error) {
	if r.Digest(factsName) == "" || r.Digest(decisionName) == "" {
		return f, d, false, nil
	}
	raw, err := r.File(factsName)
	if err != nil {
		return f, d, false, err
	}
	if err := facts.ReadCanonical(raw, &f); err != nil {
		return f, d, false, fmt.Errorf("%s/%s: %w", r.folder, factsName, err)
	}
	if raw, err = r.File(decisionName); err != nil {
		return f, d, false, err
	}
	if err := facts.ReadCanonical(raw, &d); err != nil {
		return f, d, false, fmt.Errorf("%s/%s: %w", r.folder, decisionName, err)
	}
	return f, d, true, nil
}
