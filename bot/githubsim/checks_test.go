package githubsim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

func TestCheck_outputIsKeptByteForByte(t *testing.T) {
	s := newSite(t)
	head := s.pull(s.propose("change", "policy/cloud.md", "# Cloud\n").GetNumber()).GetHead().GetSHA()
	text := "-----BEGIN\r\n\ttrailing \n\n<b>&amp; ünïcode 𝔵 \u2028\n" + strings.Repeat("x", 1000)
	made, _, err := s.bot.Checks.CreateCheckRun(ctx(), s.owner, s.name, github.CreateCheckRunOptions{
		Name: "vidimus", HeadSHA: head, Status: github.String("in_progress"), ExternalID: github.String("v1:1:" + head + ":1"),
		DetailsURL: github.String("https://example.com/1"),
		Output:     &github.CheckRunOutput{Title: github.String("T"), Summary: github.String("S"), Text: &text},
		Actions:    []*github.CheckRunAction{{Label: "Again", Description: "Look again", Identifier: "again"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := s.rita.Checks.GetCheckRun(ctx(), s.owner, s.name, made.GetID())
	if err != nil || got.GetOutput().GetText() != text || got.GetExternalID() != "v1:1:"+head+":1" || got.GetApp().GetID() != s.app.ID {
		t.Errorf("GetCheckRun = %v, %v", got, err)
	}
	if got.GetStatus() != "in_progress" || got.Conclusion != nil || got.CompletedAt != nil {
		t.Errorf("%s, %v, %v, want in progress", got.GetStatus(), got.Conclusion, got.CompletedAt)
	}
	done, _, err := s.bot.Checks.UpdateCheckRun(ctx(), s.owner, s.name, made.GetID(), github.UpdateCheckRunOptions{Name: "vidimus", Conclusion: github.String("action_required")})
	if err != nil || done.GetStatus() != "completed" || done.GetConclusion() != "action_required" || done.GetOutput().GetText() != text || !done.GetCompletedAt().Time.Equal(s.Now()) {
		t.Errorf("UpdateCheckRun = %v, %v", done, err)
	}
	if len(done.PullRequests) != 1 || done.PullRequests[0].GetNumber() != 1 {
		t.Errorf("pull_requests = %v, want the one whose head it is", done.PullRequests)
	}
}

func TestCheck_limits(t *testing.T) {
	s := newSite(t)
	head := s.pull(s.propose("change", "policy/cloud.md", "# Cloud\n").GetNumber()).GetHead().GetSHA()
	annotations := func(n int) []*github.CheckRunAnnotation {
		var all []*github.CheckRunAnnotation
		for i := range n {
			all = append(all, &github.CheckRunAnnotation{Path: github.String("policy/cloud.md"), StartLine: github.Int(i + 1), EndLine: github.Int(i + 1), AnnotationLevel: github.String("warning"), Message: github.String("m")})
		}
		return all
	}
	short, long := github.String("s"), github.String(strings.Repeat("ü", 65536))
	action := &github.CheckRunAction{Label: "a", Description: "b", Identifier: "c"}
	two := annotations(1)
	two[0].EndLine, two[0].StartColumn = github.Int(2), github.Int(1)
	for name, test := range map[string]struct {
		options github.CreateCheckRunOptions
		want    string
	}{
		"51 annotations":     {github.CreateCheckRunOptions{Output: &github.CheckRunOutput{Summary: short, Annotations: annotations(51)}}, "No more than 50 items are allowed; 51 were supplied."},
		"long summary":       {github.CreateCheckRunOptions{Output: &github.CheckRunOutput{Summary: long}}, "Only 65535 characters are allowed"},
		"long text":          {github.CreateCheckRunOptions{Output: &github.CheckRunOutput{Summary: short, Text: long}}, "Only 65535 characters are allowed"},
		"no summary":         {github.CreateCheckRunOptions{Output: &github.CheckRunOutput{Text: short}}, `"summary" wasn't supplied`},
		"four actions":       {github.CreateCheckRunOptions{Actions: []*github.CheckRunAction{action, action, action, action}}, "No more than 3 items are allowed; 4 were supplied."},
		"long label":         {github.CreateCheckRunOptions{Actions: []*github.CheckRunAction{{Label: strings.Repeat("a", 21), Description: "b", Identifier: "c"}}}, "Only 20 characters"},
		"completed, but how": {github.CreateCheckRunOptions{Status: github.String("completed")}, "\"conclusion\" wasn't supplied."},
		"unknown conclusion": {github.CreateCheckRunOptions{Conclusion: github.String("fine")}, "fine is not a member of"},
		"unknown status":     {github.CreateCheckRunOptions{Status: github.String("fine")}, "fine is not a member of"},
		"unknown commit":     {github.CreateCheckRunOptions{HeadSHA: strings.Repeat("1", 40)}, "No commit found for SHA"},
		"columns over lines": {github.CreateCheckRunOptions{Output: &github.CheckRunOutput{Summary: short, Annotations: two}}, "start_column and end_column"},
	} {
		t.Run(name, func(t *testing.T) {
			test.options.Name = "vidimus"
			if test.options.HeadSHA == "" {
				test.options.HeadSHA = head
			}
			_, _, err := s.bot.Checks.CreateCheckRun(ctx(), s.owner, s.name, test.options)
			refused(t, err, 422, test.want)
		})
	}
}

func TestCheck_annotationsAreAppended(t *testing.T) {
	s := newSite(t)
	head := s.pull(s.propose("change", "policy/cloud.md", "# Cloud\n").GetNumber()).GetHead().GetSHA()
	output := func(from, n int) *github.CheckRunOutput {
		o := &github.CheckRunOutput{Title: github.String("t"), Summary: github.String("s")}
		for i := range n {
			o.Annotations = append(o.Annotations, &github.CheckRunAnnotation{Path: github.String("a b.md"), StartLine: github.Int(from + i), EndLine: github.Int(from + i), AnnotationLevel: github.String("failure"), Message: github.String(fmt.Sprint(from + i))})
		}
		return o
	}
	run, _, err := s.bot.Checks.CreateCheckRun(ctx(), s.owner, s.name, github.CreateCheckRunOptions{Name: "vidimus", HeadSHA: head, Output: output(1, 50)})
	if err != nil {
		t.Fatal(err)
	}
	must(t)(s.bot.Checks.UpdateCheckRun(ctx(), s.owner, s.name, run.GetID(), github.UpdateCheckRunOptions{Name: "vidimus", Output: output(51, 20)}))
	first, response, err := s.rita.Checks.ListCheckRunAnnotations(ctx(), s.owner, s.name, run.GetID(), &github.ListOptions{PerPage: 50})
	if err != nil || len(first) != 50 || response.NextPage != 2 {
		t.Fatalf("%d annotations, next page %d, %v", len(first), response.NextPage, err)
	}
	second, _, err := s.rita.Checks.ListCheckRunAnnotations(ctx(), s.owner, s.name, run.GetID(), &github.ListOptions{PerPage: 50, Page: 2})
	if err != nil || len(second) != 20 || second[19].GetMessage() != "70" {
		t.Errorf("second page: %d, %v", len(second), err)
	}
}

func TestCheck_onlyAppsWriteAndOnlyTheirOwn(t *testing.T) {
	s := newSite(t)
	head := s.pull(s.propose("change", "policy/cloud.md", "# Cloud\n").GetNumber()).GetHead().GetSHA()
	_, _, err := s.olga.Checks.CreateCheckRun(ctx(), s.owner, s.name, github.CreateCheckRunOptions{Name: "x", HeadSHA: head})
	refused(t, err, 403, "You must authenticate via a GitHub App.")
	run := s.conclude(head, "success")
	other, err := s.CreateApp(githubsim.NewApp{Slug: "other", Key: githubsimtest.AppKey(), Repositories: []string{s.owner + "/" + s.name}, Permissions: map[string]string{"checks": "write"}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Client(s.InstallationToken(other)).Checks.UpdateCheckRun(ctx(), s.owner, s.name, run.GetID(), github.UpdateCheckRunOptions{Name: "x", Conclusion: github.String("failure")})
	refused(t, err, 403, "Invalid app_id")
	_, _, err = s.olga.Checks.GetCheckRun(ctx(), s.owner, s.name, 1)
	refused(t, err, 404, "Not Found")
}

func TestCheck_listsByNameAppAndAge(t *testing.T) {
	s := newSite(t)
	head := s.pull(s.propose("change", "policy/cloud.md", "# Cloud\n").GetNumber()).GetHead().GetSHA()
	s.conclude(head, "failure")
	newest := s.conclude(head, "success")
	must(t)(s.bot.Checks.CreateCheckRun(ctx(), s.owner, s.name, github.CreateCheckRunOptions{Name: "second", HeadSHA: head}))
	for name, test := range map[string]struct {
		options *github.ListCheckRunsOptions
		ref     string
		want    int
	}{
		"latest":         {nil, head, 2},
		"all":            {&github.ListCheckRunsOptions{Filter: github.String("all")}, head, 3},
		"by name":        {&github.ListCheckRunsOptions{CheckName: github.String("vidimus")}, head, 1},
		"by status":      {&github.ListCheckRunsOptions{Status: github.String("queued")}, head, 1},
		"of the App":     {&github.ListCheckRunsOptions{AppID: &s.app.ID}, "change", 2},
		"of another App": {&github.ListCheckRunsOptions{AppID: github.Int64(7)}, "refs/heads/change", 0},
	} {
		list, _, err := s.rita.Checks.ListCheckRunsForRef(ctx(), s.owner, s.name, test.ref, test.options)
		if err != nil || list.GetTotal() != test.want || len(list.CheckRuns) != test.want {
			t.Errorf("%s: %d runs, %v, want %d", name, list.GetTotal(), err, test.want)
		}
	}
	list, _, _ := s.rita.Checks.ListCheckRunsForRef(ctx(), s.owner, s.name, head, &github.ListCheckRunsOptions{CheckName: github.String("vidimus")})
	if list.CheckRuns[0].GetID() != newest.GetID() {
		t.Errorf("the latest run is %d, want %d", list.CheckRuns[0].GetID(), newest.GetID())
	}
}

func TestCheck_suites(t *testing.T) {
	s := newSite(t)
	head := s.pull(s.propose("change", "policy/cloud.md", "# Cloud\n").GetNumber()).GetHead().GetSHA()
	run := s.conclude(head, "failure")
	list, _, err := s.rita.Checks.ListCheckSuitesForRef(ctx(), s.owner, s.name, head, nil)
	if err != nil || list.GetTotal() != 1 || list.CheckSuites[0].GetConclusion() != "failure" || list.CheckSuites[0].GetHeadBranch() != "change" {
		t.Fatalf("ListCheckSuitesForRef = %v, %v", list, err)
	}
	suite, _, err := s.rita.Checks.GetCheckSuite(ctx(), s.owner, s.name, list.CheckSuites[0].GetID())
	if err != nil || suite.GetApp().GetID() != s.app.ID || suite.GetHeadCommit().GetMessage() != "Write policy/cloud.md" {
		t.Errorf("GetCheckSuite = %v, %v", suite, err)
	}
	runs, _, err := s.rita.Checks.ListCheckRunsCheckSuite(ctx(), s.owner, s.name, suite.GetID(), nil)
	if err != nil || runs.GetTotal() != 1 || runs.CheckRuns[0].GetID() != run.GetID() {
		t.Errorf("ListCheckRunsCheckSuite = %v, %v", runs, err)
	}
	if again, _, err := s.bot.Checks.CreateCheckSuite(ctx(), s.owner, s.name, github.CreateCheckSuiteOptions{HeadSHA: head}); err != nil || again.GetID() != suite.GetID() {
		t.Errorf("CreateCheckSuite = %v, %v, want the one that is there", again.GetID(), err)
	}
	_, err = s.olga.Checks.ReRequestCheckRun(ctx(), s.owner, s.name, run.GetID())
	must(t)(nil, nil, err)
	_, err = s.olga.Checks.ReRequestCheckSuite(ctx(), s.owner, s.name, suite.GetID())
	must(t)(nil, nil, err)
	_, err = s.rita.Checks.ReRequestCheckRun(ctx(), s.owner, s.name, run.GetID())
	refused(t, err, 403, "")
	s.Flush()
	events := s.hooks.names()
	for _, want := range []string{"check_suite requested", "check_run created", "check_run completed", "check_run rerequested", "check_suite rerequested"} {
		if !slices.Contains(events, want) {
			t.Errorf("no webhook %s in %v", want, events)
		}
	}
}

func TestStatus_newestOfEachContextCounts(t *testing.T) {
	s := newSite(t)
	head := s.pull(s.propose("change", "policy/cloud.md", "# Cloud\n").GetNumber()).GetHead().GetSHA()
	combined := func() *github.CombinedStatus {
		c, _, err := s.rita.Repositories.GetCombinedStatus(ctx(), s.owner, s.name, "change", nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if got := combined(); got.GetState() != "pending" || got.GetTotalCount() != 0 {
		t.Errorf("without statuses: %s, %d", got.GetState(), got.GetTotalCount())
	}
	set := func(state, context string) {
		must(t)(s.bot.Repositories.CreateStatus(ctx(), s.owner, s.name, head, &github.RepoStatus{State: &state, Context: &context, Description: github.String("d"), TargetURL: github.String("https://example.com")}))
	}
	set("failure", "a")
	set("success", "a")
	set("pending", "b")
	if got := combined(); got.GetState() != "pending" || got.GetTotalCount() != 2 {
		t.Errorf("%s, %d, want pending of 2", got.GetState(), got.GetTotalCount())
	}
	set("success", "b")
	if got := combined(); got.GetState() != "success" {
		t.Errorf("%s, want success", got.GetState())
	}
	all, _, err := s.rita.Repositories.ListStatuses(ctx(), s.owner, s.name, head, nil)
	if err != nil || len(all) != 4 || all[0].GetContext() != "b" || all[0].GetCreator().GetLogin() != "scribe[bot]" {
		t.Errorf("ListStatuses = %v, %v", all, err)
	}
	_, _, err = s.bot.Repositories.CreateStatus(ctx(), s.owner, s.name, head, &github.RepoStatus{State: github.String("maybe")})
	refused(t, err, 422, "")
}
