package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" // git's
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// workshop makes a repository of signed commits, commit by commit. It writes git's objects itself, which
// is faster than asking git for each.
type workshop struct {
	t        testing.TB
	dir      string
	keys     map[string]*keyringtest.Key
	when     time.Time
	branches map[string]branchState
}

// branchState is where a branch stands, and its files by path.
type branchState struct {
	tip   string
	files map[string]string
}

// keysMade is when the workshop's keys are made; its commits follow a month later, an hour apart.
var keysMade = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// newWorkshop starts an empty repository with keys for aoife, bruno, web-flow, vidimus and a stranger.
func newWorkshop(t testing.TB, dir string) *workshop {
	t.Helper()
	w := &workshop{
		t: t, dir: dir, keys: map[string]*keyringtest.Key{}, when: keysMade.AddDate(0, 1, 0),
		branches: map[string]branchState{},
	}
	for _, name := range []string{"aoife", "bruno", "web-flow", "vidimus", "stranger"} {
		w.keys[name] = keyringtest.NewKey(t, "ed25519", keysMade)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.git("init", "-q", "-b", "main")
	return w
}

// git runs git in the repository.
func (w *workshop) git(args ...string) string {
	w.t.Helper()
	c := exec.Command("git", append([]string{"-C", w.dir}, args...)...)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		w.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// object stores an object and gives its id.
func (w *workshop) object(kind string, raw []byte) string {
	w.t.Helper()
	data := fmt.Appendf(nil, "%s %d\x00%s", kind, len(raw), raw)
	sum := sha1.Sum(data)
	id := hex.EncodeToString(sum[:])
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(data) // into a Buffer
	_ = z.Close()
	w.write(".git/objects/"+id[:2]+"/"+id[2:], packed.Bytes())
	return id
}

// write writes a file of the repository, unless it is there.
func (w *workshop) write(path string, data []byte) {
	w.t.Helper()
	full := filepath.Join(w.dir, path)
	if _, err := os.Stat(full); err == nil && strings.HasPrefix(path, ".git/objects/") {
		return
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, data, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// point moves a branch.
func (w *workshop) point(branch string, to branchState) {
	w.t.Helper()
	w.branches[branch] = to
	w.write(".git/refs/heads/"+branch, []byte(to.tip+"\n"))
}

// branch starts a branch where another stands, or moves it there.
func (w *workshop) branch(name, from string) {
	w.t.Helper()
	w.point(name, branchState{tip: w.branches[from].tip, files: maps.Clone(w.branches[from].files)})
}

// tree stores the tree of files.
func (w *workshop) tree(files map[string]string) string {
	w.t.Helper()
	folders, entries := map[string]map[string]string{}, map[string]string{}
	for path, text := range files {
		if folder, rest, nested := strings.Cut(path, "/"); nested {
			if folders[folder] == nil {
				folders[folder] = map[string]string{}
			}
			folders[folder][rest] = text
			continue
		}
		entries[path] = "100644 " + path + "\x00" + w.object("blob", []byte(text))
	}
	for folder, below := range folders {
		entries[folder+"/"] = "40000 " + folder + "\x00" + w.tree(below) // git sorts folders with the slash
	}
	var raw []byte
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		head, id, _ := strings.Cut(entries[name], "\x00")
		sum, err := hex.DecodeString(id)
		if err != nil {
			w.t.Fatal(err)
		}
		raw = append(append(append(raw, head...), 0), sum...)
	}
	return w.object("tree", raw)
}

// address is how a person of the workshop commits.
func address(name string) string {
	switch name {
	case "github":
		return "GitHub <noreply@github.com>"
	case "aoife":
		return "Aoife Brannigan <aoife@northquay.example>"
	}
	return strings.ToUpper(name[:1]) + name[1:] + " <" + name + "@northquay.example>"
}

// step is one commit of the workshop.
type step struct {
	branch string
	// author is by whom, committer too where it is empty, key whose key signs; "" does not sign.
	author, committer, key string
	// merge names branches that become further parents.
	merge []string
	// files are written, "" deletes.
	files map[string]string
	// taken is the branch whose files a merge takes, before files are written.
	taken string
}

// commit makes a commit on a branch and gives its id.
func (w *workshop) commit(s step) string {
	w.t.Helper()
	w.when = w.when.Add(time.Hour)
	from := s.branch
	if s.taken != "" {
		from = s.taken
	}
	files := maps.Clone(w.branches[from].files)
	if files == nil {
		files = map[string]string{}
	}
	for path, text := range s.files {
		files[path] = text
		if text == "" {
			delete(files, path)
		}
	}
	c := keyringtest.Commit{Author: address(s.author), Committer: address(s.author), When: w.when, Message: "A change\n", Tree: w.tree(files)}
	if s.committer != "" {
		c.Committer = address(s.committer)
	}
	for _, branch := range append([]string{s.branch}, s.merge...) {
		if tip := w.branches[branch].tip; tip != "" {
			c.Parents = append(c.Parents, tip)
		}
	}
	raw := c.Payload()
	if s.key != "" {
		raw = w.keys[s.key].SignCommit(c, keyringtest.Says{Made: w.when})
	}
	id := w.object("commit", raw)
	w.point(s.branch, branchState{tip: id, files: files})
	return id
}
