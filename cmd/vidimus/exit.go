package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes of all commands.
const (
	exitClean    = 0
	exitNegative = 1
	exitCould    = 2
)

// negativeError ends a command with code 1: it did its work, and the answer is
// no. What there is to say has been printed.
type negativeError struct{}

func (*negativeError) Error() string { return "the answer is no" }

// hintedError is an error with the line that says how to mend it.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }

// Unwrap gives the error itself.
func (e *hintedError) Unwrap() error { return e.err }

// exactly wants n arguments, and says by the hint which.
func exactly(n int, hint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return &hintedError{fmt.Errorf("%s given, %s wanted", argumentCount(len(args)), argumentCount(n)), hint}
	}
}

// atMost wants n arguments or fewer; the hint is the command's own help.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return &hintedError{
			fmt.Errorf("%s given, and %q is too much", argumentCount(len(args)), args[n]), helpOf(c),
		}
	}
}

// argumentCount writes "no argument is", "1 argument is" or "2 arguments are".
func argumentCount(n int) string {
	switch n {
	case 0:
		return "no argument is"
	case 1:
		return "1 argument is"
	}
	return fmt.Sprintf("%d arguments are", n)
}

// helpOf is the command line that tells more of a command.
func helpOf(c *cobra.Command) string { return c.CommandPath() + " --help tells what there is" }

// unknownFlag is what is said of a flag that cannot be read.
func unknownFlag(c *cobra.Command, err error) error {
	return &hintedError{err, helpOf(c)}
}

// unknownCommand shows the help of the program, or says that there is no command of that name.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	hint := helpOf(c)
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "write " + c.CommandPath() + " " + strings.Join(near, " or ") + "; " + hint
	}
	return &hintedError{fmt.Errorf("there is no command %q", args[0]), hint}
}
