package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/service/app"
	"github.com/vidimus-bot/vidimus/bot/service/server"
)

const serveUsage = `usage: vidimus serve --data DIR --app-id N --app-key FILE
         --webhook-secret FILE --evidence-key FILE [--addr ADDR]
         [--github-url URL] [--config FILE]

Runs the GitHub App.

  --addr ADDR            where to listen (default 127.0.0.1:8080)
  --data DIR             folder of the database and the Git mirrors
  --github-url URL       https://github.com, or an Enterprise Server (default
                         https://github.com)
  --app-id N             number of the App
  --app-key FILE         its private key, PEM
  --webhook-secret FILE  its webhook secret, or two lines while it is changed; or
                         the secret itself
  --evidence-key FILE    armoured OpenPGP secret key that signs the evidence
  --config FILE          the same values, one "name = value" a line

For the review page, all three or none:
  --public-url URL           where people reach this App: https://…
  --oauth-client-id ID       of an OAuth App without scopes, whose callback is
                             PUBLIC-URL/review/signed-in
  --oauth-client-secret FILE its secret; or the secret itself

Each value can also stand in the environment, as VIDIMUS_ADDR, VIDIMUS_APP_KEY and
so on; a key may stand there itself instead of its file's name. A flag goes before
the environment, the environment before the file.

The App answers POST /webhook, GET /review/…, GET /healthz and GET /metrics. One line with its
address goes to stdout as soon as it works.
`

func newServeCommand() *cobra.Command {
	flags := map[string]*string{}
	file := ""
	command := &cobra.Command{
		Use:   "serve",
		Short: "the GitHub App",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			given := map[string]string{}
			for name, value := range flags {
				if cmd.Flags().Changed(name) {
					given[name] = *value
				}
			}
			values, err := gatherSettings(given, os.Getenv, file)
			if err != nil {
				return err
			}
			return serve(cmd, values, slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil)))
		},
	}
	command.SetUsageTemplate(serveUsage)
	command.SetHelpTemplate(serveUsage)
	for _, s := range settings() {
		flags[s.name] = command.Flags().String(s.name, s.fallback, "")
	}
	command.Flags().StringVar(&file, "config", "", "file with the same values")
	return command
}

// serve runs the App until its context ends, then lets requests under way end. One
// line with the address goes to stdout as soon as it works.
func serve(cmd *cobra.Command, values map[string]string, log *slog.Logger) (err error) {
	config, err := appConfig(values, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	listener, err := net.Listen("tcp", values["addr"])
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	a, err := app.Open(ctx, config)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	// Deliveries are taken in before the work begins: what comes meanwhile is on disk.
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener, a.Handler(), log) }()
	err = a.Start(ctx)
	if err == nil {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "http://%s\n", listener.Addr())
	}
	if err != nil {
		stop()
		return errors.Join(err, <-ended)
	}
	return <-ended
}
