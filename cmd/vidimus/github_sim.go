package main

import (
	"context"
	"fmt"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

const githubSimUsage = `Usage: vidimus github-sim [--addr ADDRESS] --dir FOLDER

Run an embedded GitHub: REST API, webhooks, GraphQL and git on one address, with
real repositories. For tests and for trying Vidimus without an account. Nothing
is kept but the files in FOLDER; it runs until it is interrupted.

      --addr ADDRESS   where to listen (default 127.0.0.1:8080); port 0 takes a free one
      --dir FOLDER     repositories and signing key; made if it does not exist,
                       repositories of an earlier run are removed

One line with the address goes to stdout as soon as it answers; talk goes to
stderr. Exit 0 after an interrupt, 2 if it could not start.

What it does and how to drive it: .github/docs/github-sim.md

Examples:
  vidimus github-sim --dir /tmp/github
  curl -d '{"login":"ada","name":"Ada","email":"ada@example.com"}' http://127.0.0.1:8080/_sim/users
`

// newGitHubSimCommand is the command that runs the embedded GitHub alone, on the wall clock.
func newGitHubSimCommand() *cobra.Command {
	var config githubsim.Config
	command := &cobra.Command{
		Use:  "github-sim",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			config.Log = slog.New(slog.NewTextHandler(command.ErrOrStderr(), nil))
			return runGitHubSim(ctx, command, config)
		},
	}
	command.Flags().StringVar(&config.Addr, "addr", "127.0.0.1:8080", "")
	command.Flags().StringVar(&config.Dir, "dir", "", "")
	command.SetUsageFunc(func(command *cobra.Command) error {
		_, err := fmt.Fprint(command.OutOrStderr(), githubSimUsage)
		return err
	})
	command.SetHelpFunc(func(command *cobra.Command, _ []string) { _, _ = fmt.Fprint(command.OutOrStdout(), githubSimUsage) })
	return command
}

func runGitHubSim(ctx context.Context, command *cobra.Command, config githubsim.Config) error {
	if config.Dir == "" {
		return fmt.Errorf("github-sim: --dir is missing: name a folder for its repositories")
	}
	sim, err := githubsim.Start(config)
	if err != nil {
		return fmt.Errorf("start github-sim: %w", err)
	}
	if _, err := fmt.Fprintln(command.OutOrStdout(), sim.URL()); err != nil {
		return fmt.Errorf("print address: %w", err)
	}
	<-ctx.Done()
	return sim.Close()
}
