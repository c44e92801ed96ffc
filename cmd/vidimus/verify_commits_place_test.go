package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// said runs verify commits and gives what it says on stderr.
func said(t *testing.T, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := runVerifyCommits(context.Background(), append([]string{"verify", "commits"}, args...), strings.NewReader(""), &stdout,
		&stderr); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, stdout.String(), stderr.String())
	}
	return stderr.String()
}

// TestVerifyCommits_adviceKnowsWhereCommitsStand: what a remote branch or a bare repository holds is never amended.
func TestVerifyCommits_adviceKnowsWhereCommitsStand(t *testing.T) {
	w, _ := history(t, 1)
	unsigned := func(branch string) string {
		return w.commit(step{branch: branch, author: "bruno", files: map[string]string{"policy/cloud.md": branch + " unsigned\n"}})
	}
	old := unsigned("main")
	w.commit(step{branch: "main", author: "bruno", key: "bruno", files: map[string]string{"policy/cloud.md": "later\n"}})
	elsewhere := t.TempDir()
	clone, bare := filepath.Join(elsewhere, "clone"), filepath.Join(elsewhere, "bare.git")
	w.git("clone", "-q", "file://"+w.dir, clone)
	w.git("clone", "-q", "--bare", "file://"+w.dir, bare)
	w.branch("topic", "main")
	mine := unsigned("topic")
	mixed := filepath.Join(elsewhere, "mixed")
	w.git("clone", "-q", "file://"+w.dir, mixed)
	w.git("-C", mixed, "branch", "-q", "topic", "origin/topic")
	const rebase = "git rebase --keep-base"
	for _, c := range []struct {
		name, id, want, never string
		args                  []string
	}{
		{"a clone", old, "It is part of origin/main.", rebase, []string{"--repo", clone}},
		{"all of a clone", old, "It is part of origin/main.", rebase, []string{"--repo", clone, "--all"}},
		{"a bare one", old, "It is part of this history.", rebase, []string{"--repo", bare}},
		{"a bare one, a range", mine, "Sign it with your own key.", "It is part", []string{"--repo", mixed, "origin/main..topic"}},
		{"landed and proposed together", mine, "Sign it with your own key.", "\x00", []string{"--repo", mixed, "--base", "origin/main", "topic"}},
		{"the same, the landed one", old, "It is part of origin/main.", "\x00", []string{"--repo", mixed, "--base", "origin/main", "topic"}},
		{"a pushed proposal is no landing", mine, "Sign it with your own key.", "\x00", []string{"--repo", mixed, "--base", "origin/main", "origin/topic"}},
	} {
		got := said(t, exitNegative, c.args...)
		if !strings.Contains(got, c.id[:12]+"  unsigned: "+c.want) || strings.Contains(got, c.never) {
			t.Errorf("%s: want %q for %s and never %q:\n%s", c.name, c.want, c.id[:12], c.never, got)
		}
	}
}

// TestVerifyCommits_workOnTheGovernedBranchGetsABranchOfItsOwn: what is not pushed yet is not pushed past the review.
func TestVerifyCommits_workOnTheGovernedBranchGetsABranchOfItsOwn(t *testing.T) {
	w, _ := history(t, 1)
	w.git("update-ref", "refs/remotes/origin/main", "refs/heads/main")
	w.commit(step{branch: "main", author: "bruno", files: map[string]string{"policy/cloud.md": "unsigned\n"}})
	got := said(t, exitNegative, "--repo", w.dir, "origin/main..main")
	if !strings.Contains(got, "git push origin HEAD:refs/heads/my-change") || strings.Contains(got, "--force-with-lease") {
		t.Errorf("the advice is\n%s", got)
	}
}

// TestVerifyCommits_whatIsNotCheckedOutIsNotToBeSignedAgain: an object that somebody named may be anybody's.
func TestVerifyCommits_whatIsNotCheckedOutIsNotToBeSignedAgain(t *testing.T) {
	w, _ := history(t, 1)
	w.branch("elsewhere", "main")
	stray := w.commit(step{branch: "elsewhere", author: "bruno", files: map[string]string{"policy/cloud.md": "unsigned\n"}})
	var stdout, stderr bytes.Buffer
	code := runVerifyCommits(context.Background(), []string{"verify", "commits", "--repo", w.dir, "--base", "main", "--stdin"},
		strings.NewReader(stray+"\n"), &stdout, &stderr)
	got := strings.Join(strings.Fields(stderr.String()), " ")
	if code != exitNegative || !strings.Contains(got, "find out where it comes from") || strings.Contains(got, "git rebase") {
		t.Errorf("exit code %d, the advice is\n%s", code, stderr.String())
	}
}

// TestVerifyCommits_commandsMend pastes what is advised, with the programs that people have: three unsigned commits, the
// first, one in the middle and the last, are signed, and the text stays.
func TestVerifyCommits_commandsMend(t *testing.T) {
	evidencetest.Need(t, "gpg", "git")
	u := newTools(t)
	u.run("gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "Aoife <aoife@northquay.example>", "ed25519", "sign", "2y")
	fingerprint := firstFingerprint(u.run("gpg", "--batch", "--with-colons", "--list-keys"))
	u.run("sh", "-c", `gpg --armor --export "$0" > "$1"`, fingerprint, filepath.Join(u.keys, "aoife.asc"))
	for _, setting := range []string{"user.name=Aoife", "user.email=aoife@northquay.example", "user.signingkey=" + fingerprint} {
		name, value, _ := strings.Cut(setting, "=")
		u.run("git", "-C", u.repo, "config", name, value)
	}
	in := func(script string) {
		t.Helper()
		c := exec.Command("sh", "-e", "-c", script)
		c.Dir = u.repo
		c.Env = append(os.Environ(), "GNUPGHOME="+u.home, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_EDITOR=true")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v of\n%s\nsays\n%s", err, script, out)
		}
	}
	in("git commit -q --allow-empty -S -m base && git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main")
	in("git switch -q -c topic; for i in 1 2 3 4 5; do echo $i > file; git add file; if [ $i = 2 ]; then git commit -q -S -m $i; else git commit -q -m $i; fi; done")
	in("git push -q -u origin topic && git switch -q main")
	args := []string{"--repo", u.repo, "--keys", u.keys, "--people", u.people(), "main..topic"}
	var script strings.Builder
	for line := range strings.Lines(said(t, exitNegative, args...)) {
		if command, ok := strings.CutPrefix(line, "  git "); ok {
			script.WriteString("git " + command)
		}
	}
	in(script.String())
	if got := said(t, exitClean, args...); !strings.Contains(got, "5 commits, all good") {
		t.Errorf("afterwards it says\n%s", got)
	}
	in(`test "$(git show origin/topic:file)" = 5 && git diff --quiet topic origin/topic`)
}
