package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// TestBundle_scripts runs the program over clone.git, a mirror clone of a made
// organisation's repository; evidence.asc is its evidence key and $FPR its fingerprint.
// "vidimus CODE ARGS" runs it and wants the exit code.
func TestBundle_scripts(t *testing.T) {
	w := evidencetest.ShortStory()
	clone := cloneOf(t, w)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{"testdata/script/bundle.txtar"},
		Setup: func(env *testscript.Env) error {
			env.Setenv(asVidimus, "1")
			env.Setenv("PROGRAM", program)
			env.Setenv("FPR", w.Bot.Primary())
			work := env.WorkDir
			return errors.Join(
				mirrorClone(clone, filepath.Join(work, "clone.git")),
				exec.Command("git", "init", "--quiet", filepath.Join(work, "outer")).Run(),
				mirrorClone(clone, filepath.Join(work, "outer", "inner.git")),
				exec.Command("git", "init", "--quiet", "--bare", filepath.Join(work, "no-history.git")).Run(),
				os.WriteFile(filepath.Join(work, "evidence.asc"), w.Server, 0o600),
			)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"vidimus": scriptProgram},
	})
}

func mirrorClone(from, to string) error {
	return exec.Command("git", "clone", "--quiet", "--mirror", from, to).Run()
}

func scriptProgram(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: vidimus CODE [ARG...]")
	}
	code := "0"
	if err := ts.Exec(ts.Getenv("PROGRAM"), args[1:]...); err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}
