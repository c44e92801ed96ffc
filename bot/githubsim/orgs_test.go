package githubsim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

func TestOrg_membersAndMemberships(t *testing.T) {
	s := newSite(t)
	org, _, err := s.rita.Organizations.Get(ctx(), s.owner)
	if err != nil || org.GetName() != "Northquay" || org.GetType() != "Organization" {
		t.Errorf("Get = %v, %v", org, err)
	}
	members, _, err := s.bot.Organizations.ListMembers(ctx(), s.owner, nil)
	if err != nil || len(members) != 3 {
		t.Errorf("ListMembers = %v, %v", members, err)
	}
	_, eve := s.User("eve")
	if is, _, err := s.rita.Organizations.IsMember(ctx(), s.owner, "eve"); err != nil || is {
		t.Errorf("IsMember = %v, %v", is, err)
	}
	if is, _, err := s.rita.Organizations.IsMember(ctx(), s.owner, "walter"); err != nil || !is {
		t.Errorf("IsMember = %v, %v", is, err)
	}
	_, _, err = eve.Organizations.ListMembers(ctx(), s.owner, nil)
	refused(t, err, 404, "")
	_, _, err = s.walter.Organizations.EditOrgMembership(ctx(), "eve", s.owner, &github.Membership{Role: github.String("member")})
	refused(t, err, 403, "You must be an admin of this organization.")
	made, _, err := s.olga.Organizations.EditOrgMembership(ctx(), "eve", s.owner, &github.Membership{Role: github.String("admin")})
	if err != nil || made.GetRole() != "admin" || made.GetState() != "active" {
		t.Errorf("EditOrgMembership = %v, %v", made, err)
	}
	got, _, err := s.bot.Organizations.GetOrgMembership(ctx(), "eve", s.owner)
	if err != nil || got.GetRole() != "admin" {
		t.Errorf("GetOrgMembership = %v, %v", got, err)
	}
	_, err = s.olga.Organizations.RemoveOrgMembership(ctx(), "eve", s.owner)
	must(t)(nil, nil, err)
	_, _, err = s.bot.Organizations.GetOrgMembership(ctx(), "eve", s.owner)
	refused(t, err, 404, "")
	_, err = s.olga.Organizations.RemoveOrgMembership(ctx(), "olga", s.owner)
	refused(t, err, 403, "last owner")
}

func TestOrg_teamsGiveAccess(t *testing.T) {
	s := newSite(t)
	team, _, err := s.olga.Teams.CreateTeam(ctx(), s.owner, github.NewTeam{Name: "Legal & Privacy", Privacy: github.String("closed")})
	if err != nil || team.GetSlug() != "legal-privacy" {
		t.Fatalf("CreateTeam = %v, %v", team, err)
	}
	slug := team.GetSlug()
	_, _, err = s.olga.Teams.CreateTeam(ctx(), s.owner, github.NewTeam{Name: "legal privacy"})
	refused(t, err, 422, "must be unique")
	must(t)(s.olga.Teams.AddTeamMembershipBySlug(ctx(), s.owner, slug, "rita", &github.TeamAddTeamMembershipOptions{Role: "maintainer"}))
	members, _, err := s.bot.Teams.ListTeamMembersBySlug(ctx(), s.owner, slug, nil)
	if err != nil || len(members) != 1 || members[0].GetLogin() != "rita" {
		t.Errorf("ListTeamMembersBySlug = %v, %v", members, err)
	}
	membership, _, err := s.bot.Teams.GetTeamMembershipBySlug(ctx(), s.owner, slug, "rita")
	if err != nil || membership.GetRole() != "maintainer" {
		t.Errorf("GetTeamMembershipBySlug = %v, %v", membership, err)
	}
	level := func() string {
		p, _, err := s.walter.Repositories.GetPermissionLevel(ctx(), s.owner, s.name, "rita")
		if err != nil {
			t.Fatal(err)
		}
		return p.GetPermission()
	}
	if got := level(); got != "read" {
		t.Errorf("before: %s", got)
	}
	_, err = s.olga.Teams.AddTeamRepoBySlug(ctx(), s.owner, slug, s.owner, s.name, &github.TeamAddTeamRepoOptions{Permission: "push"})
	must(t)(nil, nil, err)
	if got := level(); got != "write" {
		t.Errorf("with the team: %s, want write", got)
	}
	s.write(s.rita, s.branch, "x.md", "x")
	has := s.Get("/api/v3/orgs/northquay/teams/"+slug+"/repos/northquay/policies", s.tokens["rita"], nil)
	if body(t, has); has.StatusCode != 204 {
		t.Errorf("the team's repository: %d, want 204", has.StatusCode)
	}
	repos, _, err := s.rita.Teams.ListTeamReposBySlug(ctx(), s.owner, slug, nil)
	if err != nil || len(repos) != 1 {
		t.Errorf("ListTeamReposBySlug = %v, %v", repos, err)
	}
	teams, _, err := s.olga.Repositories.ListTeams(ctx(), s.owner, s.name, nil)
	if err != nil || len(teams) != 1 {
		t.Errorf("ListTeams = %v, %v", teams, err)
	}
	all, _, err := s.bot.Teams.ListTeams(ctx(), s.owner, nil)
	if err != nil || len(all) != 1 {
		t.Errorf("ListTeams = %v, %v", all, err)
	}
	if full, _, err := s.bot.Teams.GetTeamBySlug(ctx(), s.owner, slug); err != nil || full.GetMembersCount() != 1 {
		t.Errorf("GetTeamBySlug = %v, %v", full, err)
	}
	if children, _, err := s.bot.Teams.ListChildTeamsByParentSlug(ctx(), s.owner, slug, nil); err != nil || len(children) != 0 {
		t.Errorf("ListChildTeamsByParentSlug = %v, %v", children, err)
	}
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	must(t)(s.walter.PullRequests.RequestReviewers(ctx(), s.owner, s.name, pull.GetNumber(), github.ReviewersRequest{TeamReviewers: []string{slug}}))
	if asked := s.pull(pull.GetNumber()).RequestedTeams; len(asked) != 1 {
		t.Errorf("requested teams = %v", asked)
	}
	s.review(s.rita, pull.GetNumber(), "APPROVE", "")
	if asked := s.pull(pull.GetNumber()).RequestedTeams; len(asked) != 0 {
		t.Errorf("requested teams after a member's review = %v", asked)
	}
	_, err = s.olga.Teams.RemoveTeamMembershipBySlug(ctx(), s.owner, slug, "rita")
	must(t)(nil, nil, err)
	if got := level(); got != "read" {
		t.Errorf("without the team: %s, want read", got)
	}
}

func TestRepo_collaboratorsAndLevels(t *testing.T) {
	s := newSite(t)
	s.User("eve")
	add := func(level string) error {
		_, _, err := s.olga.Repositories.AddCollaborator(ctx(), s.owner, s.name, "eve", &github.RepositoryAddCollaboratorOptions{Permission: level})
		return err
	}
	refused(t, add("everything"), 422, "is not a valid permission")
	for _, test := range [][2]string{{"pull", "read"}, {"triage", "read"}, {"push", "write"}, {"maintain", "write"}, {"admin", "admin"}} {
		level, want := test[0], test[1]
		if err := add(level); err != nil {
			t.Fatal(err)
		}
		got, _, err := s.walter.Repositories.GetPermissionLevel(ctx(), s.owner, s.name, "eve")
		if err != nil || got.GetPermission() != want {
			t.Errorf("%s: %s, %v, want %s", level, got.GetPermission(), err, want)
		}
	}
	list, _, err := s.bot.Repositories.ListCollaborators(ctx(), s.owner, s.name, nil)
	if err != nil || len(list) != 4 || !slices.ContainsFunc(list, func(u *github.User) bool { return u.GetLogin() == "eve" && u.GetRoleName() == "admin" }) {
		t.Errorf("ListCollaborators = %v, %v", list, err)
	}
	if is, _, err := s.rita.Repositories.IsCollaborator(ctx(), s.owner, s.name, "eve"); err != nil || !is {
		t.Errorf("IsCollaborator = %v, %v", is, err)
	}
	_, err = s.olga.Repositories.RemoveCollaborator(ctx(), s.owner, s.name, "eve")
	must(t)(nil, nil, err)
	if is, _, err := s.rita.Repositories.IsCollaborator(ctx(), s.owner, s.name, "eve"); err != nil || is {
		t.Errorf("IsCollaborator = %v, %v", is, err)
	}
	_, _, err = s.rita.Repositories.GetPermissionLevel(ctx(), s.owner, s.name, "olga")
	refused(t, err, 403, "Must have push access to view collaborator permission.")
	_, _, err = s.walter.Repositories.AddCollaborator(ctx(), s.owner, s.name, "eve", nil)
	refused(t, err, 403, "admin rights")
}

func TestRepo_makeChangeArchive(t *testing.T) {
	s := newSite(t)
	made, _, err := s.olga.Repositories.Create(ctx(), s.owner, &github.Repository{Name: github.String("second"), Private: github.Bool(true), AutoInit: github.Bool(true), Description: github.String("d")})
	if err != nil || made.GetFullName() != "northquay/second" || !made.GetPrivate() || made.GetDefaultBranch() != "main" {
		t.Fatalf("Create = %v, %v", made, err)
	}
	_, _, err = s.olga.Repositories.Create(ctx(), s.owner, &github.Repository{Name: github.String("Second")})
	refused(t, err, 422, "name already exists on this account")
	_, _, err = s.olga.Repositories.Create(ctx(), s.owner, &github.Repository{Name: github.String("a/b")})
	refused(t, err, 422, "")
	_, _, err = s.walter.Repositories.Create(ctx(), s.owner, &github.Repository{Name: github.String("third")})
	refused(t, err, 403, "admin access")
	list, _, err := s.rita.Repositories.ListByOrg(ctx(), s.owner, nil)
	if err != nil || len(list) != 2 {
		t.Errorf("ListByOrg = %v, %v", list, err)
	}
	_, _, err = s.walter.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{Description: github.String("x")})
	refused(t, err, 403, "admin rights")
	_, _, err = s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{DefaultBranch: github.String("nowhere")})
	refused(t, err, 422, "was not found")
	s.fork(s.walter, "main", "trunk")
	must(t)(s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{DefaultBranch: github.String("trunk"), Archived: github.Bool(true)}))
	work := s.clone("walter")
	if got := work.git("branch", "--show-current"); got != "trunk" {
		t.Errorf("the clone is on %s, want trunk", got)
	}
	_, _, err = s.walter.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("x")})
	refused(t, err, 403, "archived so is read-only")
	work.commit("x", "x")
	if out, err := work.run("push", "origin", "trunk"); err == nil || !strings.Contains(out, "403") {
		t.Errorf("push to an archive = %v\n%s", err, out)
	}
}

func TestUser_findsPeople(t *testing.T) {
	s := newSite(t)
	self, _, err := s.olga.Users.Get(ctx(), "")
	if err != nil || self.GetLogin() != "olga" || self.GetEmail() != "olga@example.com" {
		t.Errorf("Get = %v, %v", self, err)
	}
	byID, _, err := s.rita.Users.GetByID(ctx(), self.GetID())
	if err != nil || byID.GetLogin() != "olga" || byID.GetNodeID() != self.GetNodeID() {
		t.Errorf("GetByID = %v, %v", byID, err)
	}
	emails, _, err := s.olga.Users.ListEmails(ctx(), nil)
	if err != nil || len(emails) != 1 || emails[0].GetEmail() != "olga@example.com" {
		t.Errorf("ListEmails = %v, %v", emails, err)
	}
	if keys, _, err := s.rita.Users.ListSSHSigningKeys(ctx(), "olga", nil); err != nil || len(keys) != 0 {
		t.Errorf("ListSSHSigningKeys = %v, %v", keys, err)
	}
	if keys, _, err := s.olga.Users.ListGPGKeys(ctx(), "", nil); err != nil || len(keys) != 0 {
		t.Errorf("ListGPGKeys = %v, %v", keys, err)
	}
	_, _, err = s.bot.Users.Get(ctx(), "")
	refused(t, err, 403, "Resource not accessible by integration")
	_, _, err = s.rita.Users.Get(ctx(), "nobody")
	refused(t, err, 404, "Not Found")
	_, _, err = s.olga.Apps.ListRepos(ctx(), nil)
	refused(t, err, 403, "installation access token")
	if rules, _, err := s.bot.Repositories.GetRulesForBranch(ctx(), s.owner, s.name, s.branch); err != nil || len(rules) != 0 {
		t.Errorf("GetRulesForBranch = %v, %v", rules, err)
	}
	if sets, _, err := s.bot.Repositories.GetAllRulesets(ctx(), s.owner, s.name, true); err != nil || len(sets) != 0 {
		t.Errorf("GetAllRulesets = %v, %v", sets, err)
	}
	if sets, _, err := s.olga.Organizations.GetAllOrganizationRulesets(ctx(), s.owner); err != nil || len(sets) != 0 {
		t.Errorf("GetAllOrganizationRulesets = %v, %v", sets, err)
	}
	if values, _, err := s.bot.Repositories.GetAllCustomPropertyValues(ctx(), s.owner, s.name); err != nil || len(values) != 0 {
		t.Errorf("GetAllCustomPropertyValues = %v, %v", values, err)
	}
}

func TestRepo_renamedOneIsFoundUnderItsOldName(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	id := pull.GetBase().GetRepo().GetID()
	renamed, _, err := s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{Name: github.String("rules")})
	if err != nil || renamed.GetFullName() != "northquay/rules" || renamed.GetID() != id {
		t.Fatalf("Edit = %v, %v", renamed, err)
	}
	old, _, err := s.rita.Repositories.Get(ctx(), s.owner, "policies") // follows the redirect
	if err != nil || old.GetID() != id || old.GetName() != "rules" {
		t.Errorf("Get by the old name = %v, %v", old, err)
	}
	must(t)(s.olga.PullRequests.CreateReview(ctx(), s.owner, "policies", pull.GetNumber(), &github.PullRequestReviewRequest{Event: github.String("APPROVE")}))
	response := s.Get("/api/v3/repos/northquay/policies/pulls/1", "", nil)
	body(t, response)
	if response.StatusCode != 404 {
		t.Errorf("a stranger learns of the new name: %d", response.StatusCode)
	}
	work := s.clone("walter") // by the old name
	work.commit("x.md", "x")
	work.git("push", "-q", "origin", "main")
	s.Flush()
	if !slices.Contains(s.hooks.names(), "push") {
		t.Errorf("webhooks = %v", s.hooks.names())
	}
	fresh, _, err := s.olga.Repositories.Create(ctx(), s.owner, &github.Repository{Name: github.String("policies"), Private: github.Bool(true)})
	if err != nil || fresh.GetID() == id {
		t.Fatalf("Create = %v, %v", fresh, err)
	}
	if taken, _, err := s.rita.Repositories.Get(ctx(), s.owner, "policies"); err != nil || taken.GetID() != fresh.GetID() {
		t.Errorf("the old name leads to %v, %v, want the new repository", taken, err)
	}
	_, _, err = s.olga.Repositories.Edit(ctx(), s.owner, "rules", &github.Repository{Name: github.String("policies")})
	refused(t, err, 422, "already exists")
	_, _, err = s.olga.Repositories.Edit(ctx(), s.owner, "rules", &github.Repository{Name: github.String("a/b")})
	refused(t, err, 422, "invalid")
}
