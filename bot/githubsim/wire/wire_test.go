package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// scene is a world with a user, a private and a public repository, and an App on the private one.
type scene struct {
	*world.World
	wire.Writer
	olga         *world.Account
	repo         *world.Repo
	installation *world.Installation
}

func newScene(t *testing.T) scene {
	t.Helper()
	w, err := world.New(world.Settings{Dir: t.TempDir(), Now: func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }, Emit: func(world.Event) {}})
	if err != nil {
		t.Fatal(err)
	}
	s := scene{World: w, Writer: wire.Writer{Web: "http://h", World: w}}
	w.Lock()
	t.Cleanup(w.Unlock)
	err = w.Write(func() error {
		if s.olga, err = w.AddAccount(world.NewAccount{ID: 5, Login: "olga", Name: "Olga", Kind: world.KindUser}); err != nil {
			return err
		}
		if _, err := w.AddRepo(world.NewRepo{Owner: s.olga, Name: "open", Init: s.olga}); err != nil {
			return err
		}
		if s.repo, err = w.AddRepo(world.NewRepo{ID: 7, Owner: s.olga, Name: "r", Private: true, Init: s.olga}); err != nil {
			return err
		}
		app, _, err := w.AddApp(world.NewApp{ID: 9, BotID: 10, Slug: "scribe", Owner: s.olga})
		if err != nil {
			return err
		}
		s.installation = w.Install(app, s.olga, []*world.Repo{s.repo})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTime_isGitHubsFormOrNull(t *testing.T) {
	zone := time.FixedZone("", 3600)
	if got := wire.Time(time.Date(2026, 11, 2, 10, 0, 0, 987, zone)); got != "2026-11-02T09:00:00Z" {
		t.Errorf("Time = %v", got)
	}
	if got := wire.Time(time.Time{}); got != nil {
		t.Errorf("Time of nothing = %v, want null", got)
	}
}

func TestUser_botsAddressesAreEscaped(t *testing.T) {
	s := newScene(t)
	bot := s.User(s.World.Account("scribe[bot]")).(wire.Object)
	if bot["type"] != "Bot" || bot["html_url"] != "http://h/apps/scribe" || bot["url"] != "http://h/api/v3/users/scribe%5Bbot%5D" {
		t.Errorf("bot = %v", bot)
	}
	if nobody := s.User(nil); nobody != nil {
		t.Errorf("User of nobody = %v, want null", nobody)
	}
	self := s.PublicUser(s.olga)
	if self["public_repos"] != 1 || self["email"] != nil || self["name"] != "Olga" {
		t.Errorf("user = %v", self)
	}
}

func TestRepo_permissionsAreTheActors(t *testing.T) {
	s := newScene(t)
	mine := s.FullRepo(s.repo, world.Actor{Account: s.olga})
	if diff := cmp.Diff(wire.Object{"admin": true, "maintain": true, "push": true, "triage": true, "pull": true}, mine["permissions"]); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
	theirs := s.FullRepo(s.repo, world.Actor{})
	if _, shown := theirs["allow_merge_commit"]; shown || mine["allow_merge_commit"] != true || theirs["permissions"].(wire.Object)["pull"] != false {
		t.Errorf("a stranger sees %v", theirs)
	}
	if mine["clone_url"] != "http://h/olga/r.git" || mine["ssh_url"] != "git@h:olga/r.git" || mine["git_url"] != "git://h/olga/r.git" {
		t.Errorf("addresses = %v %v %v", mine["clone_url"], mine["ssh_url"], mine["git_url"])
	}
}

func TestEntry_namesAreEscapedForAddresses(t *testing.T) {
	s := newScene(t)
	e := s.Entry(s.repo, "feature/a b", gitrepo.Entry{Path: "p/a b#c?d%.md", Mode: gitrepo.ModeFile, ID: strings.Repeat("1", 40)}, 3)
	if e["name"] != "a b#c?d%.md" || e["url"] != "http://h/api/v3/repos/olga/r/contents/p/a%20b%23c%3Fd%25.md?ref=feature%2Fa+b" {
		t.Errorf("entry = %v", e)
	}
	for mode, kind := range map[string]string{gitrepo.ModeTree: "dir", gitrepo.ModeLink: "symlink", gitrepo.ModeSubmodule: "submodule", gitrepo.ModeExecutable: "file"} {
		if got := s.Entry(s.repo, "main", gitrepo.Entry{Path: "x", Mode: mode}, 0)["type"]; got != kind {
			t.Errorf("mode %s is a %v, want %s", mode, got, kind)
		}
	}
}

func TestFile_base64HasGitHubsLines(t *testing.T) {
	s := newScene(t)
	o := s.File(s.repo, "main", gitrepo.Entry{Path: "x", Mode: gitrepo.ModeFile}, []byte(strings.Repeat("x", 50)))
	lines := strings.Split(strings.TrimSuffix(o["content"].(string), "\n"), "\n")
	if len(lines) != 2 || len(lines[0]) != 60 || o["encoding"] != "base64" {
		t.Errorf("content = %q as %v", lines, o["encoding"])
	}
}

func TestComparison_status(t *testing.T) {
	commit := func(id string) *gitrepo.Commit { return &gitrepo.Commit{ID: id} }
	ahead := []*gitrepo.Commit{commit("c")}
	for want, c := range map[string]wire.Comparison{
		"identical": {Base: commit("a"), Head: commit("a")},
		"ahead":     {Base: commit("a"), Head: commit("b"), Ahead: ahead},
		"behind":    {Base: commit("a"), Head: commit("b"), Behind: 1},
		"diverged":  {Base: commit("a"), Head: commit("b"), Ahead: ahead, Behind: 1},
	} {
		if got := c.Status(); got != want {
			t.Errorf("Status = %s, want %s", got, want)
		}
	}
}

func TestProtection_partsThatAreNotSetAreLeftOut(t *testing.T) {
	s := newScene(t)
	bare := s.Protection(s.repo, &world.Protection{Branch: "main"})
	for _, part := range []string{"required_status_checks", "required_pull_request_reviews"} {
		if _, has := bare[part]; has {
			t.Errorf("a rule without %s has it", part)
		}
	}
	full := s.Protection(s.repo, &world.Protection{Branch: "main", Checks: &world.CheckRule{Strict: true, Required: []world.RequiredCheck{{Context: "a"}, {Context: "b", AppID: 9}}}})
	want := []wire.Object{{"context": "a", "app_id": nil}, {"context": "b", "app_id": int64(9)}}
	if diff := cmp.Diff(want, full["required_status_checks"].(wire.Object)["checks"]); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}

func TestDelivery_withoutAnAnswer(t *testing.T) {
	d := hookshot.Delivery{ID: 1, Message: hookshot.Message{Event: "push", Payload: []byte(`{"a":1}`)}, Duration: 250 * time.Millisecond, StatusCode: 502}
	o := wire.Delivery(d)
	written, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"action":null`, `"installation_id":null`, `"payload":{"a":1}`, `"response":{"headers":null,"payload":null}`, `"duration":0.25`} {
		if !strings.Contains(string(written), part) {
			t.Errorf("delivery = %s, want %s in it", written, part)
		}
	}
}

func TestPayload_numbersOfAnInstallationAndOfAPush(t *testing.T) {
	s := newScene(t)
	payload := func(e world.Event) map[string]any {
		data, err := s.Payload(e, s.installation)
		if err != nil {
			t.Fatal(err)
		}
		var value map[string]any
		if err := json.Unmarshal(data, &value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	made := payload(world.Event{Name: "installation", Action: "created", Sender: s.olga, Installation: s.installation, Added: []*world.Repo{s.repo}})
	if _, number := made["installation"].(map[string]any)["created_at"].(float64); !number || made["action"] != "created" {
		t.Errorf("installation = %v", made["installation"])
	}
	tip, err := s.repo.Tip("main")
	if err != nil {
		t.Fatal(err)
	}
	push := payload(world.Event{Name: "push", Repo: s.repo, Sender: s.olga, Push: &world.Push{Ref: "refs/heads/main", Before: gitrepo.NoID, After: tip}})
	repo := push["repository"].(map[string]any)
	if _, number := repo["created_at"].(float64); !number || push["created"] != true || push["pusher"].(map[string]any)["email"] != "5+olga@users.noreply.github.com" {
		t.Errorf("push = %v", push["pusher"])
	}
	if commits := push["commits"].([]any); len(commits) != 1 || commits[0].(map[string]any)["added"].([]any)[0] != "README.md" {
		t.Errorf("commits = %v", commits)
	}
	if _, has := push["organization"]; has {
		t.Error("a user's repository has an organisation")
	}
	if push["installation"].(map[string]any)["id"] != float64(s.installation.ID) {
		t.Errorf("installation = %v", push["installation"])
	}
	if _, err := s.Payload(world.Event{Name: "love", Repo: s.repo}, nil); err == nil {
		t.Error("Payload wrote an event that nobody knows")
	}
}
