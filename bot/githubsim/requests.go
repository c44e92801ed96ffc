package githubsim

import "sync"

// maxRequests bounds the request log in memory; the oldest go first.
const maxRequests = 100_000

// Request is one API request in the log.
type Request struct {
	// Number counts from 1 in the order of the answers.
	Number    int64  `json:"number"`
	Method    string `json:"method"`
	Path      string `json:"path"`
	Actor     string `json:"actor"`
	Status    int    `json:"status"`
	Operation string `json:"operation"`
}

type requestLog struct {
	mu   sync.Mutex
	last int64
	all  []Request
}

func (l *requestLog) add(e Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	l.all = append(l.all, Request{
		Number: l.last, Method: e.Method, Path: e.Path, Actor: e.Actor, Status: e.Status, Operation: e.Operation,
	})
	if len(l.all) > maxRequests {
		l.all = l.all[len(l.all)-maxRequests:]
	}
}

// number is the number of the newest request.
func (l *requestLog) number() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// since lists what came after the request of that number.
func (l *requestLog) since(number int64) []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, r := range l.all {
		if r.Number > number {
			return append([]Request{}, l.all[i:]...)
		}
	}
	return []Request{}
}

// Requests lists the API requests after the one of that number; 0 lists all that are kept.
func (s *Sim) Requests(since int64) []Request { return s.requests.since(since) }
