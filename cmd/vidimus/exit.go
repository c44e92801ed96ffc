package main

import (
	"fmt"

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
		return &hintedError{fmt.Errorf("%d arguments are given, %d are wanted", len(args), n), hint}
	}
}
