package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// readRecords holds each record's list against its entry, its files against the list,
// and its statements against their signatures.
func (a *auditor) readRecords() {
	const what = "records"
	known := map[string]bool{}
	for _, e := range a.entries {
		r := a.readRecord(e)
		known[evidence.RecordPath(e.Number)] = true
		if r == nil {
			continue
		}
		a.records = append(a.records, r)
		for _, s := range r.sums {
			if _, held := a.places[s.SHA256]; !held {
				a.places[s.SHA256] = place{r, s.Path}
			}
		}
		a.readStatements(r)
	}
	for _, name := range a.walkIf("records", what) {
		parts := strings.SplitN(name, "/", 4)
		if len(parts) < 4 || !known[strings.Join(parts[:3], "/")] {
			a.bad(what, name+" belongs to no entry")
		}
	}
	a.ok(what, fmt.Sprintf("%s, each with its list and nothing besides", count(len(a.records), "record")))
}

func (a *auditor) readRecord(e entry) *record {
	const what = "records"
	r := &record{
		entry: e, folder: evidence.RecordPath(e.Number), digest: map[string]string{}, statements: map[string]evidence.Statement{},
	}
	raw, err := a.read(r.folder+"/"+sums, evidence.MaxSumsBytes)
	if err != nil {
		a.bad(what, r.folder, err.Error())
		return nil
	}
	if facts.Digest(raw) != e.Record {
		a.bad(what, r.folder+"/"+sums, "entry "+short(e.Record), "found "+short(facts.Digest(raw)))
		return nil
	}
	if r.sums, err = evidence.ReadSums(raw); err != nil {
		a.bad(what, r.folder+"/"+sums, err.Error())
		return nil
	}
	for _, s := range r.sums {
		r.digest[s.Path] = s.SHA256
		a.checkRecordFile(r, s)
	}
	for _, name := range a.walkIf(r.folder, what) {
		inside := strings.TrimPrefix(name, r.folder+"/")
		if _, listed := r.digest[inside]; !listed && inside != sums {
			a.bad(what, name, "listed  not at all: the file was added")
		}
	}
	return r
}

func (a *auditor) checkRecordFile(r *record, s evidence.Sum) {
	got, err := a.digestOf(r.folder + "/" + s.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.bad("records", r.folder+"/"+s.Path, "listed  "+short(s.SHA256), "found   nothing: the file is missing")
	case err != nil:
		a.bad("records", r.folder+"/"+s.Path, err.Error())
	case got != s.SHA256:
		a.bad("records", r.folder+"/"+s.Path, "listed  "+short(s.SHA256), "found   "+short(got))
	}
}

// readStatements reads every statement of a record and verifies its signature.
func (a *auditor) readStatements(r *record) {
	const what = "statements"
	for _, s := range r.sums {
		inside, ok := strings.CutPrefix(s.Path, "statements/")
		if !ok || strings.HasSuffix(inside, ".json.asc") {
			continue
		}
		name := r.folder + "/" + s.Path
		raw, err := a.read(name, evidence.MaxStatementBytes)
		if err != nil {
			a.bad(what, name, err.Error())
			continue
		}
		if strings.HasSuffix(inside, ".json") {
			a.checkSignature(what, name, raw)
		}
		statement, err := evidence.ReadStatement(raw)
		switch {
		case err != nil:
			a.bad(what, name, err.Error())
		case statement.Predicate == nil:
			a.bad(what, name, "has the type "+statement.PredicateType+", which this version does not judge")
		default:
			r.statements[s.Path] = statement
		}
	}
}

// file reads a file of a record that has its listed digest.
func (a *auditor) file(r *record, name string) ([]byte, error) {
	raw, err := a.read(r.folder+"/"+name, maxFileBytes)
	if err != nil {
		return nil, err
	}
	if facts.Digest(raw) != r.digest[name] {
		return nil, fmt.Errorf("%s/%s does not have the listed digest", r.folder, name)
	}
	return raw, nil
}

// names are the names of the record's statements whose file begins so, in order.
func (r *record) names(prefix string) []string {
	var found []string
	for name := range r.statements {
		if strings.HasPrefix(name, "statements/"+prefix) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// has says whether the record holds a file with a digest below one of the folders.
func (r *record) has(digest string, folders ...string) bool {
	for _, s := range r.sums {
		folder, _, _ := strings.Cut(s.Path, "/")
		if s.SHA256 == digest && slices.Contains(folders, folder) {
			return true
		}
	}
	return false
}

// blobCache keeps bytes that decisions look at again and again, up to a limit.
type blobCache struct {
	blobs map[string][]byte
	bytes int
}

// maxCacheBytes bounds the cache: ten thousand documents and their images.
const maxCacheBytes = 512 << 20

// blob reads bytes of any record by their digest.
func (a *auditor) blob(digest string) ([]byte, bool) {
	if raw, ok := a.cache.blobs[digest]; ok {
		return raw, true
	}
	p, ok := a.places[digest]
	if !ok {
		return nil, false
	}
	raw, err := a.file(p.record, p.name)
	if err != nil {
		return nil, false // reported with its record
	}
	if a.cache.blobs == nil || a.cache.bytes+len(raw) > maxCacheBytes {
		a.cache = blobCache{blobs: map[string][]byte{}}
	}
	a.cache.blobs[digest] = raw
	a.cache.bytes += len(raw)
	return raw, true
}
