package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

func commitAllOrNothing(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	ingest(t, s, delivery("a", 1), delivery("other", 2))
	err := s.Commit(ctx, store.Batch{
		RepositoryID: 1,
		Repository:   &store.Repository{FullName: "northquay/policies"},
		Done:         []string{"a", "other"}, // the second is not this repository's
		Publish:      true,
	})
	wantErr(t, "Commit", err, store.ErrNotFound)
	_, err = s.Repository(ctx, 1)
	wantErr(t, "Repository", err, store.ErrNotFound)
	if q := queue(t, s); q.Open != 2 || q.Wishes != 0 {
		t.Errorf("Queue = %+v, want both open and no wish", q)
	}
}

func commitRefusesWhatCannotBe(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	long := strings.Repeat("x", 1000)
	head := objectID(1)
	pull := store.Pull{Number: 1, Branch: "main", Head: head, State: store.PullOpen}
	landing := store.Landing{Commit: head, Before: objectID(2), Branch: "main", State: store.LandingWanted}
	verdict := store.Verdict{Head: head, Number: 1, State: store.Intended}
	for name, b := range map[string]store.Batch{
		"no repository":          {Pulls: []store.Pull{pull}},
		"wish for no repository": {Publish: true},
		"negative repository":    {RepositoryID: -1},
		"too many rows":          {RepositoryID: 1, Done: make([]string, 10_001)},
		"failure without error":  {RepositoryID: 1, Failed: []store.Failure{{DeliveryID: "a"}}},
		"repository name":        {RepositoryID: 1, Repository: &store.Repository{FullName: long}},
		"branch name":            {RepositoryID: 1, Branches: []store.Branch{{Commit: head}}},
		"branch commit":          {RepositoryID: 1, Branches: []store.Branch{{Name: "main", Commit: "HEAD"}}},
		"pull number":            {RepositoryID: 1, Pulls: []store.Pull{{}}},
		"pull branch":            {RepositoryID: 1, Pulls: []store.Pull{{Number: 1, Head: head, State: store.PullOpen}}},
		"pull state":             {RepositoryID: 1, Pulls: []store.Pull{{Number: 1, Branch: "main", Head: head, State: "ajar"}}},
		"pull head":              {RepositoryID: 1, Pulls: []store.Pull{{Number: 1, Branch: "main", Head: strings.ToUpper(objectID(10)), State: store.PullOpen}}},
		"comment digest":         {RepositoryID: 1, Pulls: []store.Pull{{Number: 1, Branch: "main", Head: head, State: store.PullOpen, Comment: store.Comment{Digest: head}}}},
		"witness of no pull":     {RepositoryID: 1, Witnesses: []store.Witness{{Statement: []byte("{}")}}},
		"empty witness":          {RepositoryID: 1, Witnesses: []store.Witness{{Pull: 1}}},
		"huge witness":           {RepositoryID: 1, Witnesses: []store.Witness{{Pull: 1, Statement: make([]byte, 1<<20)}}},
		"huge signature":         {RepositoryID: 1, Witnesses: []store.Witness{{Pull: 1, Statement: []byte("{}"), Signature: make([]byte, 1<<20)}}},
		"negative entry":         {RepositoryID: 1, Witnesses: []store.Witness{{Pull: 1, Statement: []byte("{}"), Entry: -1}}},
		"huge body":              {RepositoryID: 1, Bodies: [][]byte{make([]byte, 1<<20)}},
		"verdict number":         {RepositoryID: 1, Verdicts: []store.Verdict{{Head: head, State: store.Intended}}},
		"verdict state":          {RepositoryID: 1, Verdicts: []store.Verdict{{Head: head, Number: 1}}},
		"verdict external id":    {RepositoryID: 1, Verdicts: []store.Verdict{{Head: head, Number: 1, State: store.Posted, ExternalID: long}}},
		"verdict digest":         {RepositoryID: 1, Verdicts: []store.Verdict{{Head: head, Number: 1, State: store.Posted, Digest: "x"}}},
		"verdict head":           {RepositoryID: 1, Verdicts: []store.Verdict{verdict, {Number: 1, State: store.Posted}}},
		"landing commit":         {RepositoryID: 1, Landings: []store.Landing{{Before: head, Branch: "main", State: store.LandingDone}}},
		"landing before":         {RepositoryID: 1, Landings: []store.Landing{landing, {Commit: objectID(3), Branch: "main", State: store.LandingDone}}},
		"landing branch":         {RepositoryID: 1, Landings: []store.Landing{{Commit: head, Before: head, State: store.LandingDone}}},
		"landing state":          {RepositoryID: 1, Landings: []store.Landing{{Commit: head, Before: head, Branch: "main"}}},
		"landing actor":          {RepositoryID: 1, Landings: []store.Landing{{Commit: head, Before: head, Branch: "main", State: store.LandingDone, ActorID: -1}}},
		"landing actor's login":  {RepositoryID: 1, Landings: []store.Landing{{Commit: head, Before: head, Branch: "main", State: store.LandingDone, Actor: long}}},
		"landing pull":           {RepositoryID: 1, Landings: []store.Landing{{Commit: head, Before: head, Branch: "main", State: store.LandingDone, Pull: -1}}},
	} {
		if err := s.Commit(context.Background(), b); err == nil {
			t.Errorf("%s: Commit worked", name)
		}
	}
	for call, empty := range map[string]int{
		"wanted landings":   len(must(s.WantedLandings(context.Background(), 1))(t)),
		"intended verdicts": len(must(s.IntendedVerdicts(context.Background(), 1))(t)),
		"open pulls":        len(must(s.OpenPulls(context.Background(), 1))(t)),
	} {
		if empty != 0 {
			t.Errorf("%d %s, want none", empty, call)
		}
	}
}

func commitTwiceIsAsGoodAsOnce(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	ingest(t, s, delivery("a", 1))
	b := store.Batch{
		RepositoryID: 1,
		Done:         []string{"a"},
		Repository:   &store.Repository{InstallationID: 7, FullName: "northquay/policies"},
		Branches:     []store.Branch{{Name: "main", Commit: objectID(1)}},
		Pulls:        []store.Pull{{Number: 4, Branch: "main", Head: objectID(2), State: store.PullOpen}},
		Witnesses:    []store.Witness{{Pull: 4, Statement: []byte(`{"n":1}`)}},
		Bodies:       [][]byte{[]byte("I approve"), {}},
		Verdicts:     []store.Verdict{{Head: objectID(2), Number: 1, State: store.Posted}},
		Landings:     []store.Landing{{Commit: objectID(3), Before: objectID(1), Branch: "main", State: store.LandingWanted}},
	}
	for range 2 {
		commit(t, s, b)
		if got := len(must(s.Witnesses(ctx, 1, 4))(t)); got != 1 {
			t.Errorf("%d witnesses, want 1", got)
		}
		if got := len(must(s.WantedLandings(ctx, 1))(t)); got != 1 {
			t.Errorf("%d wanted landings, want 1", got)
		}
		if q := queue(t, s); q.Open != 0 {
			t.Errorf("%d open, want none", q.Open)
		}
	}
	// A delivery that is done cannot fail any more: a late word changes nothing.
	commit(t, s, store.Batch{RepositoryID: 1, Failed: failures(errors.New("late"), "a")})
	if q := queue(t, s); q.Open != 0 {
		t.Errorf("%d open after a late failure, want none", q.Open)
	}
}

func commitPublishWishIsWorked(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	published := make(chan int64, 1)
	start(t, s, store.Workers{Publish: func(_ context.Context, id int64) error {
		published <- id
		return nil
	}})
	commit(t, s, store.Batch{RepositoryID: 3, Publish: true})
	if got := receive(t, "publication", published); got != 3 {
		t.Errorf("published repository %d, want 3", got)
	}
}
