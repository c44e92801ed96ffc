package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// verdicts runs the command with the table as output and gives the verdict of each commit.
func verdicts(t *testing.T, code int, args ...string) map[string]string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := runVerifyCommits(context.Background(), append([]string{"verify", "commits", "--format", "tsv"}, args...),
		strings.NewReader(""), &stdout, &stderr); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, stdout.String(), stderr.String())
	}
	found := map[string]string{}
	for line := range strings.Lines(stdout.String()) {
		if fields := strings.Split(line, "\t"); len(fields) == 6 && fields[0] != "commit" {
			found[fields[0]] = fields[1]
		}
	}
	return found
}

// history makes a workshop with n good commits by bruno after the founding.
func history(t *testing.T, n int) (*workshop, []string) {
	t.Helper()
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	ids := []string{w.commit(step{branch: "main", author: "aoife", key: "aoife", files: w.founding("personal-key")})}
	for i := range n {
		ids = append(ids, w.commit(step{
			branch: "main", author: "bruno", key: "bruno",
			files: map[string]string{"policy/cloud.md": fmt.Sprint(i, "\n")},
		}))
	}
	return w, ids
}

func TestVerifyCommits_anyKindOfRepository(t *testing.T) {
	w, ids := history(t, 5)
	other := t.TempDir()
	clone := func(name string, args ...string) string {
		dir := filepath.Join(other, name)
		w.git(append(append([]string{"clone", "-q"}, args...), "file://"+w.dir, dir)...)
		return dir
	}
	alternates := filepath.Join(other, "alternates")
	w.git("clone", "-q", "--shared", w.dir, alternates)
	packed := clone("packed")
	w.git("-C", packed, "repack", "-adq")
	w.git("-C", packed, "commit-graph", "write", "--reachable")
	below := filepath.Join(w.dir, "below")
	if err := os.Mkdir(below, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"loose": w.dir, "a folder in it": below, "bare": clone("bare.git",
			"--bare"), "packed with a commit graph": packed, "alternates": alternates,
	} {
		if got := verdicts(t, exitClean, "--repo", dir); len(got) != len(ids) {
			t.Errorf("%s: %d commits, want %d", name, len(got), len(ids))
		}
	}
}

func TestVerifyCommits_shallowRepositorySaysSo(t *testing.T) {
	w, ids := history(t, 5)
	dir := filepath.Join(t.TempDir(), "shallow")
	w.git("clone", "-q", "--depth", "2", "file://"+w.dir, dir)
	var stdout, stderr bytes.Buffer
	if code := runVerifyCommits(context.Background(), []string{"verify", "commits", "--repo", dir}, nil, &stdout,
		&stderr); code != exitClean {
		t.Fatalf("exit code %d\n%s", code, stderr.String())
	}
	want := "the repository is shallow; what lies before its boundary was not read: " + ids[4]
	if !strings.Contains(stderr.String(), want) || !strings.Contains(stderr.String(), "2 commits, all good") {
		t.Errorf("stderr %q, want %q and 2 commits", stderr.String(), want)
	}
}

func TestVerifyCommits_replacedAndGraftedHistoryIsNotBelieved(t *testing.T) {
	w, ids := history(t, 3)
	evil := w.commit(step{branch: "evil", author: "bruno", files: map[string]string{"policy/cloud.md": "evil\n"}})
	w.git("replace", ids[2], evil)
	if got := verdicts(t, exitClean, "--repo", w.dir, "main"); len(got) != 4 || got[ids[2]] != "good" {
		t.Errorf("with a replaced commit: %v, want the 4 true ones", got)
	}
	if err := os.WriteFile(filepath.Join(w.dir, ".git", "info", "grafts"), []byte(ids[3]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := verdicts(t, exitClean, "--repo", w.dir, "main"); len(got) != 4 {
		t.Errorf("with a graft: %d commits, want 4", len(got))
	}
}

func TestVerifyCommits_objectWithOtherBytesEndsIt(t *testing.T) {
	w, ids := history(t, 2)
	file := func(id string) string { return filepath.Join(w.dir, ".git", "objects", id[:2], id[2:]) }
	data, err := os.ReadFile(file(ids[1]))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file(ids[2])); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file(ids[2]), data, 0o444); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := runVerifyCommits(context.Background(), []string{"verify", "commits", "--repo", w.dir, "--base", ids[0]}, nil,
		&stdout, &stderr)
	if code != exitCould || !strings.Contains(stderr.String(), ids[2]) {
		t.Errorf("exit code %d, stderr %q, want 2 and the commit named", code, stderr.String())
	}
}

func TestVerifyCommits_configurationOfTheBaseCounts(t *testing.T) {
	w, ids := history(t, 1)
	files := map[string]string{".vidimus.yml": strings.ReplaceAll(configuration("personal-key"), "bruno@northquay.example",
		"stranger@northquay.example"), "keys/bruno.asc": string(w.keys["stranger"].File("x", keysMade))}
	w.branch("topic", "main")
	takeover := w.commit(step{branch: "topic", author: "stranger", key: "stranger", files: files})
	after := w.commit(step{
		branch: "topic", author: "stranger", key: "stranger",
		files: map[string]string{"policy/cloud.md": "evil\n"},
	})
	got := verdicts(t, exitNegative, "--repo", w.dir, "main..topic")
	if got[takeover] != "unknown-key" || got[after] != "unknown-key" || got[ids[1]] != "" {
		t.Errorf("verdicts %v: the keys that a change brings must not judge it", got)
	}
}

func TestVerifyCommits_hostKey(t *testing.T) {
	w, _ := history(t, 0)
	id := w.commit(step{
		branch: "main", author: "bruno", committer: "github", key: "web-flow",
		files: map[string]string{"policy/cloud.md": "edited\n"},
	})
	if got := verdicts(t, exitNegative, "--repo", w.dir); got[id] != "vouched" {
		t.Errorf("verdict %q, want vouched", got[id])
	}
	verdicts(t, exitClean, "--repo", w.dir, "--host-key")
}

func TestVerifyCommits_clocks(t *testing.T) {
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	k := w.keys["bruno"]
	short := keyringtest.Says{Made: keysMade, Flags: []byte{3}, KeyLife: 60 * 24 * time.Hour}
	files := w.founding("personal-key")
	files["keys/bruno.asc"] = string(keyringtest.Armour("PUBLIC KEY BLOCK", k.Primary(), keyringtest.UserID("b"),
		k.Certify(k, "b", short)))
	w.commit(step{branch: "main", author: "aoife", key: "aoife", files: files})
	id := w.commit(step{branch: "main", author: "bruno", key: "bruno", files: map[string]string{"policy/cloud.md": "x\n"}})
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitNegative, "expired-key"},
		{[]string{"--as-of", "2026-02-15"}, exitClean, "good"},
		{[]string{"--as-of", "2026-03-02T11:59:59Z"}, exitClean, "good"},
		{[]string{"--as-of", "2026-03-02T13:00:00+01:00"}, exitNegative, "expired-key"},
		{[]string{"--as-of", "2026-01-15"}, exitNegative, "bad"},
		{[]string{"--clock", "committer"}, exitClean, "good"},
	} {
		if got := verdicts(t, c.code, append([]string{"--repo", w.dir}, c.args...)...); got[id] != c.want {
			t.Errorf("%v: verdict %q, want %q", c.args, got[id], c.want)
		}
	}
}

func TestVerifyCommits_sha256Repository(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repo")
	if err := exec.Command("git", "init", "-q", "-b", "main", "--object-format=sha256", dir).Run(); err != nil {
		t.Skipf("this git makes no SHA-256 repositories: %v", err)
	}
	w, _ := history(t, 0)
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.Mkdir(keys, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(keys, "bruno.asc"), w.keys["bruno"].File("b", keysMade), 0o600); err != nil {
		t.Fatal(err)
	}
	w.dir = dir
	c := keyringtest.Commit{Author: address("bruno"), When: w.when, Message: "x\n", Tree: w.git("hash-object", "-t", "tree", "-w", os.DevNull)}
	payload := c.Payload()
	raw := keyringtest.Signed(payload, keyringtest.Armour("SIGNATURE",
		w.keys["bruno"].Sign(payload, keyringtest.Says{Made: w.when})), "gpgsig-sha256")
	file := filepath.Join(t.TempDir(), "commit")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	id := w.git("hash-object", "-t", "commit", "-w", file)
	w.git("update-ref", "refs/heads/main", id)
	if got := verdicts(t, exitClean, "--repo", dir, "--keys", keys); got[id] != "good" {
		t.Errorf("verdicts %v, want %s good", got, id)
	}
}

func TestVerifyCommits_terminalIsNotSteered(t *testing.T) {
	w, _ := history(t, 0)
	tree := w.git("rev-parse", "main^{tree}")
	c := keyringtest.Commit{
		Author: "\x1b[31mEvil\u202e\r <e@example.org>", When: w.when, Message: "x\n", Tree: tree,
		Parents: []string{w.git("rev-parse", "main")},
	}
	c.Author = strings.ReplaceAll(c.Author, "\r", "")
	id := w.object("commit", c.Payload())
	var stdout, stderr bytes.Buffer
	code := runVerifyCommits(context.Background(), []string{"verify", "commits", "--repo", w.dir, "main.." + id}, nil,
		&stdout, &stderr)
	if code != exitNegative || strings.ContainsAny(stdout.String()+stderr.String(), "\x1b\u202e") ||
		!strings.Contains(stdout.String(), `\u001b[31mEvil\u202e`) {
		t.Errorf("exit code %d, stdout %q", code, stdout.String())
	}
}

func TestTextPrinter_longTextListsOnlyWhatDoesNotCount(t *testing.T) {
	for n, want := range map[int]int{99: 100, 100: 1} { // commits that count, lines of commits
		var out bytes.Buffer
		p := newTextPrinter(&out, commitTrust{}, paint{})
		for i := range n + 1 {
			c := judgedCommit{
				id: fmt.Sprintf("%040d", i), counts: i != 50,
				verdict: commitsig.Verdict{Word: commitsig.Unsigned, Text: "The commit is not signed."},
			}
			if err := p.commit(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.finish(nil); err != nil {
			t.Fatal(err)
		}
		listed := strings.Count(out.String(), "good ") + strings.Count(out.String(), "bad ")
		if listed != want || strings.Count(out.String(), "unsigned: the commit is not signed.") != 1 {
			t.Errorf("%d commits of which one does not count: %d are listed, want %d", n+1, listed, want)
		}
	}
}

func TestVerifyCommits_jsonIsOneDocument(t *testing.T) {
	w, ids := history(t, 3)
	var stdout, stderr bytes.Buffer
	if code := runVerifyCommits(context.Background(),
		[]string{
			"verify", "commits", "--repo", w.dir, "--format", "json", "--as-of",
			"2026-06-01",
		}, nil, &stdout, &stderr); code != exitClean {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	var got struct {
		jsonCommitsHead
		Commits []jsonCommit
		Summary jsonSummary
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, stdout.String())
	}
	if got.Format != "vidimus-verify-commits/1" || got.Clock != "as-of" || got.AsOf != "2026-06-01T00:00:00Z" ||
		len(got.Commits) != 4 || got.Summary.Count != 4 {
		t.Errorf("JSON %+v", got)
	}
	first := got.Commits[3]
	if first.Commit != ids[0] || first.Person != "aoife" || first.Algorithm != "Ed25519, SHA-256" ||
		first.Committer.Name != "Aoife Brannigan" || first.Text == "" {
		t.Errorf("last commit %+v, want aoife's founding", first)
	}
}

func TestVerifyCommits_corpusByTheCommand(t *testing.T) {
	const made = "../../../shared/corpus/commits/made"
	if _, err := os.Stat(made); err != nil {
		t.Skipf("the corpus of signed commits is not there: %v", err)
	}
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	files, err := filepath.Glob(made + "/*.commit")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"good-ed25519-sha256", "bad-message", "malformed-two-gpgsig-same", "unsigned-plain",
		"good-ssh-ed25519", "wrong-person-committer",
	} {
		raw, err := os.ReadFile(filepath.Join(made, name+".commit"))
		if err != nil {
			t.Fatal(err)
		}
		id := w.object("commit", raw)
		var stdout, stderr bytes.Buffer
		runVerifyCommits(context.Background(),
			[]string{
				"verify", "commits", "--repo", w.dir, "--keys", made + "/keys", "--people", made + "/people.tsv",
				"--as-of", "2026-06-01T12:05:00Z", "--format", "tsv", "--stdin",
			},
			strings.NewReader(id+"\n"), &stdout, &stderr)
		want, _, _ := strings.Cut(name, "-")
		if name == "wrong-person-committer" {
			want = "wrong-person"
		}
		if !strings.Contains(stdout.String(), id+"\t"+want+"\t") {
			t.Errorf("%s: %q, want %s; %s", name, stdout.String(), want, stderr.String())
		}
	}
	if len(files) < 200 {
		t.Errorf("%d made cases, want over 200", len(files))
	}
}
