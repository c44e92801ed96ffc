package publish_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// told is what the newest entry says: kind, method and number of commits of the
// landing, and what deviated.
func told(t *testing.T, l *evidence.Ledger) string {
	t.Helper()
	number, _ := l.Head()
	r := must(l.Record(number))(t)
	f, d, ok, err := r.Decision()
	if err != nil || !ok {
		t.Fatalf("entry %d tells of no landing: %v", number, err)
	}
	words := []string{fmt.Sprint(number), string(r.Entry.Kind), f.Landing.Method, fmt.Sprint(len(f.Landing.Commits)), string(d.State)}
	for _, v := range d.Deviations {
		words = append(words, string(v.How)+" "+v.Path)
	}
	return strings.Join(words, ", ")
}

// One life of landings, each published by itself; what is signed has no deviation,
// whatever the merge method. LAW 9.2.
func TestPublish_everyKindOfLandingHasItsRecord(t *testing.T) {
	s := founded(t)
	signed := signedPolicy(t, s)
	stopped(t, s)
	p := newPress(t, s)
	step := func(want string) {
		t.Helper()
		try(t, p.run(t))
		l, tip := ledger(t, s)
		if got := told(t, l); got != want {
			t.Errorf("the newest entry says %q, want %q", got, want)
		}
		try(t, p.run(t))
		if _, again := ledger(t, s); again != tip {
			t.Errorf("published a second time, the branch moved from %s to %s", tip, again)
		}
	}

	merge(t, s, signed.Number, "squash")
	step("2, publication, squash, 1, signed")

	two, _ := propose(t, s, "two", map[string][]byte{policyPath: edited(t, s, policyPath, "\n## ", "\nOnce more.\n\n## ")},
		map[string][]byte{"README.md": []byte("Not governed.\n")})
	merge(t, s, two.Number, "rebase")
	step("3, publication, rebase, 2, deviation, bypass-merge " + policyPath)

	three, _ := propose(t, s, "three", map[string][]byte{policyPath: edited(t, s, policyPath, "Once more.", "Twice more.")})
	merge(t, s, three.Number, "merge")
	step("4, publication, merge, 1, deviation, bypass-merge " + policyPath)

	must(s.Push(t.Context(), "isolheim", "main", "Straight on", map[string][]byte{policyPath: edited(t, s, policyPath, "Twice more.", "Thrice.")}))(t)
	step("5, publication, direct, 1, deviation, direct-push " + policyPath)

	must(s.Push(t.Context(), "isolheim", "main", "Who signs", map[string][]byte{
		".vidimus.yml": append(edited(t, s, ".vidimus.yml", "version: 1", "version: 1"), "# a remark\n"...),
	}))(t)
	step("6, publication, direct, 1, deviation, direct-push .vidimus.yml")

	refolder(t, s, strings.Replace(gitAt(t, s, "ls-tree", "-z", "main:policy/"), path.Base(policyPath), path.Base(movedPath), 1))
	step("7, publication, direct, 1, deviation, direct-push " + policyPath + ", direct-push " + movedPath)
	tellsOneMove(t, s)

	_, before := ledger(t, s)
	must(s.Push(t.Context(), "isolheim", "main", "A word for readers", map[string][]byte{"README.md": []byte("Read me.\n")}))(t)
	try(t, p.run(t))
	if _, after := ledger(t, s); after != before {
		t.Error("a landing that changes nothing governed was published")
	}
}

// movedPath is where the policy goes.
const movedPath = "policy/use-of-cloud-services.md"

// tellsOneMove holds that both deviations of the newest entry name one issue, which
// speaks of the move.
func tellsOneMove(t *testing.T, s *demo.Story) {
	t.Helper()
	l, _ := ledger(t, s)
	number, _ := l.Head()
	r := must(l.Record(number))(t)
	var issues []int
	for _, name := range r.Statements() {
		if d, ok := must(r.Statement(name))(t).Predicate.(evidence.Deviation); ok {
			issues = append(issues, d.Issue)
		}
	}
	if len(issues) != 2 || issues[0] != issues[1] || issues[0] == 0 {
		t.Fatalf("the deviations name the issues %v, want one twice", issues)
	}
	for _, i := range must(s.As("isolheim").Issues(t.Context()))(t) {
		want := "moved from `" + policyPath + "` to `" + movedPath + "`, text unchanged"
		if i.Number == issues[0] && !strings.Contains(i.Body, want) {
			t.Errorf("issue %d does not say %q:\n%s", i.Number, want, i.Body)
		}
	}
}

// What is in the ledger is done, also for a process that knows nothing of it.
func TestPublish_killedBeforeItWroteDownPublishesNothingTwice(t *testing.T) {
	s := founded(t)
	signed := signedPolicy(t, s)
	stopped(t, s)
	p := newPress(t, s)
	restore := snapshotOf(t, p)
	p = newPress(t, s)
	merge(t, s, signed.Number, "merge")
	try(t, p.run(t))
	l, tip := ledger(t, s)
	try(t, p.store.Close())
	restore()
	p = newPress(t, s)
	try(t, p.run(t))
	again, tipAgain := ledger(t, s)
	if tip != tipAgain || len(again.Entries()) != len(l.Entries()) {
		t.Errorf("%d entries at %s, want the %d at %s", len(again.Entries()), tipAgain, len(l.Entries()), tip)
	}
	left := must(p.store.UnpublishedWitnesses(t.Context(), s.Repo.ID, s.Sim.Now().AddDate(1, 0, 0)))(t)
	if slices.ContainsFunc(left, func(w store.Witness) bool { return w.Pull == signed.Number }) {
		t.Error("statements that the publication carries are still taken for unpublished")
	}
}
