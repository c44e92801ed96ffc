package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// worldFormat names world.json and its version.
const worldFormat = "vidimus-world/1"

// world is world.json: all that somebody needs who wants to act on the made-up
// GitHub. Its tokens open nothing else.
type world struct {
	Format     string          `json:"format"`
	API        string          `json:"api"`
	Git        string          `json:"git"`
	Web        string          `json:"web"`
	Control    string          `json:"control"`
	App        worldApp        `json:"app"`
	Repository worldRepository `json:"repository"`
	Admin      worldAdmin      `json:"admin"`
	People     []worldPerson   `json:"people"`
	BotKey     string          `json:"bot_key"` // fingerprint that an auditor pins
}

type worldApp struct {
	ID             int64  `json:"id"`
	Slug           string `json:"slug"`
	InstallationID int64  `json:"installation_id"`
	URL            string `json:"url"`
}

type worldRepository struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
	CloneURL string `json:"clone_url"`
}

type worldAdmin struct {
	Login string `json:"login"`
	Token string `json:"token"`
}

type worldPerson struct {
	Slug      string `json:"slug"`
	ID        int64  `json:"id"`
	Login     string `json:"login"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Token     string `json:"token"`
	GnupgHome string `json:"gnupghome"` // "" for who has no key
}

func (s *Stage) writeWorld() error {
	w := world{
		Format: worldFormat, API: s.Sim.URL() + "/api/v3", Git: s.Sim.URL(), Web: s.Sim.URL(), Control: s.Sim.URL() + "/_sim",
		App:        worldApp{s.Made.ID, appSlug, s.Made.InstallationID, s.AppURL},
		Repository: worldRepository{s.Repo.ID, s.Repo.FullName, s.Repo.CloneURL},
		Admin:      worldAdmin{s.admin().Login, s.admin().Token}, BotKey: s.EvidenceKey.Primary,
	}
	for _, p := range s.Cast {
		w.People = append(w.People, worldPerson{p.Slug, p.ID, p.Login, p.Name, p.Email, p.Token, p.home})
	}
	encoded, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		return fmt.Errorf("write world.json: %w", err)
	}
	return os.WriteFile(filepath.Join(s.Dir, "world.json"), append(encoded, '\n'), 0o600)
}

// maxSocketDir is how long a GNUPGHOME may be: the agent's socket lies in it, and
// a socket's path has at most 107 bytes. Source: unix(7).
const maxSocketDir = 80

// homes makes, for everyone with a key, a folder that serves as GNUPGHOME, so that
// git commit -S works as that person. Without gpg on this computer the folder
// holds the secret key only, to be imported.
func (s *Stage) homes(ctx context.Context) error {
	top, err := filepath.Abs(filepath.Join(s.Dir, "homes"))
	if err != nil {
		return fmt.Errorf("folder of the keys: %w", err)
	}
	if len(top) > maxSocketDir-len("/bcarvalhaes") {
		if top, err = os.MkdirTemp("", "vidimus-"); err != nil {
			return fmt.Errorf("folder of the keys: %w", err)
		}
		s.removed = append(s.removed, top)
	}
	gpg, missing := exec.LookPath("gpg") // not to be run is as good as none
	imports := make(chan error)
	begun := 0
	for _, p := range s.Cast {
		if p.key == nil {
			continue
		}
		p.home = filepath.Join(top, p.Slug)
		if err := p.keepKey(); err != nil {
			return err
		}
		if missing == nil {
			begun++
			go func() { imports <- p.importKey(ctx, gpg) }()
		}
	}
	for range begun {
		err = errors.Join(err, <-imports)
	}
	return err
}

func (p *Person) keepKey() error {
	if err := os.MkdirAll(p.home, 0o700); err != nil {
		return fmt.Errorf("folder of %s: %w", p.Slug, err)
	}
	secret, err := p.secretKey()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.home, "secret.asc"), secret, 0o600); err != nil {
		return fmt.Errorf("secret key of %s: %w", p.Slug, err)
	}
	return nil
}

// importKey imports the key, and ends the agent that gpg starts for that: git
// starts another when somebody commits.
func (p *Person) importKey(ctx context.Context, gpg string) error {
	out, err := exec.CommandContext(ctx, gpg, "--homedir", p.home, "--batch", "--quiet", "--import", filepath.Join(p.home, "secret.asc")).CombinedOutput()
	_ = exec.CommandContext(ctx, "gpgconf", "--homedir", p.home, "--kill", "gpg-agent").Run() // an agent that stays does no harm
	if err != nil {
		return fmt.Errorf("import key of %s: %w: %s", p.Slug, err, out)
	}
	return nil
}
