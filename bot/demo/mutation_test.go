package demo_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The demo must notice when the product is broken: with the role check or the
// comparison of digests taken out of the code it ends with an error.
func TestDemo_noticesWhenACheckIsTakenOut(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program twice")
	}
	for _, m := range []struct{ name, file, old, new string }{
		{
			"role check", "bot/signature/approval/judge.go",
			"case l.Role != RoleSelf && !q.Roster.Holds(r.Person, l.Role):", "case false:",
		},
		{
			"comparison of digests", "bot/signature/approval/judge.go",
			"} else if r.Named[l] != s.Head {", "} else if false {",
		},
	} {
		t.Run(m.name, func(t *testing.T) {
			binary := mutant(t, m.file, m.old, m.new)
			out, err := exec.Command(binary, "demo", "--auto", "--dir", filepath.Join(t.TempDir(), "demo")).CombinedOutput()
			if err == nil {
				t.Fatalf("the demo did not notice:\n%s", out)
			}
			if !strings.Contains(string(out), "error: expected that") && !strings.Contains(string(out), "did not come true") {
				t.Errorf("the demo ended for another reason: %v\n%s", err, out)
			}
		})
	}
}

// mutant builds the program with one text of a file replaced.
func mutant(t *testing.T, file, old, new string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(source), old) != 1 {
		t.Fatalf("%s does not hold %q once", file, old)
	}
	dir := t.TempDir()
	changed := filepath.Join(dir, "changed.go")
	if err := os.WriteFile(changed, []byte(strings.Replace(string(source), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, file): changed}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "vidimus")
	build := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", binary, "./cmd/vidimus")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}
