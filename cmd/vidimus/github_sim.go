package main

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

const githubSimUsage = `usage: vidimus github-sim --dir FOLDER [--addr ADDRESS]

Runs the embedded GitHub alone: pages for people, REST API, webhooks, GraphQL
and git on one address, with real repositories. For tests, and for trying Vidimus
without an account. It runs until it is interrupted and keeps nothing but the files in FOLDER.

  --dir FOLDER     repositories and signing key; made if it does not exist,
                   repositories of an earlier run are removed
  --addr ADDRESS   where to listen, 127.0.0.1:8080 if nothing is said;
                   port 0 takes a free one

One line with the address goes to stdout as soon as it answers.

  vidimus github-sim --dir /tmp/github
  curl -d '{"login":"ada","name":"Ada","email":"ada@example.com"}' http://127.0.0.1:8080/_sim/users

How to drive it: .github/docs/github-sim.md
`

// newGitHubSimCommand is the command that runs the embedded GitHub alone, on the wall clock, until its context ends.
func newGitHubSimCommand() *cobra.Command {
	var config githubsim.Config
	command := &cobra.Command{
		Use:  "github-sim",
		Args: atMost(0),
		RunE: func(command *cobra.Command, _ []string) error {
			config.Log = slog.New(slog.NewTextHandler(command.ErrOrStderr(), nil))
			return runGitHubSim(command, config)
		},
	}
	command.SetUsageTemplate(githubSimUsage)
	command.SetHelpTemplate(githubSimUsage)
	command.Flags().StringVar(&config.Addr, "addr", "127.0.0.1:8080", "")
	command.Flags().StringVar(&config.Dir, "dir", "", "")
	return command
}

func runGitHubSim(command *cobra.Command, config githubsim.Config) error {
	if config.Dir == "" {
		return &hintedError{err: errors.New("github-sim needs a folder for its repositories"), hint: "vidimus github-sim --dir FOLDER"}
	}
	sim, err := githubsim.Start(config)
	if err != nil {
		return fmt.Errorf("start github-sim: %w", err)
	}
	if _, err := fmt.Fprintln(command.OutOrStdout(), sim.URL()); err != nil {
		return errors.Join(fmt.Errorf("print address: %w", err), sim.Close())
	}
	<-command.Context().Done()
	return sim.Close()
}
