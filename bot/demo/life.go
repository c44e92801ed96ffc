package demo

import (
	"context"
	"fmt"
	"strings"
)

// life is pull request 3 as it goes on.
type life struct {
	*story
	pull   pull
	head   string
	branch string
}

// propose plays the beginning of pull request 3: a proposal with a defect, which
// blocks, and the mended one.
func (s *story) propose(ctx context.Context) (*life, error) {
	l := &life{story: s, branch: "container-images"}
	s.say.chapter("Bruno proposes: our container images become ours to patch")
	matrix, err := s.read(ctx, "main", matrixPath)
	if err != nil {
		return nil, err
	}
	register, err := s.read(ctx, "main", registerPath)
	if err != nil {
		return nil, err
	}
	matrix, register, err = proposal(matrix, register)
	if err != nil {
		return nil, err
	}
	if l.head, err = s.push(ctx, "bcarvalhaes", l.branch, "Matrix: container images are ours to patch",
		map[string][]byte{matrixPath: matrix, registerPath: register}); err != nil {
		return nil, err
	}
	if l.pull, err = s.as("bcarvalhaes").openPull(ctx, "Container images become ours to patch", l.branch, "We build images since this week."); err != nil {
		return nil, err
	}
	s.say.fact("pull request", "%d, 1 commit, signed with Bruno's key", l.pull.Number)
	c, err := s.verdict(ctx, l.head, concludes("failure"))
	if err != nil {
		return nil, err
	}
	s.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	for _, rule := range []string{"MAT004", "MAT005"} {
		if strings.Contains(c.Output.Summary, rule) {
			s.say.fact("finding", "%s", row(c.Output.Summary, rule))
		}
	}
	if err := expect(strings.Contains(c.Output.Summary, "MAT004"), "the finding MAT004 stands in the check"); err != nil {
		return nil, err
	}
	return l, l.mend(ctx, matrix)
}

// row is the table row of a finding, as plain words.
func row(summary, rule string) string {
	for _, line := range strings.Split(summary, "\n") {
		if strings.Contains(line, rule) && strings.HasPrefix(line, "|") {
			cells := strings.Split(strings.Trim(line, "| "), " | ")
			if len(cells) > 1 {
				return strings.NewReplacer("`", "", "<br>", " ").Replace(cells[1])
			}
		}
	}
	return rule
}

func (l *life) mend(ctx context.Context, matrix []byte) error {
	l.say.chapter("Bruno mends it")
	mended, err := edit(matrix, rowDefect, rowMended)
	if err != nil {
		return err
	}
	if l.head, err = l.push(ctx, "bcarvalhaes", l.branch, "Matrix: say who patches what", map[string][]byte{matrixPath: mended}); err != nil {
		return err
	}
	c, err := l.verdict(ctx, l.head, concludes("action_required"))
	if err != nil {
		return err
	}
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	return l.refresh(ctx)
}

func (l *life) refresh(ctx context.Context) (err error) {
	l.pull, err = l.as(adminSlug).pull(ctx, l.pull.Number)
	return err
}

// play goes on from the mended proposal to the end.
func (l *life) play(ctx context.Context) error {
	for _, part := range []func(context.Context) error{
		l.strangerApproves, l.cisoSigns, l.cellChanges, l.bothSign, l.merge, l.bypass,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// strangerApproves: an approval by somebody without the role does not count.
func (l *life) strangerApproves(ctx context.Context) error {
	l.say.chapter("Zeynep, Head of People, approves")
	lines, err := l.offered(ctx, l.pull.Number, "ciso")
	if err != nil {
		return err
	}
	r, err := l.as("zaydin").review(ctx, l.pull.Number, "APPROVE", lines[0])
	if err != nil {
		return err
	}
	c, err := l.verdict(ctx, l.head, func(c check) bool {
		return c.Conclusion != "action_required" || strings.Contains(c.Output.Summary+c.Output.Text, fmt.Sprint(r.ID))
	})
	if err != nil {
		return err
	}
	l.say.fact("does not count", "she does not hold the role of the CISO (SIG004)")
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	return expect(c.Conclusion == "action_required" && strings.Contains(c.Output.Summary+c.Output.Text, "SIG004"),
		"an approval without the role does not count, and the check says SIG004; it says %s", c.Conclusion)
}

func (l *life) cisoSigns(ctx context.Context) error {
	l.say.chapter("Aoife, CISO, signs")
	r, err := l.sign(ctx, l.pull.Number, "ciso")
	if err != nil {
		return err
	}
	line := signLine.FindString(r.Body)
	c, err := l.verdict(ctx, l.head, func(c check) bool {
		return strings.Contains(c.Output.Title, "Tomasz") && !strings.Contains(c.Output.Title, "Aoife")
	})
	if err != nil {
		return err
	}
	l.say.fact("her words", "%s", short(line))
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	return nil
}

// short shows the first twelve digits of a digest.
func short(line string) string {
	at := strings.Index(line, "sha256:")
	if at < 0 || len(line) < at+19 {
		return line
	}
	return line[:at+19] + "…"
}

// cellChanges: a push that changes one cell ends the signature.
func (l *life) cellChanges(ctx context.Context) error {
	l.say.chapter("Bruno changes one cell after that")
	matrix, err := l.read(ctx, l.branch, matrixPath)
	if err != nil {
		return err
	}
	changed, err := edit(matrix, rowMended, rowFinal)
	if err != nil {
		return err
	}
	if l.head, err = l.push(ctx, "bcarvalhaes", l.branch, "Matrix: name the evidence for our images", map[string][]byte{matrixPath: changed}); err != nil {
		return err
	}
	c, err := l.verdict(ctx, l.head, func(c check) bool { return c.Status == "completed" })
	if err != nil {
		return err
	}
	l.say.fact("signature ended", "Aoife's; her text is no longer the text (SIG003)")
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	if err := expect(c.Conclusion == "action_required" && strings.Contains(c.Output.Summary+c.Output.Text, "SIG003"),
		"a changed cell ends the signature, and the check says SIG003; it says %s: %s", c.Conclusion, c.Output.Title); err != nil {
		return err
	}
	return l.refresh(ctx)
}

func (l *life) bothSign(ctx context.Context) error {
	l.say.chapter("Aoife and Tomasz sign the new text")
	err := await(ctx, "the comment to offer lines for the new text", func() (bool, error) {
		lines, err := l.linesFor(ctx, l.pull.Number)
		return len(lines["ciso"]) == 1 && len(lines["head-of-it"]) >= 1, err
	})
	if err != nil {
		return err
	}
	for _, role := range []string{"ciso", "head-of-it"} {
		r, err := l.sign(ctx, l.pull.Number, role)
		if err != nil {
			return err
		}
		l.say.fact(l.holder(role).first(), "review %d: %s", r.ID, short(signLine.FindString(r.Body)))
	}
	c, err := l.verdict(ctx, l.head, concludes("success"))
	if err != nil {
		return err
	}
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	return nil
}

func (l *life) merge(ctx context.Context) error {
	l.say.chapter("Bruno merges it")
	commit, err := l.land(ctx, "bcarvalhaes", l.pull)
	if err != nil {
		return err
	}
	l.say.fact("merged", "%s", commit[:12])
	return l.tellEntry(ctx)
}

// bypass: an administrator merges past the check; nothing is hidden.
func (l *life) bypass(ctx context.Context) error {
	l.say.chapter("An administrator merges something past the check")
	text, err := l.read(ctx, "main", reviewPath)
	if err != nil {
		return err
	}
	text, err = edit(text, `version: "1.1"`, `version: "1.2"`, "exceptions-noted: 0", "exceptions-noted: 1")
	if err != nil {
		return err
	}
	head, err := l.push(ctx, adminSlug, "assurance", "Assurance review of Azure: one exception noted", map[string][]byte{reviewPath: text})
	if err != nil {
		return err
	}
	p, err := l.as(adminSlug).openPull(ctx, "Assurance review of Azure", "assurance", "")
	if err != nil {
		return err
	}
	c, err := l.verdict(ctx, head, concludes("action_required"))
	if err != nil {
		return err
	}
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	before, err := l.as(adminSlug).issues(ctx)
	if err != nil {
		return err
	}
	if _, err := l.land(ctx, adminSlug, p); err != nil {
		return err
	}
	after, err := l.as(adminSlug).issues(ctx)
	if err != nil {
		return err
	}
	if err := expect(len(after) == len(before)+1, "a deviation opens one issue, not %d", len(after)-len(before)); err != nil {
		return err
	}
	l.say.fact("deviation", "issue %d: %s", after[0].Number, after[0].Title)
	return l.tellEntry(ctx)
}
