package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// landing is one group of first-parent commits that came together, with the
// question about it.
type landing struct {
	commits []string
	pull    int // 0 for a direct push
	inquiry gate.Inquiry
}

func (l landing) tip() string { return l.commits[len(l.commits)-1] }

// landings groups the first-parent commits after the last recorded one: commits
// that one merged pull request brought, and direct pushes between them. LAW 9.2.
func (p *Publisher) landings(ctx context.Context, desk *gate.Desk, book *gate.Book, branch, tip string) ([]landing, error) {
	since, err := p.since(desk, book, branch, tip)
	if err != nil {
		return nil, err
	}
	commits, err := desk.Mirror.FirstParents(since, tip)
	if err != nil {
		return nil, err
	}
	var groups []landing
	pulls := map[int]github.Pull{}
	for _, id := range commits {
		merged, err := p.pullOf(ctx, desk, branch, id)
		if err != nil {
			return nil, err
		}
		pulls[merged.Number] = merged
		if n := len(groups); n > 0 && groups[n-1].pull == merged.Number && !p.endsPush(ctx, desk, groups[n-1]) {
			groups[n-1].commits = append(groups[n-1].commits, id)
			continue
		}
		groups = append(groups, landing{commits: []string{id}, pull: merged.Number})
	}
	if groups, err = p.claimRebased(ctx, desk, groups, pulls); err != nil {
		return nil, err
	}
	for i := range groups {
		if err := p.question(ctx, desk, &groups[i], branch, pulls[groups[i].pull]); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// claimRebased gives to a pull request that was rebased all commits that it brought:
// GitHub may name it for the last of them alone, and the ones before would look like
// pushed past it. A commit is one of the pull request's, made anew, when author, date
// and message are the same.
func (p *Publisher) claimRebased(ctx context.Context, desk *gate.Desk, groups []landing, pulls map[int]github.Pull) ([]landing, error) {
	var kept []landing
	for _, l := range groups {
		own := []string{}
		if l.pull != 0 && len(kept) > 0 && kept[len(kept)-1].pull == 0 {
			var err error
			if own, err = p.rebased(ctx, desk, l, kept[len(kept)-1], pulls[l.pull]); err != nil {
				return nil, err
			}
		}
		if len(own) > 0 {
			before := &kept[len(kept)-1]
			before.commits = before.commits[:len(before.commits)-len(own)]
			if len(before.commits) == 0 {
				kept = kept[:len(kept)-1]
			}
			l.commits = slices.Concat(own, l.commits)
		}
		kept = append(kept, l)
	}
	return kept, nil
}

// rebased are the last commits of the group before l that belong to l's pull request.
func (p *Publisher) rebased(ctx context.Context, desk *gate.Desk, l, before landing, merged github.Pull) ([]string, error) {
	if err := p.fetch(ctx, desk, l.pull); err != nil {
		return nil, err
	}
	first, err := desk.Mirror.Commit(before.commits[0])
	if err != nil || len(first.Parents) == 0 {
		return nil, err
	}
	proposed, err := desk.Mirror.Range(first.Parents[0], merged.Head)
	if err != nil {
		return nil, err
	}
	landed := slices.Concat(before.commits, l.commits)
	matching := 0
	for matching < min(len(landed), len(proposed)) {
		same, err := madeAnew(desk.Mirror, proposed[len(proposed)-1-matching], landed[len(landed)-1-matching])
		if err != nil {
			return nil, err
		}
		if !same {
			break
		}
		matching++
	}
	if matching <= len(l.commits) {
		return nil, nil
	}
	return before.commits[len(before.commits)-(matching-len(l.commits)):], nil
}

// madeAnew says whether two commits of one parent each have the same author, date and
// message, and are not the same commit.
func madeAnew(mirror *gitstore.Mirror, a, b string) (bool, error) {
	one, err := mirror.Commit(a)
	if err != nil {
		return false, err
	}
	other, err := mirror.Commit(b)
	if err != nil {
		return false, err
	}
	return a != b && len(one.Parents) == 1 && len(other.Parents) == 1 && bytes.Equal(said(one.Raw), said(other.Raw)), nil
}

// said is the line of a commit that names its author, and its message.
func said(raw []byte) []byte {
	head, message, _ := bytes.Cut(raw, []byte("\n\n"))
	_, author, _ := bytes.Cut(head, []byte("\nauthor "))
	author, _, _ = bytes.Cut(author, []byte("\n"))
	return slices.Concat(author, []byte("\n"), bytes.TrimSpace(message))
}

// since is the commit after which landings are looked for: the last that is in the
// ledger; before the founding, the one before the configuration appeared. Commits
// that touched nothing governed are looked at again, which costs little.
func (p *Publisher) since(desk *gate.Desk, book *gate.Book, branch, tip string) (string, error) {
	if book != nil {
		last, ok, err := book.LastLanding(branch)
		if err != nil {
			return "", err
		}
		if ok {
			return last.Commits[len(last.Commits)-1], nil
		}
	}
	commits, err := desk.Mirror.FirstParents("", tip)
	if err != nil {
		return "", err
	}
	before := ""
	for _, id := range commits {
		files, err := desk.Mirror.Files(id, func(path string) bool { return path == repoconfig.Path })
		if err != nil {
			return "", err
		}
		if len(files) > 0 {
			return before, nil
		}
		before = id
	}
	return tip, nil // no configuration anywhere: nothing to publish
}

// pullOf is the merged pull request that brought a commit to the branch; its
// Number is 0 if none did.
func (p *Publisher) pullOf(ctx context.Context, desk *gate.Desk, branch, commit string) (github.Pull, error) {
	candidates, err := desk.Hub.PullsOf(ctx, commit)
	if errors.Is(err, github.ErrNotFound) {
		return github.Pull{}, nil
	}
	if err != nil {
		return github.Pull{}, err
	}
	found := 0
	for _, c := range candidates {
		if c.MergedAt == "" || c.Branch != branch {
			continue
		}
		if found == 0 || c.MergeID == commit {
			found = c.Number
		}
	}
	if found == 0 {
		return github.Pull{}, nil
	}
	return desk.Hub.Pull(ctx, found) // the list leaves out who merged it
}

// endsPush says whether a direct push is known to have ended with this group.
func (p *Publisher) endsPush(ctx context.Context, desk *gate.Desk, l landing) bool {
	if l.pull != 0 {
		return false
	}
	_, err := p.Gate.Store.Landing(ctx, desk.Store.ID, l.tip())
	return err == nil
}

// question fills in what is asked about a group.
func (p *Publisher) question(ctx context.Context, desk *gate.Desk, l *landing, branch string, merged github.Pull) error {
	first, err := desk.Mirror.Commit(l.commits[0])
	if err != nil {
		return err
	}
	if len(first.Parents) == 0 {
		return fmt.Errorf("the configuration came with the root commit %s: there is nothing before it to judge by", first.ID)
	}
	landed := facts.Landing{Commits: l.commits, Branch: branch, Method: "direct"}
	l.inquiry = gate.Inquiry{Pull: merged, Landing: &landed, Base: first.Parents[0], Head: l.tip()}
	if l.pull == 0 {
		return p.pushed(ctx, desk, l, &landed)
	}
	if err := p.fetch(ctx, desk, l.pull); err != nil {
		return err
	}
	landed.At, landed.By = merged.MergedAt, merged.MergedBy
	landed.Method, err = method(desk.Mirror, *l, merged)
	return err
}

// pushed fills in when a direct push was seen first and by whom it was, as far as
// its delivery told.
func (p *Publisher) pushed(ctx context.Context, desk *gate.Desk, l *landing, landed *facts.Landing) error {
	known, err := p.Gate.Store.Landing(ctx, desk.Store.ID, l.tip())
	if errors.Is(err, store.ErrNotFound) {
		landed.At = p.Gate.App.Now().Format(time.RFC3339)
		return nil
	}
	landed.At = known.Landed.UTC().Truncate(time.Second).Format(time.RFC3339)
	landed.By = facts.Account{ID: known.ActorID, Login: known.Actor, Type: "User"}
	return err
}

// method derives from Git how a pull request landed.
func method(mirror *gitstore.Mirror, l landing, merged github.Pull) (string, error) {
	tip, err := mirror.Commit(l.tip())
	switch {
	case err != nil:
		return "", err
	case len(tip.Parents) > 1:
		return "merge", nil
	case tip.ID == merged.Head:
		return "direct", nil // pushed as it was; GitHub marks it merged
	case len(l.commits) == 1 && bytes.Contains(header(tip.Raw), []byte("\ncommitter GitHub <noreply@github.com> ")):
		return "squash", nil
	default:
		return "rebase", nil
	}
}

// header is a commit object up to its message.
func header(raw []byte) []byte {
	before, _, _ := bytes.Cut(raw, []byte("\n\n"))
	return before
}
