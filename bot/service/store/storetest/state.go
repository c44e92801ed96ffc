package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

const emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func atNoon() store.Config {
	c := noSweep()
	c.Now = noon
	return c
}

// must gives the value, or ends the test.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func repositoryFoundedIsNotForgotten(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	for _, r := range []store.Repository{
		{InstallationID: 7, FullName: "northquay/policies"},
		{InstallationID: 7, FullName: "northquay/policies", Founded: true},
		{InstallationID: 0, FullName: "northquay/governance"},
	} {
		commit(t, s, store.Batch{RepositoryID: 9, Repository: &r})
	}
	want := store.Repository{ID: 9, FullName: "northquay/governance", Founded: true}
	if diff := cmp.Diff(want, must(s.Repository(ctx, 9))(t)); diff != "" {
		t.Errorf("Repository (-want +got):\n%s", diff)
	}
	commit(t, s, store.Batch{RepositoryID: 2, Repository: &store.Repository{FullName: "northquay/other"}})
	want2 := []store.Repository{{ID: 2, FullName: "northquay/other"}, want}
	if diff := cmp.Diff(want2, must(s.Repositories(ctx))(t)); diff != "" {
		t.Errorf("Repositories (-want +got):\n%s", diff)
	}
}

func pullIsReadAsWritten(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	first := store.Pull{Number: 412, Branch: "main", Head: objectID(1), HeadSeen: noon(), State: store.PullOpen}
	second := first
	second.Number, second.Comment = 7, store.Comment{ID: 55, Digest: emptyDigest, Edited: noon().Add(time.Minute)}
	commit(t, s, store.Batch{RepositoryID: 1, Pulls: []store.Pull{first, second}})
	if diff := cmp.Diff([]store.Pull{second, first}, must(s.OpenPulls(ctx, 1))(t)); diff != "" {
		t.Errorf("OpenPulls (-want +got):\n%s", diff)
	}
	second.State, second.Head = store.PullMerged, objectID(2)
	commit(t, s, store.Batch{RepositoryID: 1, Pulls: []store.Pull{second}})
	if diff := cmp.Diff(second, must(s.Pull(ctx, 1, 7))(t)); diff != "" {
		t.Errorf("Pull (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]store.Pull{first}, must(s.OpenPulls(ctx, 1))(t)); diff != "" {
		t.Errorf("OpenPulls after the merge (-want +got):\n%s", diff)
	}
}

func witnessIsNumberedAndLearnsItsEntry(t *testing.T, open Open) {
	s := opened(t, open, atNoon())
	ctx := context.Background()
	one := store.Witness{Pull: 4, Statement: []byte(`{"n":1}`), Signature: []byte("-----BEGIN")}
	two := store.Witness{Pull: 4, Statement: []byte(`{"n":2}`), Signature: []byte("-----BEGIN")}
	commit(t, s, store.Batch{RepositoryID: 1, Witnesses: []store.Witness{one, two}})
	commit(t, s, store.Batch{RepositoryID: 1, Witnesses: []store.Witness{{Pull: 5, Statement: []byte(`{"n":3}`)}}})

	two.Entry = 12
	commit(t, s, store.Batch{RepositoryID: 1, Witnesses: []store.Witness{two}})
	two.Entry = 13 // it stands in 12 already, and does not move
	commit(t, s, store.Batch{RepositoryID: 1, Witnesses: []store.Witness{two}})

	one.Seq, one.Digest, one.Recorded = 1, hexDigest(one.Statement), noon()
	two.Seq, two.Digest, two.Recorded, two.Entry = 2, hexDigest(two.Statement), noon(), 12
	got := must(s.Witnesses(ctx, 1, 4))(t)
	if diff := cmp.Diff([]store.Witness{one, two}, got); diff != "" {
		t.Errorf("Witnesses (-want +got):\n%s", diff)
	}
}

func unpublishedWitnessesOnlyThoseRecordedEarlier(t *testing.T, open Open) {
	config := noSweep()
	var mu sync.Mutex
	now := noon()
	config.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s := opened(t, open, config)
	for i := range 3 {
		commit(t, s, store.Batch{RepositoryID: 1, Witnesses: []store.Witness{{Pull: 9 - i, Statement: fmt.Appendf(nil, "%d", i)}}})
		mu.Lock()
		now = now.Add(time.Hour)
		mu.Unlock()
	}
	commit(t, s, store.Batch{RepositoryID: 1, Witnesses: []store.Witness{{Pull: 9, Statement: []byte("0"), Entry: 3}}})
	got := must(s.UnpublishedWitnesses(context.Background(), 1, noon().Add(2*time.Hour)))(t)
	if len(got) != 1 || string(got[0].Statement) != "1" {
		t.Errorf("UnpublishedWitnesses = %+v, want the second statement alone", got)
	}
}

func bodyIsFoundByItsDigest(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	commit(t, s, store.Batch{RepositoryID: 1, Bodies: [][]byte{nil, []byte("I sign\r\n")}})
	if got := must(s.Body(ctx, 1, emptyDigest))(t); len(got) != 0 {
		t.Errorf("Body(empty) = %q, want nothing", got)
	}
	if got := must(s.Body(ctx, 1, hexDigest([]byte("I sign\r\n"))))(t); string(got) != "I sign\r\n" {
		t.Errorf("Body = %q, want the text as it was written", got)
	}
	_, err := s.Body(ctx, 1, hexDigest([]byte("I sign\n")))
	wantErr(t, "Body(unknown)", err, store.ErrNotFound)
	_, err = s.Body(ctx, 2, emptyDigest)
	wantErr(t, "Body(of another repository)", err, store.ErrNotFound)
}

func hexDigest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func landingDoneStaysDone(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	first := store.Landing{Commit: objectID(9), Before: objectID(1), Branch: "main", Pull: 4, State: store.LandingWanted, Landed: noon(), ActorID: 61000102, Actor: "abrannigan-nq"}
	second := store.Landing{Commit: objectID(2), Before: objectID(9), Branch: "main", State: store.LandingWanted}
	commit(t, s, store.Batch{RepositoryID: 1, Landings: []store.Landing{first}})
	commit(t, s, store.Batch{RepositoryID: 1, Landings: []store.Landing{second}})
	if diff := cmp.Diff([]store.Landing{first, second}, must(s.WantedLandings(ctx, 1))(t)); diff != "" {
		t.Errorf("WantedLandings (-want +got):\n%s", diff)
	}
	done := first
	done.State, done.Entry = store.LandingDone, 17
	commit(t, s, store.Batch{RepositoryID: 1, Landings: []store.Landing{done}})
	commit(t, s, store.Batch{RepositoryID: 1, Landings: []store.Landing{first}}) // seen again, by another delivery
	if diff := cmp.Diff(done, must(s.Landing(ctx, 1, objectID(9)))(t)); diff != "" {
		t.Errorf("Landing (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]store.Landing{second}, must(s.WantedLandings(ctx, 1))(t)); diff != "" {
		t.Errorf("WantedLandings after publication (-want +got):\n%s", diff)
	}
}

func branchIsReadAsWritten(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	for i := range 2 {
		want := store.Branch{Name: "release/2026", Commit: objectID(i)}
		commit(t, s, store.Batch{RepositoryID: 1, Branches: []store.Branch{want, {Name: "main", Commit: objectID(7)}}})
		if diff := cmp.Diff(want, must(s.Branch(context.Background(), 1, "release/2026"))(t)); diff != "" {
			t.Errorf("Branch (-want +got):\n%s", diff)
		}
	}
}

func cursorIsReadAsWritten(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	for _, want := range []store.Cursor{{DeliveryID: 12345678901, GUID: "guid-1", Delivered: noon()}, {DeliveryID: 3, GUID: "guid-0"}} {
		if err := s.SetCursor(ctx, 77, want); err != nil {
			t.Fatalf("SetCursor: %v", err)
		}
		if diff := cmp.Diff(want, must(s.Cursor(ctx, 77))(t)); diff != "" {
			t.Errorf("Cursor (-want +got):\n%s", diff)
		}
	}
	for _, bad := range []store.Cursor{{DeliveryID: -1}, {GUID: strings.Repeat("x", 101)}} {
		if err := s.SetCursor(ctx, 77, bad); err == nil {
			t.Errorf("SetCursor(%+v) worked", bad)
		}
	}
	if err := s.SetCursor(ctx, 0, store.Cursor{}); err == nil {
		t.Error("SetCursor of no app worked")
	}
}

func readUnknownIsNotFound(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	for call, err := range map[string]error{
		"Repository": second(s.Repository(ctx, 1)),
		"Branch":     second(s.Branch(ctx, 1, "main")),
		"Pull":       second(s.Pull(ctx, 1, 1)),
		"Body":       second(s.Body(ctx, 1, emptyDigest)),
		"Verdict":    second(s.Verdict(ctx, 1, objectID(1))),
		"Landing":    second(s.Landing(ctx, 1, objectID(1))),
		"Cursor":     second(s.Cursor(ctx, 1)),
	} {
		wantErr(t, call, err, store.ErrNotFound)
	}
}

func second[T any](_ T, err error) error { return err }

func writableFailsOnAClosedStore(t *testing.T, open Open) {
	s, err := open(noSweep())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	if err := s.Writable(context.Background()); err != nil {
		t.Errorf("Writable = %v, want nil", err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if err := s.Writable(context.Background()); err == nil {
		t.Error("Writable on a closed store worked")
	}
	if _, err := s.Ingest(context.Background(), delivery("a", 1)); err == nil {
		t.Error("Ingest on a closed store worked")
	}
}

func repositoriesShareNothing(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	commit(t, s, store.Batch{
		RepositoryID: 1,
		Branches:     []store.Branch{{Name: "main", Commit: objectID(1)}},
		Pulls:        []store.Pull{{Number: 1, Branch: "main", Head: objectID(1), State: store.PullOpen}},
		Witnesses:    []store.Witness{{Pull: 1, Statement: []byte("{}")}},
		Verdicts:     []store.Verdict{{Head: objectID(1), Number: 1, State: store.Intended}},
		Landings:     []store.Landing{{Commit: objectID(1), Before: objectID(2), Branch: "main", State: store.LandingWanted}},
	})
	for what, n := range map[string]int{
		"open pulls":        len(must(s.OpenPulls(ctx, 2))(t)),
		"witnesses":         len(must(s.Witnesses(ctx, 2, 1))(t)),
		"unpublished":       len(must(s.UnpublishedWitnesses(ctx, 2, noon().Add(24*time.Hour)))(t)),
		"intended verdicts": len(must(s.IntendedVerdicts(ctx, 2))(t)),
		"wanted landings":   len(must(s.WantedLandings(ctx, 2))(t)),
	} {
		if n != 0 {
			t.Errorf("%d %s of another repository, want none", n, what)
		}
	}
	wantErr(t, "Pull", second(s.Pull(ctx, 2, 1)), store.ErrNotFound)
	wantErr(t, "Verdict", second(s.Verdict(ctx, 2, objectID(1))), store.ErrNotFound)
}
