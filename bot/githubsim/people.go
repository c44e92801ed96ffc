package githubsim

import (
	"crypto/rsa"
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// write runs change as one write, with the world's lock held.
func (s *Sim) write(change func() error) error {
	s.world.Lock()
	defer s.world.Unlock()
	return s.world.Write(change)
}

// NewUser is a user to be made.
type NewUser struct {
	// ID is 0 for the next free one.
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Name  string `json:"name"`
	Email string `json:"email"`
	// Note is what the pages say beside the name, such as a role. Lead offers on every page to be this user.
	Note string `json:"note"`
	Lead bool   `json:"lead"`
	// Sign makes an armoured signature over a commit with the user's own key, at that time. With it the pages can commit
	// as the user's git would; GitHub itself never can. nil leaves that out.
	Sign func(payload []byte, at time.Time) ([]byte, error) `json:"-"`
}

// User is a user that was made, with its token.
type User struct {
	ID    int64  `json:"id"`
	Token string `json:"token"`
}

// CreateUser makes a user. Login, id and e-mail address must be free on the whole site.
func (s *Sim) CreateUser(n NewUser) (User, error) {
	var made User
	err := s.write(func() error {
		a, err := s.world.AddAccount(world.NewAccount{ID: n.ID, Login: n.Login, Name: n.Name, Email: n.Email, Kind: world.KindUser})
		if err != nil {
			return err
		}
		a.Note, a.Lead, a.Sign = n.Note, n.Lead, n.Sign
		token, err := s.world.AddToken(a)
		if err != nil {
			return err
		}
		made = User{ID: a.ID, Token: token.Value}
		return nil
	})
	return made, err
}

// CreateToken makes another token for a user.
func (s *Sim) CreateToken(login string) (string, error) {
	var value string
	err := s.write(func() error {
		a, err := s.account(login)
		if err != nil {
			return err
		}
		token, err := s.world.AddToken(a)
		if err != nil {
			return err
		}
		value = token.Value
		return nil
	})
	return value, err
}

func (s *Sim) account(login string) (*world.Account, error) {
	if a := s.world.Account(login); a != nil {
		return a, nil
	}
	return nil, &world.Refusal{Status: 404, Message: fmt.Sprintf("nobody has the login %q", login)}
}

// NewOrganisation is an organisation to be made.
type NewOrganisation struct {
	// ID is 0 for the next free one.
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Name  string `json:"name"`
	// Owner is the login of the user who owns it.
	Owner string `json:"owner"`
	// Members are the logins of further members.
	Members []string `json:"members"`
}

// CreateOrganisation makes an organisation and returns its id.
func (s *Sim) CreateOrganisation(n NewOrganisation) (int64, error) {
	var id int64
	err := s.write(func() error {
		owner, err := s.account(n.Owner)
		if err != nil {
			return fmt.Errorf("owner: %w", err)
		}
		members := []*world.Account{}
		for _, login := range n.Members {
			m, err := s.account(login)
			if err != nil {
				return fmt.Errorf("members: %w", err)
			}
			members = append(members, m)
		}
		org, err := s.world.AddAccount(world.NewAccount{ID: n.ID, Login: n.Login, Name: n.Name, Kind: world.KindOrganisation})
		if err != nil {
			return err
		}
		org.SetMember(owner, true)
		for _, m := range members {
			if m != owner {
				org.SetMember(m, false)
			}
		}
		id = org.ID
		return nil
	})
	return id, err
}

// NewRepository is a repository to be made.
type NewRepository struct {
	// ID is 0 for the next free one.
	ID      int64  `json:"id"`
	Owner   string `json:"owner"`
	Name    string `json:"name"`
	Private bool   `json:"private"`
	// AutoInit makes a first commit with a README.
	AutoInit bool `json:"auto_init"`
}

// Repository is a repository that was made.
type Repository struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
	CloneURL string `json:"clone_url"`
}

// CreateRepository makes a repository.
func (s *Sim) CreateRepository(n NewRepository) (Repository, error) {
	var made Repository
	err := s.write(func() error {
		owner, err := s.account(n.Owner)
		if err != nil {
			return fmt.Errorf("owner: %w", err)
		}
		wanted := world.NewRepo{ID: n.ID, Owner: owner, Name: n.Name, Private: n.Private}
		if n.AutoInit {
			wanted.Init = owner
			if len(owner.Owners) > 0 {
				wanted.Init = owner.Owners[0]
			}
		}
		r, err := s.world.AddRepo(wanted)
		if err != nil {
			return err
		}
		made = Repository{ID: r.ID, FullName: r.FullName(), CloneURL: s.URL() + "/" + r.FullName() + ".git"}
		return nil
	})
	return made, err
}

// NewApp is an App to be made and installed.
type NewApp struct {
	// ID and BotID are 0 for the next free ones.
	ID    int64  `json:"id"`
	BotID int64  `json:"bot_id"`
	Slug  string `json:"slug"`
	// WebhookURL is where its events go, "" for nowhere. WebhookSecret is made up where it is "".
	WebhookURL    string            `json:"webhook_url"`
	WebhookSecret string            `json:"webhook_secret"`
	Permissions   map[string]string `json:"permissions"`
	Events        []string          `json:"events"`
	// Repositories are full names. The App is installed on their owners, for these repositories alone.
	Repositories []string `json:"repositories"`
	// Owner is the login of who owns the App, "" for the owner of the first repository.
	Owner string `json:"owner"`
	// Key is the App's key; nil makes one, which takes a moment.
	Key *rsa.PrivateKey `json:"-"`
}

// App is an App that was made. Its private key is shown this once.
type App struct {
	ID            int64  `json:"id"`
	BotID         int64  `json:"bot_id"`
	PrivateKey    string `json:"private_key"` // PEM
	WebhookSecret string `json:"webhook_secret"`
	// InstallationID is the installation on the owner of the first repository, 0 where no repository was named.
	InstallationID int64 `json:"installation_id"`
}

// CreateApp makes an App with its webhook, sends the ping, and installs it.
func (s *Sim) CreateApp(n NewApp) (App, error) {
	var made App
	err := s.write(func() (err error) {
		repos, err := s.repos(n.Repositories)
		if err != nil {
			return fmt.Errorf("repositories: %w", err)
		}
		owner, err := s.appOwner(n, repos)
		if err != nil {
			return fmt.Errorf("owner: %w", err)
		}
		app, key, err := s.world.AddApp(world.NewApp{
			ID: n.ID, BotID: n.BotID, Slug: n.Slug, Owner: owner, Permissions: n.Permissions, Events: n.Events, Key: n.Key,
		})
		if err != nil {
			return err
		}
		if n.WebhookSecret == "" {
			n.WebhookSecret = world.NewSecret()
		}
		s.startHook(app, n)
		made = App{ID: app.ID, BotID: app.Bot.ID, PrivateKey: key, WebhookSecret: n.WebhookSecret, InstallationID: s.install(app, repos)}
		return nil
	})
	return made, err
}

func (s *Sim) repos(names []string) ([]*world.Repo, error) {
	var repos []*world.Repo
	for _, full := range names {
		owner, name, _ := strings.Cut(full, "/")
		r := s.world.Repo(owner, name)
		if r == nil {
			return nil, &world.Refusal{Status: 404, Message: fmt.Sprintf("there is no repository %q: name it OWNER/NAME", full)}
		}
		repos = append(repos, r)
	}
	return repos, nil
}

func (s *Sim) appOwner(n NewApp, repos []*world.Repo) (*world.Account, error) {
	switch {
	case n.Owner != "":
		return s.account(n.Owner)
	case len(repos) > 0:
		return repos[0].Owner, nil
	}
	return nil, world.Unprocessable("name the owner of an App that is installed nowhere")
}

// startHook gives the App its webhook and sends the ping.
func (s *Sim) startHook(app *world.App, n NewApp) {
	if n.WebhookURL == "" {
		return
	}
	hook := hookshot.Start(
		hookshot.Settings{ID: app.HookID, TargetID: app.ID, URL: n.WebhookURL, Secret: n.WebhookSecret},
		hookshot.Surroundings{Now: s.world.Clock.Now, NextID: s.world.NextID},
	)
	s.mu.Lock()
	s.hooks[app] = hook
	s.mu.Unlock()
	s.deliver(app, nil, world.Event{Name: "ping", Sender: app.Owner, To: app})
}

// install lets the App into the repositories, one installation for each owner, and returns the first one's id.
func (s *Sim) install(app *world.App, repos []*world.Repo) int64 {
	var first int64
	owned := map[*world.Account][]*world.Repo{}
	var owners []*world.Account
	for _, r := range repos {
		if owned[r.Owner] == nil {
			owners = append(owners, r.Owner)
		}
		owned[r.Owner] = append(owned[r.Owner], r)
	}
	for _, owner := range owners {
		i := s.world.Install(app, owner, owned[owner])
		if first == 0 {
			first = i.ID
		}
	}
	return first
}

// Install lets an App into further repositories, given by full names, and returns the id of the installation on the
// owner of the first.
func (s *Sim) Install(slug string, repositories ...string) (int64, error) {
	var id int64
	err := s.write(func() error {
		app := s.world.AppBySlug(slug)
		if app == nil {
			return &world.Refusal{Status: 404, Message: fmt.Sprintf("there is no App %q", slug)}
		}
		repos, err := s.repos(repositories)
		if err != nil {
			return fmt.Errorf("repositories: %w", err)
		}
		if len(repos) == 0 {
			return world.Unprocessable("name at least one repository")
		}
		id = s.install(app, repos)
		return nil
	})
	return id, err
}

// SetDraft makes a pull request a draft or ready for review, as its author would by GraphQL on GitHub.
func (s *Sim) SetDraft(repository string, number int, draft bool) error {
	return s.write(func() error {
		repos, err := s.repos([]string{repository})
		if err != nil {
			return err
		}
		p := repos[0].Pull(number)
		if p == nil {
			return &world.Refusal{Status: 404, Message: fmt.Sprintf("%s has no pull request %d", repository, number)}
		}
		return s.world.SetDraft(world.Actor{Account: p.Issue.User}, p, draft)
	})
}
