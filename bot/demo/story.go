package demo

import (
	"context"
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// story plays the parts, one after the other.
type story struct {
	*stage
	say *narrator
}

// expect ends the demo when something that must hold does not.
func expect(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf("expected that "+format, args...)
}

// verdict waits until the check on a commit says one of the conclusions, and reads
// it back.
func (s *story) verdict(ctx context.Context, head string, wanted func(check) bool) (check, error) {
	var found check
	err := await(ctx, "the check on "+head[:12], func() (bool, error) {
		runs, err := s.as(adminSlug).checks(ctx, head)
		if err != nil || len(runs) == 0 {
			return false, err
		}
		found = runs[0]
		return len(runs) == 1 && wanted(found), nil
	})
	if err != nil {
		return found, fmt.Errorf("%w; the check says %s: %s", err, found.Conclusion, found.Output.Title)
	}
	return found, nil
}

func concludes(word string) func(check) bool {
	return func(c check) bool { return c.Conclusion == word }
}

var signLine = regexp.MustCompile(`(?m)^I sign as ([a-z0-9-]+): .*$`)

// linesFor reads, from the one comment on a pull request, the lines to copy for
// each role.
func (s *story) linesFor(ctx context.Context, number int) (map[string][]string, error) {
	comments, err := s.as(adminSlug).comments(ctx, number)
	if err != nil {
		return nil, err
	}
	lines := map[string][]string{}
	for _, c := range comments {
		if c.User.Login != appSlug+"[bot]" {
			continue
		}
		for _, m := range signLine.FindAllStringSubmatch(strings.ReplaceAll(c.Body, "\r", ""), -1) {
			lines[m[1]] = append(lines[m[1]], m[0])
		}
	}
	return lines, nil
}

// holder is the person of a role.
func (s *story) holder(role string) *person {
	for _, p := range s.cast {
		if p.role == role {
			return p
		}
	}
	return nil
}

// offered waits for the lines that the comment offers for a role.
func (s *story) offered(ctx context.Context, number int, role string) (lines []string, err error) {
	err = await(ctx, "lines to sign for "+role, func() (bool, error) {
		all, err := s.linesFor(ctx, number)
		lines = all[role]
		return len(lines) > 0, err
	})
	return lines, err
}

// sign approves a pull request as the holder of a role, with the lines that the
// comment offers for it now.
func (s *story) sign(ctx context.Context, number int, role string) (review, error) {
	lines, err := s.offered(ctx, number, role)
	if err != nil {
		return review{}, err
	}
	return s.as(s.holder(role).slug).review(ctx, number, "APPROVE", "Read.\n\n"+strings.Join(lines, "\n"))
}

// signAll has everyone sign for whom the comment offers lines, until the check is
// green. It gives the roles that signed.
func (s *story) signAll(ctx context.Context, number int, head string) ([]string, error) {
	if _, err := s.verdict(ctx, head, concludes("action_required")); err != nil {
		return nil, err
	}
	var lines map[string][]string
	err := await(ctx, "the comment with the lines to sign", func() (bool, error) {
		var err error
		lines, err = s.linesFor(ctx, number)
		return len(lines) > 0, err
	})
	if err != nil {
		return nil, err
	}
	var roles []string
	for role := range lines {
		roles = append(roles, role)
	}
	sort.Strings(roles)
	for _, role := range roles {
		body := "Read.\n\n" + strings.Join(lines[role], "\n")
		if _, err := s.as(s.holder(role).slug).review(ctx, number, "APPROVE", body); err != nil {
			return nil, err
		}
	}
	_, err = s.verdict(ctx, head, concludes("success"))
	return roles, err
}

// land merges a pull request and waits until the evidence branch holds it: the
// branch moves by the entry, and again by the site.
func (s *story) land(ctx context.Context, slug string, p pull) (string, error) {
	before, err := s.as(adminSlug).branch(ctx, "evidence")
	if err != nil {
		return "", err
	}
	if err := s.as(slug).merge(ctx, p.Number, p.Head.SHA); err != nil {
		return "", err
	}
	merged, err := s.as(adminSlug).pull(ctx, p.Number)
	if err != nil {
		return "", err
	}
	err = await(ctx, "evidence of pull request "+fmt.Sprint(p.Number), func() (bool, error) {
		now, err := s.as(adminSlug).branch(ctx, "evidence")
		return now != before, err
	})
	return merged.MergeCommit, err
}

// found plays pull request 1: configuration and keys, signed by two people.
func (s *story) found(ctx context.Context) error {
	files := map[string][]byte{
		".vidimus.yml":      s.files[".vidimus.yml"],
		"keys/web-flow.asc": []byte(s.sim.WebFlowKey()),
		"keys/vidimus.asc":  s.key.Public,
	}
	for _, p := range s.cast {
		if p.key == nil {
			continue
		}
		key, err := p.publicKey()
		if err != nil {
			return err
		}
		files["keys/"+p.slug+".asc"] = key
	}
	head, err := s.push(ctx, "rdevries", "founding", "Who signs what, and the keys of those who commit", files)
	if err != nil {
		return err
	}
	p, err := s.as("rdevries").openPull(ctx, "Found the governance of our cloud use", "founding", "The first configuration and the keys.")
	if err != nil {
		return err
	}
	roles, err := s.signFounding(ctx, p.Number, head)
	if err != nil {
		return err
	}
	if _, err := s.land(ctx, "rdevries", p); err != nil {
		return err
	}
	s.say.fact("founded", "pull request %d: configuration and %d keys, signed by %s", p.Number, len(files)-1, s.names(roles))
	return nil
}

// signFounding: two persons are enough; the comment offers lines to more.
func (s *story) signFounding(ctx context.Context, number int, head string) ([]string, error) {
	if _, err := s.verdict(ctx, head, concludes("action_required")); err != nil {
		return nil, err
	}
	roles := []string{"ciso", "head-of-it"}
	for _, role := range roles {
		if _, err := s.sign(ctx, number, role); err != nil {
			return nil, err
		}
	}
	_, err := s.verdict(ctx, head, concludes("success"))
	return roles, err
}

// bring plays pull request 2: all documents, signed by all their signatories.
func (s *story) bring(ctx context.Context) error {
	files := map[string][]byte{}
	for path, text := range s.files {
		if path != ".vidimus.yml" {
			files[path] = text
		}
	}
	head, err := s.push(ctx, "rdevries", "documents", "The documents that govern our cloud use", files)
	if err != nil {
		return err
	}
	p, err := s.as("rdevries").openPull(ctx, "Bring the documents", "documents", "Policy, register, contracts, matrices, exit plans, reviews, one exception.")
	if err != nil {
		return err
	}
	roles, err := s.signAll(ctx, p.Number, head)
	if err != nil {
		return err
	}
	if _, err := s.land(ctx, "rdevries", p); err != nil {
		return err
	}
	s.say.fact("in force", "pull request %d: %d documents, signed by %s", p.Number, len(files), s.names(roles))
	return nil
}

// names lists the holders of roles.
func (s *story) names(roles []string) string {
	var names []string
	for _, role := range roles {
		names = append(names, s.holder(role).first())
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
