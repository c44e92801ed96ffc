package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// runVerifyCommits runs the command as the program would, and gives its exit code.
func runVerifyCommits(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: "vidimus", SilenceErrors: true, SilenceUsage: true}
	verify := &cobra.Command{Use: "verify"}
	verify.AddCommand(newVerifyCommitsCommand())
	root.AddCommand(verify)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var negative *negativeError
	var hinted *hintedError
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &negative):
		return exitNegative
	case errors.As(err, &hinted):
		_, _ = fmt.Fprintf(stderr, "error: %v\nhint: %s\n", err, hinted.hint)
	default:
		_, _ = fmt.Fprintf(stderr, "error: %v\n", err)
	}
	return exitCould
}

// workshop makes a repository of signed commits, commit by commit.
type workshop struct {
	t    testing.TB
	dir  string
	keys map[string]*keyringtest.Key
	when time.Time
}

// keysMade is when the workshop's keys are made; its commits follow a month later, an hour apart.
var keysMade = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// newWorkshop starts an empty repository with keys for aoife, bruno, web-flow, vidimus and a stranger.
func newWorkshop(t testing.TB, dir string) *workshop {
	t.Helper()
	w := &workshop{t: t, dir: dir, keys: map[string]*keyringtest.Key{}, when: keysMade.AddDate(0, 1, 0)}
	for _, name := range []string{"aoife", "bruno", "web-flow", "vidimus", "stranger"} {
		w.keys[name] = keyringtest.NewKey(t, "ed25519", keysMade)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.git("init", "-q", "-b", "main")
	return w
}

// git runs git in the repository.
func (w *workshop) git(args ...string) string { return w.gitWith("", args...) }

// gitWith runs git with something on its standard input.
func (w *workshop) gitWith(stdin string, args ...string) string {
	w.t.Helper()
	c := exec.Command("git", append([]string{"-C", w.dir}, args...)...)
	c.Stdin = strings.NewReader(stdin)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		w.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// address is how a person of the workshop commits.
func address(name string) string {
	switch name {
	case "github":
		return "GitHub <noreply@github.com>"
	case "aoife":
		return "Aoife Brannigan <aoife@northquay.example>"
	}
	return strings.ToUpper(name[:1]) + name[1:] + " <" + name + "@northquay.example>"
}

// step is one commit of the workshop.
type step struct {
	branch string
	// author is by whom, committer too where it is empty, key whose key signs; "" does not sign.
	author, committer, key string
	// merge names branches that become further parents.
	merge []string
	// files are written, "" deletes.
	files map[string]string
	// taken is the branch whose files a merge takes, before files are written.
	taken string
}

// commit makes a commit on a branch and gives its id.
func (w *workshop) commit(s step) string {
	w.t.Helper()
	w.when = w.when.Add(time.Hour)
	var parents []string
	for _, branch := range append([]string{s.branch}, s.merge...) {
		if id := w.git("for-each-ref", "--format=%(objectname)", "refs/heads/"+branch); id != "" {
			parents = append(parents, id)
		}
	}
	from := s.branch
	if s.taken != "" {
		from = s.taken
	}
	c := keyringtest.Commit{
		Author: address(s.author), Committer: address(s.author), Parents: parents, When: w.when, Message: "A change\n", Tree: w.tree(from, s.files),
	}
	if s.committer != "" {
		c.Committer = address(s.committer)
	}
	raw := c.Payload()
	if s.key != "" {
		raw = w.keys[s.key].SignCommit(c, keyringtest.Says{Made: w.when})
	}
	id := w.gitWith(string(raw), "hash-object", "-t", "commit", "-w", "--stdin")
	w.git("update-ref", "refs/heads/"+s.branch, id)
	return id
}

// tree writes the tree of a branch with files changed.
func (w *workshop) tree(branch string, files map[string]string) string {
	w.t.Helper()
	w.git("read-tree", "--empty")
	if w.git("for-each-ref", "refs/heads/"+branch) != "" {
		w.git("read-tree", "refs/heads/"+branch)
	}
	for path, text := range files {
		if text == "" {
			w.git("update-index", "--force-remove", path)
			continue
		}
		blob := w.gitWith(text, "hash-object", "-w", "--stdin")
		w.git("update-index", "--add", "--cacheinfo", "100644,"+blob+","+path)
	}
	return w.git("write-tree")
}

// configuration is a small .vidimus.yml; commits is personal-key or host-key.
func configuration(commits string) string {
	return `version: 1
organisation: Northquay Logistics DAC
root: .
branches: [main]
law: 1
people:
  aoife: {github: 61000102, login: abrannigan-nq, name: Aoife Brannigan, emails: [aoife@northquay.example]}
  bruno: {github: 61000107, login: bcarvalhaes-nq, name: Bruno Carvalhães, emails: [bruno@northquay.example]}
roles:
  ciso: {title: Chief Information Security Officer, holders: [aoife]}
rules:
  - for: {path: policy/cloud.md}
    require: ciso
    level: statement
    commits: ` + commits + `
config: {require: ciso, level: statement}
`
}

// founding is the files of the first commit.
func (w *workshop) founding(commits string) map[string]string {
	files := map[string]string{".vidimus.yml": configuration(commits), "policy/cloud.md": "# Policy\n"}
	for _, name := range []string{"aoife", "bruno", "web-flow", "vidimus"} {
		files["keys/"+name+".asc"] = string(w.keys[name].File(name, keysMade))
	}
	return files
}

// TestVerifyCommits_scripts runs the scripts over a repository: main was founded by aoife, then carries
// a good commit by bruno; topic adds four to it, of which the third is bruno's key on aoife's commit and
// the last is not signed. $ROOT, $MAIN, $T1 to $T4 are their ids, $AOIFE and $BRUNO the fingerprints.
func TestVerifyCommits_scripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/verify_commits*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			setUpVerifyCommits(t, env)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"vidimus": scriptVidimus, "code": scriptCode, "git": scriptGit,
		},
	})
}

// setUpVerifyCommits makes the scripts' repository.
func setUpVerifyCommits(t *testing.T, env *testscript.Env) {
	t.Helper()
	w := newWorkshop(t, filepath.Join(env.WorkDir, "repo"))
	set := func(name, value string) { // the id or fingerprint, its beginning, its end
		env.Setenv(name, value)
		env.Setenv(name+"S", value[:12])
		env.Setenv(name+"ID", value[len(value)-16:])
	}
	set("ROOT", w.commit(step{branch: "main", author: "aoife", key: "aoife", files: w.founding("personal-key")}))
	set("MAIN", w.commit(step{branch: "main", author: "bruno", key: "bruno",
		files: map[string]string{"policy/cloud.md": "# Policy\n\nOne.\n"}}))
	w.git("branch", "topic")
	env.Setenv("TREE", w.git("rev-parse", "main^{tree}"))
	for i, s := range []step{
		{author: "bruno", key: "bruno"}, {author: "aoife", key: "aoife"}, {author: "aoife", key: "bruno"}, {author: "bruno"},
	} {
		s.branch, s.files = "topic", map[string]string{"policy/cloud.md": fmt.Sprintf("# Policy\n\n%d.\n", i)}
		set(fmt.Sprintf("T%d", i+1), w.commit(s))
	}
	for name, key := range map[string]string{"AOIFE": "aoife", "BRUNO": "bruno"} {
		set(name, w.keys[key].Fingerprint())
	}
	folder := filepath.Join(env.WorkDir, "folder")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"aoife", "bruno"} {
		if err := os.WriteFile(filepath.Join(folder, name+".asc"), w.keys[name].File(name, keysMade), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// codeKey is where a script's last exit code is kept.
type codeKey struct{}

// scriptVidimus runs a command line; < FILE at its end is the standard input.
func scriptVidimus(ts *testscript.TestScript, neg bool, args []string) {
	var stdin io.Reader = strings.NewReader("")
	if n := len(args); n > 1 && args[n-2] == "<" {
		stdin = strings.NewReader(os.Expand(ts.ReadFile(args[n-1]), ts.Getenv))
		args = args[:n-2]
	}
	for i, arg := range args {
		if i > 0 && (args[i-1] == "--repo" || args[i-1] == "--keys" || args[i-1] == "--people") {
			args[i] = ts.MkAbs(arg)
		}
	}
	code := runVerifyCommits(context.Background(), args, stdin, ts.Stdout(), ts.Stderr())
	ts.Setenv("CODE", fmt.Sprint(code))
	if neg == (code == 0) {
		ts.Fatalf("exit code %d", code)
	}
}

// scriptCode compares the last exit code.
func scriptCode(ts *testscript.TestScript, _ bool, args []string) {
	if got := ts.Getenv("CODE"); len(args) != 1 || args[0] != got {
		ts.Fatalf("exit code %s, want %s", got, args)
	}
}

// scriptGit runs git without anybody's configuration.
func scriptGit(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	ts.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	err := ts.Exec("git", args...)
	if neg == (err == nil) {
		ts.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
}
