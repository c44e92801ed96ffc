package gitstore_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

func entry(mode, name, id string) string { return mode + " " + name + "\x00" + id }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// What a tree can hold and no work tree would: each is listed as what it is, by the
// path that Git has, and nothing leads out of the tree.
func TestFiles_listsHostileTreesAsTheyAre(t *testing.T) {
	r := newBare(t)
	text, target := r.blob("text\n"), r.blob("../../etc/passwd")
	large := strings.Repeat("x", 10<<20)
	sub := r.tree(entry("100644", "passwd", text))
	commit := r.commit("main", r.tree(
		entry("40000", "..", sub), entry("40000", ".git", sub), entry("100644", "a\\b", text), entry("100644", "bad\xff", text),
		entry("100755", "exe", text), entry("100644", "large", r.blob(large)), entry("120000", "link", target),
		entry("100664", "old", text), entry("160000", "sub", strings.Repeat("ab", 20)),
	))
	m := mirror(t)
	if err := m.Fetch(t.Context(), r.remote()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range must(m.Files(commit, everything))(t) {
		got = append(got, fmt.Sprintf("%s %s %d %.8s", f.Mode, f.Path, f.Size, f.SHA256))
	}
	plain, module := digest("text\n"), strings.Repeat("ab", 20)
	want := []string{
		"100644 ../passwd 5 " + plain[:8], "100644 .git/passwd 5 " + plain[:8], `100644 a\b 5 ` + plain[:8],
		`100644 bad\xff 5 ` + plain[:8], "100755 exe 5 " + plain[:8], "100644 large 10485760 " + digest(large)[:8],
		"120000 link 16 " + digest("../../etc/passwd")[:8], "100644 old 5 " + plain[:8], "160000 sub 40 " + digest(module)[:8],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Files (-want +got):\n%s", diff)
	}
	onlyLink := must(m.Files(commit, func(p string) bool { return p == "link" }))(t)
	if len(onlyLink) != 1 {
		t.Errorf("asked for one file, %d came", len(onlyLink))
	}
	if raw, whole, err := m.Blob(r.blob(large), 1<<20); raw != nil || whole || err != nil {
		t.Errorf("a blob over the limit: %d bytes, %t, %v", len(raw), whole, err)
	}
	if raw, whole, err := m.Blob(text, 5); string(raw) != "text\n" || !whole || err != nil {
		t.Errorf("a blob of the limit: %q, %t, %v", raw, whole, err)
	}

	files := must(m.FS(commit))(t)
	for _, name := range []string{"../passwd", "/link", "sub", "none", "exe/below", ""} {
		if _, err := files.Open(name); err == nil {
			t.Errorf("%q can be opened", name)
		}
	}
	if raw, err := fs.ReadFile(files, "link"); string(raw) != "../../etc/passwd" || err != nil {
		t.Errorf("the link reads %q, %v; want where it points to, unfollowed", raw, err)
	}
}

func TestFiles_boundsTheDepth(t *testing.T) {
	r := newBare(t)
	tree := r.tree(entry("100644", "x", r.blob("x")))
	for range 40 {
		tree = r.tree(entry("40000", "d", tree))
	}
	commit := r.commit("main", tree)
	m := mirror(t)
	if err := m.Fetch(t.Context(), r.remote()); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Files(commit, everything); err == nil || !strings.Contains(err.Error(), "nested deeper") {
		t.Errorf("Files = %v, want that it is nested too deep", err)
	}
}

func TestFS_isTheTreeOfTheCommit(t *testing.T) {
	r := newBare(t)
	inner := r.tree(entry("100644", "b.txt", r.blob("b")), entry("100644", "c.txt", r.blob("cc")))
	commit := r.commit("main", r.tree(entry("100644", "a.txt", r.blob("a")), entry("40000", "folder", inner)))
	m := must(gitstore.OpenRepository(r.dir))(t)
	files := must(m.FS(commit))(t)
	var walked []string
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		walked = append(walked, fmt.Sprint(name, " ", d.IsDir()))
		return err
	})
	want := []string{". true", "a.txt false", "folder true", "folder/b.txt false", "folder/c.txt false"}
	if diff := cmp.Diff(want, walked); diff != "" || err != nil {
		t.Errorf("walk (-want +got): %v\n%s", err, diff)
	}
	folder := must(files.Open("folder"))(t)
	some := must(folder.(fs.ReadDirFile).ReadDir(1))(t)
	rest := must(folder.(fs.ReadDirFile).ReadDir(5))(t)
	if len(some) != 1 || len(rest) != 1 {
		t.Errorf("ReadDir gives %d and %d entries, want 1 and 1", len(some), len(rest))
	}
	if _, err := folder.Read(nil); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a folder can be read: %v", err)
	}
	if err := folder.Close(); err != nil {
		t.Error(err)
	}
	if info := must(fs.Stat(files, "folder/c.txt"))(t); info.Size() != 2 || info.Name() != "c.txt" {
		t.Errorf("Stat says %s, %d bytes", info.Name(), info.Size())
	}
	if _, err := m.FS(strings.Repeat("0", 40)); !notFound(err) {
		t.Errorf("FS of a commit that is not there: %v", err)
	}
}
