package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// TestRender_scripts runs the scripts over evidence/, the evidence of a made organisation.
func TestRender_scripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/render*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	branch := evidencetest.Story(".").Branch
	testscript.Run(t, testscript.Params{
		Files: scripts, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			for name, f := range branch {
				at := filepath.Join(env.WorkDir, "evidence", filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(at, f.Data, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"vidimus": scriptRender, "code": scriptCode, "flip": scriptFlip},
	})
}

// scriptRender runs one command line; paths are those of the script's folder.
func scriptRender(ts *testscript.TestScript, neg bool, args []string) {
	for i := range args {
		if i > 0 && (args[i-1] == "--evidence" || args[i-1] == "--out") {
			args[i] = ts.MkAbs(args[i])
		}
	}
	root := newRootCommand()
	if c, _, err := root.Find([]string{"render"}); err != nil || c == root {
		root.AddCommand(newRenderCommand())
	}
	root.SetArgs(args)
	root.SetOut(ts.Stdout())
	root.SetErr(ts.Stderr())
	err := root.ExecuteContext(context.Background())
	code := exitClean
	if err != nil {
		code = exitCould
		_, _ = fmt.Fprintf(ts.Stderr(), "error: %v\n", err)
	}
	var hinted *hintedError
	if errors.As(err, &hinted) {
		_, _ = fmt.Fprintf(ts.Stderr(), "hint: %s\n", hinted.hint)
	}
	ts.Setenv("CODE", fmt.Sprint(code))
	if neg == (err == nil) {
		ts.Fatalf("vidimus %v: %v", args, err)
	}
}

// scriptFlip changes one bit in the middle of a file.
func scriptFlip(ts *testscript.TestScript, _ bool, args []string) {
	raw := []byte(ts.ReadFile(args[0]))
	raw[len(raw)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o600))
}
