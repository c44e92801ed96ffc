package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
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
	set("MAIN", w.commit(step{
		branch: "main", author: "bruno", key: "bruno",
		files: map[string]string{"policy/cloud.md": "# Policy\n\nOne.\n"},
	}))
	w.branch("topic", "main")
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
