package publish

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/github"
)

// decideWithin is until when somebody signs or rejects what landed unsigned.
const decideWithin = 7 * 24 * time.Hour

// issues opens one issue for each deviation, or move, before the record that names it is
// made, and gives their numbers by path. An issue that a killed process opened is
// found again by its marker, in an issue of our own.
func (p *Publisher) issues(ctx context.Context, desk *gate.Desk, c *gate.Case) (map[string]int, error) {
	numbers := map[string]int{}
	if len(c.Decision.Deviations) == 0 {
		return numbers, nil
	}
	existing, err := desk.Hub.Issues(ctx, report.LabelDeviation)
	if err != nil {
		return nil, err
	}
	login, err := p.Gate.Login(ctx)
	if err != nil {
		return nil, err
	}
	for _, together := range oneByOne(c.Decision) {
		mark := marker(together[0])
		number := find(existing, login, mark)
		if number == 0 {
			text := p.landed(desk, c)
			text.Decision.Deviations = together
			title, body, labels := report.DeviationIssue(text)
			if number, err = desk.Hub.OpenIssue(ctx, title, mark+"\n"+body, labels); err != nil {
				return nil, err
			}
		}
		for _, d := range together {
			numbers[d.Path] = number
		}
	}
	return numbers, nil
}

// oneByOne parts the deviations into what people decide on at once: each alone, but the
// two paths of a document that moved together, the new one first. An issue about one of
// them would be half of the truth.
func oneByOne(d decision.Decision) [][]decision.Deviation {
	at := map[string]decision.Deviation{}
	for _, v := range d.Deviations {
		at[v.Path] = v
	}
	from, moved := map[string]string{}, map[string]bool{}
	for _, m := range d.DeviatingMoves() {
		from[m.To], moved[m.From] = m.From, true
	}
	var parts [][]decision.Deviation
	for _, v := range d.Deviations {
		switch old, isMove := from[v.Path]; {
		case moved[v.Path]: // told with its new path
		case isMove:
			parts = append(parts, []decision.Deviation{v, at[old]})
		default:
			parts = append(parts, []decision.Deviation{v})
		}
	}
	return parts
}

// marker is the hidden line by which an issue is found again; its idempotency key.
func marker(d decision.Deviation) string {
	return fmt.Sprintf("<!-- vidimus:deviation v1 %s %s -->", d.Commit, strings.ReplaceAll(d.Path, "--", "- -"))
}

func find(existing []github.Issue, login, mark string) int {
	for _, i := range existing {
		if i.Author == login && strings.HasPrefix(i.Body, mark) {
			return i.Number
		}
	}
	return 0
}

func (p *Publisher) landed(desk *gate.Desk, c *gate.Case) report.Landed {
	l := c.Snapshot.Facts.Landing
	now := p.Gate.App.Now()
	return report.Landed{
		Decision: c.Decision, Config: decision.Configuration(c.Snapshot), Links: p.Gate.Links(desk.Store.FullName, c.Pull.Number),
		At: l.At, SeenAt: now.Format(time.RFC3339), Due: now.Add(decideWithin).Format(time.DateOnly), By: l.By, Branch: l.Branch,
	}
}

// tell says on the landed commit that something deviates. The check's idempotency
// key is its external id.
func (p *Publisher) tell(ctx context.Context, desk *gate.Desk, c *gate.Case, l landing, issues map[string]int) error {
	if len(c.Decision.Deviations) == 0 {
		return nil
	}
	runs, err := desk.Hub.CheckRuns(ctx, l.tip())
	if err != nil {
		return err
	}
	external := fmt.Sprintf("deviation:%d:%s", desk.Store.ID, l.tip())
	for _, run := range runs {
		if run.ExternalID == external {
			return nil
		}
	}
	text := p.landed(desk, c)
	if len(oneByOne(c.Decision)) == 1 {
		text.Issue = issues[c.Decision.Deviations[0].Path]
	}
	check := report.CheckDeviation(text)
	_, err = desk.Hub.WriteCheckRun(ctx, github.CheckRun{
		Head: l.tip(), ExternalID: external, Conclusion: string(check.Conclusion), Title: check.Title,
		Summary: check.Summary, Text: check.Text, Details: check.Details,
	})
	return err
}
