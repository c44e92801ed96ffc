package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/app"
)

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
		if v := getenv(variable(s.name)); v != "" {
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

// variable is the name of a setting in the environment.
func variable(name string) string {
	return "VIDIMUS_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
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
// at once, each by the name of its setting.
func appConfig(values map[string]string, log *slog.Logger) (app.Config, error) {
	r := settingReader{values: values}
	c := app.Config{
		Data: r.text("data"), GitHubURL: r.text("github-url"), AppID: r.number("app-id"), AppKey: r.key("app-key"),
		WebhookSecrets: r.secrets("webhook-secret"), EvidenceKey: r.key("evidence-key"),
		Engine: "vidimus " + release, Log: log, CommentEvery: time.Minute,
		SignIn: app.SignIn{ClientID: values["oauth-client-id"], PublicURL: values["public-url"]},
	}
	if values["oauth-client-secret"] != "" {
		c.SignIn.Secret = string(bytes.Join(r.secrets("oauth-client-secret"), nil))
	}
	return c, errors.Join(r.problems...)
}

// settingReader reads the values that must be there, and gathers what is wrong.
type settingReader struct {
	values   map[string]string
	problems []error
}

func (r *settingReader) problem(name string, err error) {
	if err != nil {
		r.problems = append(r.problems, fmt.Errorf("--%s: %w", name, err))
	}
}

func (r *settingReader) text(name string) string {
	if r.values[name] == "" {
		r.problem(name, fmt.Errorf("is missing; give the flag, %s in the environment, or a line in the file of --config", variable(name)))
	}
	return r.values[name]
}

func (r *settingReader) number(name string) int64 {
	value := r.text(name)
	n, err := strconv.ParseInt(value, 10, 64)
	if value != "" && (err != nil || n <= 0) {
		r.problem(name, fmt.Errorf("%q is not a positive number", value))
	}
	return n
}

func (r *settingReader) key(name string) []byte {
	key, err := keyOrFile(r.text(name))
	r.problem(name, err)
	return key
}

func (r *settingReader) secrets(name string) [][]byte {
	value := r.text(name)
	if value == "" {
		return nil
	}
	secrets, err := secretsOrFile(value)
	r.problem(name, err)
	return secrets
}

// keyOrFile takes a key itself, or the name of the file that holds it.
func keyOrFile(value string) ([]byte, error) {
	if value == "" || strings.Contains(value, "-----BEGIN ") {
		return []byte(value), nil
	}
	return readBounded(value, maxKeyBytes)
}

// secretsOrFile takes the name of a file that holds a secret, or several on a line
// each, or the secret itself. What looks like the path of a file and is none is no
// secret: every delivery would be a forgery, and nobody would know why.
func secretsOrFile(value string) ([][]byte, error) {
	info, err := os.Stat(value)
	looksLikePath := filepath.IsAbs(value) || strings.HasPrefix(value, "./") || strings.HasPrefix(value, "../")
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", value)
	case err != nil && looksLikePath:
		return nil, err
	case err != nil:
		return [][]byte{[]byte(value)}, nil
	}
	raw, err := readBounded(value, maxKeyBytes)
	if err != nil {
		return nil, err
	}
	var secrets [][]byte
	for line := range bytes.Lines(raw) {
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 {
			secrets = append(secrets, line)
		}
	}
	if len(secrets) == 0 {
		return nil, fmt.Errorf("%s is empty", value)
	}
	return secrets, nil
}
