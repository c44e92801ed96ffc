package commitsig_test

import (
	"crypto"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// update rewrites the golden texts; review what changes.
var update = flag.Bool("update", false, "rewrite testdata")

// told is one verdict of each kind, as people are told it.
type told struct {
	name    string
	verdict commitsig.Verdict
}

// textCases make a verdict of each word, and of each reason that has words of its own.
func textCases(t *testing.T) []told {
	w := newWorld(t)
	own := by(alice, alice)
	judge := func(raw []byte) commitsig.Verdict { return commitsig.Verify(raw, w.ring, seen) }
	signed := func(k *keyringtest.Key, c keyringtest.Commit, says keyringtest.Says) commitsig.Verdict {
		return judge(k.SignCommit(c, says))
	}
	cases := []told{
		{"good", signed(w.alice, own, now())},
		{"good, another author", signed(w.alice, by(bob, alice), now())},
		{"vouched", signed(w.host, by(alice, github), now())},
		{"unsigned", judge(own.Payload())},
		{"unknown key", commitsig.Verify(w.alice.SignCommit(own, now()), keyring.Ring{}, seen)},
		{"changed", judge([]byte(strings.Replace(string(w.alice.SignCommit(own, now())), "Wording", "wording", 1)))},
		{"from the future", signed(w.alice, own, keyringtest.Says{Made: seen.Add(time.Hour)})},
		{"older than its key", signed(w.alice, own, keyringtest.Says{Made: made.Add(-time.Hour)})},
		{"ended", signed(w.alice, own, keyringtest.Says{Made: when, Life: time.Minute})},
		{"weak digest", signed(w.alice, own, keyringtest.Says{Made: when, Hash: crypto.SHA1})},
		{"another person", signed(w.alice, by(alice, bob), now())},
		{"address of nobody", signed(w.alice, by(alice, "A <a@example.net>"), now())},
		{"file of nobody", signed(w.stray, own, now())},
		{"our own key", signed(w.bot, own, now())},
		{"host for nobody", signed(w.host, by("X <x@example.org>", github), now())},
		{"host for another committer", signed(w.host, own, now())},
		{"malformed commit", judge([]byte("tree x\n"))},
		{"malformed signature", judge(keyringtest.Signed(own.Payload(), []byte("hello\n"), "gpgsig"))},
		{"critical part", signed(w.alice, own, keyringtest.Says{Made: when, Notation: "x@example.org"})},
	}
	return slices.Concat(cases, keyTexts(t), clockTexts(t))
}

// clockTexts make verdicts that rest on a time, by each clock: only a witness can say when a commit was first seen.
func clockTexts(t *testing.T) []told {
	k := keyringtest.NewKey(t, "ed25519", made)
	short := keyringtest.Says{Made: made, Flags: []byte{3}, KeyLife: 100 * 24 * time.Hour}
	file := keyring.File{
		Path:  "keys/alice.asc",
		Bytes: keyringtest.Armour("PUBLIC KEY BLOCK", k.Primary(), keyringtest.UserID("A"), k.Certify(k, "A", short)),
	}
	ring, _ := keyring.New([]keyring.File{file}, people())
	raw := k.SignCommit(by(alice, alice), now())
	var cases []told
	for _, clock := range []commitsig.Clock{commitsig.VerifiedAt, commitsig.AsOf, commitsig.ClaimedTime} {
		terms := commitsig.Terms{Seen: seen, Clock: clock}
		cases = append(cases, told{"expired, by the clock " + string(clock), commitsig.Judge(raw, ring, terms)})
		if clock != commitsig.ClaimedTime {
			terms.Seen = made
			cases = append(cases, told{"from the future, by the clock " + string(clock), commitsig.Judge(raw, ring, terms)})
		}
	}
	return cases
}

// keyTexts make the verdicts that a key's own state gives.
func keyTexts(t *testing.T) []told {
	k := keyringtest.NewKey(t, "ed25519", made)
	self := keyringtest.Says{Made: made, Flags: []byte{3}}
	state := func(name string, at time.Time, packets ...[]byte) told {
		all := slices.Concat([][]byte{k.Primary(), keyringtest.UserID("A")}, packets)
		file := keyring.File{Path: "keys/alice.asc", Bytes: keyringtest.Armour("PUBLIC KEY BLOCK", all...)}
		ring, _ := keyring.New([]keyring.File{file}, people())
		return told{name, commitsig.Verify(k.SignCommit(by(alice, alice), now()), ring, at)}
	}
	short, certifies := self, self
	short.KeyLife, certifies.Flags = 100*24*time.Hour, []byte{1}
	compromised, superseded := byte(2), byte(1)
	bound := k.Certify(k, "A", self)
	return []told{
		state("expired", seen, k.Certify(k, "A", short)),
		state("may only certify", seen, k.Certify(k, "A", certifies)),
		state("not bound", seen),
		state("bound with SHA-1", seen, k.Certify(k, "A", keyringtest.Says{Made: made, Hash: crypto.SHA1, Flags: []byte{3}})),
		state("compromised", seen, bound, k.Revoke(k, keyringtest.Says{Made: seen.AddDate(0, 1, 0), Reason: &compromised})),
		state("superseded", seen, bound, k.Revoke(k, keyringtest.Says{Made: when.AddDate(0, -1, 0), Reason: &superseded})),
	}
}

func TestVerify_textsForPeople(t *testing.T) {
	const golden = "testdata/texts.golden"
	fingerprints := regexp.MustCompile(`[0-9A-F]{40}`)
	var b strings.Builder
	words := map[commitsig.Word]bool{}
	for _, c := range textCases(t) {
		v := c.verdict
		words[v.Word] = true
		if got := v.Found(); got+" "+v.Mend != v.Text && got != v.Text {
			t.Errorf("%s: Mend %q is not the end of Text %q", c.name, v.Mend, v.Text)
		}
		if counts := v.Word == commitsig.Good; counts != (v.Mend == "") {
			t.Errorf("%s: %s with the mend %q", c.name, v.Word, v.Mend)
		}
		fmt.Fprintf(&b, "%s: %s\n%s\n\n", c.name, v.Word, fingerprints.ReplaceAllString(v.Text, "FINGERPRINT"))
	}
	for _, word := range commitsig.Words() {
		if !words[word] {
			t.Errorf("no case says %s", word)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("texts (-want +got), -update rewrites them:\n%s", diff)
	}
}
