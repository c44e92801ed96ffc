package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serveFails runs serve with arguments that cannot work and gives what it says.
func serveFails(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), append([]string{"serve"}, args...), &stdout, &stderr); code != exitCould {
		t.Errorf("serve %v ends with %d, want %d", args, code, exitCould)
	}
	return stderr.String()
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestServe_allMissingSettingsAreNamedAtOnce(t *testing.T) {
	said := serveFails(t)
	for _, name := range []string{"data", "app-id", "app-key", "webhook-secret", "evidence-key"} {
		if !strings.Contains(said, "--"+name+": is missing") || !strings.Contains(said, variable(name)) {
			t.Errorf("--%s is not named as missing:\n%s", name, said)
		}
	}
	if strings.Contains(said, "--github-url") || strings.Contains(said, "--addr") {
		t.Errorf("what has a default is named:\n%s", said)
	}
}

func TestServe_wrongSettingsAreNamed(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	said := serveFails(t, "--data", t.TempDir(), "--app-id", "twelve", "--app-key", absent, "--webhook-secret", absent,
		"--evidence-key", file(t, "key", strings.Repeat("k", maxKeyBytes+1)))
	for _, want := range []string{`--app-id: "twelve" is not a positive number`, "--app-key: ", "--webhook-secret: ", "--evidence-key: "} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
}

func TestServe_fileOfSettingsNamesItsLines(t *testing.T) {
	path := file(t, "vidimus.conf", "# Northquay\n\ndata = /tmp/x\napp-idd = 7\nnothing\ndata = /tmp/y\n")
	said := serveFails(t, "--config", path)
	for _, want := range []string{path + ":4: ", path + ":5: ", path + ":6: "} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	if said := serveFails(t, "--config", filepath.Join(t.TempDir(), "absent")); !strings.Contains(said, "settings: ") {
		t.Errorf("an absent file: %s", said)
	}
}

func TestGatherSettings_flagOverEnvironmentOverFileOverDefault(t *testing.T) {
	path := file(t, "vidimus.conf", "data = file\napp-id = \"1\"\naddr = file:1\n")
	environment := map[string]string{"VIDIMUS_DATA": "environment", "VIDIMUS_APP_ID": "2"}
	got, err := gatherSettings(map[string]string{"data": "flag"}, func(name string) string { return environment[name] }, path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"data": "flag", "app-id": "2", "addr": "file:1", "github-url": "https://github.com", "app-key": ""} {
		if got[name] != want {
			t.Errorf("%s = %q, want %q", name, got[name], want)
		}
	}
}

func TestSecretsOrFile(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        []string
		fails       bool
	}{
		{"the secret itself", "s3cret", []string{"s3cret"}, false},
		{"a file", file(t, "secret", "s3cret\n"), []string{"s3cret"}, false},
		{"two lines while it is changed", file(t, "secrets", "new\r\nold\r\n\n"), []string{"new", "old"}, false},
		{"an empty file", file(t, "empty", "\n"), nil, true},
		{"a folder", t.TempDir(), nil, true},
		{"a mistyped path", "/etc/vidimus/no-such-secret", nil, true},
		{"a mistyped path from here", "./no-such-secret", nil, true},
	} {
		secrets, err := secretsOrFile(c.value)
		if (err != nil) != c.fails {
			t.Errorf("%s: %v", c.name, err)
		}
		var got []string
		for _, s := range secrets {
			got = append(got, string(s))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
