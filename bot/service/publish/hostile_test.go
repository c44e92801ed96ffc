package publish_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
)

// graft puts one entry into the folder policy/ of main, as somebody could who pushes
// past every client.
func graft(t *testing.T, s *demo.Story, mode, kind, name, id string) string {
	t.Helper()
	return refolder(t, s, gitAt(t, s, "ls-tree", "-z", "main:policy/")+fmt.Sprintf("%s %s %s\t%s\x00", mode, kind, id, name))
}

// refolder makes the folder policy/ of main out of what git ls-tree -z would print.
func refolder(t *testing.T, s *demo.Story, folder string) string {
	t.Helper()
	parent := gitAt(t, s, "rev-parse", "main")
	top := strings.ReplaceAll(gitAt(t, s, "ls-tree", "-z", "main"), gitAt(t, s, "rev-parse", "main:policy"), stored(t, s, folder, "mktree", "-z", "--missing"))
	tree := stored(t, s, top, "mktree", "-z")
	tip := gitAt(t, s, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit-tree", "-p", parent, "-m", "Graft.", tree)
	gitAt(t, s, "update-ref", "refs/heads/main", tip)
	return tip
}

// stored runs git with a standard input and gives the object's id.
func stored(t *testing.T, s *demo.Story, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", bare(s)}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// Whatever reaches a governed branch is recorded as what it is: a deviation, in a
// record that replays; nothing stops the publisher.
func TestPublish_hostileObjectsAreDeviations(t *testing.T) {
	s := founded(t)
	stopped(t, s)
	changed(t, s, "first")
	p := newPress(t, s)
	try(t, p.run(t))
	text := stored(t, s, "text\n", "hash-object", "-w", "--stdin")
	large := stored(t, s, strings.Repeat("x", 10<<20+1), "hash-object", "-w", "--stdin")
	deviations := []string{}
	for _, c := range []struct{ mode, kind, name, id, path string }{
		{"120000", "blob", "link.md", stored(t, s, "../../etc/passwd", "hash-object", "-w", "--stdin"), "policy/link.md"},
		{"160000", "commit", "module", strings.Repeat("ab", 20), "policy/module"},
		{"100644", "blob", "large.md", large, "policy/large.md"},
		{"100644", "blob", "bad\xff.md", text, `policy/bad\xff.md`},
	} {
		graft(t, s, c.mode, c.kind, c.name, c.id)
		try(t, p.run(t))
		l, _ := ledger(t, s)
		if got := told(t, l); !strings.HasSuffix(got, "direct-push "+c.path) {
			t.Errorf("%s: the newest entry says %q", c.path, got)
		}
		deviations = append(deviations, c.path)
	}
	l, tip := ledger(t, s)
	if len(l.Entries()) != 2+len(deviations) {
		t.Errorf("%d entries, want one for each of %v", len(l.Entries()), deviations)
	}
	report := audit.Verify(must(s.Mirror.FS(tip))(t), audit.Options{Primary: s.EvidenceKey.Primary, Branch: true})
	if diff := cmp.Diff([]audit.Row(nil), report.Findings()); diff != "" {
		t.Errorf("findings of the audit (-want +got):\n%s", diff)
	}
}
