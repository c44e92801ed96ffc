package world

import (
	"sync"
	"time"
)

// writeTakes is how long a write takes in simulated time, so that no two writes have the same second and every
// recorded order can be told from its times.
const writeTakes = time.Second

// Clock is simulated time: the time that was handed in, moved ahead at will, and one second later after every write.
// It never goes back, has whole seconds, and is in UTC. It is safe for several goroutines.
type Clock struct {
	source func() time.Time

	mu     sync.Mutex
	offset time.Duration
	last   time.Time
}

// NewClock makes a clock over source.
func NewClock(source func() time.Time) *Clock { return &Clock{source: source} }

// Now is the present simulated time. Reading it moves nothing.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	now := c.source().Add(c.offset).UTC().Truncate(time.Second)
	if now.Before(c.last) {
		return c.last
	}
	return now
}

// Tick is the time of a write that begins now.
func (c *Clock) Tick() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = c.now().Add(writeTakes)
	return c.last
}

// Untick takes back a Tick of the time t whose write was refused, unless another write came after it.
func (c *Clock) Untick(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.Equal(t) {
		c.last = t.Add(-writeTakes)
	}
}

// Advance moves simulated time ahead by d from where it is, the seconds that writes took included: a token that is good
// for an hour is over after an hour's Advance, however many writes came before.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
	if lead := c.last.Sub(c.source().Add(c.offset - d)); lead > 0 {
		c.offset += lead
	}
}

// Outside is the time that was handed in, unmoved: what the clocks of machines outside the simulation show.
func (c *Clock) Outside() time.Time { return c.source().UTC() }
