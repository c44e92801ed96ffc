package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// sums is the name of every list of files.
const sums = "SHA256SUMS"

// maxFileBytes bounds one file that is read into memory; the Git bundle is streamed.
const maxFileBytes = 64 << 20

// readKeys reads the evidence key: the bundle's, or on a branch that of entry 1. Who
// it is must be the one that the auditor pinned.
func (a *auditor) readKeys() {
	const what = "list"
	raw, err := a.keyFile()
	if err != nil {
		a.bad(what, "the evidence key cannot be read", err.Error())
		return
	}
	keys, err := evidence.ReadKeys(raw)
	if err != nil {
		a.bad(what, "the evidence key cannot be read", err.Error())
		return
	}
	primaries := keys.Primaries()
	if len(primaries) != 1 {
		a.bad(what, fmt.Sprintf("%d keys are there instead of one evidence key", len(primaries)), primaries...)
		return
	}
	a.report.Primary = primaries[0]
	if a.o.Primary != "" {
		pin := strings.ToUpper(strings.ReplaceAll(a.o.Primary, " ", ""))
		if pin != primaries[0] {
			a.bad(what, "the evidence key is not the one that you pinned", "pinned  "+grouped(pin), "found   "+grouped(primaries[0]))
			return
		}
		a.report.Pinned = true
	}
	a.keys = keys
}

func (a *auditor) keyFile() ([]byte, error) {
	if !a.o.Branch {
		return a.read("keys/vidimus.asc", evidence.MaxKeyBytes)
	}
	// On a branch the newest record of a key holds it; its entry is checked later
	// against the very key, and what counts is that it is the pinned one.
	for n := a.countEntries(); n > 0; n-- {
		raw, err := a.read(evidence.RecordPath(n)+"/keys/vidimus.asc", evidence.MaxKeyBytes)
		if !errors.Is(err, fs.ErrNotExist) {
			return raw, err
		}
	}
	return nil, errors.New("no record holds it")
}

// read reads a whole file of at most limit bytes.
func (a *auditor) read(name string, limit int64) ([]byte, error) {
	f, err := a.files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, bare(err))
	}
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case int64(len(raw)) > limit:
		return nil, fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return raw, nil
}

// bare is the cause of an error without the path, which is said already.
func bare(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// digestOf streams a file of any size.
func (a *auditor) digestOf(name string) (string, error) {
	f, err := a.files.Open(name)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", name, bare(err))
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// walk lists the regular files below a folder; everything else is a finding.
func (a *auditor) walk(root, what string) []string {
	var found []string
	inside := map[string]int{}
	err := fs.WalkDir(a.files, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			inside[name] += 0
		case !d.Type().IsRegular():
			a.bad(what, name+" is no regular file")
		default:
			found = append(found, name)
		}
		if i := strings.LastIndexByte(name, '/'); i > 0 {
			inside[name[:i]]++
		}
		if len(found) > evidence.MaxBundleFiles {
			return fmt.Errorf("more than %d files", evidence.MaxBundleFiles)
		}
		return nil
	})
	if err != nil {
		a.bad(what, "the files cannot be listed", err.Error())
	}
	for folder, n := range inside {
		if n == 0 && folder != "." {
			a.bad(what, folder+" is an empty folder")
		}
	}
	sort.Strings(found)
	return found
}

// checkFiles holds every file against the list, and the list against the key.
func (a *auditor) checkFiles() {
	raw, err := a.read(sums, evidence.MaxSumsBytes)
	if err != nil {
		a.bad("files", "the list of files cannot be read", err.Error())
		return
	}
	list, err := evidence.ReadSums(raw)
	if err != nil {
		a.bad("files", "the list of files cannot be read", err.Error())
		return
	}
	found := a.walk(".", "files")
	for _, s := range list {
		got, err := a.digestOf(s.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a.bad("files", s.Path, "listed  "+short(s.SHA256), "found   nothing: the file is missing")
		case err != nil:
			a.bad("files", s.Path, err.Error())
		case got != s.SHA256:
			a.bad("files", s.Path, "listed  "+short(s.SHA256), "found   "+short(got))
		}
	}
	for _, name := range found {
		own := name == sums || name == sums+".asc"
		if _, listed := slices.BinarySearchFunc(list, name, byPath); !listed && !own {
			a.bad("files", name, "listed  not at all: the file was added")
		}
	}
	a.ok("files", fmt.Sprintf("%s, all as listed, none besides", count(len(list), "file")))
	a.checkList(raw)
}

func byPath(s evidence.Sum, name string) int { return strings.Compare(s.Path, name) }

func (a *auditor) checkList(raw []byte) {
	sig, err := a.read(sums+".asc", evidence.MaxSignatureBytes)
	if err == nil {
		_, err = a.keys.Verify(raw, sig)
	}
	if err != nil {
		a.bad("list", "SHA256SUMS is not signed by the evidence key", err.Error(), "a bundle made without the key proves the ledger and its records, and nothing besides")
		return
	}
	a.ok("list", "SHA256SUMS signed by the evidence key", grouped(a.report.Primary))
}
