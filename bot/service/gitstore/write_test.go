package gitstore_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// change is one of the evidence branch, "signed" with a word.
func change(parent string, emptied []string, files map[string]string) gitstore.Change {
	c := gitstore.Change{
		Parent: parent, Emptied: emptied, Files: map[string][]byte{}, Message: "Entry\n",
		Author: gitstore.Author{Name: "bot", Email: "bot@x.example", When: time.Unix(1_764_000_000, 0)},
		Sign: func([]byte) ([]byte, error) {
			return []byte("-----BEGIN PGP SIGNATURE-----\n\nword\n-----END PGP SIGNATURE-----\n"), nil
		},
	}
	for name, text := range files {
		c.Files[name] = []byte(text)
	}
	return c
}

func paths(t *testing.T, r bare, commit string) []string {
	t.Helper()
	return strings.Fields(r.run("", "ls-tree", "-r", "--name-only", commit))
}

func TestWrite_changesWhatIsNamedAndNothingElse(t *testing.T) {
	r := newBare(t)
	m := must(gitstore.OpenRepository(r.dir))(t)
	first := must(m.Write(change("", nil, map[string]string{"a/b": "1", "a.txt": "2", "a-b": "3", "site/x": "4", "site/y/z": "5"})))(t)
	second := must(m.Write(change(first, []string{"site/"}, map[string]string{"site/new": "6", "a/c": "7"})))(t)
	if diff := cmp.Diff([]string{"a-b", "a.txt", "a/b", "a/c", "site/new"}, paths(t, r, second)); diff != "" {
		t.Errorf("files after the second (-want +got):\n%s", diff)
	}
	r.run("", "update-ref", "refs/heads/evidence", second)
	r.run("", "fsck", "--strict") // the order of names in trees is git's
	raw := r.run("", "cat-file", "commit", second)
	if !strings.Contains(raw, "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n word\n -----END PGP SIGNATURE-----\n\nEntry") {
		t.Errorf("commit:\n%s", raw)
	}
	again := must(m.Write(change(first, []string{"site/"}, map[string]string{"site/new": "6", "a/c": "7"})))(t)
	if again != second {
		t.Errorf("the same change is the commit %s and then %s", second, again)
	}
	c := change(first, nil, nil)
	c.Sign = func([]byte) ([]byte, error) { return nil, errors.New("no key") }
	if _, err := m.Write(c); err == nil || !strings.Contains(err.Error(), "no key") {
		t.Errorf("Write without signature: %v", err)
	}
	if _, err := m.Write(change(strings.Repeat("1", 40), nil, nil)); !notFound(err) {
		t.Errorf("Write on a commit that is not there: %v", err)
	}
}

// A push moves the branch from where it was read, or does nothing.
func TestPush_neverForces(t *testing.T) {
	r := newBare(t)
	m := mirror(t)
	first := must(m.Write(change("", nil, map[string]string{"a": "1"})))(t)
	if err := m.Push(t.Context(), r.remote(), "evidence", first); err != nil {
		t.Fatal(err)
	}
	ours := must(m.Write(change(first, nil, map[string]string{"a": "2"})))(t)
	theirs := r.commit("evidence", first+"^{tree}", first)
	if err := m.Push(t.Context(), r.remote(), "evidence", ours); !errors.Is(err, gitstore.ErrRejected) {
		t.Errorf("Push over another's commit = %v, want ErrRejected", err)
	}
	if got := r.run("", "rev-parse", "evidence"); got != theirs {
		t.Errorf("the branch stands at %s, want %s", got, theirs)
	}
	if err := m.Fetch(t.Context(), r.remote()); err != nil {
		t.Fatal(err)
	}
	ours = must(m.Write(change(theirs, nil, map[string]string{"a": "2"})))(t)
	for range 2 { // what stands there already is good
		if err := m.Push(t.Context(), r.remote(), "evidence", ours); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.run("", "rev-parse", "evidence"); got != ours {
		t.Errorf("the branch stands at %s, want %s", got, ours)
	}
	if err := m.Push(t.Context(), gitstore.Remote{URL: r.dir + "nothing"}, "evidence", ours); err == nil {
		t.Error("a push to nowhere is taken for done")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("skipped: no shell for a hook")
	}
	refuse(t, r)
	ours = must(m.Write(change(ours, nil, map[string]string{"a": "3"})))(t)
	if err := m.Push(t.Context(), r.remote(), "evidence", ours); !errors.Is(err, gitstore.ErrRejected) {
		t.Errorf("Push that a rule refuses = %v, want ErrRejected", err)
	}
}
