package app_test

import (
	"net/http"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
)

// entryOrMove waits until the ledger has so many entries, or the other branch moved away
// from where it was; it gives where that branch stands.
func entryOrMove(t *testing.T, s *demo.Story, count int, other, was string) (now string) {
	t.Helper()
	ctx := t.Context()
	read := ""
	err := demo.Await(ctx, "an entry in the ledger", func() (bool, error) {
		var err error
		if now, err = s.As("isolheim").Branch(ctx, other); err != nil || now != was {
			return true, err
		}
		tip, err := s.As("isolheim").Branch(ctx, "evidence")
		if err != nil || tip == read {
			return false, err
		}
		read = tip
		ledger, _, err := s.Ledger(ctx)
		return err == nil && len(ledger.Entries()) >= count, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// Whoever may push can put an older state of the ledger, which our key signed, on a
// branch of another name. It must not become the one that governs: an older
// configuration would, with people who hold its roles no more. LAW 8.3.
func TestApp_anOlderCopyOfTheLedgerOnAnotherBranchGovernsNothing(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	if err := s.Found(ctx); err != nil {
		t.Fatal(err)
	}
	old := must(s.As("isolheim").Branch(ctx, "evidence"))(t)
	const path = "policy/cloud-usage-policy.md"
	must(s.Push(ctx, "isolheim", "main", "Past everybody", map[string][]byte{path: s.Documents[path]}))(t)
	entry(t, s, 2)
	err := s.As("rdevries").Call(ctx, http.MethodPost, "/repos/"+s.Repo.FullName+"/git/refs", map[string]string{"ref": "refs/heads/aaa", "sha": old}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.StopApp(); err != nil {
		t.Fatal(err)
	}
	if err := s.RestartApp(ctx); err != nil {
		t.Fatal(err)
	}
	must(s.Push(ctx, "isolheim", "main", "Again", map[string][]byte{path: append(s.Documents[path], "\nAnd more.\n"...)}))(t)
	if now := entryOrMove(t, s, 3, "aaa", old); now != old {
		t.Errorf("branch aaa went from %s to %s: the App took it for the evidence branch", old, now)
	}
}
