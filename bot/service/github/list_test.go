package github_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/github"
)

// A hundred and one reviews are two pages; none is lost, and their order is
// GitHub's.
func TestReviews_allPagesInOrder(t *testing.T) {
	s := newSite(t)
	p := s.propose("change")
	var want []int64
	for i := range 101 {
		want = append(want, s.review(p.GetNumber(), "COMMENT", fmt.Sprintf("Remark %d.", i)).GetID())
	}
	w := &wire{}
	_, repo := s.client(w)
	list, err := repo.Reviews(t.Context(), p.GetNumber())
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, r := range list {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reviews (-want +got):\n%s", diff)
	}
	if n := len(w.statuses("/reviews")); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestReviews_areReadAsTheyAre(t *testing.T) {
	s := newSite(t)
	p := s.propose("change")
	r := s.review(p.GetNumber(), "APPROVE", "I sign.\r\n")
	_, repo := s.client(nil)
	list, err := repo.Reviews(t.Context(), p.GetNumber())
	if err != nil {
		t.Fatal(err)
	}
	want := []facts.Review{{
		ID: r.GetID(), NodeID: r.GetNodeID(), Body: r.GetBody(), State: "APPROVED", CommitID: p.GetHead().GetSHA(), URL: r.GetHTMLURL(),
		User:        facts.Account{ID: r.GetUser().GetID(), Login: "olga", Type: "User"},
		SubmittedAt: r.GetSubmittedAt().UTC().Format("2006-01-02T15:04:05Z"),
	}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("reviews (-want +got):\n%s", diff)
	}
	edited, err := repo.LastEdited(t.Context(), []string{r.GetNodeID()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{r.GetNodeID(): "never"}, edited); diff != "" {
		t.Errorf("LastEdited (-want +got):\n%s", diff)
	}
}

// A list that never ends is an error: nothing is decided on a part.
func TestReviews_endlessListIsAnError(t *testing.T) {
	var asked atomic.Int32
	_, repo := strange(t, func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=%d>; rel="next"`, r.Host, r.URL.Path, n+1))
		_, _ = w.Write([]byte(`[]`))
	})
	if list, err := repo.Reviews(t.Context(), 5); err == nil || !strings.Contains(err.Error(), "more than 100 pages") {
		t.Errorf("%d reviews and %v, want an error that names the pages", len(list), err)
	}
	if asked.Load() != 100 {
		t.Errorf("asked %d times, want 100", asked.Load())
	}
}

// What did not change costs nothing of GitHub's limit and reads the same.
func TestConditional_unchangedAnswersAre304(t *testing.T) {
	s := newSite(t)
	p := s.propose("change")
	s.review(p.GetNumber(), "APPROVE", "I sign.")
	w := &wire{}
	_, repo := s.client(w)
	first, err := repo.Reviews(t.Context(), p.GetNumber())
	if err != nil {
		t.Fatal(err)
	}
	again, err := repo.Reviews(t.Context(), p.GetNumber())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the second reading differs (-first +second):\n%s", diff)
	}
	s.review(p.GetNumber(), "COMMENT", "A remark.")
	third, err := repo.Reviews(t.Context(), p.GetNumber())
	if err != nil {
		t.Fatal(err)
	}
	if len(third) != 2 {
		t.Errorf("%d reviews after the second was made, want 2: an old answer was believed", len(third))
	}
	if got, want := w.statuses("/reviews"), []int{200, 304, 200}; !slices.Equal(got, want) {
		t.Errorf("statuses %v, want %v", got, want)
	}
}

// Pages of an unchanged list keep their Link: the second page is not forgotten.
func TestConditional_pagesAreReadToTheirEndFromMemory(t *testing.T) {
	_, repo := strange(t, func(w http.ResponseWriter, r *http.Request) {
		page := r.URL.Query().Get("page")
		w.Header().Set("ETag", `W/"`+page+`"`)
		if r.Header.Get("If-None-Match") == `W/"`+page+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if page != "2" {
			w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=2>; rel="next"`, r.Host, r.URL.Path))
		}
		_, _ = fmt.Fprintf(w, `[{"id":1%s,"state":"APPROVED"}]`, page)
	})
	for range 2 {
		list, err := repo.Reviews(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 {
			t.Errorf("%d reviews, want 2", len(list))
		}
	}
}

func TestCheckRuns_newestFirstAndOursKnownByTheirApp(t *testing.T) {
	s := newSite(t)
	p := s.propose("change")
	app, repo := s.client(nil)
	run := github.CheckRun{
		Head: p.GetHead().GetSHA(), ExternalID: "v1:5:abc:1", Conclusion: "action_required", Title: "Waiting", Summary: "S", Text: "T",
	}
	for i := range 120 {
		run.Annotations = append(run.Annotations, github.Annotation{
			Path: "change.md", StartLine: i + 1, EndLine: i + 1, StartColumn: 1, EndColumn: 2, Level: "failure", Title: "X", Message: "Y",
		})
	}
	id, err := repo.WriteCheckRun(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	marks, _, err := s.owner.Checks.ListCheckRunAnnotations(t.Context(), "northquay", "policies", id, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(marks) == 0 {
		t.Error("no annotation arrived")
	}
	got, _, err := s.owner.Checks.GetCheckRun(t.Context(), "northquay", "policies", id)
	if err != nil {
		t.Fatal(err)
	}
	if n := got.GetOutput().GetAnnotationsCount(); n != 120 {
		t.Errorf("%d annotations, want 120 in three writes", n)
	}
	run.ID, run.Conclusion, run.ExternalID, run.Annotations = id, "success", "v1:5:abc:2", nil
	if again, err := repo.WriteCheckRun(t.Context(), run); err != nil || again != id {
		t.Errorf("WriteCheckRun = %d, %v; want the same run %d", again, err, id)
	}
	runs, err := repo.CheckRuns(t.Context(), run.Head)
	if err != nil {
		t.Fatal(err)
	}
	run.AppID = app.ID()
	for i := range runs {
		runs[i].Details = "" // GitHub puts an address there
	}
	if diff := cmp.Diff([]github.CheckRun{run}, runs); diff != "" {
		t.Errorf("check runs (-want +got):\n%s", diff)
	}
}

// Our clock may be two seconds behind GitHub's, which notes the beginning by its own
// where we do not say it.
func TestWriteCheckRun_endsNoEarlierThanItBegan(t *testing.T) {
	s := newSite(t)
	p := s.propose("change")
	_, repo := open(t, github.Config{
		URL: s.URL(), AppID: s.app.ID, Key: []byte(s.app.PrivateKey), Now: func() time.Time { return s.Now().Add(-time.Second) },
	}, s.app.InstallationID)
	run := github.CheckRun{Head: p.GetHead().GetSHA(), Conclusion: "success", Title: "Signed", Summary: "S"}
	for _, what := range []string{"made", "updated"} {
		id, err := repo.WriteCheckRun(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := s.owner.Checks.GetCheckRun(t.Context(), "northquay", "policies", id)
		if err != nil {
			t.Fatal(err)
		}
		if began, ended := got.GetStartedAt(), got.GetCompletedAt(); began.IsZero() || ended.Before(began.Time) {
			t.Errorf("%s, the run began at %s and ended at %s", what, began, ended)
		}
		run.ID = id
	}
}

func TestDeliveries_logIsReadBackWithItsPayload(t *testing.T) {
	s := newSite(t)
	p := s.propose("change")
	s.review(p.GetNumber(), "APPROVE", "I sign.")
	s.Flush()
	app, _ := s.client(nil)
	var found github.Delivery
	err := app.Deliveries(t.Context(), func(d github.Delivery) bool {
		found = d
		return d.Event != "pull_request_review"
	})
	if err != nil {
		t.Fatal(err)
	}
	if found.Event != "pull_request_review" || found.Action != "submitted" || found.Delivered || found.Repository != s.repo.ID {
		t.Errorf("newest review delivery %+v, want the failed one of this repository", found)
	}
	full, err := app.Delivery(t.Context(), found.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(full.Payload), `"commit_id":"`+p.GetHead().GetSHA()) {
		t.Errorf("payload %.200s names no commit", full.Payload)
	}
	if _, err := app.Delivery(t.Context(), found.ID+1_000_000); !errors.Is(err, github.ErrNotFound) {
		t.Errorf("a delivery that is not there: %v, want ErrNotFound", err)
	}
}

func TestRepositories_suspendedAndArchivedAreLeftOut(t *testing.T) {
	app, _ := strange(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v3/app/installations":
			_, _ = w.Write([]byte(`[{"id":7},{"id":8,"suspended_at":"2026-11-24T10:00:00Z"}]`))
		case "/api/v3/installation/repositories":
			_, _ = w.Write([]byte(`{"total_count":2,"repositories":[{"id":1,"full_name":"a/b","default_branch":"main"},{"id":2,"full_name":"a/c","archived":true}]}`))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	found, err := app.Repositories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]github.Installed{{Installation: 7, Repository: 1, FullName: "a/b", Branch: "main"}}, found); diff != "" {
		t.Errorf("repositories (-want +got):\n%s", diff)
	}
}

// On github.com the API has its own host; on an Enterprise Server it lies below
// /api/v3. The version of the API goes with every request.
func TestAddresses_ofBothKindsOfHost(t *testing.T) {
	for given, want := range map[string]string{
		"https://github.com":          "https://api.github.com/repos/northquay/policies/pulls/5",
		"https://github.com/":         "https://api.github.com/repos/northquay/policies/pulls/5",
		"https://github.example:8443": "https://github.example:8443/api/v3/repos/northquay/policies/pulls/5",
	} {
		var asked []*http.Request
		base := roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r)
			return nil, errors.New("no network here")
		})
		_, repo := open(t, github.Config{URL: given, AppID: 1, Key: privateKey(), Base: roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "access_tokens") {
				return created(r), nil
			}
			return base(r)
		})}, 7)
		if _, err := repo.Pull(t.Context(), 5); !isRetry(err) {
			t.Errorf("%s: %v, want RetryError", given, err)
		}
		if len(asked) != 1 || asked[0].URL.String() != want {
			t.Fatalf("%s: asked %v, want %s", given, asked, want)
		}
		if v := asked[0].Header.Get("X-GitHub-Api-Version"); v != "2022-11-28" {
			t.Errorf("%s: version %q", given, v)
		}
		if u, err := url.Parse(repo.CloneURL()); err != nil || u.Path != "/northquay/policies.git" {
			t.Errorf("%s: clone at %s", given, repo.CloneURL())
		}
	}
}
