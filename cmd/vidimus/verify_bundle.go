package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
	"github.com/vidimus-bot/vidimus/bot/evidence/site"
)

// verifyBundleUsage is the command's page.
const verifyBundleUsage = `usage: vidimus verify bundle [OPTION...] PATH

Judges a bundle of evidence, offline: a folder, a .tar, or a .tar.gz. Every file is
held against its list, every signature against the evidence key, every statement
against the bytes it names, the history against Git; and every case is decided
again from its facts.

  --key FINGERPRINT  the evidence key that you know from elsewhere, 40 digits;
                     without it you compare the one that is printed
  --branch           PATH is a checkout of the evidence branch, not a bundle
  --format FORMAT    text or json; default text
  --verbose          also show what is in order when something is not
  --color WHEN       auto, always or never

Exit codes: 0 the evidence is whole, 1 it is not, 2 could not do the work. What the
organisation itself publishes as a deviation is shown, and no fault of the evidence.

  vidimus verify bundle --key "78DF 51FA ..." northquay-evidence-14.tar
`

// verifyBundleOptions are the flags, as they were given.
type verifyBundleOptions struct {
	key, format, color string
	branch, verbose    bool
}

func newVerifyBundleCommand() *cobra.Command {
	var o verifyBundleOptions
	c := &cobra.Command{
		Use:   "bundle PATH",
		Short: "whether an evidence bundle holds",
		Args:  exactly(1, "name one bundle: its folder, its .tar, or its .tar.gz"),
		RunE: func(c *cobra.Command, args []string) error {
			return verifyBundle(c.Context(), args[0], o, c.OutOrStdout())
		},
	}
	c.SetUsageTemplate(verifyBundleUsage)
	c.SetHelpTemplate(verifyBundleUsage)
	f := c.Flags()
	f.StringVar(&o.key, "key", "", "")
	f.StringVar(&o.format, "format", "text", "")
	f.StringVar(&o.color, "color", "auto", "")
	f.BoolVar(&o.branch, "branch", false, "")
	f.BoolVar(&o.verbose, "verbose", false, "")
	return c
}

var fingerprintForm = regexp.MustCompile(`^[0-9A-F]{40}$`)

func verifyBundle(ctx context.Context, path string, o verifyBundleOptions, out io.Writer) error {
	if o.format != "text" && o.format != "json" {
		return &hintedError{fmt.Errorf("no format is called %q", o.format), "write --format text or --format json"}
	}
	key := strings.ToUpper(strings.ReplaceAll(o.key, " ", ""))
	if key != "" && !fingerprintForm.MatchString(key) {
		return &hintedError{fmt.Errorf("%q is no fingerprint", o.key), "give all 40 digits of the primary key's fingerprint, in quotes if there are blanks"}
	}
	files, done, err := openEvidence(ctx, path)
	if err != nil {
		return err
	}
	defer done()
	if !holdsEvidence(files) {
		return noBundle(files, path, o.branch)
	}
	report := audit.Verify(files, audit.Options{Primary: key, Branch: o.branch, Render: site.Document, Rendering: site.Rendering})
	if o.format == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		err = printReport(out, report, o.verbose, newPaint(o.color, out))
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if !report.Whole {
		return &negativeError{}
	}
	return nil
}

// holdsEvidence says whether there is any part of a bundle or of the evidence branch. What
// lost all of them is none; what lost some is judged, and not whole.
func holdsEvidence(files fs.FS) bool {
	for _, part := range []string{"SHA256SUMS", "ledger", "records", "repository.bundle"} {
		if _, err := fs.Stat(files, part); err == nil {
			return true
		}
	}
	return false
}

// noBundle says that nothing was judged, and where the bundle may be: often it is the
// one folder inside.
func noBundle(files fs.FS, path string, branch bool) error {
	what, hint := "bundle", "give the folder that holds SHA256SUMS, or the .tar as it was handed over"
	if branch {
		what, hint = "evidence branch", "give a checkout of the evidence branch: the folder that holds ledger/ and records/"
	}
	entries, _ := fs.ReadDir(files, ".") // only for the hint
	for _, e := range entries[:min(len(entries), maxSearched)] {
		if inside, err := fs.Sub(files, e.Name()); e.IsDir() && err == nil && holdsEvidence(inside) {
			hint = "the folder " + printable(e.Name()) + " in it is one: name that"
			break
		}
	}
	return &hintedError{fmt.Errorf("no %s in %s", what, path), hint}
}

// maxSearched is how many names in a folder are looked into for the bundle.
const maxSearched = 100

// openEvidence opens a folder or an archive; done closes it.
func openEvidence(ctx context.Context, path string) (files fs.FS, done func(), err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open bundle: %w", err)
	}
	if info.IsDir() {
		root, err := os.OpenRoot(path) // no link leads out of it
		if err != nil {
			return nil, nil, fmt.Errorf("open bundle: %w", err)
		}
		return root.FS(), func() { _ = root.Close() }, nil // opened for reading
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open bundle: %w", err)
	}
	archive, done := f, func() { _ = f.Close() } // opened for reading
	if strings.HasSuffix(path, ".gz") || strings.HasSuffix(path, ".tgz") {
		archive, err = decompress(ctx, f)
		done()
		if err != nil {
			return nil, nil, fmt.Errorf("decompress %s: %w", path, err)
		}
		done = func() {
			_ = archive.Close()
			_ = os.Remove(archive.Name()) // a temporary file that the system clears, too
		}
	}
	if info, err = archive.Stat(); err == nil {
		files, err = evidence.OpenTar(archive, info.Size())
	}
	if err != nil {
		done()
		return nil, nil, &hintedError{fmt.Errorf("read archive %s: %w", path, err), "give the folder of an unpacked bundle, or the .tar as it was handed over"}
	}
	return files, done, nil
}

// maxUnpacked bounds what a compressed bundle may become: ten years of a large
// organisation have 20 GB.
const maxUnpacked = 64 << 30

// decompress unpacks into a temporary file; compression proves nothing and is gone
// before anything is judged.
func decompress(ctx context.Context, in io.Reader) (*os.File, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	out, err := os.CreateTemp("", "vidimus-bundle-*.tar")
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(out, io.LimitReader(interruptible{ctx, z}, maxUnpacked+1))
	if err == nil && n > maxUnpacked {
		err = fmt.Errorf("more than %d bytes", int64(maxUnpacked))
	}
	if err != nil {
		return nil, errors.Join(err, out.Close(), os.Remove(out.Name()))
	}
	return out, nil
}

// interruptible stops reading when the command is stopped.
type interruptible struct {
	ctx context.Context
	in  io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}

// reportWidth is how wide the text column of a report is, so that a line has 78
// characters.
const (
	reportIndent = 21
	reportWidth  = 57
)

// printReport writes for people: result, part, what was found.
func printReport(out io.Writer, r audit.Report, verbose bool, p paint) error {
	var b strings.Builder
	hidden := 0
	for _, row := range r.Rows {
		if row.Result == audit.OK && !r.Whole && !verbose && row.What != "list" {
			hidden++
			continue
		}
		printRow(&b, row, p)
	}
	if hidden > 0 {
		printRow(&b, audit.Row{Result: audit.Note, What: "the rest", Text: "was checked and is in order: --verbose shows it"}, p)
	}
	b.WriteString("\n")
	for _, sentence := range strings.Split(r.Sentence(), "\n") {
		b.WriteString(strings.Join(wrapped(printable(sentence), reportIndent+reportWidth), "\n") + "\n")
	}
	if r.Whole && r.Head != "" {
		fmt.Fprintf(&b, "For next time, write down: entry %d, head\n%s\n", r.Entries, r.Head)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func printRow(b *strings.Builder, row audit.Row, p paint) {
	word := fmt.Sprintf("%-7s", row.Result)
	switch row.Result {
	case audit.OK:
		word = p.good(word)
	case audit.Bad:
		word = p.bad(word)
	}
	lead := word + fmt.Sprintf("%-14s", row.What)
	for _, text := range append([]string{row.Text}, row.Details...) {
		for _, line := range reportLines(text) {
			b.WriteString(lead + line + "\n")
			lead = strings.Repeat(" ", reportIndent)
		}
	}
}

// reportLines wraps sentences; what has columns of its own stays as it is.
func reportLines(text string) []string {
	text = printable(text)
	if strings.Contains(text, "  ") {
		return []string{text}
	}
	return wrapped(text, reportWidth)
}
