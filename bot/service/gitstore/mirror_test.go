package gitstore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

func TestOpenRepository_opensWhatIsNamed(t *testing.T) {
	r := newBare(t)
	tip := r.commit("main", r.run("", "mktree"))
	top := t.TempDir()
	work := filepath.Join(top, "work")
	r.run("", "clone", "--quiet", r.dir, work)
	inner := filepath.Join(work, "inner.git")
	r.run("", "clone", "--quiet", "--bare", r.dir, inner)
	innerTip := bare{t, inner}.commit("main", tip+"^{tree}", tip)
	linked := filepath.Join(top, "linked")
	r.run("", "worktree", "add", "--quiet", linked, "main")
	below := filepath.Join(work, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"bare":                    {r.dir, tip},
		"work tree":               {work, tip},
		"folder of a work tree":   {below, tip},
		"bare inside a work tree": {inner, innerTip},
		"linked work tree":        {linked, tip},
	} {
		m, err := gitstore.OpenRepository(c.path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := m.Branch("main"); got != c.want || err != nil {
			t.Errorf("%s: main stands at %s, %v, want %s", name, got, err, c.want)
		}
	}
	if _, err := gitstore.OpenRepository(t.TempDir()); err == nil || !strings.Contains(err.Error(), "open repository") {
		t.Errorf("a folder without repository: %v", err)
	}
}

func TestMirror_knowsWhatTheRemoteHas(t *testing.T) {
	r := newBare(t)
	first := r.commit("main", r.run("", "mktree"))
	second := r.commit("other", first+"^{tree}", first)
	r.run("", "update-ref", "refs/pull/7/head", second)
	m := mirror(t)
	if err := m.Fetch(t.Context(), r.remote(), 7); err != nil {
		t.Fatal(err)
	}
	branches := must(m.Branches())(t)
	if len(branches) != 2 || branches["main"] != first || branches["other"] != second {
		t.Errorf("branches %v", branches)
	}
	if head, err := m.PullHead(7); head != second || err != nil {
		t.Errorf("PullHead(7) = %s, %v", head, err)
	}
	for name, err := range map[string]error{
		"branch":       failure(m.Branch("none")),
		"pull request": failure(m.PullHead(8)),
		"commit":       failure(m.Commit(strings.Repeat("1", 40))),
		"no id":        failure(m.Commit("main")),
		"fetch":        m.FetchCommit(t.Context(), r.remote(), strings.Repeat("1", 40)),
		"fetch no id":  m.FetchCommit(t.Context(), r.remote(), "--upload-pack=x"),
	} {
		if !notFound(err) {
			t.Errorf("%s that is not there: %v, want ErrNotFound", name, err)
		}
	}
	if err := m.Fetch(t.Context(), r.remote()); err != nil {
		t.Errorf("fetching again: %v", err)
	}
	if err := m.Fetch(t.Context(), gitstore.Remote{URL: filepath.Join(r.dir, "nothing")}); err == nil {
		t.Error("a remote that is not there can be fetched")
	}
}

func failure[T any](_ T, err error) error { return err }

// A force-push takes nothing away from the mirror, and a deleted branch is forgotten
// only when it is asked about.
func TestMirror_neverForgetsCommits(t *testing.T) {
	r := newBare(t)
	first := r.commit("main", r.run("", "mktree"))
	second := r.commit("main", first+"^{tree}", first)
	m := mirror(t)
	fetch := func() {
		t.Helper()
		if err := m.Fetch(t.Context(), r.remote()); err != nil {
			t.Fatal(err)
		}
	}
	fetch()
	other := r.commit("main", first+"^{tree}", first, second)
	r.run("", "update-ref", "refs/heads/main", first)
	fetch()
	if got := must(m.Branch("main"))(t); got != first {
		t.Errorf("main stands at %s after the force-push, want %s", got, first)
	}
	must(m.Commit(second))(t)
	if err := m.FetchCommit(t.Context(), r.remote(), second); err != nil {
		t.Errorf("a commit that is there already: %v", err)
	}
	r.run("", "config", "uploadpack.allowAnySHA1InWant", "true")
	if err := m.FetchCommit(t.Context(), r.remote(), other); err != nil {
		t.Errorf("a commit that no reference holds: %v", err)
	}

	if err := m.Prune(t.Context(), r.remote(), "main"); err != nil {
		t.Fatal(err)
	}
	must(m.Branch("main"))(t)
	r.run("", "update-ref", "-d", "refs/heads/main")
	if err := m.Prune(t.Context(), r.remote(), "main"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Branch("main"); !notFound(err) {
		t.Errorf("the branch is remembered: %v", err)
	}
	must(m.Commit(second))(t)
}
