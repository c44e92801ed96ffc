package gate

import (
	"container/list"
	"crypto/sha256"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// Bounds of what is remembered of commits: some kilobyte each at most, so 16 MB
// together. It is enough for 65 proposals of 250 commits, GitHub's own limit of what it
// lists of one. A verdict with longer texts holds what a stranger wrote into a commit; it
// is found anew each time.
const (
	maxVerdicts     = 1 << 14
	maxVerdictBytes = 1 << 10
)

// asked is everything that a verdict depends on: commitsig.Judge is a pure function of
// the commit's bytes, the key files with the roster, and the terms. The bytes stand by
// their SHA-256 and not by Git's name, which may be a SHA-1: two commits with one name
// must not share a verdict. A field that Terms gets one day is in it by itself.
type asked struct {
	commit [sha256.Size]byte
	ring   string // its digest
	terms  commitsig.Terms
}

// verdicts remembers what was said of commits, the last used ones. They are not stored: a
// false "good" in a database would outlive its cause, and after a start each commit of an
// open proposal is judged once, in less than a millisecond. It may be used by many at
// once.
type verdicts struct {
	judge decision.Judge
	most  int

	mu    sync.Mutex
	known map[asked]*list.Element
	order list.List // of *answered, the last used one first
}

type answered struct {
	to      asked
	verdict commitsig.Verdict
}

// newVerdicts remembers at most so many verdicts of judge.
func newVerdicts(judge decision.Judge, most int) *verdicts {
	return &verdicts{judge: judge, most: most, known: map[asked]*list.Element{}}
}

// Judge is what judge says, remembered.
func (v *verdicts) Judge(raw []byte, ring keyring.Ring, terms commitsig.Terms) commitsig.Verdict {
	terms.Seen = terms.Seen.UTC() // one key for one moment, whatever its zone; the verdict has it in UTC
	to := asked{commit: sha256.Sum256(raw), ring: ring.Digest(), terms: terms}
	if verdict, ok := v.find(to); ok {
		return verdict
	}
	verdict := v.judge(raw, ring, terms) // not under the lock: a cold start judges on all cores
	v.keep(to, verdict)
	return verdict
}

func (v *verdicts) find(to asked) (commitsig.Verdict, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	e, ok := v.known[to]
	if !ok {
		return commitsig.Verdict{}, false
	}
	v.order.MoveToFront(e)
	return e.Value.(*answered).verdict, true
}

func (v *verdicts) keep(to asked, verdict commitsig.Verdict) {
	texts := len(verdict.Text) + len(verdict.Mend) + len(verdict.Person) + len(verdict.Fingerprint) + len(verdict.Subkey) + len(verdict.Algorithm)
	if texts > maxVerdictBytes {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, there := v.known[to]; there {
		return // somebody else judged it meanwhile
	}
	v.known[to] = v.order.PushFront(&answered{to, verdict})
	for v.order.Len() > v.most {
		oldest := v.order.Back()
		v.order.Remove(oldest)
		delete(v.known, oldest.Value.(*answered).to)
	}
}
