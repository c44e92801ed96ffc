package report_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// desk is a policy owner's computer: a clone of a repository with a governed branch and a proposal, a stand-in
// for gpg that signs anything, and one for vidimus that says what it was asked.
type desk struct {
	t           *testing.T
	home, clone string
	env         []string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	home := t.TempDir()
	d := &desk{t: t, home: home, clone: filepath.Join(home, "clone")}
	d.env = []string{
		"HOME=" + home, "GIT_CONFIG_NOSYSTEM=1", "GIT_EDITOR=true", "GIT_TERMINAL_PROMPT=0",
		"PATH=" + filepath.Join(home, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
	d.write("bin/gpg", `#!/bin/sh
cat >/dev/null
echo '[GNUPG:] SIG_CREATED D 1 8 00 1 ABCD' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\n\nfake\n-----END PGP SIGNATURE-----\n'
`, 0o755)
	d.write("bin/vidimus", "#!/bin/sh\necho vidimus \"$@\"\n", 0o755)
	d.write(".gitconfig", fmt.Sprintf(`[user]
	name = Bruno Carvalhães
	email = bruno@northquay.example
[init]
	defaultBranch = main
[gpg]
	program = %s
[url "file://%s"]
	insteadOf = https://github.com/northquay/cloud-governance
`, filepath.Join(home, "bin/gpg"), filepath.Join(home, "origin.git")), 0o644)
	d.run(home, "git init -q --bare origin.git && git clone -q origin.git clone 2>/dev/null")
	d.write("clone/matrices/azure-platform.md", "one\n\ntwo\n\nthree\n", 0o644)
	d.write("clone/register/azure-platform.md", "register\n", 0o644)
	d.git("add -A", "commit -q -m first", "push -q origin HEAD:main", "switch -q -c container-images")
	return d
}

func (d *desk) write(name, content string, mode os.FileMode) {
	d.t.Helper()
	file := filepath.Join(d.home, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		d.t.Fatal(err)
	}
}

// run gives the commands to a shell that stops at the first that fails.
func (d *desk) run(dir, script string) string {
	d.t.Helper()
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir, cmd.Env = dir, d.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%v of\n%s\nsays\n%s", err, script, out)
	}
	return strings.TrimSpace(string(out))
}

func (d *desk) git(commands ...string) {
	d.t.Helper()
	for _, c := range commands {
		d.run(d.clone, "git "+c)
	}
}

func (d *desk) show(command string) string { d.t.Helper(); return d.run(d.clone, "git "+command) }

// propose makes three commits without signature, one of them empty and one by a colleague, with the governed
// branch merged in between.
func (d *desk) propose() {
	d.t.Helper()
	d.write("clone/matrices/azure-platform.md", "one, changed\n\ntwo\n\nthree\n", 0o644)
	d.git("commit -q -am 'change one'", "commit -q --allow-empty -m 'try again'")
	d.git("switch -q main")
	d.write("clone/register/azure-platform.md", "register, changed\n", 0o644)
	d.git("commit -q -am 'main goes on'", "push -q origin HEAD:main", "switch -q container-images", "merge -q --no-edit main")
	d.write("clone/matrices/azure-platform.md", "one, changed\n\ntwo\n\nthree, changed\n", 0o644)
	d.git("commit -q -am 'change three' --author 'Daan Mulder <daan@northquay.example>'", "push -q origin HEAD:container-images")
	d.git("switch -q main", "branch -q -D container-images")
}

// unsignedInput is what the check run is made from: every commit of the proposal is unsigned.
func (d *desk) unsignedInput() report.Input {
	in := blockedCases(d.t)["blocked-commits"]
	in.Decision.Commits, in.Decision.Problems = nil, nil
	for _, id := range strings.Fields(d.show("rev-list --no-merges origin/main..origin/container-images")) {
		in.Decision.Commits = append(in.Decision.Commits, decision.Commit{ID: id, Verdict: "unsigned", Author: "bcarvalhaes", Committer: "bcarvalhaes"})
		in.Decision.Problems = append(in.Decision.Problems, decision.Problem{Code: "SIG009", Commit: id})
	}
	return in
}

// pasted are the commands of a text that hold word, block by block.
func pasted(t *testing.T, markdown, word string) string {
	t.Helper()
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(markdown, -1) {
		if strings.Contains(m[1], word) {
			return m[1]
		}
	}
	t.Fatalf("no commands with %q in\n%s", word, markdown)
	return ""
}

// proposed are the commits of the proposal at the host, each as "signed author committer".
func (d *desk) proposed() []string {
	d.t.Helper()
	d.git("fetch -q origin")
	var found []string
	for _, id := range strings.Fields(d.show("rev-list --reverse origin/main..origin/container-images")) {
		state := "unsigned"
		if strings.Contains(d.show("cat-file commit "+id), "\ngpgsig ") {
			state = "signed"
		}
		found = append(found, state+" "+d.show("show -s --format='%ae %ce' "+id))
	}
	return found
}

func TestCommands_signAllCommitsAndChangeNoText(t *testing.T) {
	for _, isFork := range []bool{false, true} {
		d := newDesk(t)
		d.propose()
		before := d.show("rev-parse origin/container-images^{tree}")
		in := d.unsignedInput()
		in.Proposal.Fork = isFork
		d.run(d.clone, pasted(t, report.CheckRun(in).Summary, "git rebase"))
		const bruno, daan = "bruno@northquay.example", "daan@northquay.example"
		want := []string{"signed " + bruno + " " + bruno, "signed " + bruno + " " + bruno, "signed " + daan + " " + bruno}
		if got := d.proposed(); !slices.Equal(got, want) {
			t.Errorf("fork %v: afterwards the commits are %q, want %q", isFork, got, want)
		}
		if after := d.show("rev-parse origin/container-images^{tree}"); after != before {
			t.Errorf("fork %v: the documents changed: tree %s, before %s", isFork, after, before)
		}
	}
}

func TestCommands_ownAddressIsPutIntoOwnCommits(t *testing.T) {
	d := newDesk(t)
	d.write("clone/matrices/azure-platform.md", "changed\n", 0o644)
	d.git("-c user.email=bruno@home.example commit -q -am change", "push -q origin HEAD:container-images")
	d.git("config user.email bruno@home.example", "switch -q main", "branch -q -D container-images")
	in := blockedCases(t)["blocked-own-address"]
	d.run(d.clone, pasted(t, report.CheckRun(in).Summary, "--reset-author"))
	if got, want := d.proposed(), []string{"signed bruno@northquay.example bruno@northquay.example"}; !slices.Equal(got, want) {
		t.Errorf("afterwards the commits are %q, want %q", got, want)
	}
}

// TestCommands_othersAuthorshipIsNeverTaken: the author is set anew only where every commit is the proposer's.
func TestCommands_othersAuthorshipIsNeverTaken(t *testing.T) {
	in := blockedCases(t)["blocked-own-address"]
	other := goodCommit("5b0c11d2ee910000000000000000000000000003")
	other.Author = "dmulder"
	in.Decision.Commits = append(slices.Clone(in.Decision.Commits), other)
	if s := report.CheckRun(in).Summary; strings.Contains(s, "--reset-author") {
		t.Errorf("with a commit of Daan Mulder among them, the commands are\n%s", s)
	}
}

// TestCommands_appsAuthorshipIsNeverTaken: a commit by an App is nobody's in the roster, and known all the same.
func TestCommands_appsAuthorshipIsNeverTaken(t *testing.T) {
	in := blockedCases(t)["blocked-own-address"]
	in.Decision.Problems = slices.Clone(in.Decision.Problems)
	in.Decision.Problems[0].Text = "the address of the co-author, Bob <bob@home.example>, belongs to nobody in the roster"
	if s := report.CheckRun(in).Summary; strings.Contains(s, "--reset-author") {
		t.Errorf("the author is an App, a co-author is unknown, and the commands are\n%s", s)
	}
}

// TestCommands_addressIsSetOnlyWhereItIsWrong: a commit made in the browser has GitHub as its committer.
func TestCommands_addressIsSetOnlyWhereItIsWrong(t *testing.T) {
	in := blockedCases(t)["blocked-commits"]
	in.Decision.Problems = in.Decision.Problems[2:]
	if s := report.CheckRun(in).Summary; strings.Contains(s, "git config user.email") || !strings.Contains(s, "git rebase") {
		t.Errorf("only a commit by the browser is to be signed, and the commands are\n%s", s)
	}
}

func TestCommands_bringTheChangeUpToDate(t *testing.T) {
	for _, isFork := range []bool{false, true} {
		d := newDesk(t)
		d.write("clone/matrices/azure-platform.md", "one, changed\n\ntwo\n\nthree\n", 0o644)
		d.git("commit -q -S -am 'change one'", "push -q origin HEAD:container-images", "switch -q main", "branch -q -D container-images")
		d.write("clone/matrices/azure-platform.md", "one\n\ntwo\n\nthree, on main\n", 0o644)
		d.git("commit -q -am 'main goes on'", "push -q origin HEAD:main", "reset -q --hard HEAD~1")
		in := blockedCases(t)["blocked-moved"]
		in.Proposal.Fork = isFork
		d.run(d.clone, pasted(t, report.CheckRun(in).Summary, "git merge"))
		if got, want := d.show("show origin/container-images:matrices/azure-platform.md"), "one, changed\n\ntwo\n\nthree, on main"; got != want {
			t.Errorf("fork %v: the document is now %q, want %q", isFork, got, want)
		}
		if !strings.Contains(d.show("cat-file commit origin/container-images"), "\ngpgsig ") {
			t.Errorf("fork %v: the merge is not signed", isFork)
		}
	}
}

func TestCommands_showFindingsAndCommitTheMend(t *testing.T) {
	d := newDesk(t)
	d.propose()
	summary := report.CheckRun(blockedCases(t)["blocked-findings"]).Summary
	if out := d.run(d.clone, pasted(t, summary, "vidimus check")); !strings.HasSuffix(out, "vidimus check matrices/azure-platform.md") {
		t.Errorf("the commands say %q", out)
	}
	d.write("clone/matrices/azure-platform.md", "mended\n", 0o644)
	d.run(d.clone, pasted(t, summary, "git commit -S -am"))
	if got := d.show("show origin/container-images:matrices/azure-platform.md"); got != "mended" {
		t.Errorf("the document is now %q", got)
	}
}

// TestCommands_takeBackADeviation: a changed text comes back, a new file goes, a deleted one returns, and what
// was signed in the pull request is restored from there.
func TestCommands_takeBackADeviation(t *testing.T) {
	d := newDesk(t)
	base := d.show("rev-parse origin/main")
	d.write("clone/exit/m365.md", "as signed\n", 0o644)
	d.git("add -A", "commit -q -m 'signed in the pull request'", "push -q origin HEAD:refs/pull/39/head")
	head := d.show("rev-parse HEAD")
	d.git("switch -q main", "rm -q register/azure-platform.md")
	d.write("clone/matrices/azure-platform.md", "past the check\n", 0o644)
	d.write("clone/assurance/azure-platform.md", "new\n", 0o644)
	d.write("clone/exit/m365.md", "other than signed\n", 0o644)
	d.git("add -A", "commit -q -m evil", "push -q origin HEAD:main")

	gone := deviationOf(register(), decision.EvilMerge)
	gone.Deleted, gone.Mode = true, "000000"
	exit := deviationOf(decision.Document{Path: "exit/m365.md", ID: "EXI-M365", SHA256: digest("a")}, decision.EvilMerge)
	exit.SignedSHA256 = digest("b")
	deviations := []decision.Deviation{deviationOf(matrix(), decision.BypassMerge), deviationOf(assurance(), decision.BypassMerge), gone, exit}
	in := landed(t, deviations, matrix(), assurance())
	in.Decision.Base, in.Decision.Head = base, head
	_, body, _ := report.DeviationIssue(in)
	d.run(d.clone, pasted(t, body, "git restore"))

	const restored = "origin/restore-dev-2026-002"
	want := "exit/m365.md\nmatrices/azure-platform.md\nregister/azure-platform.md"
	if got := d.show("ls-tree -r --name-only " + restored); got != want {
		t.Errorf("the files are now\n%s, want\n%s", got, want)
	}
	for path, want := range map[string]string{
		"exit/m365.md": "as signed", "matrices/azure-platform.md": "one\n\ntwo\n\nthree", "register/azure-platform.md": "register",
	} {
		if got := d.show("show " + restored + ":" + path); got != want {
			t.Errorf("%s is now %q, want %q", path, got, want)
		}
	}
	if !strings.Contains(d.show("cat-file commit "+restored), "\ngpgsig ") {
		t.Error("the commit that takes it back is not signed")
	}
}

func TestCommands_acceptADeviation(t *testing.T) {
	d := newDesk(t)
	_, body, _ := report.DeviationIssue(deviationCases(t)["deviation-bypass"])
	d.run(d.clone, pasted(t, body, "git switch -c accept-"))
	d.write("clone/matrices/azure-platform.md", "version: \"1.2\"\n", 0o644)
	d.run(d.clone, pasted(t, body, "git push -u origin accept-"))
	if got := d.show("show origin/accept-dev-2026-002:matrices/azure-platform.md"); got != `version: "1.2"` {
		t.Errorf("the document is now %q", got)
	}
}
