// Package storetest holds what every database behind bot/service/store must
// satisfy: Run is called by the tests of each. Nothing here knows which database
// it is.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// patience is how long a condition may take to come true. It is far over what
// is needed: the race detector makes SQLite some fifteen times slower.
const patience = 2 * time.Minute

// Open opens a Store in one and the same place each time. Where the database
// lies is the opener's business; it replaces Config.Dir.
type Open func(store.Config) (*store.Store, error)

// Run runs the suite. fresh gives an empty place for each test.
func Run(t *testing.T, fresh func(t *testing.T) Open) {
	for name, test := range map[string]func(*testing.T, Open){
		"Ingest_sameDeliveryIsWorkedOnce":               ingestSameDeliveryIsWorkedOnce,
		"Ingest_refusesWhatIsOutOfBounds":               ingestRefusesWhatIsOutOfBounds,
		"Ingest_keepsWhatItWasGiven":                    ingestKeepsWhatItWasGiven,
		"Ingest_concurrentDeliveriesKeepTheirOrder":     ingestConcurrentDeliveriesKeepTheirOrder,
		"Ingest_whileJobEndsIsNotLost":                  ingestWhileJobEndsIsNotLost,
		"Enqueue_whileJobEndsIsNotLost":                 enqueueWhileJobEndsIsNotLost,
		"Enqueue_wishesNobodyBeganAreOne":               enqueueWishesNobodyBeganAreOne,
		"Enqueue_refusesUnknownKind":                    enqueueRefusesUnknownKind,
		"Drain_neverTwiceAtATimeForOneRepository":       drainNeverTwiceAtATimeForOneRepository,
		"Drain_repositoriesRunSideBySide":               drainRepositoriesRunSideBySide,
		"Drain_isNotHeldBackByPublication":              drainIsNotHeldBackByPublication,
		"Drain_handsAtMostAHundred":                     drainHandsAtMostAHundred,
		"Drain_boundsPayloadsInMemory":                  drainBoundsPayloadsInMemory,
		"Drain_poisonedDeliveryTakesNobodyWithIt":       drainPoisonedDeliveryTakesNobodyWithIt,
		"Drain_panicIsAFailure":                         drainPanicIsAFailure,
		"Drain_settledByCommitIsNotSettledAgain":        drainSettledByCommitIsNotSettledAgain,
		"Drain_retryLaterUsesUpNoAttempt":               drainRetryLaterUsesUpNoAttempt,
		"Drain_waitingDeliveryHoldsNobodyBack":          drainWaitingDeliveryHoldsNobodyBack,
		"Publish_isTriedUntilItWorks":                   publishIsTriedUntilItWorks,
		"Dead_isVisibleAndRevives":                      deadIsVisibleAndRevives,
		"Dead_opensAgainWhenRedelivered":                deadOpensAgainWhenRedelivered,
		"Stop_leavesUnfinishedWorkOpen":                 stopLeavesUnfinishedWorkOpen,
		"Stop_letsRunningWorkFinish":                    stopLetsRunningWorkFinish,
		"Drain_failedByCommitIsTriedAgain":              drainFailedByCommitIsTriedAgain,
		"Drain_outOfTimeBlamesNobodyWhileItGetsOn":      drainOutOfTimeBlamesNobodyWhileItGetsOn,
		"Drain_outOfTimeWithoutGettingOnIsAFailure":     drainOutOfTimeWithoutGettingOnIsAFailure,
		"Drain_waitsTwiceAsLongEachTime":                drainWaitsTwiceAsLongEachTime,
		"Drain_failedComesAfterFresh":                   drainFailedComesAfterFresh,
		"Start_oncePerStore":                            startOncePerStore,
		"Start_findsWhatCameBefore":                     startFindsWhatCameBefore,
		"Commit_allOrNothing":                           commitAllOrNothing,
		"Commit_refusesWhatCannotBe":                    commitRefusesWhatCannotBe,
		"Commit_twiceIsAsGoodAsOnce":                    commitTwiceIsAsGoodAsOnce,
		"Commit_publishWishIsWorked":                    commitPublishWishIsWorked,
		"Repository_foundedIsNotForgotten":              repositoryFoundedIsNotForgotten,
		"Pull_isReadAsWritten":                          pullIsReadAsWritten,
		"Witness_isNumberedAndLearnsItsEntry":           witnessIsNumberedAndLearnsItsEntry,
		"Body_isFoundByItsDigest":                       bodyIsFoundByItsDigest,
		"Verdict_lowerIsNeverWrittenOverHigher":         verdictLowerIsNeverWrittenOverHigher,
		"Verdict_intentSurvivesAndIsFound":              verdictIntentSurvivesAndIsFound,
		"VerdictNumber_growsAndIsNeverGivenTwice":       verdictNumberGrowsAndIsNeverGivenTwice,
		"Landing_doneStaysDone":                         landingDoneStaysDone,
		"Branch_isReadAsWritten":                        branchIsReadAsWritten,
		"Cursor_isReadAsWritten":                        cursorIsReadAsWritten,
		"Read_unknownIsNotFound":                        readUnknownIsNotFound,
		"Knows_whatWasIngestedWhateverBecameOfIt":       knowsWhatWasIngestedWhateverBecameOfIt,
		"Queue_countsOpenWaitingAndDead":                queueCountsOpenWaitingAndDead,
		"Writable_failsOnAClosedStore":                  writableFailsOnAClosedStore,
		"Reopen_doneDeliveriesAreStillKnown":            reopenDoneDeliveriesAreStillKnown,
		"Repositories_shareNothing":                     repositoriesShareNothing,
		"UnpublishedWitnesses_onlyThoseRecordedEarlier": unpublishedWitnessesOnlyThoseRecordedEarlier,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

// noSweep is a configuration in which nothing is found by chance: the sweep runs
// at the start and then when something is due, not every minute.
func noSweep() store.Config { return store.Config{SweepEvery: time.Hour} }

// quickRetry tries again at once and gives up after three failures.
func quickRetry() store.Config {
	c := noSweep()
	c.Retry = store.Retry{First: 5 * time.Millisecond, Max: 20 * time.Millisecond, Attempts: 3}
	return c
}

// opened opens a Store and closes it after the test.
func opened(t *testing.T, open Open, config store.Config) *store.Store {
	t.Helper()
	s, err := open(config)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// start starts the workers; a nil one does nothing.
func start(t *testing.T, s *store.Store, workers store.Workers) {
	t.Helper()
	if workers.Drain == nil {
		workers.Drain = func(context.Context, store.Work) error { return nil }
	}
	if workers.Publish == nil {
		workers.Publish = func(context.Context, int64) error { return nil }
	}
	if err := s.Start(context.Background(), workers); err != nil {
		t.Fatalf("start: %v", err)
	}
}

func delivery(id string, repositoryID int64) store.Delivery {
	return store.Delivery{
		ID: id, Event: "pull_request", Action: "opened", RepositoryID: repositoryID, InstallationID: 7,
		Received: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Payload: []byte(`{"number":1}`),
	}
}

// ingest takes deliveries in and expects each to be fresh.
func ingest(t *testing.T, s *store.Store, deliveries ...store.Delivery) {
	t.Helper()
	for _, d := range deliveries {
		if fresh, err := s.Ingest(context.Background(), d); err != nil || !fresh {
			t.Fatalf("Ingest(%s) = %t, %v, want fresh", d.ID, fresh, err)
		}
	}
}

func failures(cause error, ids ...string) []store.Failure {
	var all []store.Failure
	for _, id := range ids {
		all = append(all, store.Failure{DeliveryID: id, Err: cause})
	}
	return all
}

// commit writes a batch that must be written.
func commit(t *testing.T, s *store.Store, b store.Batch) {
	t.Helper()
	if err := s.Commit(context.Background(), b); err != nil {
		t.Fatalf("Commit: %v", err)
	}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// receive takes one value from a channel.
func receive[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("not within %s: %s", patience, what)
		panic("unreachable: Fatalf ends the test")
	}
}

// idle waits until nothing is open and no wish is left.
func idle(t *testing.T, s *store.Store) {
	t.Helper()
	eventually(t, "an empty queue", func() bool {
		q := queue(t, s)
		return q.Open == 0 && q.Wishes == 0
	})
}

func queue(t *testing.T, s *store.Store) store.Queue {
	t.Helper()
	q, err := s.Queue(context.Background())
	if err != nil {
		t.Fatalf("Queue: %v", err)
	}
	return q
}

func ids(deliveries []store.Delivery) []string {
	var all []string
	for _, d := range deliveries {
		all = append(all, d.ID)
	}
	return all
}

// wantErr checks which error it is.
func wantErr(t *testing.T, call string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s = %v, want %v", call, err, want)
	}
}

// objectID makes a commit id of a digit.
func objectID(digit int) string { return fmt.Sprintf("%040x", digit) }
