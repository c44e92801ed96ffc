package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

const (
	// maxKeyFiles bounds the files of keys/.
	maxKeyFiles = 10_000
	// maxPeopleFile bounds a table of people.
	maxPeopleFile = 4 << 20
	// configurationPath is the configuration at the repository's root.
	configurationPath = ".vidimus.yml"
)

// commitTrust is the keys and people that commits are judged by.
type commitTrust struct {
	ring keyring.Ring
	// from says where they are from, for people.
	from string
	// hasPeople tells whether there is a roster; without one nobody asks whose key it is.
	hasPeople bool
	// blocking are the findings about keys that block.
	blocking []document.Finding
	// config is the configuration that the roster is from, nil without.
	config *repoconfig.Config
}

// newCommitTrust builds the ring.
func newCommitTrust(from string, files []keyring.File, people []keyring.Person, hasPeople bool) commitTrust {
	ring, findings := keyring.New(files, people)
	t := commitTrust{ring: ring, from: from, hasPeople: hasPeople}
	for _, f := range findings {
		if f.Severity == document.Block {
			t.blocking = append(t.blocking, f)
		}
	}
	return t
}

// loadTrust reads keys and people from where the options say.
func (v *commitVerification) loadTrust(ctx context.Context) (commitTrust, error) {
	var people []keyring.Person
	hasPeople := v.o.people != ""
	if hasPeople {
		var err error
		if people, err = readPeople(v.o.people); err != nil {
			return commitTrust{}, err
		}
	}
	if v.o.keys != "" {
		files, err := readKeyFolder(v.o.keys)
		if err != nil {
			return commitTrust{}, err
		}
		return newCommitTrust("keys from "+v.o.keys, files, people, hasPeople), nil
	}
	commit, name, err := v.baseCommit(ctx)
	if err != nil {
		return commitTrust{}, err
	}
	files, raw, err := v.repo.keysAt(ctx, commit)
	if err != nil {
		return commitTrust{}, err
	}
	if len(files) == 0 {
		return commitTrust{}, &hintedError{
			fmt.Errorf("there are no keys in keys/ at %s", name),
			"--keys DIR names a folder of .asc and .pub files, --base REV another commit",
		}
	}
	from := fmt.Sprintf("keys from keys/ at %.12s (%s)", commit, name)
	if hasPeople || raw == nil {
		return newCommitTrust(from, files, people, hasPeople), nil
	}
	config, err := readConfiguration(raw)
	if err != nil {
		return commitTrust{}, fmt.Errorf("read %s at %s: %w", configurationPath, name, err)
	}
	return configuredTrust(from, files, config), nil
}

// configuredTrust is the trust of a commit with a configuration.
func configuredTrust(from string, files []keyring.File, config *repoconfig.Config) commitTrust {
	people := make([]keyring.Person, len(config.People))
	for i, p := range config.People {
		people[i] = keyring.Person{Slug: p.Slug, GitHub: p.GitHub, Login: p.Login, Name: p.Name, Emails: p.Emails}
	}
	t := newCommitTrust(from, files, people, true)
	t.config = config
	return t
}

// baseCommit is the commit before the range: what the range excludes, else the default branch, else HEAD.
func (v *commitVerification) baseCommit(ctx context.Context) (commit, name string, err error) {
	name = v.o.base
	if name == "" {
		for _, r := range v.o.ranges {
			if before, _, ok := strings.Cut(r, ".."); ok && before != "" {
				name = before
			} else if strings.HasPrefix(r, "^") {
				name = r[1:]
			}
		}
	}
	if name == "" {
		name = "HEAD"
		if _, err := v.repo.resolve(ctx, "refs/remotes/origin/HEAD"); err == nil {
			name = "origin/HEAD"
		}
	}
	commit, err = v.repo.resolve(ctx, name)
	return commit, name, err
}

// errNoCommit is in the error of a revision that names none.
var errNoCommit = errors.New("names no commit")

// resolve gives the commit that a revision names.
func (r commitRepository) resolve(ctx context.Context, revision string) (string, error) {
	id, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 { // all that git says by --quiet
		return "", &hintedError{fmt.Errorf("%q %w in %s", revision, errNoCommit, r.dir), "git fetch, or name a branch or commit that is here"}
	}
	return id, err
}

// areCommits refuses a name of something else, such as a file: git walks it and finds no commits. Ranges are left to git.
func (r commitRepository) areCommits(ctx context.Context, revisions []string) error {
	for _, name := range revisions {
		if strings.Contains(name, "..") || strings.HasPrefix(name, "^") {
			continue
		}
		if _, err := r.resolve(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// keysAt reads the key files and the configuration of a commit; config is nil where there is none.
// Only regular files count.
func (r commitRepository) keysAt(ctx context.Context, commit string) (files []keyring.File, config []byte, err error) {
	listing, err := r.output(ctx, "ls-tree", "-r", "-z", "--full-tree", commit, "--", "keys/", configurationPath)
	if err != nil {
		return nil, nil, err
	}
	for entry := range strings.SplitSeq(strings.TrimSuffix(listing, "\x00"), "\x00") {
		head, path, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		if len(fields) != 3 || fields[0] != "100644" || fields[1] != "blob" {
			continue
		}
		isKey := document.Classify(".", path) == document.Key
		if !isKey && path != configurationPath {
			continue
		}
		if len(files) == maxKeyFiles {
			return nil, nil, fmt.Errorf("read keys at %s: keys/ has more than %d files", commit, maxKeyFiles)
		}
		data, err := r.blob(ctx, fields[2])
		if err != nil {
			return nil, nil, fmt.Errorf("read %s at %s: %w", printable(path), commit, err)
		}
		if isKey {
			files = append(files, keyring.File{Path: path, Bytes: data})
		} else {
			config = data
		}
	}
	return files, config, nil
}

// blob reads a blob of at most maxGitTalk bytes.
func (r commitRepository) blob(ctx context.Context, id string) ([]byte, error) {
	c := r.command(ctx, "cat-file", "blob", id)
	var stdout, stderr boundedBuffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		return nil, r.failed("cat-file", err, stderr.String())
	}
	if stdout.dropped {
		return nil, fmt.Errorf("it has more than %d bytes", maxGitTalk)
	}
	return stdout.Bytes(), nil
}

// readConfiguration reads a configuration that nothing blocks.
func readConfiguration(raw []byte) (*repoconfig.Config, error) {
	config, findings := repoconfig.Read(raw)
	for _, f := range findings {
		if f.Severity == document.Block {
			return nil, &hintedError{fmt.Errorf("line %d: %s", f.Line, f.Message), f.Fix}
		}
	}
	return &config, nil
}

// readKeyFolder reads the .asc and .pub files of a folder.
func readKeyFolder(dir string) ([]keyring.File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	var files []keyring.File
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".asc" && ext != ".pub" || e.IsDir() {
			continue
		}
		if len(files) == maxKeyFiles {
			return nil, fmt.Errorf("read keys: %s has more than %d files", dir, maxKeyFiles)
		}
		data, err := readBounded(filepath.Join(dir, e.Name()), keyring.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		files = append(files, keyring.File{Path: "keys/" + e.Name(), Bytes: data})
	}
	if len(files) == 0 {
		return nil, &hintedError{
			fmt.Errorf("read keys: %s has no .asc or .pub files", dir),
			"gpg --armor --export KEY > " + filepath.Join(dir, "NAME.asc"),
		}
	}
	return files, nil
}

// readBounded reads a file that must not have more than limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err // it names the file
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("not a file of at most %d bytes", limit)}
	}
	return os.ReadFile(path) // it names the file
}

// readPeople reads a table of people: a header line with the columns login, name and emails, in any
// order, then one person a line; addresses are parted by spaces.
func readPeople(path string) ([]keyring.Person, error) {
	data, err := readBounded(path, maxPeopleFile)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), "\n")
	header := strings.Split(lines[0], "\t")
	login, name, emails := slices.Index(header, "login"), slices.Index(header, "name"), slices.Index(header, "emails")
	if login < 0 || name < 0 || emails < 0 {
		return nil, &hintedError{
			fmt.Errorf("read people: %s does not begin with the columns login, name, emails", path),
			"part the columns by tabs",
		}
	}
	var people []keyring.Person
	for i, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		if len(fields) != len(header) {
			return nil, fmt.Errorf("read people: %s line %d has %d columns, not %d", path, i+2, len(fields), len(header))
		}
		people = append(people, keyring.Person{
			Slug: fields[login], Login: fields[login], Name: fields[name],
			Emails: strings.Fields(fields[emails]),
		})
	}
	return people, nil
}
