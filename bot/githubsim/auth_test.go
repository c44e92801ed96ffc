package githubsim_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

func TestAuth_jwtIsJudgedByItsDatesAndKey(t *testing.T) {
	s := newSite(t)
	id, now := strconv.FormatInt(s.app.ID, 10), s.Now()
	claims := func(issuer any, issued, expires time.Duration) jwt.MapClaims {
		return jwt.MapClaims{"iss": issuer, "iat": now.Add(issued).Unix(), "exp": now.Add(expires).Unix()}
	}
	for name, test := range map[string]struct {
		claims jwt.MapClaims
		want   string
	}{
		"good":             {claims(id, -time.Minute, 9*time.Minute), ""},
		"number as issuer": {claims(s.app.ID, -time.Minute, 9*time.Minute), ""},
		"client id":        {claims("Iv1."+id, -time.Minute, 9*time.Minute), ""},
		"ten minutes":      {claims(id, 0, 10*time.Minute), ""},
		"too far":          {claims(id, 0, 12*time.Minute), "'Expiration time' claim ('exp') is too far in the future"},
		"past":             {claims(id, -20*time.Minute, -10*time.Minute), "'Expiration time' claim ('exp') must be a numeric value"},
		"future":           {claims(id, 2*time.Minute, 9*time.Minute), "'Issued at' claim ('iat') must be an Integer"},
		"no dates":         {jwt.MapClaims{"iss": id}, "'Issued at' claim"},
		"unknown issuer":   {claims("1", 0, 9*time.Minute), "A JSON web token could not be decoded"},
	} {
		t.Run(name, func(t *testing.T) {
			app, _, err := s.Client(s.SignJWT(s.app, test.claims)).Apps.Get(ctx(), "")
			if test.want != "" {
				refused(t, err, 401, test.want)
			} else if err != nil || app.GetSlug() != "scribe" {
				t.Errorf("Get = %v, %v", app, err)
			}
		})
	}
	_, _, err := s.Client("nonsense").Apps.Get(ctx(), "")
	refused(t, err, 401, "A JSON web token could not be decoded")
	hmac, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims(id, 0, time.Minute)).SignedString([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Client(hmac).Apps.Get(ctx(), "")
	refused(t, err, 401, "A JSON web token could not be decoded")
}

func TestAuth_jwtExpiresWhenAllClocksHaveMoved(t *testing.T) {
	now := githubsimtest.Epoch()
	s := githubsimtest.Start(t, githubsimtest.WithNow(func() time.Time { return now }))
	s.User("olga")
	app, err := s.CreateApp(githubsim.NewApp{Slug: "scribe", Owner: "olga", Key: githubsimtest.AppKey()})
	if err != nil {
		t.Fatal(err)
	}
	client := s.AppClient(app)
	s.Advance(24 * time.Hour) // moves the simulator alone: the App's own clock still says that the token is good
	if _, _, err := client.Apps.Get(ctx(), ""); err != nil {
		t.Errorf("after Advance: %v", err)
	}
	now = now.Add(20 * time.Minute)
	_, _, err = client.Apps.Get(ctx(), "")
	refused(t, err, 401, "'Expiration time' claim")
}

func TestAuth_installationTokenExpiresByTheSimulatedClock(t *testing.T) {
	s := newSite(t)
	if _, _, err := s.bot.Repositories.Get(ctx(), s.owner, s.name); err != nil {
		t.Fatal(err)
	}
	s.Advance(59 * time.Minute)
	if _, _, err := s.bot.Repositories.Get(ctx(), s.owner, s.name); err != nil {
		t.Errorf("after 59 minutes: %v", err)
	}
	s.Advance(2 * time.Minute)
	_, _, err := s.bot.Repositories.Get(ctx(), s.owner, s.name)
	refused(t, err, 401, "Bad credentials")
	again := s.Client(s.InstallationToken(s.app))
	if _, _, err := again.Repositories.Get(ctx(), s.owner, s.name); err != nil {
		t.Errorf("with a new token: %v", err)
	}
}

func TestAuth_tokensAreNarrowedAndNeverWidened(t *testing.T) {
	s := newSite(t)
	other, err := s.CreateRepository(githubsim.NewRepository{Owner: s.owner, Name: "other", Private: true, AutoInit: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install("scribe", other.FullName); err != nil {
		t.Fatal(err)
	}
	app := s.AppClient(s.app)
	token := func(options *github.InstallationTokenOptions) (*github.InstallationToken, error) {
		token, _, err := app.Apps.CreateInstallationToken(ctx(), s.app.InstallationID, options)
		return token, err
	}
	_, err = token(&github.InstallationTokenOptions{Permissions: &github.InstallationPermissions{Administration: github.String("write")}})
	refused(t, err, 422, "The permissions requested are not granted to this installation.")
	_, err = token(&github.InstallationTokenOptions{Repositories: []string{"nowhere"}})
	refused(t, err, 422, "does not exist or is not accessible")
	narrow, err := token(&github.InstallationTokenOptions{RepositoryIDs: []int64{other.ID}, Permissions: &github.InstallationPermissions{Contents: github.String("read")}})
	if err != nil {
		t.Fatal(err)
	}
	if got := narrow.GetExpiresAt().Sub(s.Now()); got != time.Hour {
		t.Errorf("the token is good for %s, want an hour", got)
	}
	client := s.Client(narrow.GetToken())
	list, _, err := client.Apps.ListRepos(ctx(), nil)
	if err != nil || list.GetTotalCount() != 1 || list.Repositories[0].GetName() != "other" {
		t.Errorf("ListRepos = %v, %v", list, err)
	}
	_, _, err = client.Repositories.Get(ctx(), s.owner, s.name)
	refused(t, err, 404, "Not Found")
	_, _, err = client.Issues.Create(ctx(), s.owner, "other", &github.IssueRequest{Title: github.String("x")})
	refused(t, err, 403, "Resource not accessible by integration")
	if _, err := client.Apps.RevokeInstallationToken(ctx()); err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Apps.ListRepos(ctx(), nil)
	refused(t, err, 401, "Bad credentials")
}

func TestAuth_refusalNamesTheAcceptedPermissions(t *testing.T) {
	s := newSite(t)
	_, response, err := s.bot.Repositories.UpdateBranchProtection(ctx(), s.owner, s.name, s.branch, &github.ProtectionRequest{})
	refused(t, err, 403, "Resource not accessible by integration")
	if got := response.Header.Get("X-Accepted-GitHub-Permissions"); got != "administration=write" {
		t.Errorf("X-Accepted-GitHub-Permissions = %q", got)
	}
	issue, _, err := s.olga.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("x")})
	if err != nil {
		t.Fatal(err)
	}
	_, response, err = s.bot.Issues.Get(ctx(), s.owner, s.name, issue.GetNumber())
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("X-Accepted-GitHub-Permissions"); got != "issues=read; pull_requests=read" {
		t.Errorf("X-Accepted-GitHub-Permissions = %q", got)
	}
}

// An App with pull_requests alone comments on pull requests and not on issues.
func TestAuth_pullRequestsPermissionDoesNotReachIssues(t *testing.T) {
	s := newSite(t)
	narrow, _, err := s.AppClient(s.app).Apps.CreateInstallationToken(ctx(), s.app.InstallationID, &github.InstallationTokenOptions{Permissions: &github.InstallationPermissions{PullRequests: github.String("write")}})
	if err != nil {
		t.Fatal(err)
	}
	bot := s.Client(narrow.GetToken())
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	issue, _, err := s.olga.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("x")})
	if err != nil {
		t.Fatal(err)
	}
	comment := &github.IssueComment{Body: github.String("Hello")}
	must(t)(bot.Issues.CreateComment(ctx(), s.owner, s.name, pull.GetNumber(), comment))
	_, _, err = bot.Issues.CreateComment(ctx(), s.owner, s.name, issue.GetNumber(), comment)
	refused(t, err, 403, "Resource not accessible by integration")
}

func TestAuth_foreignPublicRepositoryIsReadOnlyToAnApp(t *testing.T) {
	s := newSite(t)
	if _, err := s.CreateRepository(githubsim.NewRepository{Owner: "rita", Name: "open", AutoInit: true}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.bot.Repositories.Get(ctx(), "rita", "open"); err != nil {
		t.Errorf("Get = %v", err)
	}
	_, _, err := s.bot.Issues.Create(ctx(), "rita", "open", &github.IssueRequest{Title: github.String("x")})
	refused(t, err, 403, "Resource not accessible by integration")
	_, err = s.bot.Git.DeleteRef(ctx(), "rita", "open", "heads/main")
	refused(t, err, 403, "Resource not accessible by integration")
}

func TestAuth_privateRepositoryIsNothingToStrangers(t *testing.T) {
	s := newSite(t)
	_, eve := s.User("eve")
	for name, client := range map[string]*github.Client{"eve": eve, "nobody": s.Client("")} {
		_, _, err := client.Repositories.Get(ctx(), s.owner, s.name)
		refused(t, err, 404, "Not Found")
		if _, _, err := client.PullRequests.List(ctx(), s.owner, s.name, nil); err == nil {
			t.Errorf("%s lists pull requests", name)
		}
	}
	_, _, err := s.Client("wrong").Repositories.Get(ctx(), s.owner, s.name)
	refused(t, err, 401, "Bad credentials")
	_, _, err = s.Client("").Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("x")})
	refused(t, err, 404, "")
}

func TestAuth_schemesOfTheHeader(t *testing.T) {
	s := newSite(t)
	for _, header := range []string{"token " + s.tokens["olga"], "Bearer " + s.tokens["olga"], "bearer " + s.tokens["olga"]} {
		response := s.Get("/api/v3/user", "", http.Header{"Authorization": {header}})
		_ = response.Body.Close() // not read
		if response.StatusCode != http.StatusOK {
			t.Errorf("%.12s...: %d, want 200", header, response.StatusCode)
		}
	}
	client := s.Client("")
	request, err := client.NewRequest(http.MethodGet, "user", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("olga", s.tokens["olga"])
	var user github.User
	if _, err := client.Do(ctx(), request, &user); err != nil || user.GetLogin() != "olga" {
		t.Errorf("basic: %v, %v", user.GetLogin(), err)
	}
}

func TestApp_describesItselfAndItsInstallations(t *testing.T) {
	s := newSite(t)
	app := s.AppClient(s.app)
	self, _, err := app.Apps.Get(ctx(), "")
	if err != nil || self.GetID() != s.app.ID || self.GetPermissions().GetChecks() != "write" || self.GetInstallationsCount() != 1 {
		t.Errorf("Get = %v, %v", self, err)
	}
	bySlug, _, err := s.rita.Apps.Get(ctx(), "scribe")
	if err != nil || bySlug.GetID() != s.app.ID {
		t.Errorf("Get scribe = %v, %v", bySlug, err)
	}
	all, _, err := app.Apps.ListInstallations(ctx(), nil)
	if err != nil || len(all) != 1 || all[0].GetID() != s.app.InstallationID || all[0].GetAccount().GetLogin() != s.owner {
		t.Errorf("ListInstallations = %v, %v", all, err)
	}
	for name, find := range map[string]func() (*github.Installation, *github.Response, error){
		"Get": func() (*github.Installation, *github.Response, error) {
			return app.Apps.GetInstallation(ctx(), s.app.InstallationID)
		},
		"organisation": func() (*github.Installation, *github.Response, error) {
			return app.Apps.FindOrganizationInstallation(ctx(), s.owner)
		},
		"repository": func() (*github.Installation, *github.Response, error) {
			return app.Apps.FindRepositoryInstallation(ctx(), s.owner, s.name)
		},
		"user, as an id": func() (*github.Installation, *github.Response, error) {
			return app.Apps.FindUserInstallation(ctx(), s.owner)
		},
	} {
		found, _, err := find()
		if err != nil || found.GetID() != s.app.InstallationID {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	_, _, err = app.Apps.GetInstallation(ctx(), 1)
	refused(t, err, 404, "Not Found")
	bot, _, err := s.rita.Users.Get(ctx(), "scribe[bot]")
	if err != nil || bot.GetType() != "Bot" || bot.GetID() != s.app.BotID || !strings.HasSuffix(bot.GetHTMLURL(), "/apps/scribe") {
		t.Errorf("the bot is %v, %v", bot, err)
	}
}

func TestClock_writesTakeASecondAndReadsNone(t *testing.T) {
	s := newSite(t)
	before := s.Now()
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n") // branch, file, pull request
	if got := s.Now().Sub(before); got != 3*time.Second {
		t.Errorf("three writes took %s", got)
	}
	if got := pull.GetCreatedAt().Time; !got.Equal(s.Now()) {
		t.Errorf("created_at = %s, want %s", got, s.Now())
	}
	before = s.Now()
	s.pull(pull.GetNumber())
	_, _, err := s.walter.PullRequests.CreateReview(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequestReviewRequest{Event: github.String("APPROVE")})
	refused(t, err, 422, "")
	if !s.Now().Equal(before) {
		t.Errorf("a read and a refused write took %s", s.Now().Sub(before))
	}
}
