package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

func verdictLowerIsNeverWrittenOverHigher(t *testing.T, open Open) {
	s := opened(t, open, atNoon())
	ctx := context.Background()
	write := func(number int64, state store.VerdictState) error {
		return s.Commit(ctx, store.Batch{RepositoryID: 1, Verdicts: []store.Verdict{{
			Head: objectID(1), Number: number, ExternalID: fmt.Sprintf("v1:1:%s:%d", objectID(1), number),
			CheckRunID: 5, Digest: emptyDigest, Conclusion: "action_required", State: state,
		}}})
	}
	for _, step := range []struct {
		number int64
		state  store.VerdictState
		want   error
	}{
		{3, store.Intended, nil},
		{3, store.Posted, nil},
		{3, store.Posted, nil},
		{3, store.Intended, store.ErrOlderVerdict}, // it is out already
		{2, store.Posted, store.ErrOlderVerdict},
		{4, store.Intended, nil},
		{3, store.Posted, store.ErrOlderVerdict},
		{4, store.Posted, nil},
	} {
		wantErr(t, fmt.Sprintf("write %d %s", step.number, step.state), write(step.number, step.state), step.want)
	}
	want := store.Verdict{
		Head: objectID(1), Number: 4, ExternalID: "v1:1:" + objectID(1) + ":4", CheckRunID: 5,
		Digest: emptyDigest, Conclusion: "action_required", State: store.Posted, Written: noon(),
	}
	if diff := cmp.Diff(want, must(s.Verdict(ctx, 1, objectID(1)))(t)); diff != "" {
		t.Errorf("Verdict (-want +got):\n%s", diff)
	}
}

func verdictIntentSurvivesAndIsFound(t *testing.T, open Open) {
	s, err := open(noSweep())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	commit(t, s, store.Batch{RepositoryID: 1, Verdicts: []store.Verdict{
		{Head: objectID(1), Number: 9, State: store.Intended, ExternalID: "v1:1:…:9"},
		{Head: objectID(2), Number: 8, State: store.Intended},
		{Head: objectID(3), Number: 7, State: store.Posted},
	}})
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	again := opened(t, open, noSweep())
	got := must(again.IntendedVerdicts(context.Background(), 1))(t)
	if len(got) != 2 || got[0].Number != 8 || got[1].ExternalID != "v1:1:…:9" {
		t.Errorf("IntendedVerdicts = %+v, want 8 and 9", got)
	}
}

func verdictNumberGrowsAndIsNeverGivenTwice(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ctx := context.Background()
	next := func(above int64) int64 { t.Helper(); return must(s.NextVerdictNumber(ctx, 1, above))(t) }
	if a, b := next(0), next(0); a != 1 || b != 2 {
		t.Errorf("first numbers %d, %d, want 1, 2", a, b)
	}
	if got := next(40); got != 41 {
		t.Errorf("number above 40 = %d, want 41", got)
	}
	if got := next(-5); got != 42 {
		t.Errorf("number above -5 = %d, want 42", got)
	}
	commit(t, s, store.Batch{RepositoryID: 1, Verdicts: []store.Verdict{{Head: objectID(1), Number: 100, State: store.Posted}}})
	if got := next(0); got != 101 {
		t.Errorf("number after verdict 100 was found = %d, want 101", got)
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	given := map[int64]bool{}
	for range 8 {
		group.Go(func() {
			n, err := s.NextVerdictNumber(ctx, 1, 0)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || given[n] {
				t.Errorf("number %d, %v: given twice, or not at all", n, err)
			}
			given[n] = true
		})
	}
	group.Wait()
	if got := must(s.NextVerdictNumber(ctx, 2, 0))(t); got != 1 {
		t.Errorf("first number of another repository = %d, want 1", got)
	}
}
