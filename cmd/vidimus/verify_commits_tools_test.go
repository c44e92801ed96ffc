package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// tools is a repository in which git signs with the programs that people have.
type tools struct {
	t    *testing.T
	home string // GNUPGHOME; its path must be short for the agent's socket
	repo string
	keys string
}

// newTools starts an empty repository.
func newTools(t *testing.T) *tools {
	t.Helper()
	home, err := os.MkdirTemp("", "g")
	if err != nil {
		t.Fatal(err)
	}
	u := &tools{t: t, home: home, repo: filepath.Join(t.TempDir(), "repo"), keys: t.TempDir()}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() // none may run
		_ = os.RemoveAll(home)
	})
	u.run("git", "init", "-q", "-b", "main", u.repo)
	return u
}

// run runs a program and gives what it prints.
func (u *tools) run(program string, args ...string) string {
	u.t.Helper()
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "GNUPGHOME="+u.home, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C")
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		u.t.Fatalf("%s %s: %v: %s", program, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// commit commits with git's own signing.
func (u *tools) commit(settings ...string) string {
	u.t.Helper()
	args := []string{"-C", u.repo, "-c", "user.name=Aoife", "-c", "user.email=aoife@northquay.example"}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	u.run("git", append(args, "commit", "-q", "--allow-empty", "-S", "-m", "A change")...)
	return u.run("git", "-C", u.repo, "rev-parse", "HEAD")
}

// people writes a table of the one person who commits.
func (u *tools) people() string {
	path := filepath.Join(u.t.TempDir(), "people.tsv")
	if err := os.WriteFile(path, []byte("login\tname\temails\naoife\tAoife\taoife@northquay.example\n"), 0o600); err != nil {
		u.t.Fatal(err)
	}
	return path
}

func TestVerifyCommits_whatGitAndGPGSign(t *testing.T) {
	evidencetest.Need(t, "gpg", "git")
	for _, kind := range []string{"ed25519/cert+ed25519/sign", "rsa2048", "nistp256", "brainpoolP256r1"} {
		t.Run(strings.ReplaceAll(kind, "/", " "), func(t *testing.T) {
			u := newTools(t)
			primary, sub, _ := strings.Cut(kind, "+")
			algorithm, usage, _ := strings.Cut(primary, "/")
			if usage == "" {
				usage = "sign"
			}
			u.run("gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "Somebody <else@example.org>",
				algorithm, usage, "2y")
			fingerprint := firstFingerprint(u.run("gpg", "--batch", "--with-colons", "--list-keys"))
			if sub != "" {
				algorithm, usage, _ = strings.Cut(sub, "/")
				u.run("gpg", "--batch", "--quiet", "--passphrase", "", "--quick-add-key", fingerprint, algorithm, usage,
					"1y")
			}
			u.run("sh", "-c", `gpg --armor --export "$0" > "$1"`, fingerprint, filepath.Join(u.keys, "aoife.asc"))
			id := u.commit("user.signingkey=" + fingerprint)
			u.run("git", "-C", u.repo, "verify-commit", id)
			if got := verdicts(t, exitClean, "--repo", u.repo, "--keys", u.keys, "--people", u.people()); got[id] != "good" {
				t.Errorf("verdicts %v, want %s good, as git verify-commit says", got, id)
			}
			// gpg makes a revocation with each key and keeps it from being used by a colon.
			u.run("sh", "-c", `sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$0.rev" | gpg --quiet --import && gpg --armor --export "$0" > "$1"`,
				fingerprint, filepath.Join(u.keys, "aoife.asc"))
			if got := verdicts(t, exitNegative, "--repo", u.repo, "--keys", u.keys, "--people",
				u.people()); got[id] != "revoked-key" {
				t.Errorf("with gpg's revocation: verdicts %v, want %s revoked-key", got, id)
			}
		})
	}
}

// firstFingerprint reads the primary fingerprint from gpg's colon listing.
func firstFingerprint(listing string) string {
	for line := range strings.Lines(listing) {
		if fields := strings.Split(line, ":"); fields[0] == "fpr" {
			return fields[9]
		}
	}
	return ""
}

func TestVerifyCommits_whatGitAndSSHSign(t *testing.T) {
	evidencetest.Need(t, "ssh-keygen", "git")
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		u := newTools(t)
		key := filepath.Join(t.TempDir(), "id")
		u.run("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "laptop", "-f", key)
		u.run("cp", key+".pub", filepath.Join(u.keys, "aoife.pub"))
		id := u.commit("gpg.format=ssh", "user.signingkey="+key)
		if got := verdicts(t, exitClean, "--repo", u.repo, "--keys", u.keys, "--people", u.people()); got[id] != "good" {
			t.Errorf("%s: verdicts %v, want %s good", kind, got, id)
		}
	}
}
