package server

import (
	"sync"
	"time"
)

// rate is how often somebody may ask: a burst, and so many a second after it.
type rate struct {
	burst  float64
	second float64
}

// perAccount is generous to a person with a page full of pictures; perAddress to a company
// behind one address, or a proxy before us.
func perAccount() rate { return rate{burst: 120, second: 2} }

func perAddress() rate { return rate{burst: 120, second: 4} }

// maxBuckets bounds who is remembered. When more come, those go who could ask freely, and
// else everybody.
const maxBuckets = 10_000

// limiter counts requests by key. It goes by the machine's own clock: GitHub's stands
// still in tests and jumps when it is corrected.
type limiter struct {
	rate
	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(r rate) *limiter { return &limiter{rate: r, buckets: map[string]bucket{}} }

// allow takes one request of key, if it has any left.
func (l *limiter) allow(key string) bool { return l.allowAt(key, time.Now()) }

func (l *limiter) allowAt(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[key]
	if !known {
		l.makeRoom(now)
		b = bucket{l.burst, now}
	}
	b.left = min(l.burst, b.left+now.Sub(b.at).Seconds()*l.second)
	b.at = now
	allowed := b.left >= 1
	if allowed {
		b.left--
	}
	l.buckets[key] = b
	return allowed
}

func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for key, b := range l.buckets {
		if b.left+now.Sub(b.at).Seconds()*l.second >= l.burst {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}

// remembered are answers that are good for a while.
type remembered struct {
	most int
	mu   sync.Mutex
	all  map[string]answer
}

type answer struct {
	yes  bool
	ends time.Time
}

func newRemembered(most int) *remembered { return &remembered{most: most, all: map[string]answer{}} }

func (r *remembered) get(key string, now time.Time) (yes, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.all[key]
	if !ok || !now.Before(a.ends) {
		return false, false
	}
	return a.yes, true
}

func (r *remembered) put(key string, yes bool, now time.Time, life time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) >= r.most {
		for k, a := range r.all {
			if !now.Before(a.ends) {
				delete(r.all, k)
			}
		}
	}
	if len(r.all) >= r.most {
		clear(r.all)
	}
	r.all[key] = answer{yes, now.Add(life)}
}
