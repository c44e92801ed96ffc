package demo

import (
	"context"
	"fmt"
	"strings"
)

// Life is pull request 3 as it goes on.
type Life struct {
	*Story
	Pull   Pull
	Head   string
	Branch string
}

// Propose plays the beginning of pull request 3: a proposal with a defect, which
// blocks, and the mended one.
func (s *Story) Propose(ctx context.Context) (*Life, error) {
	l := &Life{Story: s, Branch: "container-images"}
	s.say.chapter("Bruno proposes: our container images become ours to patch")
	matrix, err := s.Read(ctx, "main", matrixPath)
	if err != nil {
		return nil, err
	}
	register, err := s.Read(ctx, "main", registerPath)
	if err != nil {
		return nil, err
	}
	matrix, register, err = proposal(matrix, register)
	if err != nil {
		return nil, err
	}
	if l.Head, err = s.Push(ctx, "bcarvalhaes", l.Branch, "Matrix: container images are ours to patch",
		map[string][]byte{matrixPath: matrix, registerPath: register}); err != nil {
		return nil, err
	}
	if l.Pull, err = s.As("bcarvalhaes").OpenPull(ctx, "Container images become ours to patch", l.Branch, "We build images since this week."); err != nil {
		return nil, err
	}
	s.say.fact("pull request", "%d, 1 commit, signed with Bruno's key", l.Pull.Number)
	c, err := s.Verdict(ctx, l.Head, Concludes("failure"))
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

func (l *Life) mend(ctx context.Context, matrix []byte) error {
	l.say.chapter("Bruno mends it")
	mended, err := edit(matrix, rowDefect, rowMended)
	if err != nil {
		return err
	}
	if l.Head, err = l.Push(ctx, "bcarvalhaes", l.Branch, "Matrix: say who patches what", map[string][]byte{matrixPath: mended}); err != nil {
		return err
	}
	c, err := l.Verdict(ctx, l.Head, Concludes("action_required"))
	if err != nil {
		return err
	}
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	return l.refresh(ctx)
}

func (l *Life) refresh(ctx context.Context) (err error) {
	l.Pull, err = l.As(adminSlug).Pull(ctx, l.Pull.Number)
	return err
}

// play goes on from the mended proposal to the end.
func (l *Life) play(ctx context.Context) error {
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
func (l *Life) strangerApproves(ctx context.Context) error {
	l.say.chapter("Zeynep, Head of People, approves")
	lines, err := l.Offered(ctx, l.Pull.Number, "ciso")
	if err != nil {
		return err
	}
	r, err := l.As("zaydin").Review(ctx, l.Pull.Number, "APPROVE", lines[0])
	if err != nil {
		return err
	}
	c, err := l.Verdict(ctx, l.Head, func(c Check) bool {
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

func (l *Life) cisoSigns(ctx context.Context) error {
	l.say.chapter("Aoife, CISO, signs")
	r, err := l.Sign(ctx, l.Pull.Number, "ciso")
	if err != nil {
		return err
	}
	line := signLine.FindString(r.Body)
	c, err := l.Verdict(ctx, l.Head, func(c Check) bool {
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
func (l *Life) cellChanges(ctx context.Context) error {
	l.say.chapter("Bruno changes one cell after that")
	matrix, err := l.Read(ctx, l.Branch, matrixPath)
	if err != nil {
		return err
	}
	changed, err := edit(matrix, rowMended, rowFinal)
	if err != nil {
		return err
	}
	if l.Head, err = l.Push(ctx, "bcarvalhaes", l.Branch, "Matrix: name the evidence for our images", map[string][]byte{matrixPath: changed}); err != nil {
		return err
	}
	c, err := l.Verdict(ctx, l.Head, func(c Check) bool { return c.Status == "completed" })
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

func (l *Life) bothSign(ctx context.Context) error {
	l.say.chapter("Aoife and Tomasz sign the new text")
	err := Await(ctx, "the comment to offer lines for the new text", func() (bool, error) {
		lines, err := l.LinesFor(ctx, l.Pull.Number)
		return len(lines["ciso"]) == 1 && len(lines["head-of-it"]) >= 1, err
	})
	if err != nil {
		return err
	}
	for _, role := range []string{"ciso", "head-of-it"} {
		r, err := l.Sign(ctx, l.Pull.Number, role)
		if err != nil {
			return err
		}
		l.say.fact(l.Holder(role).first(), "review %d: %s", r.ID, short(signLine.FindString(r.Body)))
	}
	c, err := l.Verdict(ctx, l.Head, Concludes("success"))
	if err != nil {
		return err
	}
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	return nil
}

func (l *Life) merge(ctx context.Context) error {
	l.say.chapter("Bruno merges it")
	commit, err := l.Land(ctx, "bcarvalhaes", l.Pull)
	if err != nil {
		return err
	}
	l.say.fact("merged", "%s", commit[:12])
	return l.tellEntry(ctx)
}

// bypass: an administrator merges past the check; nothing is hidden.
func (l *Life) bypass(ctx context.Context) error {
	l.say.chapter("An administrator merges something past the check")
	text, err := l.Read(ctx, "main", reviewPath)
	if err != nil {
		return err
	}
	text, err = edit(text, `version: "1.1"`, `version: "1.2"`, "exceptions-noted: 0", "exceptions-noted: 1")
	if err != nil {
		return err
	}
	head, err := l.Push(ctx, adminSlug, "assurance", "Assurance review of Azure: one exception noted", map[string][]byte{reviewPath: text})
	if err != nil {
		return err
	}
	p, err := l.As(adminSlug).OpenPull(ctx, "Assurance review of Azure", "assurance", "")
	if err != nil {
		return err
	}
	c, err := l.Verdict(ctx, head, Concludes("action_required"))
	if err != nil {
		return err
	}
	l.say.fact("check", "%s: %s", c.Conclusion, c.Output.Title)
	before, err := l.As(adminSlug).Issues(ctx)
	if err != nil {
		return err
	}
	if _, err := l.Land(ctx, adminSlug, p); err != nil {
		return err
	}
	after, err := l.As(adminSlug).Issues(ctx)
	if err != nil {
		return err
	}
	if err := expect(len(after) == len(before)+1, "a deviation opens one issue, not %d", len(after)-len(before)); err != nil {
		return err
	}
	l.say.fact("deviation", "issue %d: %s", after[0].Number, after[0].Title)
	return l.tellEntry(ctx)
}
