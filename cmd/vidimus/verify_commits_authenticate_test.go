package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// authenticated runs the command with --authenticate from the founding to a branch, and gives its exit
// code and what it says.
func (w *workshop) authenticated(root, branch string, more ...string) (code int, said string) {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	code = runVerifyCommits(context.Background(),
		append([]string{
			"verify", "commits", "--repo", w.dir, "--authenticate", "--trust-root", root, "--as-of",
			"2027-06-01",
		}, append(more, branch)...), nil, &stdout, &stderr)
	return code, stdout.String() + stderr.String()
}

// founded is a workshop with only its founding.
func founded(t *testing.T, commits string) (*workshop, string) {
	t.Helper()
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	return w, w.commit(step{branch: "main", author: "aoife", key: "aoife", files: w.founding(commits)})
}

// policy is a change of the governed document.
func policy(text string) map[string]string { return map[string]string{"policy/cloud.md": text} }

// holds checks that the chain holds.
func (w *workshop) holds(root string, more ...string) {
	w.t.Helper()
	if code, said := w.authenticated(root, "main", more...); code != exitClean || strings.Contains(said, "breaks") {
		w.t.Errorf("exit code %d, want a chain that holds:\n%s", code, said)
	}
}

// breaks checks that the chain breaks first at a commit, for a reason.
func (w *workshop) breaks(root, at, why string, more ...string) {
	w.t.Helper()
	code, said := w.authenticated(root, "main", more...)
	want := "the chain breaks first at " + at[:12] + ": "
	_, reason, found := strings.Cut(said, want)
	if code != exitNegative || !found || !strings.Contains(reason, why) {
		w.t.Errorf("exit code %d, want %q with %q:\n%s", code, want, why, said)
	}
}

func TestAuthenticate_signedHistoryHolds(t *testing.T) {
	w, root := founded(t, "personal-key")
	w.commit(step{branch: "main", author: "bruno", key: "bruno", files: policy("one\n")})
	w.branch("topic", "main")
	w.commit(step{branch: "topic", author: "aoife", key: "aoife", files: policy("two\n")})
	w.commit(step{branch: "main", author: "bruno", key: "bruno", merge: []string{"topic"}, taken: "topic"})
	w.holds(root)
}

func TestAuthenticate_keysOfTheParentDecide(t *testing.T) {
	w, root := founded(t, "personal-key")
	added := map[string]string{
		".vidimus.yml": strings.Replace(configuration("personal-key"), "roles:",
			"  stranger: {github: 7, login: s, name: Stranger, emails: [stranger@northquay.example]}\nroles:", 1),
		"keys/stranger.asc": string(w.keys["stranger"].File("s", keysMade)),
	}
	w.commit(step{branch: "main", author: "aoife", key: "aoife", files: added})
	w.commit(step{branch: "main", author: "stranger", key: "stranger", files: policy("by the new one\n")})
	w.holds(root)
	removed := map[string]string{"keys/bruno.asc": ""}
	w.commit(step{branch: "main", author: "bruno", key: "bruno", files: removed}) // his key still stands in the parent
	w.holds(root)
	gone := w.commit(step{branch: "main", author: "bruno", key: "bruno", files: policy("after\n")})
	w.breaks(root, gone, "is in no file of keys/")
}

func TestAuthenticate_keyRevokedForGoodWasNeverToBeTrusted(t *testing.T) {
	w, root := founded(t, "personal-key")
	forged := w.commit(step{branch: "main", author: "bruno", key: "bruno", files: policy("by whoever held the key\n")})
	w.holds(root)
	key, made := w.keys["bruno"], keyringtest.Says{Made: keysMade, Flags: []byte{3}}
	revoked := keyringtest.Armour("PUBLIC KEY BLOCK", key.Primary(), key.Revoke(key, keyringtest.Says{Made: keysMade.AddDate(1, 0, 0)}),
		keyringtest.UserID("Bruno"), key.Certify(key, "Bruno", made))
	w.commit(step{branch: "main", author: "aoife", key: "aoife", files: map[string]string{"keys/bruno.asc": string(revoked)}})
	w.breaks(root, forged, "revoked")
}

func TestAuthenticate_acceptedIsNotCalledGood(t *testing.T) {
	w, root := founded(t, "personal-key")
	w.commit(step{branch: "main", author: "bruno", files: map[string]string{"README.md": "not governed\n"}})
	w.commit(step{branch: "main", author: "bruno", key: "bruno", files: policy("one\n")})
	code, said := w.authenticated(root, "main")
	for _, want := range []string{"pass   ", "unsigned, but accepted: it changes nothing governed.", "2 commits, 1 good, 1 accepted as they are"} {
		if code != exitClean || !strings.Contains(said, want) {
			t.Errorf("exit code %d, want 0 and %q:\n%s", code, want, said)
		}
	}
}

func TestAuthenticate_keysThatACommitBringsDoNotJudgeIt(t *testing.T) {
	w, root := founded(t, "personal-key")
	takeover := w.commit(step{
		branch: "main", author: "stranger", key: "stranger",
		files: map[string]string{"keys/bruno.asc": string(w.keys["stranger"].File("s", keysMade))},
	})
	follower := w.commit(step{branch: "main", author: "stranger", key: "stranger", files: policy("evil\n")})
	w.breaks(root, takeover, "is in no file of keys/")
	if _, said := w.authenticated(root, "main"); !strings.Contains(said, follower[:12]) ||
		!strings.Contains(said, "it follows "+takeover[:12]) {
		t.Errorf("what follows the break is not called so:\n%s", said)
	}
}

func TestAuthenticate_mergeNeedsAllItsParents(t *testing.T) {
	w, root := founded(t, "personal-key")
	w.branch("topic", "main")
	w.commit(step{branch: "main", author: "aoife", key: "aoife", files: map[string]string{"keys/bruno.asc": ""}})
	w.commit(step{branch: "topic", author: "bruno", key: "bruno", files: policy("topic\n")})
	merge := w.commit(step{
		branch: "main", author: "bruno", key: "bruno", merge: []string{"topic"},
		files: policy("of his own\n"),
	})
	w.breaks(root, merge, "is in no file of keys/") // the topic's parent has his key, main's has not
}

func TestAuthenticate_mergesThatOnlyTakeNeedNoSignature(t *testing.T) {
	w, root := founded(t, "personal-key")
	w.branch("topic", "main")
	w.commit(step{branch: "topic", author: "bruno", key: "bruno", files: policy("topic\n")})
	w.commit(step{branch: "main", author: "aoife", key: "aoife", files: map[string]string{"policy/other.md": "main\n"}})
	w.commit(step{
		branch: "main", author: "aoife", committer: "github", key: "web-flow", merge: []string{"topic"},
		files: policy("topic\n"),
	})
	w.commit(step{branch: "main", author: "bruno", files: map[string]string{"README.md": "not governed\n"}})
	w.holds(root)
	w.branch("topic", "main")
	w.commit(step{branch: "topic", author: "bruno", key: "bruno", files: policy("again\n")})
	w.commit(step{branch: "main", author: "aoife", key: "aoife", files: policy("otherwise\n")})
	resolved := w.commit(step{
		branch: "main", author: "bruno", merge: []string{"topic"},
		files: policy("again, otherwise\n"),
	})
	w.breaks(root, resolved, "not signed")
}

func TestAuthenticate_mergeThatRevertsNeedsASignature(t *testing.T) {
	w, root := founded(t, "personal-key")
	w.branch("topic", "main")
	w.commit(step{branch: "topic", author: "bruno", key: "bruno", files: policy("topic\n")})
	w.commit(step{branch: "main", author: "aoife", key: "aoife", files: map[string]string{"policy/other.md": "main\n"}})
	reverts := w.commit(step{branch: "main", author: "stranger", merge: []string{"topic"}}) // keeps main's text
	w.breaks(root, reverts, "not signed")
}

func TestAuthenticate_hostKeyOnlyWhereTheRulesTakeIt(t *testing.T) {
	for commits, want := range map[string]bool{"host-key": true, "personal-key": false} {
		w, root := founded(t, commits)
		edit := w.commit(step{
			branch: "main", author: "bruno", committer: "github", key: "web-flow",
			files: policy("edited\n"),
		})
		if want {
			w.holds(root)
		} else {
			w.breaks(root, edit, "GitHub vouches")
		}
	}
	w, root := founded(t, "host-key")
	keys := w.commit(step{
		branch: "main", author: "bruno", committer: "github", key: "web-flow",
		files: map[string]string{"keys/bruno.asc": ""},
	})
	w.breaks(root, keys, "GitHub vouches")
}

func TestAuthenticate_whatIsNotBehindTheRootBreaks(t *testing.T) {
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	w.commit(step{branch: "main", author: "aoife", files: map[string]string{"README.md": "before\n"}})
	w.branch("early", "main")
	root := w.commit(step{branch: "main", author: "aoife", key: "aoife", files: w.founding("personal-key")})
	fork := w.commit(step{branch: "early", author: "bruno", key: "bruno", files: policy("early\n")})
	w.commit(step{branch: "main", author: "aoife", key: "aoife", merge: []string{"early"}, files: policy("merged\n")})
	w.breaks(root, fork, "lies before the trust root")
}

func TestAuthenticate_unreadableConfigurationBreaksWhatFollows(t *testing.T) {
	w, root := founded(t, "personal-key")
	w.commit(step{
		branch: "main", author: "aoife", key: "aoife",
		files: map[string]string{".vidimus.yml": "version: 1\nnonsense: true\n"},
	})
	after := w.commit(step{branch: "main", author: "bruno", key: "bruno", files: policy("after\n")})
	w.breaks(root, after, "gives no keys")
}

func TestAuthenticate_rootMustHaveAConfiguration(t *testing.T) {
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	first := w.commit(step{branch: "main", author: "aoife", key: "aoife", files: map[string]string{"README.md": "x\n"}})
	code, said := w.authenticated(first, "main")
	if code != exitCould || !strings.Contains(said, "it has no .vidimus.yml") {
		t.Errorf("exit code %d, said %q, want 2 and that the root has no configuration", code, said)
	}
}

// load puts a made organisation's repository onto the disk, with its evidence branch.
func (w *workshop) load(world *evidencetest.World) {
	w.t.Helper()
	err := world.Objects(func(id, kind string, raw []byte) error {
		if got := w.object(kind, raw); got != id {
			w.t.Errorf("object %s is stored as %s", id, got)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for name, id := range world.Refs {
		w.write(".git/"+name, []byte(id+"\n"))
	}
	files := map[string]string{}
	for path, file := range world.Branch {
		files[path] = string(file.Data)
	}
	delete(w.branches, "evidence")
	w.commit(step{branch: "evidence", author: "bruno", files: files})
}

// ledgerKeyFile writes the public key of a world's bot into a file.
func ledgerKeyFile(t *testing.T, world *evidencetest.World) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vidimus.asc")
	if err := os.WriteFile(path, world.Bot.PublicArmour(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAuthenticate_ledgerVouchesForSquashedLandings(t *testing.T) {
	world := evidencetest.New(".")
	world.Found()
	root := world.Main
	world.PublishPolicy()
	key := ledgerKeyFile(t, world)
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	w.load(world)
	w.holds(root, "--ledger-key", key)

	squashed := world.Main
	w.breaks(root, squashed, "GitHub") // without a key nobody has signed the ledger
	w.git("update-ref", "-d", "refs/heads/evidence")
	w.breaks(root, squashed, "GitHub", "--ledger-key", key)

	world.Deviate()
	w.load(world)
	w.breaks(root, world.Main, "", "--ledger-key", key)
}

func TestAuthenticate_ledgerOfAnotherKeyEndsIt(t *testing.T) {
	world := evidencetest.New(".")
	world.Found()
	root := world.Main
	world.PublishPolicy()
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	w.load(world)
	other := filepath.Join(t.TempDir(), "other.asc")
	if err := os.WriteFile(other, keyringtest.NewKey(t, "ed25519", keysMade).File("x", keysMade), 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := w.authenticated(root, "main", "--ledger-key", other)
	if code != exitCould || !strings.Contains(said, "verify ledger of branch evidence") {
		t.Errorf("exit code %d, said %q, want 2 and that the ledger does not verify", code, said)
	}
}
