package site_test

import (
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// TestVerify_commandsGiveWhatThePageSays runs the commands of verify.html one after the other, as the page says, in a
// folder with the evidence, and holds what they print against what the page promises.
func TestVerify_commandsGiveWhatThePageSays(t *testing.T) {
	evidencetest.Need(t, "gpg")
	w := example(t)
	folder := t.TempDir()
	files := map[string][]byte{}
	for name, f := range w.branch {
		files[name] = f.Data
	}
	evidencetest.WriteFolder(folder, files)
	page := parse(t, w.pages["verify.html"])
	ran := 0
	script := ""
	for _, pre := range all(page, "pre") {
		label := attribute(pre, "aria-label")
		step, command := strings.CutPrefix(label, "Command of step ")
		if !command || step == "5" { // vidimus itself: a test of the command runs it
			continue
		}
		script += rawText(pre) + "\n"
		got := shell(t, folder, script+"echo '== step "+step+"'\n")
		expected := labelled(page, "Expected output of step "+step)
		if expected == nil {
			t.Fatalf("step %s promises nothing", step)
		}
		for line := range strings.Lines(rawText(expected)) {
			if line = strings.TrimSpace(line); !strings.Contains(got, line) {
				t.Errorf("step %s does not print %q but\n%s", step, line, got)
			}
		}
		ran++
	}
	if ran != 4 {
		t.Errorf("%d steps ran, want 4", ran)
	}
	for what, change := range map[string]string{
		"a review": "s/I sign as/I sagn as/g", "a statement": `s/"deleted":false/"deleted":true/`, "the newest entry": `s/"number":/"numbar":/`,
	} {
		copied := t.TempDir()
		evidencetest.WriteFolder(copied, files)
		shell(t, copied, "sed -i '"+change+"' records/*/*/github/review-*.json records/*/*/statements/*.json ledger/*/*.json\n")
		if !fails(copied, script) {
			t.Errorf("the commands do not tell when %s was changed", what)
		}
	}
}

// labelled is the element with a label; nil if there is none.
func labelled(root *html.Node, label string) *html.Node {
	var found *html.Node
	walk(root, func(n *html.Node) {
		if attribute(n, "aria-label") == label {
			found = n
		}
	})
	return found
}

// shell runs a script and gives what it prints; a command that fails fails the test.
func shell(t *testing.T, folder, script string) string {
	t.Helper()
	c := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	c.Dir = folder
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, out)
	}
	return string(out)
}

// fails says whether a script stops because one of its commands fails.
func fails(folder, script string) bool {
	c := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	c.Dir = folder
	return c.Run() != nil
}
