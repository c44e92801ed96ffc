package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/demo"
)

const demoUsage = `usage: vidimus demo [--auto] [--empty] [--dir DIR] [--verbose]

Starts an embedded GitHub and the App on this computer, with the people and
documents of a made-up company, and plays the life of one policy change.

  --auto      play to the end and leave; exit 1 if an expectation did not hold
  --empty     stop when the documents are in force, and keep running
  --dir DIR   where everything lies (default vidimus-demo); parts of an earlier
              demo in it are replaced
  --verbose   show the App's own log on stderr

Without --auto it stops before the first signature, keeps running, and says what
can be tried. Needs git.
`

func newDemoCommand() *cobra.Command {
	c := demo.Config{}
	verbose := false
	command := &cobra.Command{
		Use:   "demo",
		Short: "the whole life of a policy change, on this computer",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Out = cmd.OutOrStdout()
			if verbose {
				c.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
			}
			err := demo.Run(cmd.Context(), c)
			if errors.Is(err, demo.ErrNotStarted) {
				return &hintedError{err, "name a folder that can be written with --dir; git must be on the PATH"}
			}
			if err != nil {
				_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "\nerror: %v\n", err) // nowhere else to tell it
				return &negativeError{}
			}
			return nil
		},
	}
	command.SetUsageTemplate(demoUsage)
	command.SetHelpTemplate(demoUsage)
	command.Flags().BoolVar(&c.Auto, "auto", false, "play to the end")
	command.Flags().BoolVar(&c.Empty, "empty", false, "stop when the documents are in force")
	command.Flags().StringVar(&c.Dir, "dir", "vidimus-demo", "where everything lies")
	command.Flags().BoolVar(&verbose, "verbose", false, "show the App's log")
	return command
}
