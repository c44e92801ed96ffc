package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// checkUsage is the command's page.
const checkUsage = `usage: vidimus check [OPTION...] [DIR|FILE...]

Says what is wrong with documents, keys and configuration, at the line, with the
mend: the same as the check on GitHub. Without DIR or FILE, the repository you are
in. Files are judged with all others of it; only findings in them are shown.

  --as-of DAY      judge dates by that day, YYYY-MM-DD; default: today
  --base REV       compare with the merge base of HEAD and REV; default: origin/HEAD
  --strict         warnings count too
  --fix            mend what has one right answer first, in the files, and say what
  --watch          stay, and check again whenever a file changes; ends with Ctrl-C
  --format FORMAT  text, json, sarif, or github for workflow annotations
  --color WHEN     auto, always or never

In a Git work tree people, keys and rules are those of the merge base, as on
GitHub, and overdue documents that you did not touch only warn. Without Git they
are the folder's own; without .vidimus.yml, roles come from roles.tsv.
Exit codes: 0 nothing blocks, 1 something blocks, 2 could not do the work.

  vidimus check
  vidimus check matrices/azure-platform.md --format json
`

// checkOptions are the flags, as they were given.
type checkOptions struct {
	asOf, base, format, color string
	strict, fix, watch        bool
	args                      []string
}

func newCheckCommand() *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use:   "check [DIR|FILE...]",
		Short: "what is wrong with the documents, at the line",
		RunE: func(c *cobra.Command, args []string) error {
			o.args = args
			return o.run(c.Context(), time.Now(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.SetUsageTemplate(checkUsage)
	c.SetHelpTemplate(checkUsage)
	f := c.Flags()
	f.StringVar(&o.asOf, "as-of", "", "")
	f.StringVar(&o.base, "base", "", "")
	f.StringVar(&o.format, "format", "text", "")
	f.StringVar(&o.color, "color", "auto", "")
	f.BoolVar(&o.strict, "strict", false, "")
	f.BoolVar(&o.fix, "fix", false, "")
	f.BoolVar(&o.watch, "watch", false, "")
	c.MarkFlagsMutuallyExclusive("fix", "watch")
	return c
}

// checkResult is what was found, for the printers.
type checkResult struct {
	scope     checkScope
	asOf      document.Date
	documents int
	keys      int
	findings  []document.Finding
	overrides []control.Applied // the organisation's own severities
	impacts   []control.Impact
	took      time.Duration
	proposal  bool // the documents lie in a Git work tree, so the next step is to propose them
}

// run checks and prints.
func (o checkOptions) run(ctx context.Context, now time.Time, stdout, stderr io.Writer) error {
	if !slices.Contains([]string{"text", "json", "sarif", "github"}, o.format) {
		return &hintedError{fmt.Errorf("unknown format %q", o.format), "--format text, json, sarif or github"}
	}
	if !slices.Contains([]string{"auto", "always", "never"}, o.color) {
		return &hintedError{fmt.Errorf("unknown colour %q", o.color), "--color auto, always or never"}
	}
	if o.watch {
		return o.follow(ctx, stdout, stderr)
	}
	result, err := o.check(ctx, now, stderr)
	if err != nil {
		return err
	}
	if o.format != "text" {
		_, _ = fmt.Fprintln(stderr, result.summary()) // talk; what counts is on stdout
	}
	err = o.print(stdout, result)
	if err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	if document.Blocking(result.findings) || o.strict && len(result.findings) > 0 {
		return &negativeError{}
	}
	return nil
}

// print writes a result in the format that was asked for.
func (o checkOptions) print(w io.Writer, r checkResult) error {
	switch o.format {
	case "json":
		return printCheckJSON(w, r)
	case "sarif":
		return printCheckSARIF(w, r)
	case "github":
		return printCheckAnnotations(w, r)
	default:
		return newCheckPrinter(w, newPaint(o.color, w), r.scope).print(r)
	}
}

// check finds the repository, what it is judged by, and what is wrong in it.
func (o checkOptions) check(ctx context.Context, now time.Time, stderr io.Writer) (checkResult, error) {
	s, err := o.begin(ctx, now, stderr)
	if err != nil {
		return checkResult{}, err
	}
	if !o.fix {
		return s.result(), nil
	}
	if err := s.mend(stderr); err != nil {
		return checkResult{}, err
	}
	again, err := o.begin(ctx, now, io.Discard) // its notes were made
	if err != nil {
		return checkResult{}, err
	}
	return again.result(), nil
}

// begin reads everything once.
func (o checkOptions) begin(ctx context.Context, now time.Time, stderr io.Writer) (*checkSession, error) {
	tuneCollector()
	start := time.Now()
	scope, err := newCheckScope(o.args)
	if err != nil {
		return nil, err
	}
	s := &checkSession{scope: scope, files: document.NewFileReader(filesOf(scope.root))}
	if o.watch {
		s.stamps = map[string]fileStamp{}
	}
	if err := s.configure(ctx, o, now); err != nil {
		return nil, err
	}
	for _, note := range append(scope.notes, s.setting.notes...) {
		_, _ = fmt.Fprintf(stderr, "note: %s\n", note) // talk
	}
	if err := s.readAll(ctx); err != nil {
		return nil, unreadable(err)
	}
	if s.shown(document.NotGoverned) == 0 && onlyFolders(o.args) { // a folder that was mistyped must not pass
		where := scope.root
		if len(o.args) > 0 {
			where = strings.Join(o.args, ", ")
		}
		return nil, &hintedError{
			fmt.Errorf("no documents in %s", where),
			"documents lie in " + strings.Join(s.setting.layout.Folders(), ", ") + "; go to the repository's root, or name its folder",
		}
	}
	s.took = time.Since(start)
	return s, nil
}

// shown counts the governed files that are shown, of that kind or, for NotGoverned, of any.
func (s *checkSession) shown(kind document.Kind) int {
	n := 0
	for path, r := range s.readings {
		if (r.Item.Kind == kind || kind == document.NotGoverned) && s.scope.shows(path) {
			n++
		}
	}
	return n
}

// unreadable adds the mend to an error of the file system that a person can mend.
func unreadable(err error) error {
	var pathError *fs.PathError
	if !errors.Is(err, fs.ErrPermission) || !errors.As(err, &pathError) {
		return err
	}
	return &hintedError{fmt.Errorf("read %s: %w", pathError.Path, pathError.Err), "make it readable for you: chmod u+rX " + pathError.Path}
}

// onlyFolders says whether no file was named.
func onlyFolders(args []string) bool {
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// judge takes over what is shown of a judgement, and of what is wrong with the configuration.
func (r *checkResult) judge(j control.Judgement, configuration []document.Finding) {
	r.findings = append(j.Findings, configuration...)
	document.SortFindings(r.findings)
	r.findings = slices.DeleteFunc(r.findings, func(f document.Finding) bool { return !r.scope.shows(f.Path) })
	r.overrides = j.Overrides
	r.impacts = slices.DeleteFunc(j.Impacts, func(i control.Impact) bool {
		elsewhere := slices.ContainsFunc(i.Findings, func(f document.Finding) bool { return r.scope.shows(f.Path) })
		return !r.scope.shows(i.Path) && !elsewhere
	})
}

// tuneCollector lets garbage grow to twice what is kept, up to a bound. More would save collections, but memory that is
// touched for the first time costs more than they do (measured over 10,000 documents: 100, 200 and 400 in turn). Who sets
// GOGC or GOMEMLIMIT decides otherwise.
func tuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(checkMemory)
	}
}

// checkMemory is what 10,000 documents fit in with room to spare.
const checkMemory = 140 << 20

// day is the day by which dates are judged.
func (o checkOptions) day(now time.Time, zone *time.Location) (document.Date, error) {
	if o.asOf == "" {
		return document.DateOf(now.In(zone)), nil
	}
	day, err := document.ParseDate(o.asOf)
	if err != nil {
		return day, &hintedError{fmt.Errorf("--as-of: %w", err), "write it as --as-of 2026-11-24"}
	}
	return day, nil
}

// summary says in one line how much was judged.
func (r checkResult) summary() string {
	what := counted(r.documents, "document")
	if r.keys > 0 {
		what += ", " + counted(r.keys, "key")
	}
	return fmt.Sprintf("%s, %d rules, %d ms", what, len(allRules()), r.took.Milliseconds())
}

// verdict is the last line: a count and what to do next.
func (r checkResult) verdict() string {
	blocks, warns, paths := 0, 0, map[string]bool{}
	for _, f := range r.findings {
		paths[f.Path] = true
		if f.Severity == document.Warn {
			warns++
		} else {
			blocks++
		}
	}
	where := " in " + counted(len(paths), "file")
	switch {
	case blocks > 0 && warns > 0:
		return fmt.Sprintf("%d block, %d warn%s. Mend the %d, then: vidimus check", blocks, warns, where, blocks)
	case blocks > 0:
		return fmt.Sprintf("%d block%s. Mend the %d, then: vidimus check", blocks, where, blocks)
	case warns > 0:
		return fmt.Sprintf("%d warn%s. Nothing blocks.", warns, where)
	case r.proposal:
		return "Nothing to mend. To propose it: git commit -S, git push"
	default:
		return "Nothing to mend."
	}
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}
