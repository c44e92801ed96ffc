// Vidimus keeps the governance documents of an organisation's cloud use in Git,
// takes approvals as signatures and publishes evidence of them. Each command has
// its file: flags in, one call, exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and gives the exit code: 0 clean, 1 findings or
// a negative verdict, 2 the work could not be done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitClean
	}
	var negative *negativeError
	if errors.As(err, &negative) {
		return exitNegative
	}
	_, _ = fmt.Fprintf(stderr, "error: %v\n", err) // nowhere else to tell it
	var hinted *hintedError
	if errors.As(err, &hinted) {
		_, _ = fmt.Fprintf(stderr, "hint: %s\n", hinted.hint)
	}
	return exitCould
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "vidimus",
		Short:         "Governance documents, signed in Git, with evidence an auditor can verify offline",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownCommand,

		SuggestionsMinimumDistance: 2,
	}
	root.SetFlagErrorFunc(unknownFlag)
	root.SetUsageTemplate(usage)
	root.SetHelpTemplate(usage)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newDemoCommand(), newCheckCommand(), newRulesCommand(), newSchemaCommand(), newVerifyCommand(), newBundleCommand(), newRenderCommand(), newServeCommand(),
		newGitHubSimCommand(), newVersionCommand(),
	)
	return root
}

// newVerifyCommand holds the two things that can be verified; alone it says so.
func newVerifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify",
		Short: "verify commits, or an evidence bundle",
		RunE: func(_ *cobra.Command, args []string) error {
			err := errors.New("what is to be verified is not said")
			if len(args) > 0 {
				err = fmt.Errorf("%q cannot be verified", args[0])
			}
			return &hintedError{err, "write vidimus verify bundle PATH, or vidimus verify commits"}
		},
	}
	c.SetUsageTemplate(verifyUsage)
	c.SetHelpTemplate(verifyUsage)
	c.AddCommand(newVerifyCommitsCommand(), newVerifyBundleCommand())
	return c
}

const verifyUsage = `usage: vidimus verify commits [OPTION...] [RANGE...]
       vidimus verify bundle [OPTION...] PATH

  commits   who signed the commits of a repository, and with whose key
  bundle    whether an evidence bundle holds: lists, signatures, history, decisions

vidimus verify commits --help and vidimus verify bundle --help tell more.
`

// usage is the hand-written page of the whole program; each command has its own.
const usage = `usage: vidimus COMMAND [ARGUMENT...]

  demo             the whole life of a policy change, on this computer
  check            what is wrong with the documents, at the line
  rules            the rules by which documents are judged
  schema           JSON Schema of a type of document, for editors
  verify commits   who signed the commits of a repository
  verify bundle    whether an evidence bundle holds
  bundle           make an evidence bundle out of the evidence branch
  render           the evidence site, out of the evidence branch
  serve            the GitHub App
  github-sim       the embedded GitHub, alone
  version          which Vidimus this is

Exit codes: 0 clean, 1 findings or a negative verdict, 2 could not do the work.
vidimus COMMAND --help tells more.
`
