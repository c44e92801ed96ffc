package store

import (
	"context"
	"sync"
	"time"
)

// laneWait is how long a job waits for another of the same subject to leave. It
// is only met in the moment between the end of a job and the return of its
// function, or after River has rescued a job whose worker still runs.
const laneWait = time.Second

// lanes let one job at a time work on a subject within this process, whatever
// the queue believes.
type lanes struct {
	mu    sync.Mutex
	lanes map[subject]chan struct{}
}

func newLanes() *lanes { return &lanes{lanes: map[subject]chan struct{}{}} }

// enter waits for the subject's lane; ok is false if it stays occupied. leave
// must be called once.
func (l *lanes) enter(ctx context.Context, on subject) (leave func(), ok bool) {
	lane := l.lane(on)
	timer := time.NewTimer(laneWait)
	defer timer.Stop()
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, false
}

func (l *lanes) lane(on subject) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	lane, ok := l.lanes[on]
	if !ok {
		lane = make(chan struct{}, 1)
		l.lanes[on] = lane
	}
	return lane
}
