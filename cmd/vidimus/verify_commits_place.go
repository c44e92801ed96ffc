package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// commitPlace says where the commits that do not count stand: what has landed is never amended, since that
// would rewrite the governed branch for everybody who has it.
type commitPlace struct {
	// landed holds the ids of those that have landed, in names where, like "origin/main".
	landed map[string]bool
	in     string
	// stray holds the ids of those that were named one by one and are not part of what is checked out.
	stray map[string]bool
	// onto is what git calls the governed branch or the base of the range, "" where neither is known; branch
	// is that of the proposal, "" where it is not known, and onGoverned tells that it has not got one of its own yet.
	onto, branch string
	onGoverned   bool
	// owners are who signs the configuration, and so can be asked about what has landed.
	owners []string
}

// place finds out where the missing commits of s stand. What git cannot say is not claimed.
func (v *commitVerification) place(ctx context.Context, s *commitSummary) commitPlace {
	p := commitPlace{landed: map[string]bool{}, stray: map[string]bool{}, owners: owners(s.config)}
	refs := v.repo.governedRefs(ctx, s.config)
	bare, _ := v.repo.output(ctx, "rev-parse", "--is-bare-repository") // without an answer it is not bare
	switch {
	case len(refs) > 0 && bare != "true":
		p.in, p.onto = enumerated(refs), pasteable(refs[0])
		for _, c := range s.missing {
			p.landed[c.id] = true
		}
		for _, id := range v.repo.beyond(ctx, s.missing, refs) {
			delete(p.landed, id)
		}
	case bare == "true" || v.o.all || v.o.authenticate || len(v.o.ranges) == 0:
		p.in = "this history"
		for _, c := range s.missing {
			p.landed[c.id] = true
		}
	default:
		before, _, isRange := strings.Cut(v.o.ranges[0], "..")
		if isRange {
			p.onto = pasteable(before)
		}
	}
	if v.o.stdin {
		for _, id := range v.repo.beyond(ctx, s.missing, []string{"HEAD"}) {
			p.stray[id] = !p.landed[id]
		}
	}
	p.branch = v.proposed(ctx)
	p.onGoverned = slices.Contains(governedBranches(s.config), p.branch)
	return p
}

// proposed names the branch that is judged: the end of the range if that is one, else the one that is checked
// out; "" for none.
func (v *commitVerification) proposed(ctx context.Context) string {
	for _, r := range v.o.ranges {
		if _, end, isRange := strings.Cut(r, ".."); isRange && end != "" && end != "HEAD" {
			if _, err := v.repo.resolve(ctx, "refs/heads/"+end); err == nil {
				return pasteable(end)
			}
			return ""
		}
	}
	branch, err := v.repo.output(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err != nil {
		return ""
	}
	return pasteable(branch)
}

// governedBranches are those that the configuration governs, or the usual names.
func governedBranches(config *repoconfig.Config) []string {
	if config == nil || len(config.Branches) == 0 {
		return []string{"main", "master"}
	}
	return config.Branches
}

// governedRefs names the branches into which changes land: those that the configuration governs, or main
// and master, as a remote has them, else the local ones.
func (r commitRepository) governedRefs(ctx context.Context, config *repoconfig.Config) []string {
	names := governedBranches(config)
	for _, folder := range []string{"refs/remotes/", "refs/heads/"} {
		list, err := r.output(ctx, "for-each-ref", "--format=%(refname)", folder)
		if err != nil {
			return nil
		}
		var found []string
		for _, ref := range strings.Fields(list) {
			short := strings.TrimPrefix(ref, folder)
			branch := short
			if folder == "refs/remotes/" {
				_, branch, _ = strings.Cut(short, "/")
			}
			if slices.Contains(names, branch) {
				found = append(found, short)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// beyond gives those of the commits that none of the refs holds. A commit that git cannot read stands in
// nobody's branch as far as it is known.
func (r commitRepository) beyond(ctx context.Context, commits []judgedCommit, refs []string) []string {
	var ids []string
	for _, c := range commits {
		ids = append(ids, c.id)
	}
	questions := strings.Join(ids, "\n") + "\n^" + strings.Join(refs, "\n^") + "\n"
	out, err := r.stream(ctx, strings.NewReader(questions), "rev-list", "--stdin")
	if err != nil {
		return ids
	}
	return strings.Fields(string(out))
}

// owners names the people who hold a role of the rule that signs the configuration.
func owners(config *repoconfig.Config) []string {
	if config == nil {
		return nil
	}
	var names []string
	for _, id := range config.Governance.Require.Roles() {
		role, _ := config.Role(id)
		for _, slug := range role.Holders {
			if person, known := config.Person(slug); known && !slices.Contains(names, person.Name) {
				names = append(names, person.Name)
			}
		}
	}
	return names
}

// pasteable is a revision that a shell takes as it is, else "".
func pasteable(revision string) string {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/~^-]{0,199}$`).MatchString(revision) {
		return ""
	}
	return revision
}

// mend says what is to be done about one commit, "" where there is nothing to say.
func (p commitPlace) mend(c judgedCommit) string {
	switch {
	case c.verdict.Mend == "":
		return c.verdict.Text
	case p.landed[c.id]:
		return "It is part of " + p.in + "."
	case p.stray[c.id]:
		return "It is not part of what is checked out: find out where it comes from."
	}
	return c.verdict.Mend
}

// advice says what is right for all the commits together: whom to ask about what has landed, and which
// commands sign a proposal again.
func (p commitPlace) advice(missing []judgedCommit) string {
	landed, again := 0, 0
	for _, c := range missing {
		switch {
		case p.landed[c.id]:
			landed++
		case p.stray[c.id]:
		case c.verdict.Mend != "" && c.verdict.Word != commitsig.ExpiredKey:
			again++
		}
	}
	var b strings.Builder
	if landed > 0 {
		text := "What is part of " + p.in + " is not amended: that would rewrite it for everybody. Whether it was signed for stands in the evidence."
		if len(p.owners) > 0 {
			text += " Ask " + enumerated(p.owners) + ", who may sign " + configurationPath + ", what follows from it."
		}
		b.WriteString(strings.Join(wrapped(printable(text), 78), "\n") + "\n")
	}
	if again > 0 {
		b.WriteString("To sign what is proposed again with your own key, on its branch:\n" + p.commands())
	}
	return b.String()
}

// commands sign every commit of a proposal again.
func (p commitPlace) commands() string {
	onto := p.onto
	if onto == "" {
		onto = "MAIN"
	}
	var b strings.Builder
	if p.branch != "" {
		fmt.Fprintf(&b, "  git switch %s\n", p.branch)
	}
	fmt.Fprintf(&b, "  git rebase --keep-base --exec \"git commit --amend --no-edit --allow-empty -S\" %s\n", onto)
	if p.onGoverned {
		b.WriteString("  git push origin HEAD:refs/heads/my-change\n")
	} else {
		b.WriteString("  git push --force-with-lease\n")
	}
	if p.onto == "" {
		b.WriteString("MAIN is the branch that the change is proposed for.\n")
	}
	return b.String()
}

// enumerated joins names as people do; of more than three it says how many more.
func enumerated(names []string) string {
	const most = 3
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n <= most:
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
	return fmt.Sprintf("%s or one of %d more", strings.Join(names[:most], ", "), len(names)-most)
}
