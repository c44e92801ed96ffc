package githubsim

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// push is one git push on its way.
type push struct {
	actor    world.Actor
	repo     *world.Repo
	exchange gitrepo.Exchange
	body     []byte
}

// servePush lets git-receive-pack take the push, unless the rules of a branch forbid one of its refs: then none moves.
func (s *Sim) servePush(w http.ResponseWriter, r *http.Request, p push) {
	commands, err := gitrepo.ParsePush(p.body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := &memory{header: http.Header{}, code: http.StatusOK}
	err = s.write(func() error { return s.push(answer, r, p, commands) })
	if err != nil && !isRefused(err) {
		s.config.Log.Error("push failed", "repo", p.repo.FullName(), "err", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer.replay(w)
}

// memory is an answer that is held back until everything that follows from it has followed.
type memory struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header { return m.header }

func (m *memory) WriteHeader(code int) { m.code = code }

func (m *memory) Write(data []byte) (int, error) { return m.body.Write(data) }

func (m *memory) replay(w http.ResponseWriter) {
	for name, values := range m.header {
		w.Header()[name] = values
	}
	w.WriteHeader(m.code)
	_, _ = w.Write(m.body.Bytes()) // a client that has gone away is no matter
}

func isRefused(err error) bool {
	_, is := world.IsRefusal(err)
	return is
}

// push takes one push or refuses it, into w. A Refusal as error says that nothing moved, so that it took no time.
func (s *Sim) push(w http.ResponseWriter, r *http.Request, p push, commands gitrepo.Push) error {
	reasons, talk, err := s.refusals(p, commands)
	if err != nil {
		return err
	}
	if len(reasons) > 0 {
		w.Header().Set("Content-Type", "application/x-git-receive-pack-result")
		_, _ = w.Write(commands.Refuse(reasons, talk)) // into memory
		return world.Forbidden("push refused")
	}
	p.repo.Git.Serve(w, r, p.exchange)
	var moves []world.Move
	for _, u := range commands.Updates {
		now, err := p.repo.Git.Ref(u.Name)
		if err != nil {
			return err
		}
		if now == "" {
			now = gitrepo.NoID
		}
		if now == u.New && u.New != u.Old {
			moves = append(moves, world.Move{Ref: u.Name, Before: u.Old, After: u.New})
		}
	}
	if len(moves) == 0 {
		return world.Forbidden("nothing moved")
	}
	return s.world.Landed(p.actor, p.repo, moves)
}

// refusals asks the rules of protected branches about every ref of the push: reasons by ref, and what the user reads.
func (s *Sim) refusals(p push, commands gitrepo.Push) (reasons map[string]string, talk []string, err error) {
	reasons = map[string]string{}
	unpacked := false
	for _, u := range commands.Updates {
		if p.repo.Protection[strings.TrimPrefix(u.Name, "refs/heads/")] == nil {
			continue
		}
		if !unpacked && p.repo.Git.Unpack(commands) != nil {
			return nil, nil, nil // a broken pack: git-receive-pack says so better
		}
		unpacked = true
		reason, err := s.world.RefuseMove(p.actor, p.repo, world.Move{Ref: u.Name, Before: u.Old, After: u.New})
		if err != nil {
			return nil, nil, err
		}
		if reason != "" {
			reasons[u.Name] = "protected branch hook declined"
			talk = append(talk, "error: GH006: Protected branch update failed for "+u.Name+".", "error: ", "error: "+reason)
		}
	}
	return reasons, talk, nil
}
