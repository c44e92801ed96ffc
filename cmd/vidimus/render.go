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
	"github.com/vidimus-bot/vidimus/bot/evidence/site"
)

// renderUsage is the command's page.
const renderUsage = `usage: vidimus render --evidence DIR [OPTION...]

Makes the evidence site out of a clone of the evidence branch, or out of an unpacked
bundle: pages that need no server and no script. The same evidence gives the same
pages, whenever they are made. The pages link to the records beside them, so they
belong into the folder site/ of the evidence.

  --evidence DIR   a clone of the evidence branch, or an unpacked bundle
  --out DIR        where the site goes; default DIR/site. A site that stands there is
                   replaced, anything else is left alone
  --web ADDRESS    pages of the repository on its host, to link commits and pull
                   requests to; default as the records name it, "none" for no links
  --address URL    where the site will be served, for its page 404

  vidimus render --evidence ./evidence && open ./evidence/site/index.html
`

// renderOptions are the flags, as they were given.
type renderOptions struct{ evidence, out, web, address string }

func newRenderCommand() *cobra.Command {
	var o renderOptions
	c := &cobra.Command{
		Use:   "render",
		Short: "the evidence site, out of the evidence branch",
		Args:  atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.SetUsageTemplate(renderUsage)
	c.SetHelpTemplate(renderUsage)
	f := c.Flags()
	f.StringVar(&o.evidence, "evidence", "", "")
	f.StringVar(&o.out, "out", "", "")
	f.StringVar(&o.web, "web", "", "")
	f.StringVar(&o.address, "address", "", "")
	return c
}

const evidenceHint = "give a clone in which the evidence branch is checked out, or the folder of an unpacked bundle"

func (o renderOptions) run(ctx context.Context, out, talk io.Writer) error {
	if o.evidence == "" {
		return &hintedError{errors.New("the evidence is not said"), "write --evidence DIR; " + evidenceHint}
	}
	if o.out == "" {
		o.out = filepath.Join(o.evidence, "site")
	}
	if err := replaceable(o.out); err != nil {
		return err
	}
	root, err := os.OpenRoot(o.evidence) // no link leads out of it
	if err != nil {
		return &hintedError{fmt.Errorf("open evidence: %w", err), evidenceHint}
	}
	pages, err := o.pages(root.FS())
	if closed := root.Close(); err == nil && closed != nil {
		err = fmt.Errorf("close evidence: %w", closed)
	}
	if err != nil {
		return err
	}
	if err := writeSite(ctx, o.out, pages); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(talk, "%d files in %s\n", len(pages), o.out); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if _, err := fmt.Fprintln(out, filepath.Join(o.out, "index.html")); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// pages makes the site.
func (o renderOptions) pages(files fs.FS) (map[string][]byte, error) {
	l, err := evidence.Open(files)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	if n, _ := l.Head(); n == 0 {
		return nil, &hintedError{fmt.Errorf("%s holds no ledger", o.evidence), evidenceHint}
	}
	web := o.web
	switch web {
	case "none":
		web = ""
	case "":
		if web, err = site.RecordedWeb(l); err != nil {
			return nil, err
		}
	}
	pages, err := site.Files(l, site.Options{Web: web, Address: o.address})
	if err != nil {
		return nil, fmt.Errorf("make the site: %w", err)
	}
	return pages, nil
}

// replaceable says whether a site may be written to a place: nothing is there, or an earlier site.
func replaceable(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return &hintedError{fmt.Errorf("read %s: %w", out, err), "give a folder with --out"}
	}
	for _, mark := range []string{"index.html", "site.css", "components.html"} {
		if _, err := os.Lstat(filepath.Join(out, mark)); err != nil {
			return &hintedError{fmt.Errorf("%s holds something else than an evidence site", out), "choose an empty folder with --out"}
		}
	}
	return nil
}

// writeSite writes the pages beside their place and then puts them there, so that a site is never half old.
func writeSite(ctx context.Context, out string, pages map[string][]byte) error {
	parent := filepath.Dir(filepath.Clean(out))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	fresh, err := os.MkdirTemp(parent, ".site-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := fill(ctx, fresh, pages); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := os.RemoveAll(out); err != nil {
		return errors.Join(fmt.Errorf("remove the earlier site: %w", err), os.RemoveAll(fresh))
	}
	if err := os.Rename(fresh, out); err != nil {
		return errors.Join(fmt.Errorf("put the site in place: %w", err), os.RemoveAll(fresh))
	}
	return nil
}

func fill(ctx context.Context, folder string, pages map[string][]byte) error {
	if err := os.Chmod(folder, 0o755); err != nil { // MkdirTemp makes it private, and a site is to be served
		return fmt.Errorf("open folder: %w", err)
	}
	for name, page := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(at, page, 0o644); err != nil { //nolint:gosec // pages are for everybody who has the folder
			return fmt.Errorf("write page: %w", err)
		}
	}
	return nil
}
