package githubsim_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
)

// after runs act and lists the webhooks that it led to.
func (s *site) after(act func()) []string {
	s.t.Helper()
	s.Flush()
	before := len(s.hooks.names())
	act()
	s.Flush()
	return s.hooks.names()[before:]
}

// wantHooks fails the test unless act leads to these webhooks in this order.
func (s *site) wantHooks(name string, act func(), want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), s.after(act)); diff != "" {
		s.t.Errorf("webhooks of %s (-want +got):\n%s", name, diff)
	}
}

func TestHook_eachActionIsToldInNaturalOrder(t *testing.T) {
	s := newSite(t)
	s.wantHooks("installation", func() {})
	var pull *github.PullRequest
	s.wantHooks("branch", func() { s.fork(s.walter, s.branch, "change") }, "create", "push", "check_suite requested")
	s.wantHooks("commit", func() { s.write(s.walter, "change", "policy/cloud.md", "# Cloud\n") }, "push", "check_suite requested")
	s.wantHooks("pull request", func() {
		var err error
		pull, _, err = s.walter.PullRequests.Create(ctx(), s.owner, s.name, &github.NewPullRequest{Title: github.String("T"), Head: github.String("change"), Base: &s.branch, Draft: github.Bool(true)})
		must(t)(nil, nil, err)
	}, "pull_request opened")
	number := pull.GetNumber()
	s.wantHooks("ready", func() { must(t)(nil, nil, s.SetDraft("northquay/policies", number, false)) }, "pull_request ready_for_review")
	s.wantHooks("draft", func() { must(t)(nil, nil, s.SetDraft("northquay/policies", number, true)) }, "pull_request converted_to_draft")
	s.wantHooks("title", func() {
		must(t)(s.walter.PullRequests.Edit(ctx(), s.owner, s.name, number, &github.PullRequest{Title: github.String("T2")}))
	}, "pull_request edited")
	s.wantHooks("request", func() {
		must(t)(s.walter.PullRequests.RequestReviewers(ctx(), s.owner, s.name, number, github.ReviewersRequest{Reviewers: []string{"olga"}}))
	}, "pull_request review_requested")
	s.wantHooks("push to the head", func() { s.write(s.walter, "change", "policy/more.md", "# More\n") }, "push", "pull_request synchronize", "check_suite requested")
	var review *github.PullRequestReview
	s.wantHooks("review", func() { review = s.review(s.olga, number, "APPROVE", "I sign.") }, "pull_request_review submitted")
	s.wantHooks("edit of a review", func() {
		must(t)(s.olga.PullRequests.UpdateReview(ctx(), s.owner, s.name, number, review.GetID(), "I sign it."))
	}, "pull_request_review edited")
	s.wantHooks("dismissal", func() {
		must(t)(s.walter.PullRequests.DismissReview(ctx(), s.owner, s.name, number, review.GetID(), &github.PullRequestReviewDismissalRequest{Message: github.String("m")}))
	}, "pull_request_review dismissed")
	var comment *github.IssueComment
	s.wantHooks("comment", func() {
		var err error
		comment, _, err = s.rita.Issues.CreateComment(ctx(), s.owner, s.name, number, &github.IssueComment{Body: github.String("Hello")})
		must(t)(nil, nil, err)
	}, "issue_comment created")
	s.wantHooks("edit of a comment", func() {
		must(t)(s.rita.Issues.EditComment(ctx(), s.owner, s.name, comment.GetID(), &github.IssueComment{Body: github.String("Hi")}))
	}, "issue_comment edited")
	s.wantHooks("deletion of a comment", func() {
		_, err := s.rita.Issues.DeleteComment(ctx(), s.owner, s.name, comment.GetID())
		must(t)(nil, nil, err)
	}, "issue_comment deleted")
	s.wantHooks("close", func() {
		must(t)(s.walter.PullRequests.Edit(ctx(), s.owner, s.name, number, &github.PullRequest{State: github.String("closed")}))
	}, "pull_request closed")
	s.wantHooks("reopen", func() {
		must(t)(s.walter.PullRequests.Edit(ctx(), s.owner, s.name, number, &github.PullRequest{State: github.String("open")}))
	}, "pull_request reopened")
	s.wantHooks("merge", func() {
		must(t)(nil, nil, s.SetDraft("northquay/policies", number, false))
		s.merge(number, "merge")
	}, "pull_request ready_for_review", "push", "pull_request closed", "check_suite requested")
	s.wantHooks("deletion of the branch", func() {
		_, err := s.walter.Git.DeleteRef(ctx(), s.owner, s.name, "heads/change")
		must(t)(nil, nil, err)
	}, "push", "delete")
}

func TestHook_issues(t *testing.T) {
	s := newSite(t)
	var issue *github.Issue
	s.wantHooks("issue", func() {
		var err error
		issue, _, err = s.rita.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("T"), Body: github.String("B")})
		must(t)(nil, nil, err)
	}, "issues opened")
	edit := func(request *github.IssueRequest) func() {
		return func() { must(t)(s.rita.Issues.Edit(ctx(), s.owner, s.name, issue.GetNumber(), request)) }
	}
	s.wantHooks("edit", edit(&github.IssueRequest{Body: github.String("B2")}), "issues edited")
	s.wantHooks("close", edit(&github.IssueRequest{State: github.String("closed")}), "issues closed")
	s.wantHooks("reopen", edit(&github.IssueRequest{State: github.String("open")}), "issues reopened")
	s.wantHooks("nothing", edit(&github.IssueRequest{Body: github.String("B2")}))
}

func TestHook_headersAndSignature(t *testing.T) {
	s := newSite(t)
	s.Flush()
	for _, h := range s.hooks.all() {
		for name, want := range map[string]string{
			"Content-Type": "application/json", "X-Github-Hook-Installation-Target-Id": strconv.FormatInt(s.app.ID, 10),
			"X-Github-Hook-Installation-Target-Type": "integration",
			"X-Hub-Signature":                        "sha1=" + hookshot.Sum(sha1.New, s.app.WebhookSecret, h.body),
			"X-Hub-Signature-256":                    "sha256=" + hookshot.Sum(sha256.New, s.app.WebhookSecret, h.body),
		} {
			if got := h.header.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
		if !strings.HasPrefix(h.header.Get("User-Agent"), "GitHub-Hookshot/") || len(h.header.Get("X-Github-Delivery")) != 36 || h.header.Get("X-Github-Hook-Id") == "" {
			t.Errorf("headers = %v", h.header)
		}
	}
	if got := s.hooks.names(); !slices.Equal(got, []string{"ping", "installation created"}) {
		t.Errorf("webhooks = %v, want ping and installation created", got)
	}
}

// GitHub's own test vector. Source: GitHub docs, "Validating webhook deliveries".
func TestHook_signatureVector(t *testing.T) {
	const want = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	if got := hookshot.Sum(sha256.New, "It's a Secret to Everybody", []byte("Hello, World!")); got != want {
		t.Errorf("Sum = %s, want %s", got, want)
	}
}

func TestHook_logAndRedeliveryUnderTheSameGUID(t *testing.T) {
	s := newSite(t)
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.Flush()
	app := s.AppClient(s.app)
	list, _, err := app.Apps.ListHookDeliveries(ctx(), nil)
	if err != nil || list[0].GetEvent() != "pull_request" || list[0].GetAction() != "opened" || list[0].GetStatusCode() != 202 || list[0].GetRedelivery() {
		t.Fatalf("ListHookDeliveries = %v, %v", list, err)
	}
	one, _, err := app.Apps.GetHookDelivery(ctx(), list[0].GetID())
	if err != nil || one.Request.GetHeaders()["X-GitHub-Delivery"] != one.GetGUID() || !json.Valid(*one.Request.RawPayload) {
		t.Fatalf("GetHookDelivery = %v, %v", one, err)
	}
	_, _, err = app.Apps.RedeliverHookDelivery(ctx(), one.GetID())
	if _, accepted := err.(*github.AcceptedError); !accepted { //nolint:errorlint // go-github returns it unwrapped
		t.Fatalf("RedeliverHookDelivery = %v", err)
	}
	s.Flush()
	again, _, err := app.Apps.ListHookDeliveries(ctx(), &github.ListCursorOptions{PerPage: 1})
	if err != nil || again[0].GetGUID() != one.GetGUID() || again[0].GetID() == one.GetID() || !again[0].GetRedelivery() {
		t.Errorf("the newest delivery is %v, want %s again", again[0], one.GetGUID())
	}
	taken := s.hooks.all()
	last, first := taken[len(taken)-1], taken[len(taken)-2]
	if last.header.Get("X-Github-Delivery") != first.header.Get("X-Github-Delivery") || string(last.body) != string(first.body) {
		t.Error("the redelivery differs from the delivery")
	}
	_, _, err = app.Apps.GetHookDelivery(ctx(), 1)
	refused(t, err, 404, "Not Found")
}

func TestHook_logIsReadByCursor(t *testing.T) {
	s := newSite(t)
	for i := range 5 {
		s.write(s.walter, s.branch, "f"+strconv.Itoa(i), "x") // push and check_suite each
	}
	s.Flush()
	app := s.AppClient(s.app)
	var ids []int64
	options := &github.ListCursorOptions{PerPage: 5}
	for pages := 0; ; pages++ {
		page, response, err := app.Apps.ListHookDeliveries(ctx(), options)
		if err != nil || pages > 5 {
			t.Fatal(err, pages)
		}
		for _, d := range page {
			ids = append(ids, d.GetID())
		}
		if response.Cursor == "" {
			break
		}
		options.Cursor = response.Cursor
	}
	if len(ids) != 12 || !slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("ids = %v, want twelve, newest first", ids)
	}
}

func TestHook_deliveryToADeadReceiverIsKeptAndSentLater(t *testing.T) {
	s := newSite(t)
	s.Flush()
	s.hooks.Close()
	s.write(s.walter, s.branch, "x.md", "x")
	s.Flush()
	failed := s.Deliveries("scribe")
	last := failed[len(failed)-1]
	if last.StatusCode != http.StatusBadGateway || last.Event != "check_suite" {
		t.Fatalf("the last delivery is %+v, want a failed check_suite", last)
	}
	revived := newReceiver(t)
	must(t)(s.AppClient(s.app).Apps.UpdateHookConfig(ctx(), &github.HookConfig{URL: &revived.URL}))
	if !s.Redeliver(last.ID) {
		t.Fatal("the delivery is not in the log")
	}
	s.Flush()
	if got := revived.all(); len(got) != 1 || got[0].header.Get("X-Github-Delivery") != last.GUID {
		t.Errorf("the receiver got %v, want delivery %s", got, last.GUID)
	}
	config, _, err := s.AppClient(s.app).Apps.GetHookConfig(ctx())
	if err != nil || config.GetURL() != revived.URL || config.GetSecret() != "********" {
		t.Errorf("GetHookConfig = %v, %v", config, err)
	}
}

func TestHook_refusedDeliveryIsLoggedAndNotRepeated(t *testing.T) {
	s := newSite(t)
	s.Flush()
	s.hooks.mu.Lock()
	s.hooks.status = http.StatusInternalServerError
	s.hooks.mu.Unlock()
	got := s.after(func() { s.fork(s.walter, s.branch, "b") })
	if diff := cmp.Diff([]string{"create", "push", "check_suite requested"}, got); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	last := s.Deliveries("")[3]
	if last.StatusCode != http.StatusInternalServerError {
		t.Errorf("status = %d, want 500", last.StatusCode)
	}
}

func TestHook_logForgetsAfterThreeDays(t *testing.T) {
	s := newSite(t)
	s.Flush()
	first := s.Deliveries("scribe")[0]
	s.Advance(3*24*time.Hour + time.Minute)
	if got := s.Deliveries("scribe"); len(got) != 0 {
		t.Errorf("deliveries = %v, want none", got)
	}
	if s.Redeliver(first.ID) {
		t.Error("a delivery of three days ago was sent again")
	}
}

func TestHook_onlySubscribedEventsOfOwnRepositories(t *testing.T) {
	s := newSite(t)
	quiet := newReceiver(t)
	if _, err := s.CreateApp(githubsim.NewApp{Slug: "quiet", Key: githubsimtest.AppKey(), WebhookURL: quiet.URL, Repositories: []string{s.owner + "/" + s.name}, Events: []string{"issues"}}); err != nil {
		t.Fatal(err)
	}
	elsewhere, err := s.CreateRepository(githubsim.NewRepository{Owner: s.owner, Name: "elsewhere", AutoInit: true})
	if err != nil {
		t.Fatal(err)
	}
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	must(t)(s.olga.Issues.Create(ctx(), s.owner, "elsewhere", &github.IssueRequest{Title: github.String("not mine")}))
	must(t)(s.olga.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("mine")}))
	if _, err := s.Install("quiet", elsewhere.FullName); err != nil {
		t.Fatal(err)
	}
	s.Flush()
	if diff := cmp.Diff([]string{"ping", "installation created", "issues opened", "installation_repositories added"}, quiet.names()); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
}

// A slow receiver holds up nobody who uses the API.
func TestHook_apiDoesNotWaitForReceivers(t *testing.T) {
	s := newSite(t)
	s.Flush()
	s.hooks.mu.Lock() // the receiver hangs in its handler
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.hooks.mu.Unlock()
	s.Flush()
	if got := s.hooks.names(); got[len(got)-1] != "pull_request opened" {
		t.Errorf("webhooks = %v", got)
	}
}
