package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// verifyCommitsUsage is the command's page.
const verifyCommitsUsage = `usage: vidimus verify commits [OPTION...] [RANGE...]

Judges the signature of each commit in RANGE, as git understands it; without one,
of all commits behind HEAD. Keys and people come from keys/ and .vidimus.yml of
the commit before the range, not from what is judged; without a range, of HEAD.

  --repo DIR           the repository, bare or not; default: the one you are in
  --all                the commits behind all branches and tags
  --stdin              read commit ids, one a line; nothing else is walked
  --base REV           take keys and people from that commit
  --keys DIR           take keys from a folder of .asc and .pub files
  --people FILE        take people from a table: login, name, emails, by tabs
  --host-key           also count what GitHub vouches for
  --as-of TIME         judge expiry at that time: 2026-11-24 or 2026-11-24T12:00:00Z
  --clock seen         judge expiry now, or --as-of; default
  --clock committer    judge it at the commits' own dates, which prove nothing
  --authenticate       judge each commit by the keys of its parents
  --trust-root REV     with --authenticate: the commit to start from
  --ledger-key FILE    the key that signs the ledger; default: keys/vidimus.asc of
                       the trust root. What landed by the ledger is accepted
  --format FORMAT      text, tsv or json; default text
  --color WHEN         auto, always or never

Without people nobody asks whose key it is: the person is the key's user id.
Exit codes: 0 all count, 1 not all count, 2 could not do the work.

  vidimus verify commits main..my-change
  vidimus verify commits --all --format tsv > commits.tsv
`

// verifyCommitsOptions are the flags, as they were given.
type verifyCommitsOptions struct {
	repo, base, keys, people   string
	asOf, clock, format, color string
	trustRoot, ledgerKey       string
	all, stdin, hostKey        bool
	authenticate               bool
	ranges                     []string
}

func newVerifyCommitsCommand() *cobra.Command {
	var o verifyCommitsOptions
	c := &cobra.Command{
		Use:   "commits [RANGE...]",
		Short: "who signed the commits of a repository",
		RunE: func(c *cobra.Command, args []string) error {
			o.ranges = args
			v, err := newCommitVerification(o, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr())
			if err != nil {
				return err
			}
			return v.run(c.Context(), time.Now())
		},
	}
	c.SetUsageTemplate(verifyCommitsUsage)
	c.SetHelpTemplate(verifyCommitsUsage)
	f := c.Flags()
	f.StringVar(&o.repo, "repo", ".", "")
	f.StringVar(&o.base, "base", "", "")
	f.StringVar(&o.keys, "keys", "", "")
	f.StringVar(&o.people, "people", "", "")
	f.StringVar(&o.asOf, "as-of", "", "")
	f.StringVar(&o.clock, "clock", "seen", "")
	f.StringVar(&o.format, "format", "text", "")
	f.StringVar(&o.color, "color", "auto", "")
	f.StringVar(&o.trustRoot, "trust-root", "", "")
	f.StringVar(&o.ledgerKey, "ledger-key", "", "")
	f.BoolVar(&o.all, "all", false, "")
	f.BoolVar(&o.stdin, "stdin", false, "")
	f.BoolVar(&o.hostKey, "host-key", false, "")
	f.BoolVar(&o.authenticate, "authenticate", false, "")
	return c
}

// commitVerification is one run of the command.
type commitVerification struct {
	o              verifyCommitsOptions
	repo           commitRepository
	asOf           time.Time // zero for now
	stdin          io.Reader
	stdout, stderr io.Writer
}

// newCommitVerification checks the options; all that is wrong with them is said at once.
func newCommitVerification(o verifyCommitsOptions, stdin io.Reader, stdout, stderr io.Writer) (*commitVerification, error) {
	v := &commitVerification{o: o, repo: commitRepository{dir: o.repo}, stdin: stdin, stdout: stdout, stderr: stderr}
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(!isOneOf(o.format, "text", "tsv", "json"), "--format is %q, not text, tsv or json", o.format)
	fault(!isOneOf(o.clock, "seen", "committer"), "--clock is %q, not seen or committer", o.clock)
	fault(!isOneOf(o.color, "auto", "always", "never"), "--color is %q, not auto, always or never", o.color)
	fault(o.stdin && (o.all || len(o.ranges) > 0), "--stdin walks nothing, so it goes with neither --all nor a range")
	fault(o.all && len(o.ranges) > 0, "--all is a range, so it goes with no other")
	fault(o.keys != "" && o.base != "", "--keys and --base both say where keys come from")
	fault(o.authenticate && (o.keys != "" || o.people != "" || o.base != "" || o.stdin || o.all),
		"--authenticate takes keys and people from each commit's parents, so it goes with none of --keys, --people, --base, --stdin, --all")
	fault((o.trustRoot != "" || o.ledgerKey != "") && !o.authenticate,
		"--trust-root and --ledger-key go with --authenticate")
	fault(o.asOf != "" && o.clock == "committer", "--as-of and --clock committer both say what time it is")
	if o.asOf != "" {
		var err error
		v.asOf, err = parseAsOf(o.asOf)
		fault(err != nil, "--as-of is %q, not a time like 2026-11-24 or 2026-11-24T12:00:00Z", o.asOf)
	}
	if len(faults) > 0 {
		return nil, &hintedError{errors.Join(faults...), "vidimus verify commits --help"}
	}
	return v, nil
}

// isOneOf tells whether word is one of the words.
func isOneOf(word string, words ...string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// parseAsOf reads a date, which stands for its first second in UTC, or a time.
func parseAsOf(text string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("read time: %w", err)
	}
	return t.UTC(), nil
}

// terms says how to judge, at a reading time.
func (v *commitVerification) terms(now time.Time, hasPeople bool) commitsig.Terms {
	t := commitsig.Terms{Seen: now, Clock: commitsig.VerifiedAt, AnyPerson: !hasPeople}
	switch {
	case v.o.clock == "committer":
		t.Clock = commitsig.ClaimedTime
	case !v.asOf.IsZero():
		t.Seen, t.Clock = v.asOf, commitsig.AsOf
	}
	return t
}

// gcPercent lets the heap grow to some ten megabytes between collections: what lives is a few batches,
// and collecting after each of them costs more than judging it. At 400 the memory that is touched for the
// first time costs more than the collections that it saves (measured over 20,000 commits: 50 to 400 in turn).
const gcPercent = 200

// run judges the commits, prints them and says how many count.
func (v *commitVerification) run(ctx context.Context, now time.Time) error {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	if v.o.authenticate {
		return v.authenticate(ctx, now)
	}
	trust, err := v.loadTrust(ctx)
	if err != nil {
		return err
	}
	v.notes(trust)
	terms := v.terms(now, trust.hasPeople)
	if err := v.repo.areCommits(ctx, v.o.ranges); err != nil {
		return err
	}
	p := v.printer(trust, terms)
	source, err := v.repo.commits(ctx, v.selection(), v.stdin)
	if err != nil {
		return err
	}
	s := &commitSummary{started: now, trust: trust.from, config: trust.config}
	judge := func(id string, raw []byte) judgedCommit {
		return v.judgeCommit(id, raw, commitsig.Judge(raw, trust.ring, terms))
	}
	far := v.progress()
	err = streamCommits(source, judge, func(c judgedCommit) error {
		s.add(c)
		far.at(s.total)
		return p.commit(c)
	})
	far.end()
	if err := errors.Join(err, source.close()); err != nil {
		return err
	}
	if v.o.stdin && s.total == 0 {
		return &hintedError{errors.New("no commit ids came on standard input"), "did the command before the pipe end with an error?"}
	}
	return v.finish(ctx, p, s)
}

// selection is what to read.
func (v *commitVerification) selection() commitSelection {
	return commitSelection{all: v.o.all, stdin: v.o.stdin, ranges: v.o.ranges}
}

// printer gives the writer of the wanted form.
func (v *commitVerification) printer(t commitTrust, terms commitsig.Terms) commitPrinter {
	switch v.o.format {
	case "tsv":
		return newTSVPrinter(v.stdout)
	case "json":
		return newJSONPrinter(v.stdout, t, terms)
	}
	return newTextPrinter(v.stdout, t, newPaint(v.o.color, v.stdout))
}

// finish ends the output and says what came out of it, on stderr.
func (v *commitVerification) finish(ctx context.Context, p commitPrinter, s *commitSummary) error {
	if err := p.finish(s); err != nil {
		return err
	}
	if boundary, err := v.repo.shallow(ctx); err != nil {
		return err
	} else if boundary != "" {
		v.say("note: the repository is shallow; what lies before its boundary was not read: %s\n", boundary)
	}
	took := time.Since(s.started)
	if s.counted < s.total {
		s.place = v.place(ctx, s)
	}
	v.say("%s", s.text(took))
	if s.counted < s.total {
		return &negativeError{}
	}
	return nil
}

// progress tells on stderr, if that is a terminal, how far the reading is.
func (v *commitVerification) progress() *progress {
	return &progress{w: v.stderr, on: isTerminal(v.stderr), started: time.Now()}
}

// say writes to stderr; what cannot be said there can be said nowhere.
func (v *commitVerification) say(format string, args ...any) {
	_, _ = fmt.Fprintf(v.stderr, format, args...)
}

// notes tells of what blocks in the key files: the rest is told by vidimus check.
func (v *commitVerification) notes(t commitTrust) {
	for _, f := range t.blocking {
		v.say("note: %s: %s %s\n", f.Path, strings.TrimSpace(f.Message), f.Rule)
	}
}
