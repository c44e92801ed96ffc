package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/publish"
)

// bundleUsage is the command's page.
const bundleUsage = `usage: vidimus bundle --out PATH [OPTION...] EVIDENCE REPOSITORY

Makes a bundle of evidence that an auditor verifies offline, with Vidimus or with
sha256sum, gpg and git alone. EVIDENCE is a clone that has the evidence branch,
REPOSITORY one that has the governed branches and the heads of the pull requests, as
git clone --mirror makes it; both may be the same. Nothing is fetched, and nothing in
them is changed.

  --out PATH        where it goes: a .tar, or with --unpacked a folder; it must not
                    be there yet
  --unpacked        write the files instead of an archive
  --branch NAME     the evidence branch; default evidence
  --key FILE        the evidence key, armoured, without passphrase
  --unsigned        make it without the key: what the ledger does not cover proves
                    nothing then

The same evidence, history and key give the same bytes, whenever it is made.

  vidimus bundle --key evidence.asc --out northquay.tar ./clone.git ./clone.git
`

// bundleOptions are the flags, as they were given.
type bundleOptions struct {
	out, branch, key   string
	unpacked, unsigned bool
}

func newBundleCommand() *cobra.Command {
	var o bundleOptions
	c := &cobra.Command{
		Use:   "bundle EVIDENCE REPOSITORY",
		Short: "make an evidence bundle out of the evidence branch",
		Args:  exactly(2, "name the clone with the evidence branch and the one with the history; both may be the same"),
		RunE: func(c *cobra.Command, args []string) error {
			return o.run(c.Context(), args[0], args[1], c.OutOrStdout())
		},
	}
	c.SetUsageTemplate(bundleUsage)
	c.SetHelpTemplate(bundleUsage)
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "")
	f.StringVar(&o.branch, "branch", "evidence", "")
	f.StringVar(&o.key, "key", "", "")
	f.BoolVar(&o.unpacked, "unpacked", false, "")
	f.BoolVar(&o.unsigned, "unsigned", false, "")
	return c
}

func (o bundleOptions) run(ctx context.Context, evidencePath, repositoryPath string, out io.Writer) error {
	key, err := o.readKey()
	if err != nil {
		return err
	}
	if o.out == "" {
		return &hintedError{errors.New("where the bundle goes is not said"), "write --out northquay.tar"}
	}
	if _, err := os.Lstat(o.out); !errors.Is(err, fs.ErrNotExist) {
		return &hintedError{fmt.Errorf("%s is there already", o.out), "choose another place, or remove it first"}
	}
	files, err := branchFiles(evidencePath, o.branch)
	if err != nil {
		return err
	}
	mirror, err := gitstore.OpenRepository(repositoryPath)
	if err != nil {
		return &hintedError{err, mirrorHint}
	}
	history, err := recordedHistory(files, mirror)
	if err != nil {
		return err
	}
	bundle, err := evidence.NewBundle(files, history, key)
	if err != nil {
		return &hintedError{fmt.Errorf("make bundle: %w", err), "if an object is missing: " + mirrorHint}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.write(bundle); err != nil {
		return errors.Join(err, os.RemoveAll(o.out)) // half a bundle would be taken for a broken one
	}
	_, err = fmt.Fprintf(out, "%s  %s\n", bundle.Digest(), o.out)
	return err
}

// maxKeyFile bounds the key file before it is read; evidence.ReadKey bounds it again.
const maxKeyFile = evidence.MaxKeyBytes

func (o bundleOptions) readKey() (*evidence.Key, error) {
	switch {
	case o.unsigned && o.key != "":
		return nil, &hintedError{errors.New("--unsigned and --key exclude each other"), "leave out one of them"}
	case o.unsigned:
		return nil, nil
	case o.key == "":
		return nil, &hintedError{errors.New("the evidence key is not said"), "write --key FILE, or --unsigned for a bundle whose list is not signed"}
	}
	f, err := os.Open(o.key)
	if err != nil {
		return nil, fmt.Errorf("open evidence key: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read evidence key: %w", err)
	}
	key, err := evidence.ReadKey(raw)
	if err != nil {
		return nil, fmt.Errorf("evidence key %s: %w", o.key, err)
	}
	return key, nil
}

// mirrorHint mends whatever a clone lacks.
const mirrorHint = "take a full copy: git clone --mirror URL"

// branchFiles is the tree of the evidence branch.
func branchFiles(path, branch string) (fs.FS, error) {
	mirror, err := gitstore.OpenRepository(path)
	if err != nil {
		return nil, &hintedError{err, mirrorHint}
	}
	tip, err := mirror.Branch(branch)
	if err != nil {
		return nil, &hintedError{fmt.Errorf("evidence branch of %s: %w", path, err), mirrorHint}
	}
	return mirror.FS(tip)
}

// recordedHistory is the Git history that the records on the evidence branch name.
func recordedHistory(files fs.FS, mirror *gitstore.Mirror) (evidence.Repository, error) {
	l, err := evidence.Open(files)
	if err != nil {
		return evidence.Repository{}, fmt.Errorf("evidence branch: %w", err)
	}
	if n, _ := l.Head(); n == 0 {
		return evidence.Repository{}, &hintedError{errors.New("the evidence branch holds no ledger"), "name the right one with --branch"}
	}
	history, err := publish.History(mirror, l)
	if errors.Is(err, gitstore.ErrNotFound) {
		return history, &hintedError{err, mirrorHint}
	}
	return history, err
}

// write puts the bundle where it goes.
func (o bundleOptions) write(b *evidence.Bundle) error {
	if o.unpacked {
		return unpack(b, o.out)
	}
	f, err := os.OpenFile(o.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("create archive: %w", err)
	}
	if err := errors.Join(b.WriteTar(f), f.Close()); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	return nil
}

// unpack writes the files of a bundle below a folder.
func unpack(b *evidence.Bundle, folder string) error {
	return b.Each(func(name string, _ int64, write func(io.Writer) error) error {
		p := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
		f, err := os.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return fmt.Errorf("create file: %w", err)
		}
		return errors.Join(write(f), f.Close())
	})
}
