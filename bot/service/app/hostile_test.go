package app_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
)

// hostile are proposals that no honest person makes, and the code of the finding
// that each must show.
func hostile(document []byte) []struct{ name, code, mode, path, content string } {
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	return []struct{ name, code, mode, path, content string }{
		{"malformed front matter", "FM002", "100644", "bad.md", "---\ntype: [not closed\n---\n# Title\n"},
		{"alias bomb", "FM003", "100644", "bad.md", "---\n" + bomb + "---\n# Title\n"},
		{"not UTF-8", "ENC001", "100644", "bad.md", string(bytes.Replace(document, []byte("Tideboard"), []byte("Tide\xffboard"), 1))},
		{"ten megabytes", "LIM001", "100644", "bad.md", string(document) + strings.Repeat("All work and no play.\n", 10<<20/22)},
		{"symlink", "GIT001", "120000", "bad.md", "../../../etc/passwd"},
		{"submodule", "GIT001", "160000", "bad", ""},
		{"executable", "GIT001", "100755", "bad.md", string(document)},
		{"path that runs backwards", "GIT002", "100644", "a\u202edm.exe.md", string(document)},
	}
}

// gitTool is a clone in which a test makes objects that Git itself would not make.
type gitTool struct {
	t   *testing.T
	dir string
	env []string
}

func newGitTool(t *testing.T, s *demo.Story) *gitTool {
	t.Helper()
	g := &gitTool{t: t, dir: filepath.Join(t.TempDir(), "clone")}
	authority := base64.StdEncoding.EncodeToString([]byte("x:" + s.People["rdevries"].Token))
	g.env = append(os.Environ(), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraHeader", "GIT_CONFIG_VALUE_0=Authorization: Basic "+authority,
		"GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=Ruben de Vries", "GIT_AUTHOR_EMAIL=ruben@northquay.example", "GIT_COMMITTER_NAME=Ruben de Vries", "GIT_COMMITTER_EMAIL=ruben@northquay.example")
	if out, err := g.command("", "clone", "--quiet", s.Repo.CloneURL, g.dir).CombinedOutput(); err != nil {
		t.Fatalf("clone: %v: %s", err, out)
	}
	return g
}

func (g *gitTool) command(input string, args ...string) *exec.Cmd {
	c := exec.Command("git", args...)
	c.Env, c.Stdin = g.env, strings.NewReader(input)
	return c
}

func (g *gitTool) run(input string, args ...string) string {
	g.t.Helper()
	out, err := g.command(input, append([]string{"-C", g.dir}, args...)...).Output()
	if err != nil {
		g.t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// push makes such a commit and pushes it to a branch.
func (g *gitTool) push(branch, mode, name, content string) string {
	g.t.Helper()
	id := g.commit(mode, name, content)
	g.run("", "push", "--quiet", "origin", id+":refs/heads/"+branch)
	return id
}

// commit puts one entry into the folder register/, on top of main.
func (g *gitTool) commit(mode, name, content string) string {
	g.t.Helper()
	kind, id := "blob", ""
	if mode == "160000" {
		kind, id = "commit", g.run("", "rev-parse", "origin/main")
	} else {
		id = g.run(content, "hash-object", "-w", "--stdin")
	}
	folder := g.run(fmt.Sprintf("%s %s %s\t%s\x00", mode, kind, id, name), "mktree", "-z", "--missing")
	root := g.run(g.run("", "ls-tree", "origin/main")+"\n040000 tree "+folder+"\tregister\n", "mktree", "--missing")
	return g.run("Something odd\n", "commit-tree", root, "-p", "origin/main")
}

// Whatever a proposal brings, the check says what is wrong and how to mend it; it
// never passes, the process goes on, and the next pull request is judged.
func TestApp_hostileProposalsAreFindings(t *testing.T) {
	s := stage(t, nil)
	found(t, s)
	g := newGitTool(t, s)
	cases := hostile(s.Documents[servicePath])
	heads := make([]string, len(cases))
	for i, c := range cases {
		branch := fmt.Sprintf("hostile-%d", i)
		heads[i] = g.push(branch, c.mode, c.path, c.content)
		must(s.As("rdevries").OpenPull(t.Context(), c.name, branch, ""))(t)
	}
	if out, err := g.command("", "-C", g.dir, "push", "origin", g.commit("100644", "..", "x")+":refs/heads/dots").CombinedOutput(); err == nil {
		t.Errorf("GitHub takes a path with ..: %s", out) // then the App would have to judge it here
	}
	for i, c := range cases {
		run := verdict(t, s, heads[i], func(demo.Check) bool { return true })
		if run.Conclusion != "failure" {
			t.Errorf("%s: the check says %s: %s", c.name, run.Conclusion, run.Output.Title)
		}
		if !strings.Contains(run.Output.Summary+run.Output.Text, c.code) {
			t.Errorf("%s: the check does not say %s:\n%s", c.name, c.code, run.Output.Summary)
		}
	}
	p := proposeService(t, s, "good")
	signed(t, s, p)
	idle(t, s)
	brokenConfiguration(t, s, p)
}

// brokenConfiguration: LAW 8.3, what is on the base past the check blocks every
// proposal until it is restored.
func brokenConfiguration(t *testing.T, s *demo.Story, p *proposal) {
	t.Helper()
	ctx := t.Context()
	good := must(s.Read(ctx, "main", ".vidimus.yml"))(t)
	must(s.Push(ctx, "isolheim", "main", "Broken", map[string][]byte{".vidimus.yml": edited(t, good, "roles:\n", "roles: [\n")}))(t)
	verdict(t, s, p.head, says("failure", "CFG001"))
	must(s.Push(ctx, "isolheim", "main", "Restored", map[string][]byte{".vidimus.yml": good}))(t)
	verdict(t, s, p.head, demo.Concludes("success"))
}
