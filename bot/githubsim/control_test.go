package githubsim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

// control speaks to the control API and decodes the answer.
func control(t *testing.T, s *githubsimtest.Sim, method, path, request string, into any) int {
	t.Helper()
	r, err := http.NewRequest(method, s.URL()+"/_sim/"+path, strings.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s %s: %s: %v", method, path, data, err)
	}
	return response.StatusCode
}

func TestControl_aWorldFromNothing(t *testing.T) {
	t.Parallel()
	s := githubsimtest.Start(t)
	hooks := newReceiver(t)
	var user struct {
		ID    int64
		Token string
	}
	if code := control(t, s, "POST", "users", `{"id":61000101,"login":"abrannigan-nq","name":"Aoife Brannigan","email":"aoife@northquay.example"}`, &user); code != 200 || user.ID != 61000101 || user.Token == "" {
		t.Fatalf("users: %d %+v", code, user)
	}
	var organisation struct{ ID int64 }
	if code := control(t, s, "POST", "organizations", `{"login":"northquay","name":"Northquay","owner":"abrannigan-nq","id":61000100}`, &organisation); code != 200 || organisation.ID != 61000100 {
		t.Fatalf("organizations: %d %+v", code, organisation)
	}
	var repository struct {
		ID       int64
		FullName string `json:"full_name"`
		CloneURL string `json:"clone_url"`
	}
	if code := control(t, s, "POST", "repositories", `{"owner":"northquay","name":"policies","private":true,"id":700,"auto_init":true}`, &repository); code != 200 || repository.ID != 700 {
		t.Fatalf("repositories: %d %+v", code, repository)
	}
	var app struct {
		ID            int64
		BotID         int64  `json:"bot_id"`
		PrivateKey    string `json:"private_key"`
		WebhookSecret string `json:"webhook_secret"`
		Installation  int64  `json:"installation_id"`
	}
	code := control(t, s, "POST", "apps", `{"slug":"vidimus","id":900,"bot_id":901,"webhook_url":"`+hooks.URL+`","permissions":{"checks":"write","contents":"write"},"events":["push"],"repositories":["northquay/policies"]}`, &app)
	if code != 200 || app.ID != 900 || app.BotID != 901 || app.WebhookSecret == "" || app.Installation == 0 || !strings.HasPrefix(app.PrivateKey, "-----BEGIN RSA PRIVATE KEY-----") {
		t.Fatalf("apps: %d %+v", code, app)
	}
	var token struct{ Token string }
	if code := control(t, s, "POST", "tokens", `{"login":"abrannigan-nq"}`, &token); code != 200 || token.Token == user.Token {
		t.Fatalf("tokens: %d %+v", code, token)
	}
	if u, _, err := s.Client(token.Token).Users.Get(ctx(), ""); err != nil || u.GetID() != 61000101 {
		t.Errorf("the token acts as %v, %v", u, err)
	}
	s.Flush()
	var deliveries []struct {
		ID         int64
		App        string
		Event      string
		GUID       string
		StatusCode int `json:"status_code"`
	}
	if code := control(t, s, "GET", "deliveries?app=vidimus", "", &deliveries); code != 200 || len(deliveries) != 2 || deliveries[0].Event != "ping" || deliveries[1].StatusCode != 202 {
		t.Fatalf("deliveries: %d %+v", code, deliveries)
	}
	var attempt struct{ ID int64 }
	if code := control(t, s, "POST", "deliveries/"+jsonNumber(deliveries[0].ID)+"/attempts", "", &attempt); code != 200 {
		t.Errorf("attempts: %d", code)
	}
	s.Flush()
	if got := hooks.names(); len(got) != 3 || got[2] != "ping" {
		t.Errorf("webhooks = %v, want ping again", got)
	}
	wantWorld(t, s)
}

func jsonNumber(n int64) string {
	text, _ := json.Marshal(n) // a number
	return string(text)
}

func wantWorld(t *testing.T, s *githubsimtest.Sim) {
	t.Helper()
	var world struct {
		Format        string
		Users         []struct{ Login string }
		Organisations []struct {
			Login   string
			Owners  []string
			Members []string
		}
		Repositories []struct {
			FullName string `json:"full_name"`
			Branches map[string]string
		}
		Apps []struct {
			Slug          string
			Installations []struct{ Repositories []string }
		}
		Addresses map[string]string
	}
	control(t, s, "GET", "world", "", &world)
	switch {
	case world.Format != "github-sim-world/1", len(world.Users) != 1, len(world.Organisations) != 1, len(world.Repositories) != 1, len(world.Apps) != 1:
		t.Errorf("world = %+v", world)
	case world.Organisations[0].Owners[0] != "abrannigan-nq", world.Repositories[0].Branches["main"] == "", world.Apps[0].Installations[0].Repositories[0] != "northquay/policies":
		t.Errorf("world = %+v", world)
	case world.Addresses["api"] != s.URL()+"/api/v3/":
		t.Errorf("addresses = %v", world.Addresses)
	}
}

func TestControl_clock(t *testing.T) {
	t.Parallel()
	s := githubsimtest.Start(t)
	var clock struct{ Now time.Time }
	control(t, s, "GET", "clock", "", &clock)
	if !clock.Now.Equal(githubsimtest.Epoch()) {
		t.Errorf("now = %s, want %s", clock.Now, githubsimtest.Epoch())
	}
	control(t, s, "POST", "clock", `{"advance":"24h"}`, &clock)
	if want := githubsimtest.Epoch().Add(24 * time.Hour); !clock.Now.Equal(want) || !s.Now().Equal(want) {
		t.Errorf("now = %s, want %s", clock.Now, want)
	}
}

func TestControl_requestsAreCounted(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	all := s.Requests(0)
	last := all[len(all)-1]
	if last.Operation != "pulls/create" || last.Actor != "walter" || last.Status != 201 || last.Method != "POST" || last.Path != "/api/v3/repos/northquay/policies/pulls" {
		t.Errorf("the last request is %+v", last)
	}
	s.pull(pull.GetNumber())
	var since []struct {
		Number    int64
		Operation string
	}
	control(t, s.Sim, "GET", "requests?since="+jsonNumber(last.Number), "", &since)
	if len(since) != 1 || since[0].Operation != "pulls/get" || since[0].Number != last.Number+1 {
		t.Errorf("requests since = %+v", since)
	}
}

func TestControl_draft(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	var answer struct{ Draft bool }
	if code := control(t, s.Sim, "POST", "pulls/northquay/policies/1", `{"draft":true}`, &answer); code != 200 || !answer.Draft || !s.pull(pull.GetNumber()).GetDraft() {
		t.Errorf("%d %+v", code, answer)
	}
	if code := control(t, s.Sim, "POST", "apps/scribe/installations", `{"repositories":["northquay/policies"]}`, &answer); code != 200 {
		t.Errorf("installations: %d", code)
	}
}

func TestControl_saysWhatIsWrong(t *testing.T) {
	s := newSite(t)
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"unknown field":       {"POST", "users", `{"login":"a","nmae":"A"}`, 400, "nmae"},
		"no JSON":             {"POST", "users", `login=a`, 400, "JSON"},
		"two objects":         {"POST", "users", `{"login":"a"}{}`, 400, "more than one"},
		"taken login":         {"POST", "users", `{"login":"OLGA"}`, 422, `"OLGA" is taken`},
		"taken e-mail":        {"POST", "users", `{"login":"b","email":"olga@example.com"}`, 422, "is taken"},
		"bad login":           {"POST", "users", `{"login":"a b"}`, 422, "letters, digits"},
		"taken id":            {"POST", "users", `{"login":"b","id":` + jsonNumber(s.app.BotID) + `}`, 422, "is taken"},
		"nobody's token":      {"POST", "tokens", `{"login":"nobody"}`, 404, `"nobody"`},
		"organisation token":  {"POST", "tokens", `{"login":"northquay"}`, 422, "only users"},
		"owner missing":       {"POST", "organizations", `{"login":"o","owner":"nobody"}`, 404, `"nobody"`},
		"unknown repository":  {"POST", "apps", `{"slug":"x","repositories":["northquay/nowhere"]}`, 404, `"northquay/nowhere"`},
		"taken slug":          {"POST", "apps", `{"slug":"scribe","owner":"olga"}`, 422, "taken"},
		"bad slug":            {"POST", "apps", `{"slug":"A B","owner":"olga"}`, 422, "lower-case"},
		"bad permission":      {"POST", "apps", `{"slug":"x","owner":"olga","permissions":{"checks":"all"}}`, 422, "checks"},
		"nobody's App":        {"POST", "apps", `{"slug":"x"}`, 422, "owner"},
		"bad name":            {"POST", "repositories", `{"owner":"northquay","name":"a b"}`, 422, "name"},
		"unknown App":         {"POST", "apps/nothing/installations", `{"repositories":["northquay/policies"]}`, 404, `"nothing"`},
		"unknown delivery":    {"POST", "deliveries/1/attempts", ``, 404, "1"},
		"unknown pull":        {"POST", "pulls/northquay/policies/7", `{"draft":true}`, 404, "7"},
		"draft missing":       {"POST", "pulls/northquay/policies/7", `{}`, 422, "draft"},
		"bad duration":        {"POST", "clock", `{"advance":"tomorrow"}`, 422, "24h"},
		"backwards":           {"POST", "clock", `{"advance":"-1h"}`, 422, "negative"},
		"too far":             {"POST", "clock", `{"advance":"1000000h"}`, 422, "over"},
		"bad number":          {"GET", "requests?since=x", ``, 422, "number"},
		"unknown":             {"GET", "nothing", ``, 404, "github-sim.md"},
		"wrong method":        {"DELETE", "world", ``, 404, "DELETE"},
		"repository is taken": {"POST", "repositories", `{"owner":"northquay","name":"POLICIES"}`, 422, "already exists"},
	} {
		t.Run(name, func(t *testing.T) {
			var answer struct{ Error string }
			if code := control(t, s.Sim, test.method, test.path, test.body, &answer); code != test.status || !strings.Contains(answer.Error, test.want) {
				t.Errorf("%d %q, want %d %q", code, answer.Error, test.status, test.want)
			}
		})
	}
}

func TestControl_isNotForPagesOfOtherSites(t *testing.T) {
	t.Parallel()
	s := githubsimtest.Start(t)
	response := s.Get("/_sim/world", "", http.Header{"Origin": {"https://evil.example"}})
	if text := body(t, response); response.StatusCode != http.StatusForbidden {
		t.Errorf("%d %s", response.StatusCode, text)
	}
}

func TestControl_accountsHaveFixedIdsOnTheWholeSite(t *testing.T) {
	s := newSite(t)
	user, _, err := s.olga.Users.Get(ctx(), "rita")
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Error string }
	if code := control(t, s.Sim, "POST", "organizations", `{"login":"x","owner":"olga","id":`+jsonNumber(user.GetID())+`}`, &answer); code != 422 {
		t.Errorf("an organisation with a user's id: %d %+v", code, answer)
	}
}
