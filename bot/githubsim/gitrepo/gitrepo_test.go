package gitrepo_test

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
)

// repo is a new repository in a folder of its own.
type repo struct {
	*gitrepo.Repository
	t   testing.TB
	dir string
}

func newRepo(t testing.TB) repo {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "r.git")
	r, err := gitrepo.Init(dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	return repo{r, t, dir}
}

// git runs the git binary on the repository, as a second opinion.
func (r repo) git(args ...string) string {
	r.t.Helper()
	out, err := exec.Command("git", append([]string{"--git-dir=" + r.dir}, args...)...).Output()
	if err != nil {
		r.t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimRight(string(out), "\n")
}

func person(second int) gitrepo.Ident {
	return gitrepo.Ident{Name: "Ada", Email: "ada@example.com", When: time.Unix(1_790_000_000+int64(second), 0).UTC()}
}

// commit makes a commit with the given files on top of parents; its date grows with second.
func (r repo) commit(second int, files map[string]string, parents ...string) string {
	r.t.Helper()
	tree := gitrepo.EmptyTree
	for path, content := range files {
		blob, err := r.Write(gitrepo.KindBlob, []byte(content))
		if err == nil {
			tree, err = r.Place(tree, gitrepo.Entry{Path: path, Mode: gitrepo.ModeFile, ID: blob})
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	draft := gitrepo.Draft{Tree: tree, Parents: parents, Author: person(second), Committer: person(second), Message: "commit\n"}
	c, err := r.WriteCommit(draft.Payload(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	return c.ID
}

func FuzzObject_isReadBackAsItWasWritten(f *testing.F) {
	r := newRepo(f)
	for _, seed := range []string{"", "x", "line\n", "\x00\xff", strings.Repeat("a", 70_000)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := r.Write(gitrepo.KindBlob, data)
		if err != nil {
			t.Fatal(err)
		}
		kind, got, err := r.Object(id)
		if err != nil || kind != gitrepo.KindBlob || !bytes.Equal(got, data) {
			t.Errorf("Object(%s) = %s %q, %v, want %q", id, kind, got, err, data)
		}
	})
}

func TestObject_gitAgrees(t *testing.T) {
	r := newRepo(t)
	id := r.commit(1, map[string]string{"a/b/c.md": "c\n", "a.md": "a\n", "a-b": "x", "a0": "y"})
	if got := r.git("cat-file", "-t", id); got != "commit" {
		t.Errorf("git says %s is a %s", id, got)
	}
	r.git("fsck", "--strict")
	entries, err := r.Walk(mustCommit(r, id).Tree)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.Mode+" "+string(e.Kind())+" "+e.ID+"\t"+e.Path)
	}
	if diff := cmp.Diff(r.git("ls-tree", "-r", "-t", id), strings.Join(lines, "\n")); diff != "" {
		t.Errorf("tree (-git +ours):\n%s", diff)
	}
	if _, _, err := r.Object(strings.Repeat("1", 40)); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a missing object: %v, want ErrNotFound", err)
	}
	for _, id := range []string{"", "HEAD", "../../../etc/passwd", strings.Repeat("A", 40)} {
		if _, _, err := r.Object(id); !errors.Is(err, gitrepo.ErrNotFound) {
			t.Errorf("Object(%q) = %v, want ErrNotFound", id, err)
		}
	}
}

func mustCommit(r repo, id string) *gitrepo.Commit {
	r.t.Helper()
	c, err := r.Commit(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func TestCommit_signatureIsTakenOutOfThePayload(t *testing.T) {
	r := newRepo(t)
	draft := gitrepo.Draft{Tree: gitrepo.EmptyTree, Author: person(1), Committer: person(2), Message: "Title\n\nBody\n\n gpgsig no header\n"}
	const signature = "-----BEGIN PGP SIGNATURE-----\n\nabc\n=def\n-----END PGP SIGNATURE-----"
	c, err := r.WriteCommit(draft.Payload(), signature+"\n")
	if err != nil {
		t.Fatal(err)
	}
	if c.Signature != signature || !bytes.Equal(c.Payload, draft.Payload()) || c.Message != draft.Message {
		t.Errorf("signature %q, payload %q", c.Signature, c.Payload)
	}
	if got := r.git("cat-file", "commit", c.ID); !strings.Contains(got, "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n =def\n -----END PGP SIGNATURE-----\n\nTitle") {
		t.Errorf("raw commit = %q", got)
	}
	if !c.Author.When.Equal(person(1).When) || c.Committer.Email != "ada@example.com" {
		t.Errorf("author %v, committer %v", c.Author, c.Committer)
	}
}

func TestIdent_keepsZoneAndLosesWhatWouldEndTheLine(t *testing.T) {
	zone := time.FixedZone("", -(3*3600 + 30*60))
	i := gitrepo.Ident{Name: " A <b>\ncommitter x ", Email: "a\n@<b>", When: time.Unix(1000, 0).In(zone)}
	if got, want := i.String(), "A bcommitter x <a@b> 1000 -0330"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}

func TestWriteCommit_refusesWhatIsNone(t *testing.T) {
	r := newRepo(t)
	for _, raw := range []string{"", "tree x\n", "author a\n\nmessage", "tree " + gitrepo.EmptyTree + "\nauthor A <a> x +0000\n\nm"} {
		if _, err := r.WriteCommit([]byte(raw), ""); err == nil {
			t.Errorf("WriteCommit(%q) took it", raw)
		}
	}
}

func TestPlace_removesEmptyFolders(t *testing.T) {
	r := newRepo(t)
	tree := mustCommit(r, r.commit(1, map[string]string{"a/b/c.md": "c\n", "d.md": "d\n"})).Tree
	tree, err := r.Place(tree, gitrepo.Entry{Path: "a/b/c.md"})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := r.Walk(tree)
	if err != nil || len(entries) != 1 || entries[0].Path != "d.md" {
		t.Errorf("Walk = %v, %v, want d.md alone", entries, err)
	}
	for _, path := range []string{".git", "a/../b", "a//b", "", "x/.."} {
		if _, err := r.Place(tree, gitrepo.Entry{Path: path, Mode: gitrepo.ModeFile, ID: strings.Repeat("1", 40)}); err == nil {
			t.Errorf("Place took the path %q", path)
		}
	}
	if _, err := r.Place(tree, gitrepo.Entry{Path: strings.Repeat("a/", 100) + "b", Mode: gitrepo.ModeFile, ID: strings.Repeat("1", 40)}); err == nil {
		t.Error("Place took a path 100 folders deep")
	}
}

func TestHistory_rangesAndForks(t *testing.T) {
	r := newRepo(t)
	//	root ── a ── b ──── m (b, d)
	//	   └─── c ── d ──/
	root := r.commit(1, map[string]string{"f": "0"})
	a := r.commit(2, map[string]string{"f": "1"}, root)
	c := r.commit(3, map[string]string{"g": "1", "f": "0"}, root)
	b := r.commit(5, map[string]string{"f": "2"}, a)
	d := r.commit(4, map[string]string{"g": "2", "f": "0"}, c)
	m := r.commit(6, map[string]string{"f": "2", "g": "2"}, b, d)
	ids := func(commits []*gitrepo.Commit) (ids []string) {
		for _, c := range commits {
			ids = append(ids, c.ID)
		}
		return ids
	}
	for name, test := range map[string]struct {
		base, head string
		want       []string
	}{
		"everything":  {"", m, []string{root, a, c, d, b, m}},
		"one side":    {b, d, []string{c, d}},
		"merged":      {a, m, []string{c, d, b, m}},
		"nothing new": {m, d, nil},
	} {
		got, err := r.Range(test.base, test.head)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, ids(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, pair := range [][2]string{{b, d}, {d, b}, {m, b}, {b, m}, {a, a}, {m, root}} {
		got, err := r.MergeBase(pair[0], pair[1])
		if err != nil || got != r.git("merge-base", pair[0], pair[1]) {
			t.Errorf("MergeBase(%v) = %s, %v, want git's %s", pair, got, err, r.git("merge-base", pair[0], pair[1]))
		}
	}
	line, err := r.FirstParents(root, m)
	if err != nil || len(line) != 3 || line[2].ID != a {
		t.Errorf("FirstParents = %v, %v, want m, b, a", ids(line), err)
	}
	stranger := r.commit(1, map[string]string{"s": "s"})
	if got, err := r.MergeBase(m, stranger); err != nil || got != "" {
		t.Errorf("MergeBase with a stranger = %q, %v, want none", got, err)
	}
}

// Two merges across each other have two merge bases: git calls either right.
func TestMergeBase_ofCrossedMergesIsOneOfGits(t *testing.T) {
	r := newRepo(t)
	root := r.commit(1, map[string]string{"f": "0"})
	a, b := r.commit(2, map[string]string{"f": "1"}, root), r.commit(3, map[string]string{"f": "0", "g": "1"}, root)
	left, right := r.commit(4, map[string]string{"f": "1", "g": "1"}, a, b), r.commit(5, map[string]string{"f": "1", "g": "1"}, b, a)
	got, err := r.MergeBase(left, right)
	if err != nil || !strings.Contains(r.git("merge-base", "--all", left, right), got) || got == "" {
		t.Errorf("MergeBase = %s, %v, want one of %s", got, err, r.git("merge-base", "--all", left, right))
	}
}

func TestChanges_eachKindOfChange(t *testing.T) {
	r := newRepo(t)
	long := strings.Repeat("a line that stays as it is\n", 20)
	from := r.commit(1, map[string]string{"kept.md": "k\n", "changed.md": "one\ntwo\n", "gone.md": "bye\n", "old name.md": long, "bin": "\x00a"})
	to := r.commit(2, map[string]string{"kept.md": "k\n", "changed.md": "one\n2\n", "new.md": "hi", "new näme.md": long, "bin": "\x00b"})
	changes, err := r.Changes(from, to)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, strings.Join([]string{c.Status, c.Previous, c.Path, string(rune('0' + c.Additions)), string(rune('0' + c.Deletions)), c.Patch}, "|"))
	}
	want := []string{
		"modified||bin|0|0|",
		"modified||changed.md|1|1|@@ -1,2 +1,2 @@\n one\n-two\n+2",
		"removed||gone.md|0|1|@@ -1 +0,0 @@\n-bye",
		"renamed|old name.md|new näme.md|0|0|",
		"added||new.md|1|0|@@ -0,0 +1 @@\n+hi\n\\ No newline at end of file",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	added, removed, modified, err := r.Touched(mustCommit(r, from).Tree, mustCommit(r, to).Tree)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"new näme.md", "new.md"}, {"gone.md", "old name.md"}, {"bin", "changed.md"}}, [][]string{added, removed, modified}); diff != "" {
		t.Errorf("touched (-want +got):\n%s", diff)
	}
	if none, err := r.Changes(to, to); err != nil || len(none) != 0 {
		t.Errorf("Changes of nothing = %v, %v", none, err)
	}
}

func TestPatchID_isTheSameOnAnotherBase(t *testing.T) {
	r := newRepo(t)
	text := func(top, end string) string { return top + strings.Repeat("middle\n", 20) + end }
	base := r.commit(1, map[string]string{"f": text("top\n", "end\n")})
	change := r.commit(2, map[string]string{"f": text("top\n", "END\n")}, base)
	moved := r.commit(3, map[string]string{"f": text("more\ntop\n", "end\n")}, base)
	rebased := r.commit(4, map[string]string{"f": text("more\ntop\n", "END\n")}, moved)
	other := r.commit(5, map[string]string{"f": text("top\n", "Else\n")}, base)
	id := func(from, to string) string {
		id, err := r.PatchID(from, to)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if id(base, change) != id(moved, rebased) {
		t.Error("the same change on another base has another name")
	}
	if id(base, change) == id(base, other) {
		t.Error("another change has the same name")
	}
}

func TestMergeTree_andConflict(t *testing.T) {
	r := newRepo(t)
	base := r.commit(1, map[string]string{"f": "0\n", "g": "0\n"})
	ours := r.commit(2, map[string]string{"f": "1\n", "g": "0\n"}, base)
	theirs := r.commit(3, map[string]string{"f": "0\n", "g": "1\n"}, base)
	clash := r.commit(4, map[string]string{"f": "2\n", "g": "0\n"}, base)
	want := mustCommit(r, r.commit(5, map[string]string{"f": "1\n", "g": "1\n"})).Tree
	if got, err := r.MergeTree(ours, theirs); err != nil || got != want {
		t.Errorf("MergeTree = %s, %v, want %s", got, err, want)
	}
	if _, err := r.MergeTree(ours, clash); !errors.Is(err, gitrepo.ErrConflict) {
		t.Errorf("MergeTree = %v, want ErrConflict", err)
	}
	if got, err := r.Replay(mustCommit(r, theirs), ours); err != nil || got != want {
		t.Errorf("Replay = %s, %v, want %s", got, err, want)
	}
	if _, err := r.Replay(mustCommit(r, clash), ours); !errors.Is(err, gitrepo.ErrConflict) {
		t.Errorf("Replay = %v, want ErrConflict", err)
	}
	if _, err := r.Replay(mustCommit(r, base), ours); err == nil {
		t.Error("Replay took a commit without a parent")
	}
}

func TestInit_refusesAnExistingFolder(t *testing.T) {
	if _, err := gitrepo.Init(t.TempDir(), "main"); err == nil {
		t.Error("Init took a folder that exists")
	}
}
