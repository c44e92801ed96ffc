package evidence_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// blocks are the shell blocks of a VERIFY.md, in order, as one script: what an auditor
// pastes, one after the other, into one shell.
func blocks(t *testing.T, verify string) string {
	t.Helper()
	found := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(verify, -1)
	if len(found) != 8 {
		t.Fatalf("VERIFY.md has %d blocks, want 8", len(found))
	}
	script := ""
	for _, b := range found {
		script += b[1]
	}
	return script
}

// runVerify runs the blocks of the folder's own VERIFY.md as its reader would, with
// nothing but a PATH, an empty home and the fingerprint.
func runVerify(t *testing.T, shell, folder, script, fingerprint string) string {
	t.Helper()
	home := t.TempDir()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, shell)
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(script)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + home, "FPR=" + fingerprint, "TMPDIR=" + os.TempDir()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", shell, err, out)
	}
	return string(out)
}

var resultLine = regexp.MustCompile(`(?m)^(ok|FINDING) ([0-4])\b.*$`)

// results are "ok" or "FINDING" by the number of the step.
func results(t *testing.T, out string) [5]string {
	t.Helper()
	var got [5]string
	lines := resultLine.FindAllStringSubmatch(out, -1)
	for _, m := range lines {
		got[m[2][0]-'0'] += m[1]
	}
	if len(lines) != 5 {
		t.Errorf("%d result lines, want 5:\n%s", len(lines), out)
	}
	return got
}

func TestX(t *testing.T) {
	w := evidencetest.Story(".")
	files := evidencetest.Unpack(w.Bundle())
	dir := filepath.Join(os.TempDir(), "story")
	os.RemoveAll(dir)
	evidencetest.WriteFolder(dir, files)
	for _, sh := range []string{"/bin/dash", "/bin/bash"} {
		start := time.Now()
		out := runVerify(t, sh, dir, blocks(t, string(files["VERIFY.md"])), w.Bot.Primary())
		fmt.Println(out, time.Since(start), results(t, out))
	}
}
