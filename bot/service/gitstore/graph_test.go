package gitstore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// The graph is git's, on random histories with merges of two and three parents.
func TestGraph_agreesWithGit(t *testing.T) {
	if testing.Short() {
		t.Skip("asks git about 40 histories; not with -short")
	}
	r := newBare(t)
	random := rand.New(rand.NewPCG(5, 23))
	tree := r.run("", "mktree")
	commits := []string{r.commit("main", tree)}
	for range 40 {
		parents := []string{commits[random.IntN(len(commits))]}
		for random.IntN(3) == 0 && len(parents) < 3 {
			if p := commits[random.IntN(len(commits))]; !slices.Contains(parents, p) {
				parents = append(parents, p)
			}
		}
		id := r.run("", append([]string{"commit-tree", tree, "-m", fmt.Sprint(len(commits)), "-p"}, strings.Split(strings.Join(parents, " -p "), " ")...)...)
		commits = append(commits, id)
	}
	for i, id := range commits {
		r.run("", "update-ref", fmt.Sprintf("refs/heads/c%d", i), id)
	}
	m := mirror(t)
	if err := m.Fetch(t.Context(), r.remote()); err != nil {
		t.Fatal(err)
	}
	sorted := func(out string) []string {
		lines := strings.Fields(out)
		slices.Sort(lines)
		return lines
	}
	for range 25 {
		a, b := commits[random.IntN(len(commits))], commits[random.IntN(len(commits))]
		bases := must(m.MergeBases(a, b))(t)
		if diff := cmp.Diff(sorted(r.run("", "merge-base", "--all", a, b)), bases); diff != "" {
			t.Errorf("merge bases of %s and %s (-git +mirror):\n%s", a, b, diff)
		}
		between := must(m.Range(a, b))(t)
		for i, id := range between {
			for _, p := range must(m.Commit(id))(t).Parents {
				if slices.Index(between, p) > i {
					t.Errorf("%s comes before its parent %s", id, p)
				}
			}
		}
		slices.Sort(between)
		if diff := cmp.Diff(sorted(r.run("", "rev-list", a+".."+b)), between, emptyIsNil()); diff != "" {
			t.Errorf("range %s..%s (-git +mirror):\n%s", a, b, diff)
		}
		if got, want := must(m.Reaches(a, b))(t), slices.Contains(strings.Fields(r.run("", "rev-list", a)), b); got != want {
			t.Errorf("Reaches(%s, %s) = %t, want %t", a, b, got, want)
		}
		line := must(m.FirstParents("", a))(t)
		if diff := cmp.Diff(strings.Fields(r.run("", "rev-list", "--first-parent", "--reverse", a)), line); diff != "" {
			t.Errorf("first parents of %s (-git +mirror):\n%s", a, diff)
		}
	}
	last := commits[len(commits)-1]
	if _, err := m.FirstParents(strings.Repeat("1", 40), last); !errors.Is(err, gitstore.ErrRewritten) {
		t.Errorf("FirstParents since a commit that is not there: %v, want ErrRewritten", err)
	}
}

func emptyIsNil() cmp.Option {
	return cmp.FilterValues(func(a, b []string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
}

// Six thousand commits and three thousand files are far over what GitHub's lists give.
func TestMirror_largeRepositoryIsReadWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 6,000 commits; not with -short")
	}
	const commits, files = 6000, 3000
	r := newBare(t)
	var stream strings.Builder
	for i := range commits {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter a <a@a.example> %d +0000\ndata 1\nx\n", 1_700_000_000+i)
		if i < files {
			text := fmt.Sprintf("document %d\n", i)
			fmt.Fprintf(&stream, "M 100644 inline policy/%04d.md\ndata %d\n%s\n", i, len(text), text)
		}
	}
	r.run(stream.String(), "fast-import", "--quiet")
	tip := r.run("", "rev-parse", "main")
	m := must(gitstore.OpenRepository(r.dir))(t)
	if n := len(must(m.FirstParents("", tip))(t)); n != commits {
		t.Errorf("%d first parents, want %d", n, commits)
	}
	if n := len(must(m.Range(r.run("", "rev-parse", "main~5999"), tip))(t)); n != commits-1 {
		t.Errorf("%d commits in the range, want %d", n, commits-1)
	}
	listed := must(m.Files(tip, everything))(t)
	if len(listed) != files || listed[files-1].Path != "policy/2999.md" || listed[7].SHA256 != digest("document 7\n") {
		t.Errorf("%d files, want %d, with their bytes", len(listed), files)
	}
	seen := 0
	err := m.Objects([]string{tip}, func(o gitstore.Object) error { seen++; return nil })
	if want := len(strings.Split(r.run("", "rev-list", "--objects", "main"), "\n")); seen != want || err != nil {
		t.Errorf("%d objects, %v; git has %d", seen, err, want)
	}
	stop := errors.New("enough")
	if err := m.Objects([]string{tip}, func(gitstore.Object) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Objects goes on after an error: %v", err)
	}
}
