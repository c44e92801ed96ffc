package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/service/app"
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
  --webhook-secret FILE  its webhook secret; or the secret itself
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

// setting is one value of serve, wherever it came from.
type setting struct{ name, fallback string }

func settings() []setting {
	return []setting{
		{"addr", "127.0.0.1:8080"},
		{"data", ""},
		{"github-url", "https://github.com"},
		{"app-id", ""},
		{"app-key", ""},
		{"webhook-secret", ""},
		{"evidence-key", ""},
		{"public-url", ""},
		{"oauth-client-id", ""},
		{"oauth-client-secret", ""},
	}
}

func newServeCommand() *cobra.Command {
	flags := map[string]*string{}
	file := ""
	command := &cobra.Command{
		Use:   "serve",
		Short: "the GitHub App",
		Args:  cobra.NoArgs,
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

// gatherSettings puts flags over environment over file over defaults. All problems
// with the file are told at once.
func gatherSettings(flags map[string]string, getenv func(string) string, file string) (map[string]string, error) {
	values := map[string]string{}
	if file != "" {
		read, err := readSettings(file)
		if err != nil {
			return nil, err
		}
		values = read
	}
	for _, s := range settings() {
		if v := getenv("VIDIMUS_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))); v != "" {
			values[s.name] = v
		}
		if v, ok := flags[s.name]; ok {
			values[s.name] = v
		}
		if _, ok := values[s.name]; !ok {
			values[s.name] = s.fallback
		}
	}
	return values, nil
}

// maxSettingsBytes bounds the file of settings: ten short lines.
const maxSettingsBytes = 64 << 10

// readSettings reads lines "name = value"; empty lines and lines that begin with #
// are passed over.
func readSettings(file string) (map[string]string, error) {
	raw, err := readBounded(file, maxSettingsBytes)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	values := map[string]string{}
	var problems []error
	for i, line := range strings.Split(string(raw), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("%s:%d: no \"name = value\"", file, i+1))
		case !isSetting(name):
			problems = append(problems, fmt.Errorf("%s:%d: %q is not a setting of serve", file, i+1, name))
		case values[name] != "":
			problems = append(problems, fmt.Errorf("%s:%d: %s stands there twice", file, i+1, name))
		default:
			values[name] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return values, errors.Join(problems...)
}

func isSetting(name string) bool {
	for _, s := range settings() {
		if s.name == name {
			return true
		}
	}
	return false
}

// maxKeyBytes bounds a key or secret that is read.
const maxKeyBytes = 1 << 20

// appConfig turns the values into the App's configuration; all problems are told
// at once.
func appConfig(values map[string]string, log *slog.Logger) (app.Config, error) {
	c := app.Config{
		Data: values["data"], GitHubURL: values["github-url"], Engine: "vidimus " + release, Log: log, CommentEvery: time.Minute,
	}
	var problems []error
	keep := func(name string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("--%s: %w", name, err))
		}
	}
	var err error
	if c.AppID, err = strconv.ParseInt(values["app-id"], 10, 64); err != nil {
		keep("app-id", fmt.Errorf("%q is not a number", values["app-id"]))
	}
	c.AppKey, err = keyOrFile(values["app-key"])
	keep("app-key", err)
	c.EvidenceKey, err = keyOrFile(values["evidence-key"])
	keep("evidence-key", err)
	secret, err := secretOrFile(values["webhook-secret"])
	keep("webhook-secret", err)
	if len(secret) > 0 {
		c.WebhookSecrets = [][]byte{secret}
	}
	client, err := secretOrFile(values["oauth-client-secret"])
	keep("oauth-client-secret", err)
	c.SignIn = app.SignIn{ClientID: values["oauth-client-id"], Secret: string(client), PublicURL: values["public-url"]}
	return c, errors.Join(problems...)
}

// keyOrFile takes a key itself, or the name of the file that holds it.
func keyOrFile(value string) ([]byte, error) {
	if value == "" || strings.Contains(value, "-----BEGIN ") {
		return []byte(value), nil
	}
	return readBounded(value, maxKeyBytes)
}

// secretOrFile takes the name of a file that holds a secret, or the secret itself.
func secretOrFile(value string) ([]byte, error) {
	info, err := os.Stat(value)
	if value == "" || err != nil || !info.Mode().IsRegular() {
		return []byte(value), nil
	}
	raw, err := readBounded(value, maxKeyBytes)
	return []byte(strings.TrimRight(string(raw), "\r\n")), err
}

// Limits of a connection. GitHub sends a webhook within seconds; 25 MB over a slow
// line take longer.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	leaveTimeout  = 20 * time.Second
)

// serve runs the App until its context ends, then lets requests under way end. One
// line with the address goes to stdout as soon as it works.
func serve(cmd *cobra.Command, values map[string]string, log *slog.Logger) (err error) {
	ctx := cmd.Context()
	config, err := appConfig(values, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", values["addr"])
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	a, err := app.Open(ctx, config)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	web := &http.Server{
		Handler: a.Handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, web.Close())
	}
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "http://%s\n", listener.Addr()); err != nil {
		return errors.Join(fmt.Errorf("print address: %w", err), web.Close())
	}
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	if err := web.Shutdown(leave); err != nil {
		return fmt.Errorf("end connections: %w", err)
	}
	return nil
}
