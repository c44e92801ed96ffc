package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"
)

// Story plays the parts, one after the other.
type Story struct {
	*Stage
	say *narrator
}

// NewStory plays on a stage and tells out what happens.
func NewStory(s *Stage, out io.Writer) *Story { return &Story{Stage: s, say: &narrator{out: out}} }

// expect ends the demo when something that must hold does not.
func expect(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf("expected that "+format, args...)
}

// Verdict waits until the check on a commit says one of the conclusions, and reads
// it back.
func (s *Story) Verdict(ctx context.Context, head string, wanted func(Check) bool) (Check, error) {
	var found Check
	err := Await(ctx, "the check on "+head[:12], func() (bool, error) {
		runs, err := s.As(adminSlug).Checks(ctx, head)
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

// Concludes waits for a conclusion.
func Concludes(word string) func(Check) bool {
	return func(c Check) bool { return c.Conclusion == word }
}

var signLine = regexp.MustCompile(`(?m)^I sign as ([a-z0-9-]+): .*$`)

// LinesFor reads, from the one comment on a pull request, the lines to copy for
// each role.
func (s *Story) LinesFor(ctx context.Context, number int) (map[string][]string, error) {
	comments, err := s.As(adminSlug).Comments(ctx, number)
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

// Holder is the person of a role.
func (s *Story) Holder(role string) *Person {
	for _, p := range s.Cast {
		if p.Role == role {
			return p
		}
	}
	return nil
}

// Offered waits for the lines that the comment offers for a role.
func (s *Story) Offered(ctx context.Context, number int, role string) (lines []string, err error) {
	err = Await(ctx, "lines to sign for "+role, func() (bool, error) {
		all, err := s.LinesFor(ctx, number)
		lines = all[role]
		return len(lines) > 0, err
	})
	return lines, err
}

// Sign approves a pull request as the holder of a role, with the lines that the
// comment offers for it now.
func (s *Story) Sign(ctx context.Context, number int, role string) (Review, error) {
	lines, err := s.Offered(ctx, number, role)
	if err != nil {
		return Review{}, err
	}
	return s.As(s.Holder(role).Slug).Review(ctx, number, "APPROVE", "Read.\n\n"+strings.Join(lines, "\n"))
}

// SignAll has everyone sign for whom the comment offers lines, until the check is
// green. It gives the roles that signed.
func (s *Story) SignAll(ctx context.Context, number int, head string) ([]string, error) {
	if _, err := s.Verdict(ctx, head, Concludes("action_required")); err != nil {
		return nil, err
	}
	var lines map[string][]string
	err := Await(ctx, "the comment with the lines to sign", func() (bool, error) {
		var err error
		lines, err = s.LinesFor(ctx, number)
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
		if _, err := s.As(s.Holder(role).Slug).Review(ctx, number, "APPROVE", body); err != nil {
			return nil, err
		}
	}
	_, err = s.Verdict(ctx, head, Concludes("success"))
	return roles, err
}

// Land merges a pull request and waits until the evidence branch holds it: the
// branch moves by the entry, and again by the site.
func (s *Story) Land(ctx context.Context, slug string, p Pull) (string, error) {
	before, err := s.As(adminSlug).Branch(ctx, "evidence")
	if err != nil {
		return "", err
	}
	if err := s.As(slug).Merge(ctx, p.Number, p.Head.SHA); err != nil {
		return "", err
	}
	merged, err := s.As(adminSlug).Pull(ctx, p.Number)
	if err != nil {
		return "", err
	}
	err = Await(ctx, "evidence of pull request "+fmt.Sprint(p.Number), func() (bool, error) {
		now, err := s.As(adminSlug).Branch(ctx, "evidence")
		if err != nil || now == before {
			return false, err
		}
		before = now
		return s.shown(ctx)
	})
	return merged.MergeCommit, err
}

// shown says whether the site shows the newest entry: it is committed after it.
func (s *Story) shown(ctx context.Context) (bool, error) {
	_, tip, err := s.Ledger(ctx)
	if err != nil {
		return false, err
	}
	commit, err := s.Mirror.Commit(tip)
	return bytes.Contains(commit.Raw, []byte("\n\nSite after entry ")), err
}

// Found plays pull request 1: configuration and keys, signed by two people.
func (s *Story) Found(ctx context.Context) error {
	files := map[string][]byte{
		".vidimus.yml":      s.Documents[".vidimus.yml"],
		"keys/web-flow.asc": []byte(s.Sim.WebFlowKey()),
		"keys/vidimus.asc":  s.EvidenceKey.Public,
	}
	for _, p := range s.Cast {
		if p.key == nil {
			continue
		}
		key, err := p.publicKey()
		if err != nil {
			return err
		}
		files["keys/"+p.Slug+".asc"] = key
	}
	head, err := s.Push(ctx, "rdevries", "founding", "Who signs what, and the keys of those who commit", files)
	if err != nil {
		return err
	}
	p, err := s.As("rdevries").OpenPull(ctx, "Found the governance of our cloud use", "founding", "The first configuration and the keys.")
	if err != nil {
		return err
	}
	roles, err := s.signFounding(ctx, p.Number, head)
	if err != nil {
		return err
	}
	if _, err := s.Land(ctx, "rdevries", p); err != nil {
		return err
	}
	s.say.fact("founded", "pull request %d: configuration and %d keys, signed by %s", p.Number, len(files)-1, s.names(roles))
	return nil
}

// signFounding: two persons are enough; the comment offers lines to more.
func (s *Story) signFounding(ctx context.Context, number int, head string) ([]string, error) {
	if _, err := s.Verdict(ctx, head, Concludes("action_required")); err != nil {
		return nil, err
	}
	roles := []string{"ciso", "head-of-it"}
	for _, role := range roles {
		if _, err := s.Sign(ctx, number, role); err != nil {
			return nil, err
		}
	}
	_, err := s.Verdict(ctx, head, Concludes("success"))
	return roles, err
}

// Bring plays pull request 2: all documents, signed by all their signatories.
func (s *Story) Bring(ctx context.Context) error {
	files := map[string][]byte{}
	for path, text := range s.Documents {
		if path != ".vidimus.yml" {
			files[path] = text
		}
	}
	head, err := s.Push(ctx, "rdevries", "documents", "The documents that govern our cloud use", files)
	if err != nil {
		return err
	}
	p, err := s.As("rdevries").OpenPull(ctx, "Bring the documents", "documents", "Policy, register, contracts, matrices, exit plans, reviews, one exception.")
	if err != nil {
		return err
	}
	roles, err := s.SignAll(ctx, p.Number, head)
	if err != nil {
		return err
	}
	if _, err := s.Land(ctx, "rdevries", p); err != nil {
		return err
	}
	s.say.fact("in force", "pull request %d: %d documents, signed by %s", p.Number, len(files), s.names(roles))
	return nil
}

// names lists the holders of roles.
func (s *Story) names(roles []string) string {
	var names []string
	for _, role := range roles {
		names = append(names, s.Holder(role).first())
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
