package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
)

// besideEntry takes the files that may stand in ledger/: entries, their signatures,
// time stamps and cosignatures, which prove themselves and come later.
var besideEntry = lazily(`^ledger/[0-9]{4}/[0-9]{6}\.json(?:|\.asc|\.tsr|\.[0-9A-F]{40}\.asc)$`)

func (b *Bundle) addLedger(l *Ledger) error {
	return fs.WalkDir(l.files, "ledger", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("list ledger: %w", err)
		case d.IsDir():
			return nil
		case !besideEntry().MatchString(name) || !d.Type().IsRegular():
			return fmt.Errorf("%s does not belong into the ledger", name)
		}
		b.add(name, func(w io.Writer) error { return copyFile(w, l.files, name, MaxRecordFileBytes) })
		return nil
	})
}

func (b *Bundle) addRecords(l *Ledger) error {
	for n := range l.entries {
		r, err := l.Record(n + 1)
		if err != nil {
			return err
		}
		b.add(r.folder+"/"+sumsName, func(w io.Writer) error {
			_, err := w.Write(FormatSums(r.Sums))
			return err
		})
		for _, s := range r.Sums {
			b.add(r.folder+"/"+s.Path, func(w io.Writer) error {
				raw, err := r.File(s.Path)
				if err == nil {
					_, err = w.Write(raw)
				}
				return err
			})
		}
		if len(b.parts) > MaxBundleFiles {
			return fmt.Errorf("more than %d files", MaxBundleFiles)
		}
	}
	return nil
}

// addSite takes the site as it stands on the branch, if there is one.
func (b *Bundle) addSite(files fs.FS) error {
	if _, err := fs.Stat(files, "site"); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fs.WalkDir(files, "site", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("list site: %w", err)
		case d.IsDir():
			return nil
		case !d.Type().IsRegular() || len(b.parts) > MaxBundleFiles:
			return fmt.Errorf("%s is no regular file, or the site has too many", name)
		}
		b.add(name, func(w io.Writer) error { return copyFile(w, files, name, maxSiteFileBytes) })
		return nil
	})
}

func copyFile(w io.Writer, files fs.FS, name string, limit int64) error {
	raw, err := readFile(files, name, limit)
	if err != nil {
		return err
	}
	_, err = w.Write(raw)
	return err
}

// References are those that a bundle needs besides the governed branches: the head of
// every pull request that landed, and every landing's last commit.
func References(l *Ledger) ([]Reference, error) {
	heads := map[string]string{}
	for n := range l.entries {
		r, err := l.Record(n + 1)
		if err != nil {
			return nil, err
		}
		f, _, ok, err := r.Decision()
		if err != nil {
			return nil, err
		}
		if !ok || f.Landing == nil || len(f.Landing.Commits) == 0 {
			continue
		}
		heads[fmt.Sprintf("refs/vidimus/landed/%06d", n+1)] = f.Landing.Commits[len(f.Landing.Commits)-1]
		if f.Pull != nil {
			heads[fmt.Sprintf("refs/vidimus/pull/%d/head", f.Pull.Number)] = f.Head
		}
	}
	references := make([]Reference, 0, len(heads))
	for name, commit := range heads {
		references = append(references, Reference{name, commit})
	}
	sort.Slice(references, func(i, j int) bool { return references[i].Name < references[j].Name })
	return references, nil
}

// Branches are the governed branches on which something landed, sorted.
func Branches(l *Ledger) ([]string, error) {
	found := map[string]bool{}
	for n := range l.entries {
		r, err := l.Record(n + 1)
		if err != nil {
			return nil, err
		}
		f, _, ok, err := r.Decision()
		if err != nil {
			return nil, err
		}
		if ok && f.Landing != nil {
			found[f.Landing.Branch] = true
		}
	}
	branches := make([]string, 0, len(found))
	for b := range found {
		branches = append(branches, b)
	}
	sort.Strings(branches)
	return branches, nil
}

// addKeys adds the evidence key as the ledger has it last, and the keys of people that
// signed changes ever gave.
func (b *Bundle) addKeys(l *Ledger) error {
	public, err := l.botKey()
	if err != nil {
		return err
	}
	b.addBytes(botKeyName, public)
	var openpgp, ssh bytes.Buffer
	if err := collectKeys(l, &openpgp, &ssh); err != nil {
		return err
	}
	b.addBytes("keys/people.asc", openpgp.Bytes())
	b.addBytes("keys/allowed_signers", ssh.Bytes())
	return nil
}

// botKey is the public evidence key of the newest key record.
func (l *Ledger) botKey() ([]byte, error) {
	for n := len(l.entries); n > 0; n-- {
		if l.entries[n-1].Kind != KindKey {
			continue
		}
		r, err := l.Record(n)
		if err != nil {
			return nil, err
		}
		return r.File(botKeyName)
	}
	return nil, errors.New("no record holds the evidence key")
}
