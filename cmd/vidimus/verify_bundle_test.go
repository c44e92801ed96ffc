package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

var updateBundle = flag.Bool("update-bundle", false, "rewrite the golden texts of verify bundle")

// runEvidence runs the program within the test and gives its exit code.
func runEvidence(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, talk bytes.Buffer
	code = run(t.Context(), args, &out, &talk)
	return code, out.String(), talk.String()
}

// bundleFolder writes the bundle of a story below a folder of its own.
func bundleFolder(t *testing.T, w *evidencetest.World) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "bundle")
	evidencetest.WriteFolder(folder, evidencetest.Unpack(w.Bundle()))
	return folder
}

func goldenText(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "verify_bundle", name)
	if *updateBundle {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// plainKeys puts letters for what depends on the keys that a test run makes.
func plainKeys(w *evidencetest.World, text, head string) string {
	primary := w.Bot.Primary()
	text = strings.ReplaceAll(text, grouped(primary), grouped(strings.Repeat("KEYS", 10)))
	text = strings.ReplaceAll(text, head, strings.Repeat("h", len(head)))
	return strings.ReplaceAll(text, head[:12], strings.Repeat("h", 12))
}

func headOf(t *testing.T, report string) string {
	t.Helper()
	var r struct{ Head string }
	if err := json.Unmarshal([]byte(report), &r); err != nil || len(r.Head) != 64 {
		t.Fatalf("report %s: %v", report, err)
	}
	return r.Head
}

func TestVerifyBundle_wholeBundleExits0WithItsDeviations(t *testing.T) {
	w := evidencetest.ShortStory()
	folder := bundleFolder(t, w)
	code, report, _ := runEvidence(t, "verify", "bundle", "--format", "json", folder)
	if code != exitClean || !strings.Contains(report, `"format": "vidimus-verify/1"`) || !strings.Contains(report, `"published": true`) {
		t.Errorf("exit %d, %s", code, report)
	}
	code, out, talk := runEvidence(t, "verify", "bundle", folder)
	if code != exitClean || talk != "" {
		t.Errorf("exit %d, stderr %q", code, talk)
	}
	goldenText(t, "whole.txt", plainKeys(w, out, headOf(t, report)))
}

func TestVerifyBundle_changedFileExits1AndIsNamed(t *testing.T) {
	w := evidencetest.ShortStory()
	folder := bundleFolder(t, w)
	source := filepath.Join(folder, "records", "0000", "000002", "sources", "TOP-CLOUD.md")
	raw, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, append(raw, "and more\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	code, report, _ := runEvidence(t, "verify", "bundle", "--format", "json", folder)
	if code != exitNegative {
		t.Errorf("exit %d", code)
	}
	_, out, _ := runEvidence(t, "verify", "bundle", "--key", w.Bot.Primary(), folder)
	goldenText(t, "changed.txt", plainKeys(w, out, headOf(t, report)))
	_, verbose, _ := runEvidence(t, "verify", "bundle", "--verbose", folder)
	if strings.Contains(verbose, "the rest") || !strings.Contains(verbose, "ok     commits") {
		t.Errorf("--verbose hides what is in order:\n%s", verbose)
	}
}

func TestVerifyBundle_takesArchives(t *testing.T) {
	w := evidencetest.ShortStory()
	var archive, zipped bytes.Buffer
	if err := w.Bundle().WriteTar(&archive); err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(archive.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, raw := range map[string][]byte{"a.tar": archive.Bytes(), "b.tar.gz": zipped.Bytes(), "c.tgz": zipped.Bytes()} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, talk := runEvidence(t, "verify", "bundle", "--key", w.Bot.Primary(), path); code != exitClean {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, talk)
		}
	}
}

// Names of documents come from anybody; they cannot colour the terminal.
func TestVerifyBundle_showsControlCharacters(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.Propose(0, evidencetest.Admin, evidencetest.Files{"policy/\x1b[2Jgone.txt": evidencetest.Text("x")}).Land("direct", evidencetest.Admin, nil)
	_, out, _ := runEvidence(t, "verify", "bundle", bundleFolder(t, w))
	if strings.Contains(out, "\x1b") || !strings.Contains(out, `\u001b[2Jgone.txt`) {
		t.Errorf("output %q", out)
	}
}

func TestVerifyBundle_linkLeadsNowhere(t *testing.T) {
	folder := bundleFolder(t, evidencetest.ShortStory())
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(folder, "link")); err != nil {
		t.Skipf("skipped: no links here: %v", err)
	}
	code, out, _ := runEvidence(t, "verify", "bundle", folder)
	if code != exitNegative || !strings.Contains(out, "link is no regular file") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestVerifyBundle_saysWhatItCannotDo(t *testing.T) {
	folder := t.TempDir()
	noArchive := filepath.Join(folder, "a.tar")
	if err := os.WriteFile(noArchive, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(folder, "a.tar.gz")
	if err := os.WriteFile(broken, []byte("not compressed"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing there":     {[]string{filepath.Join(folder, "nothing")}, "no such file"},
		"no archive":        {[]string{noArchive}, "unpacked bundle"},
		"not compressed":    {[]string{broken}, "decompress"},
		"unknown format":    {[]string{"--format", "xml", folder}, "--format json"},
		"short fingerprint": {[]string{"--key", "78DF", folder}, "40 digits"},
		"no path":           {nil, "name one bundle"},
	} {
		if code, _, talk := runEvidence(t, append([]string{"verify", "bundle"}, c.args...)...); code != exitCould || !strings.Contains(talk, c.want) {
			t.Errorf("%s: exit %d, %q, want one that says %q", name, code, talk, c.want)
		}
	}
}

// What holds no part of a bundle was not judged, and is no negative verdict; a bundle of
// which any part is left is one that is not whole.
func TestVerifyBundle_whatIsNoBundleIsNotJudged(t *testing.T) {
	bundle := bundleFolder(t, evidencetest.ShortStory())
	left := t.TempDir()
	if err := os.CopyFS(filepath.Join(left, "records"), os.DirFS(filepath.Join(bundle, "records"))); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "notes.md"), []byte("Notes.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		claim string
		args  []string
		code  int
		want  []string
	}{
		{"an empty folder", []string{t.TempDir()}, exitCould, []string{"error: no bundle in ", "hint: give the folder that holds SHA256SUMS"}},
		{"a folder of other files", []string{other}, exitCould, []string{"error: no bundle in " + other}},
		{"no branch", []string{"--branch", other}, exitCould, []string{"error: no evidence branch in " + other, "ledger/"}},
		{"the folder around it", []string{filepath.Dir(bundle)}, exitCould, []string{"hint: the folder bundle in it is one"}},
		{"what is left of one", []string{left}, exitNegative, []string{"Do not rely on this bundle"}},
		{"JSON of none", []string{"--format", "json", other}, exitCould, []string{"error: no bundle in "}},
	} {
		code, out, talk := runEvidence(t, append([]string{"verify", "bundle"}, c.args...)...)
		for _, want := range c.want {
			if code != c.code || !strings.Contains(out+talk, want) {
				t.Errorf("%s: exit %d, %s%s, want %d and %q", c.claim, code, out, talk, c.code, want)
			}
		}
		if c.code == exitCould && out != "" {
			t.Errorf("%s: stdout says %q, want nothing", c.claim, out)
		}
	}
}

// cloneOf makes a repository that holds the history and the evidence branch of a world.
func cloneOf(t *testing.T, w *evidencetest.World) string {
	t.Helper()
	evidencetest.Need(t, "git")
	folder := t.TempDir()
	evidencetest.WriteFolder(folder, map[string][]byte{"history.bundle": evidencetest.Unpack(w.Bundle())["repository.bundle"]})
	tree := filepath.Join(folder, "tree")
	files := map[string][]byte{}
	for name, f := range w.Branch {
		files[name] = f.Data
	}
	evidencetest.WriteFolder(tree, files)
	git := func(dir string, args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t.example", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t.example")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	git(folder, "clone", "--quiet", "history.bundle", "clone")
	git(filepath.Join(folder, "clone"), "fetch", "--quiet", "--update-head-ok", "origin", "refs/*:refs/*")
	git(tree, "init", "--quiet", "--initial-branch", "evidence")
	git(tree, "add", ".")
	git(tree, "commit", "--quiet", "--message", "evidence")
	git(tree, "push", "--quiet", "../clone", "evidence")
	return filepath.Join(folder, "clone")
}

func TestBundle_isTheSameBytesHoweverItIsMade(t *testing.T) {
	w := evidencetest.ShortStory()
	clone := cloneOf(t, w)
	folder := t.TempDir()
	key := filepath.Join(folder, "key.asc")
	if err := os.WriteFile(key, w.Server, 0o600); err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(folder, "a.tar")
	code, out, talk := runEvidence(t, "bundle", "--key", key, "--out", made, clone, clone)
	if code != exitClean || out != w.Bundle().Digest()+"  "+made+"\n" {
		t.Fatalf("exit %d, %q, %q, want the digest %s", code, out, talk, w.Bundle().Digest())
	}
	var want bytes.Buffer
	if err := w.Bundle().WriteTar(&want); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(made); err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("the archive has %d bytes, want the %d of the same evidence: %v", len(got), want.Len(), err)
	}
	unpacked := filepath.Join(folder, "b")
	if code, _, talk = runEvidence(t, "bundle", "--key", key, "--unpacked", "--out", unpacked, clone, clone); code != exitClean {
		t.Fatalf("exit %d, %q", code, talk)
	}
	if code, out, _ = runEvidence(t, "verify", "bundle", "--key", w.Bot.Primary(), unpacked); code != exitClean {
		t.Errorf("the unpacked bundle: exit %d\n%s", code, out)
	}
}

func TestBundle_unsignedIsNotTakenForSigned(t *testing.T) {
	clone := cloneOf(t, evidencetest.ShortStory())
	made := filepath.Join(t.TempDir(), "a.tar")
	if code, _, talk := runEvidence(t, "bundle", "--unsigned", "--out", made, clone, clone); code != exitClean {
		t.Fatalf("exit %d, %q", code, talk)
	}
	code, out, _ := runEvidence(t, "verify", "bundle", made)
	if code != exitNegative || !strings.Contains(out, "bad    list          SHA256SUMS is not signed by the evidence key") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestBundle_refusesAndLeavesNothingBehind(t *testing.T) {
	w := evidencetest.ShortStory()
	clone := cloneOf(t, w)
	folder := t.TempDir()
	there := filepath.Join(folder, "there")
	if err := os.WriteFile(there, w.Bot.PublicArmour(), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "out.tar")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no key":            {[]string{"--out", out, clone, clone}, "--unsigned"},
		"key and unsigned":  {[]string{"--unsigned", "--key", there, "--out", out, clone, clone}, "exclude each other"},
		"public key":        {[]string{"--key", there, "--out", out, clone, clone}, "may sign"},
		"key missing":       {[]string{"--key", out, "--out", out, clone, clone}, "no such file"},
		"no place":          {[]string{"--unsigned", clone, clone}, "--out"},
		"place is taken":    {[]string{"--unsigned", "--out", there, clone, clone}, "is there already"},
		"no repository":     {[]string{"--unsigned", "--out", out, folder, clone}, "git clone --mirror"},
		"no history":        {[]string{"--unsigned", "--out", out, clone, folder}, "git clone --mirror"},
		"no such branch":    {[]string{"--unsigned", "--branch", "other", "--out", out, clone, clone}, "git clone --mirror"},
		"branch of another": {[]string{"--unsigned", "--branch", "main", "--out", out, clone, clone}, "holds no ledger"},
	} {
		if code, _, talk := runEvidence(t, append([]string{"bundle"}, c.args...)...); code != exitCould || !strings.Contains(talk, c.want) {
			t.Errorf("%s: exit %d, %q, want one that says %q", name, code, talk, c.want)
		}
		if _, err := os.Lstat(out); err == nil {
			t.Fatalf("%s: half a bundle was left behind", name)
		}
	}
}
