package demo

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
	"github.com/vidimus-bot/vidimus/bot/evidence/site"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/publish"
)

// Ledger opens the evidence branch as GitHub has it now.
func (s *Stage) Ledger(ctx context.Context, pulls ...int) (*evidence.Ledger, string, error) {
	remote := gitstore.Remote{URL: s.Repo.CloneURL, Token: s.admin().Token}
	if err := s.Mirror.Fetch(ctx, remote, pulls...); err != nil {
		return nil, "", err
	}
	tip, err := s.Mirror.Branch("evidence")
	if err != nil {
		return nil, "", err
	}
	files, err := s.Mirror.FS(tip)
	if err != nil {
		return nil, "", err
	}
	l, err := evidence.Open(files)
	return l, tip, err
}

// tellEntry tells what the newest entry says, read back from the branch.
func (s *Story) tellEntry(ctx context.Context) error {
	l, _, err := s.Ledger(ctx)
	if err != nil {
		return err
	}
	number, head := l.Head()
	r, err := l.Record(number)
	if err != nil {
		return err
	}
	for _, name := range r.Statements() {
		statement, err := r.Statement(name)
		if err != nil {
			return err
		}
		switch p := statement.Predicate.(type) {
		case evidence.DocumentVersion:
			s.say.fact("compared", "%s %s: merged bytes = signed bytes, %s", p.Document.ID, p.Document.Version, statement.Subject[0].Digest.SHA256[:12])
		case evidence.Deviation:
			s.say.fact("published", "%s as %s; nothing is hidden", p.Document.ID, p.How)
		}
	}
	s.say.fact("evidence", "ledger entry %d, head %s", number, head[:12])
	return nil
}

// audit plays the auditor: a clone of the evidence branch and a bundle, verified
// with plain tools as far as this computer has them, and by replay.
func (s *Story) audit(ctx context.Context) error {
	s.say.chapter("You are the auditor")
	if err := s.clone(ctx); err != nil {
		return err
	}
	files, err := s.Bundle(ctx)
	if err != nil {
		return err
	}
	s.say.fact("bundle", "%d files", files)
	if err := s.verifyByHand(ctx); err != nil {
		return err
	}
	report := audit.Verify(os.DirFS(filepath.Join(s.Dir, "bundle")), audit.Options{Primary: s.EvidenceKey.Primary, Render: site.Document, Rendering: site.Rendering})
	deviations := 0
	for _, row := range report.Rows {
		switch {
		case row.Published:
			deviations++
		case row.Result == audit.Bad:
			return fmt.Errorf("expected that the bundle holds, but %s: %s", row.What, row.Text)
		case row.What == "decisions":
			s.say.fact("verify bundle", "%s", row.Text)
		}
	}
	if err := expect(report.Whole && deviations == 1, "the bundle is whole and tells of 1 deviation, not %d", deviations); err != nil {
		return err
	}
	s.say.fact("it says of itself", "%d of %d documents stand as they were signed; 1 deviation", report.Signed, report.Documents)
	return nil
}

// clone brings the evidence branch to DIR/evidence, as anybody with read access
// would.
func (s *Stage) clone(ctx context.Context) error {
	authority := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + s.admin().Token))
	command := exec.CommandContext(ctx, "git", "clone", "--quiet", "--branch", "evidence", "--single-branch",
		s.Repo.CloneURL, filepath.Join(s.Dir, "evidence"))
	// By environment, so that no token stands in a list of processes or a config.
	command.Env = append(os.Environ(), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraHeader",
		"GIT_CONFIG_VALUE_0=Authorization: Basic "+authority, "GIT_TERMINAL_PROMPT=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("clone the evidence branch: %w: %s", err, out)
	}
	return nil
}

// Bundle unpacks a bundle into DIR/bundle and gives the number of its files.
func (s *Stage) Bundle(ctx context.Context) (int, error) {
	l, tip, err := s.Ledger(ctx, 1, 2, 3, 4)
	if err != nil {
		return 0, err
	}
	repository, err := publish.History(s.Mirror, l)
	if err != nil {
		return 0, err
	}
	files, err := s.Mirror.FS(tip)
	if err != nil {
		return 0, err
	}
	key, err := evidence.ReadKey(s.EvidenceKey.Server)
	if err != nil {
		return 0, err
	}
	b, err := evidence.NewBundle(files, repository, key)
	if err != nil {
		return 0, fmt.Errorf("bundle: %w", err)
	}
	count := 0
	return count, b.Each(func(name string, _ int64, write func(io.Writer) error) error {
		count++
		path := filepath.Join(s.Dir, "bundle", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		var content bytes.Buffer
		if err := write(&content); err != nil {
			return err
		}
		return os.WriteFile(path, content.Bytes(), 0o600)
	})
}

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// verifyByHand runs the blocks of VERIFY.md as an auditor would, with nothing but
// plain tools, an empty HOME and the pinned fingerprint.
func (s *Story) verifyByHand(ctx context.Context) error {
	for _, tool := range []string{"sh", "gpg", "sha256sum", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			s.say.fact("VERIFY.md", "not run here: this computer has no %s", tool)
			return nil
		}
	}
	bundle := filepath.Join(s.Dir, "bundle")
	text, err := os.ReadFile(filepath.Join(bundle, "VERIFY.md"))
	if err != nil {
		return fmt.Errorf("read VERIFY.md: %w", err)
	}
	var script strings.Builder
	for _, m := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		script.WriteString(m[1])
	}
	home, err := os.MkdirTemp("", "vidimus-auditor-")
	if err != nil {
		return fmt.Errorf("folder for the auditor: %w", err)
	}
	defer func() { _ = os.RemoveAll(home) }() // a folder of our own, empty but for what gpg left
	command := exec.CommandContext(ctx, "sh")
	command.Dir, command.Stdin = bundle, strings.NewReader(script.String())
	command.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + home, "FPR=" + s.EvidenceKey.Primary}
	out, err := command.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("run VERIFY.md: %w", err)
	}
	good := 0
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "ok ") {
			good++
			s.say.fact("VERIFY.md", "%s", line)
		}
	}
	return expect(good == 5 && !strings.Contains(string(out), "FINDING"), "the commands of VERIFY.md say ok five times; they say:\n%s", out)
}
