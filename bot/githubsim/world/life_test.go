package world_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// life is a world in which three people do what the bytes of a seed tell them.
type life struct {
	*world.World
	t      *testing.T
	events *[]world.Event
	repo   *world.Repo
	people []world.Actor
	steps  []byte
	n      int
}

func newLife(t *testing.T, steps []byte) *life {
	w, events := newWorld(t)
	l := &life{World: w, t: t, events: events, steps: steps}
	l.Lock()
	t.Cleanup(l.Unlock)
	l.do(func() error {
		for _, login := range []string{"olga", "walter", "rita"} {
			a, err := w.AddAccount(world.NewAccount{Login: login, Kind: world.KindUser})
			if err != nil {
				return err
			}
			l.people = append(l.people, world.Actor{Account: a})
		}
		r, err := w.AddRepo(world.NewRepo{Owner: l.people[0].Account, Name: "r", Init: l.people[0].Account})
		if err != nil {
			return err
		}
		l.repo = r
		for _, p := range l.people[1:] {
			r.Collaborators[p.Account.ID] = world.LevelWrite
		}
		return nil
	})
	return l
}

// do runs one write. Refusals are part of life; any other error is a fault.
func (l *life) do(change func() error) bool {
	before := l.Clock.Now()
	err := l.Write(change)
	if _, refused := world.IsRefusal(err); err != nil && !refused {
		l.t.Fatalf("step %d: %v", l.n, err)
	}
	if moved := l.Clock.Now().After(before); moved != (err == nil) {
		l.t.Errorf("step %d: time moved %v, error %v", l.n, moved, err)
	}
	return err == nil
}

// next is the next number of the seed, below limit; the seed's end is 0.
func (l *life) next(limit int) int {
	if len(l.steps) == 0 {
		return 0
	}
	b := l.steps[0]
	l.steps = l.steps[1:]
	return int(b) % limit
}

func (l *life) actor() world.Actor { return l.people[l.next(len(l.people))] }

func (l *life) branch() string { return []string{"one", "two"}[l.next(2)] }

// pull is one of the pull requests there are; nil where there is none.
func (l *life) pull() *world.Pull {
	pulls := l.repo.Pulls()
	if len(pulls) == 0 {
		return nil
	}
	return pulls[l.next(len(pulls))]
}

// step does one thing.
func (l *life) step() {
	actor, kind := l.actor(), l.next(12)
	switch kind {
	case 0, 1:
		l.commit(actor, l.branch())
		return
	case 2:
		l.commit(actor, "main")
		return
	case 3:
		branch := l.branch()
		l.do(func() error {
			_, err := l.OpenPull(actor, l.repo, world.NewPull{Title: "t", Head: branch, Base: "main"})
			return err
		})
		return
	case 4:
		l.reset(actor, l.branch())
		return
	}
	if p := l.pull(); p != nil {
		l.onPull(actor, p, kind)
	}
}

func (l *life) onPull(actor world.Actor, p *world.Pull, kind int) {
	switch kind {
	case 5, 6, 7:
		event := []string{"APPROVE", "REQUEST_CHANGES", "COMMENT"}[kind-5]
		l.do(func() error {
			_, err := l.AddReview(actor, p, world.NewReview{Event: event, Body: "b"})
			return err
		})
	case 8:
		if len(p.Reviews) > 0 {
			l.do(func() error { return l.DismissReview(actor, p.Reviews[l.next(len(p.Reviews))], "m") })
		}
	case 9:
		method := []string{"merge", "squash", "rebase"}[l.next(3)]
		l.do(func() error {
			_, err := l.MergePull(actor, p, world.MergeOrder{Method: method})
			return err
		})
	case 10:
		l.do(func() error { return l.UpdateBranch(actor, p, "") })
	case 11:
		open := l.next(2) == 0
		l.do(func() error { return l.EditPull(actor, p, world.PullEdit{Open: &open}) })
	}
}

// commit writes a file of its own on a branch, which it makes first where it is missing. It is an ordinary push: no
// review may point elsewhere afterwards.
func (l *life) commit(actor world.Actor, branch string) {
	tip, err := l.repo.Tip(branch)
	if err != nil {
		l.t.Fatal(err)
	}
	if tip == "" {
		main, _ := l.repo.Tip("main")
		l.do(func() error {
			return l.MoveRefs(actor, l.repo, world.Move{Ref: "refs/heads/" + branch, Before: gitrepo.NoID, After: main})
		})
	}
	before := l.bound()
	l.do(func() error {
		_, err := l.CommitFile(actor, l.repo, world.FileChange{
			Path: fmt.Sprintf("%s-%d", branch, l.n), Content: []byte{byte(l.n)}, Branch: branch, Message: "m",
		})
		return err
	})
	for review, id := range before {
		if review.CommitID != id {
			l.t.Errorf("step %d: an ordinary push moved the review %d", l.n, review.ID)
		}
	}
}

// bound is what each review points at.
func (l *life) bound() map[*world.Review]string {
	ids := map[*world.Review]string{}
	for _, p := range l.repo.Pulls() {
		for _, v := range p.Reviews {
			ids[v] = v.CommitID
		}
	}
	return ids
}

// reset forces a branch back to main.
func (l *life) reset(actor world.Actor, branch string) {
	tip, _ := l.repo.Tip(branch)
	main, _ := l.repo.Tip("main")
	if tip == "" || tip == main {
		return
	}
	l.do(func() error {
		return l.MoveRefs(actor, l.repo, world.Move{Ref: "refs/heads/" + branch, Before: tip, After: main})
	})
}

// check holds what must always hold.
func (l *life) check() {
	submitted := 0
	for _, p := range l.repo.Pulls() {
		ref, err := l.repo.Git.Ref(fmt.Sprintf("refs/pull/%d/head", p.Issue.Number))
		tip, _ := l.repo.Tip(p.Head)
		switch {
		case err != nil || ref != p.HeadSHA:
			l.t.Errorf("step %d: refs/pull/%d/head is %s, %v, the head %s", l.n, p.Issue.Number, ref, err, p.HeadSHA)
		case p.Open() && tip != p.HeadSHA:
			l.t.Errorf("step %d: the branch of the open pull request %d is at %s, its head at %s", l.n, p.Issue.Number, tip, p.HeadSHA)
		case p.Merged && (p.Open() || p.MergedBy == nil || p.MergeCommit == ""):
			l.t.Errorf("step %d: the merged pull request %d is %+v", l.n, p.Issue.Number, p)
		}
		if p.Merged {
			main, _ := l.repo.Tip("main")
			if landed, err := l.repo.Git.IsAncestor(p.MergeCommit, main); err != nil || !landed {
				l.t.Errorf("step %d: the merge of %d is not on main: %v", l.n, p.Issue.Number, err)
			}
		}
		for _, v := range p.Reviews {
			submitted++
			l.checkReview(p, v)
		}
	}
	told := 0
	for _, e := range *l.events {
		if e.Name == "pull_request_review" && e.Action == "submitted" {
			told++
		}
	}
	if told != submitted {
		l.t.Errorf("step %d: %d reviews, %d webhooks about them", l.n, submitted, told)
	}
}

func (l *life) checkReview(p *world.Pull, v *world.Review) {
	if _, err := l.repo.Git.Commit(v.CommitID); err != nil {
		l.t.Errorf("step %d: the review %d points at no commit: %v", l.n, v.ID, err)
	}
	if v.State == world.Approved && v.User == p.Issue.User {
		l.t.Errorf("step %d: %s approved an own pull request", l.n, v.User.Login)
	}
}

// FuzzLife lets three people do anything in any order and looks at what must hold after each step.
func FuzzLife(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1, 3, 0, 0, 5, 0, 0, 9, 0, 0})                                              // commit, open, approve, merge
	f.Add([]byte{1, 0, 0, 1, 3, 0, 0, 5, 0, 1, 2, 0, 10, 0, 1, 9, 0, 1})                              // base moves, update branch, squash
	f.Add([]byte{1, 0, 0, 1, 3, 0, 2, 6, 0, 1, 4, 0, 1, 0, 0, 0, 11, 0, 0, 0, 11, 0, 1, 0, 8, 0})     // objection, reset, close, reopen, dismissal
	f.Add([]byte{1, 0, 0, 2, 0, 1, 1, 3, 0, 1, 3, 1, 0, 5, 0, 0, 5, 1, 0, 9, 0, 2, 0, 9, 1, 2, 2, 7}) // two pull requests
	f.Fuzz(func(t *testing.T, steps []byte) {
		const most = 60 // bytes: some twenty steps, each with a process or two
		l := newLife(t, steps[:min(len(steps), most)])
		for len(l.steps) > 0 {
			l.n++
			l.step()
			l.check()
		}
	})
}

// TestLife_ofManyKinds lives lives that no fuzzer has to find: each number makes another one.
func TestLife_ofManyKinds(t *testing.T) {
	for seed := range uint64(lives()) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			source := rand.New(rand.NewPCG(seed, 1))
			steps := make([]byte, 200)
			for i := range steps {
				steps[i] = byte(source.Uint32())
			}
			l := newLife(t, steps)
			for len(l.steps) > 0 {
				l.n++
				l.step()
				l.check()
			}
		})
	}
}

// lives is how many lives are lived; VIDIMUS_LIVES asks for more.
func lives() int {
	if n, err := strconv.Atoi(os.Getenv("VIDIMUS_LIVES")); err == nil {
		return n
	}
	return 8
}
