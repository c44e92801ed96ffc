package gate

import "sync"

// Bounds of what is remembered for the review page: a case of the example organisation
// has half a megabyte of bytes.
const (
	maxRecent      = 256
	maxRecentBytes = 64 << 20
)

// recent remembers the last case of each pull request, the last used ones. It may be
// used by many at once; a case in it is never changed again.
type recent struct {
	mu    sync.Mutex
	cases []sighted // the last used one last
	bytes int
}

type sighted struct {
	repository int64
	number     int
	size       int
	c          *Case
	entry      int // of the ledger that holds it, 0 for none known
}

// keep remembers a copy of a case. What is known of a landing is not replaced by
// what was decided without it.
func (r *recent) keep(repository int64, c *Case, entry int) {
	if c.Pull.Number == 0 {
		return
	}
	kept := *c
	s := sighted{repository: repository, number: c.Pull.Number, c: &kept, entry: entry}
	for _, b := range c.Snapshot.Blobs {
		s.size += len(b)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.index(repository, c.Pull.Number); i >= 0 {
		if old := r.cases[i].c; old.Snapshot.Facts.Landing != nil && c.Snapshot.Facts.Landing == nil && !c.Pull.Open {
			return
		}
		r.remove(i)
	}
	r.cases = append(r.cases, s)
	r.bytes += s.size
	for len(r.cases) > maxRecent || (r.bytes > maxRecentBytes && len(r.cases) > 1) {
		r.remove(0)
	}
}

// find gives the last case of a pull request, which nobody may change, and the number of
// its entry in the ledger; nil if there is none.
func (r *recent) find(repository int64, number int) (*Case, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.index(repository, number)
	if i < 0 {
		return nil, 0
	}
	s := r.cases[i]
	r.cases = append(append(r.cases[:i:i], r.cases[i+1:]...), s)
	return s.c, s.entry
}

func (r *recent) index(repository int64, number int) int {
	for i, s := range r.cases {
		if s.repository == repository && s.number == number {
			return i
		}
	}
	return -1
}

func (r *recent) remove(i int) {
	r.bytes -= r.cases[i].size
	r.cases = append(r.cases[:i:i], r.cases[i+1:]...)
}
