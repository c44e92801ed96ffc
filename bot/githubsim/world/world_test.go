package world_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// newWorld makes a world whose events are collected.
func newWorld(t *testing.T) (*world.World, *[]world.Event) {
	t.Helper()
	events := &[]world.Event{}
	w, err := world.New(world.Settings{
		Dir: t.TempDir(), Now: func() time.Time { return at(0) }, Emit: func(e world.Event) { *events = append(*events, e) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return w, events
}

// within runs change as one write.
func within(t *testing.T, w *world.World, change func() error) {
	t.Helper()
	w.Lock()
	defer w.Unlock()
	if err := w.Write(change); err != nil {
		t.Fatal(err)
	}
}

func TestNew_refusesAFolderThatIsNotOurs(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "repositories", "mine")
	if err := os.MkdirAll(precious, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := world.New(world.Settings{Dir: dir, Now: func() time.Time { return at(0) }})
	if err == nil || !strings.Contains(err.Error(), "choose an empty one") {
		t.Errorf("New = %v, want that the folder is not the simulator's", err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Errorf("the folder was touched: %v", err)
	}
}

func TestNew_againInTheSameFolderKeepsTheKeyAlone(t *testing.T) {
	dir := t.TempDir()
	var keys []string
	for range 2 {
		w, err := world.New(world.Settings{Dir: dir, Now: func() time.Time { return at(0) }, Emit: func(world.Event) {}})
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, w.Key.Public())
		within(t, w, func() error {
			u, err := w.AddAccount(world.NewAccount{Login: "olga", Kind: world.KindUser})
			if err != nil {
				return err
			}
			_, err = w.AddRepo(world.NewRepo{ID: 7, Owner: u, Name: "r", Init: u})
			return err
		})
	}
	if keys[0] != keys[1] {
		t.Error("the second world signs with another key")
	}
}

func FuzzParseNodeID(f *testing.F) {
	f.Add("MDE3OlB1bGxSZXF1ZXN0UmV2aWV3MTQ0MDQzNTg3") // PullRequestReview 144043587, as GitHub wrote it
	f.Add("")
	f.Add("MDQ6VXNlcjE=")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, node string) {
		kind, id, err := world.ParseNodeID(node)
		if err == nil && world.NodeID(kind, id) != node {
			t.Errorf("ParseNodeID(%q) = %s %d, which is written %q", node, kind, id, world.NodeID(kind, id))
		}
	})
}

func TestNodeID_hasGitHubsOlderForm(t *testing.T) {
	const want = "MDE3OlB1bGxSZXF1ZXN0UmV2aWV3MTQ0MDQzNTg3"
	if got := world.NodeID("PullRequestReview", 144043587); got != want {
		t.Errorf("NodeID = %s, want %s", got, want)
	}
}

func TestParseLevel_wordsOfRESTAndOfRoles(t *testing.T) {
	for word, want := range map[string]world.Level{
		"pull": world.LevelRead, "read": world.LevelRead, "triage": world.LevelTriage, "push": world.LevelWrite, "write": world.LevelWrite,
		"": world.LevelWrite, "maintain": world.LevelMaintain, "admin": world.LevelAdmin,
	} {
		if got, known := world.ParseLevel(word); got != want || !known {
			t.Errorf("ParseLevel(%q) = %s, %v, want %s", word, got, known, want)
		}
	}
	if _, known := world.ParseLevel("owner"); known {
		t.Error("ParseLevel knows the word owner")
	}
}

// A used-up limit starts anew: nobody is locked out, and the count never says zero, at which clients stop by themselves.
func TestSpend_startsAnewWhenUsedUp(t *testing.T) {
	w, _ := newWorld(t)
	within(t, w, func() error {
		u, err := w.AddAccount(world.NewAccount{Login: "olga", Kind: world.KindUser})
		if err != nil {
			return err
		}
		token, err := w.AddToken(u)
		if err != nil {
			return err
		}
		for i := range 25 {
			if used, _ := w.Spend(token, 10, false); used < 1 || used > 9 {
				t.Errorf("request %d: %d of 10 used", i, used)
			}
		}
		before, _ := w.Spend(token, 10, true)
		if after, _ := w.Spend(token, 10, true); after != before {
			t.Errorf("a free request cost something: %d, then %d", before, after)
		}
		return nil
	})
}

func TestGrants(t *testing.T) {
	granted := map[string]string{"checks": "write", "members": "read"}
	for need, want := range map[[2]string]bool{
		{"checks", "read"}: true, {"checks", "write"}: true, {"members", "read"}: true, {"members", "write"}: false,
		{"issues", "read"}: false, {"checks", "admin"}: false,
	} {
		if got := world.Grants(granted, need[0], need[1]); got != want {
			t.Errorf("Grants(%v) = %v, want %v", need, got, want)
		}
	}
}

// A key that somebody else has lost or an address that somebody else has is nobody's to take.
func TestAddAccount_namesAndAddressesAreUniqueOnTheSite(t *testing.T) {
	w, _ := newWorld(t)
	add := func(n world.NewAccount) error {
		w.Lock()
		defer w.Unlock()
		return w.Write(func() error {
			_, err := w.AddAccount(n)
			return err
		})
	}
	if err := add(world.NewAccount{ID: 5, Login: "olga", Email: "olga@example.com", Kind: world.KindUser}); err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]world.NewAccount{
		"login in other case": {Login: "Olga"},
		"id":                  {ID: 5, Login: "b"},
		"address":             {Login: "c", Email: "OLGA@example.com"},
		"noreply address":     {Login: "d", Email: "5+olga@users.noreply.github.com"},
		"address with a line": {Login: "e", Email: "a\nb@example.com"},
		"negative id":         {ID: -1, Login: "f"},
		"long login":          {Login: strings.Repeat("a", 40)},
		"hyphen at the end":   {Login: "a-"},
	} {
		if refusal, is := world.IsRefusal(add(n)); !is || refusal.Status != 422 {
			t.Errorf("%s: %v, want 422", name, refusal)
		}
	}
}
