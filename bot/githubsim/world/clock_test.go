package world_test

import (
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func at(second int) time.Time { return time.Date(2026, 11, 2, 9, 0, second, 0, time.UTC) }

func TestClock_writesMoveItByASecond(t *testing.T) {
	c := world.NewClock(func() time.Time { return at(0) })
	for want := 1; want < 4; want++ {
		if got := c.Tick(); !got.Equal(at(want)) || !c.Now().Equal(at(want)) {
			t.Errorf("write %d is at %s, now %s", want, got, c.Now())
		}
	}
}

func TestClock_refusedWriteTakesNoTime(t *testing.T) {
	c := world.NewClock(func() time.Time { return at(0) })
	c.Untick(c.Tick())
	if got := c.Now(); !got.Equal(at(0)) {
		t.Errorf("now = %s, want %s", got, at(0))
	}
	first := c.Tick()
	second := c.Tick()
	c.Untick(first) // another write came after it
	if got := c.Now(); !got.Equal(second) {
		t.Errorf("now = %s, want %s", got, second)
	}
}

func TestClock_neverGoesBackAndHasWholeSeconds(t *testing.T) {
	now := at(30).Add(987 * time.Millisecond)
	c := world.NewClock(func() time.Time { return now })
	if got := c.Now(); !got.Equal(at(30)) {
		t.Errorf("now = %s, want %s", got, at(30))
	}
	c.Tick()
	now = at(0)
	if got := c.Now(); !got.Equal(at(31)) {
		t.Errorf("after the source went back: %s, want %s", got, at(31))
	}
	now = at(40)
	if got := c.Tick(); !got.Equal(at(41)) {
		t.Errorf("after the source went on: %s, want %s", got, at(41))
	}
}

func TestClock_advanceAddsUpAndLeavesTheOutsideAlone(t *testing.T) {
	c := world.NewClock(func() time.Time { return at(0) })
	c.Advance(time.Hour)
	c.Advance(time.Hour)
	if got, want := c.Now(), at(0).Add(2*time.Hour); !got.Equal(want) {
		t.Errorf("now = %s, want %s", got, want)
	}
	c.Tick()
	c.Tick()
	c.Advance(time.Hour)
	if got, want := c.Now(), at(2).Add(3*time.Hour); !got.Equal(want) {
		t.Errorf("after two writes and another hour: %s, want %s", got, want)
	}
	if got := c.Outside(); !got.Equal(at(0)) {
		t.Errorf("outside = %s, want %s", got, at(0))
	}
}
