package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// TestRun_whatIsWrittenWrongIsNamedWithAHint: each mistake on the command line ends with 2, an error and a hint.
func TestRun_whatIsWrittenWrongIsNamedWithAHint(t *testing.T) {
	for line, want := range map[string]string{
		"foo":                            "error: there is no command \"foo\"\nhint: vidimus --help tells what there is\n",
		"chek":                           "error: there is no command \"chek\"\nhint: write vidimus check; vidimus --help tells what there is\n",
		"verify comits":                  "error: \"comits\" cannot be verified\nhint: write vidimus verify bundle PATH, or vidimus verify commits\n",
		"verify commits --as-off":        "error: unknown flag: --as-off\nhint: vidimus verify commits --help tells what there is\n",
		"verify commits --as-of":         "error: flag needs an argument: --as-of\nhint: vidimus verify commits --help tells what there is\n",
		"verify commits --color=x --all": "error: --color is \"x\", not auto, always or never\nhint: vidimus verify commits --help\n",
		"check --nope":                   "error: unknown flag: --nope\nhint: vidimus check --help tells what there is\n",
		"version 1":                      "error: 1 argument is given, and \"1\" is too much\nhint: vidimus version --help tells what there is\n",
		"schema a b":                     "error: 2 arguments are given, and \"b\" is too much\nhint: vidimus schema --help tells what there is\n",
		"verify bundle":                  "error: no argument is given, 1 argument is wanted\nhint: name one bundle: its folder, its .tar, or its .tar.gz\n",
		"verify bundle a b":              "error: 2 arguments are given, 1 argument is wanted\nhint: name one bundle: its folder, its .tar, or its .tar.gz\n",
		"--nope":                         "error: unknown flag: --nope\nhint: vidimus --help tells what there is\n",
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), strings.Fields(line), &stdout, &stderr); code != exitCould || stdout.Len() > 0 {
			t.Errorf("vidimus %s: exit code %d, want 2, with %q on stdout", line, code, stdout.String())
		}
		if got := stderr.String(); got != want {
			t.Errorf("vidimus %s says\n%s, want\n%s", line, got, want)
		}
	}
}

func TestRun_alone(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"help"}} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), args, &stdout, &stderr); code != exitClean || !strings.HasPrefix(stdout.String(), "usage: vidimus COMMAND") {
			t.Errorf("vidimus %v: exit code %d with %q and %q, want 0 with the usage", args, code, stdout.String(), stderr.String())
		}
	}
}
