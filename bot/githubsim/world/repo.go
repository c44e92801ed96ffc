package world

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
)

// maxDescription bounds a repository's description.
const maxDescription = 1000

// Repo is a repository.
type Repo struct {
	ID            int64
	Owner         *Account
	Name          string
	Description   string
	Private       bool
	Archived      bool
	DefaultBranch string
	Created       time.Time
	Updated       time.Time
	Pushed        time.Time
	Git           *gitrepo.Repository
	Collaborators map[int64]Level
	Protection    map[string]*Protection // by branch
	Labels        []*Label
	Merge         MergeSettings

	Issues   []*Issue // pull requests too; Issues[i].Number == i+1
	Suites   []*CheckSuite
	Runs     []*CheckRun
	Statuses []*Status

	contributed map[int64]bool
	verified    map[string]Verification
}

// MergeSettings are the repository's buttons.
type MergeSettings struct {
	Merge        bool
	Squash       bool
	Rebase       bool
	DeleteBranch bool
}

// Label is a label of a repository.
type Label struct {
	ID          int64
	Name        string
	Colour      string // six hexadecimal digits
	Description string
}

// NewRepo is a repository to be made.
type NewRepo struct {
	// ID is 0 for the next free one.
	ID          int64
	Owner       *Account
	Name        string
	Description string
	Private     bool
	// Init makes a first commit with a README by the account.
	Init *Account
}

// FullName is OWNER/NAME.
func (r *Repo) FullName() string { return r.Owner.Login + "/" + r.Name }

// AddRepo makes a repository. The name must be free under its owner.
func (w *World) AddRepo(n NewRepo) (*Repo, error) {
	if !validRepoName(n.Name) {
		return nil, Invalid(FieldError{Resource: "Repository", Field: "name", Code: "invalid", Message: fmt.Sprintf("name %q may hold letters, digits, and . _ -", n.Name)})
	}
	if len(n.Description) > maxDescription {
		return nil, Invalid(FieldError{Resource: "Repository", Field: "description", Code: "invalid", Message: "description is too long"})
	}
	if w.Repo(n.Owner.Login, n.Name) != nil {
		return nil, &Refusal{Status: 422, Message: "Repository creation failed.", Errors: []any{
			FieldError{Resource: "Repository", Code: "custom", Field: "name", Message: "name already exists on this account"},
		}}
	}
	if n.ID < 0 || w.repos[n.ID] != nil {
		return nil, Invalid(FieldError{Resource: "Repository", Field: "id", Code: "already_exists", Message: fmt.Sprintf("repository id %d is taken or negative", n.ID)})
	}
	for n.ID == 0 || w.repos[n.ID] != nil {
		n.ID = w.NextID()
	}
	const branch = "main"
	git, err := gitrepo.Init(filepath.Join(w.dir, "repositories", fmt.Sprintf("%d.git", n.ID)), branch)
	if err != nil {
		return nil, err
	}
	r := &Repo{
		ID: n.ID, Owner: n.Owner, Name: n.Name, Description: n.Description, Private: n.Private, DefaultBranch: branch,
		Created: w.stamp, Updated: w.stamp, Pushed: w.stamp, Git: git, Collaborators: map[int64]Level{},
		Protection: map[string]*Protection{}, Merge: MergeSettings{Merge: true, Squash: true, Rebase: true},
		contributed: map[int64]bool{}, verified: map[string]Verification{},
	}
	w.repos[r.ID] = r
	w.names[fullName(r.Owner.Login, r.Name)] = r
	delete(w.formerNames, fullName(r.Owner.Login, r.Name))
	if n.Init == nil {
		return r, nil
	}
	return r, w.initialise(r, n.Init)
}

func validRepoName(name string) bool {
	if name == "" || len(name) > 100 || name == "." || name == ".." || strings.HasSuffix(name, ".git") {
		return false
	}
	return strings.IndexFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.'
	}) < 0
}

// initialise makes the first commit: a README, by the account, as GitHub's auto_init does.
func (w *World) initialise(r *Repo, by *Account) error {
	_, err := w.CommitFile(Actor{Account: by}, r, FileChange{
		Path: "README.md", Content: []byte("# " + r.Name + "\n"), Message: "Initial commit", Branch: r.DefaultBranch,
	})
	return err
}

// Repo finds a repository by its owner's login and its name, without regard to case; nil for none.
func (w *World) Repo(owner, name string) *Repo { return w.names[fullName(owner, name)] }

// FormerRepo finds the repository that had this name once and that no other has taken since; nil for none.
func (w *World) FormerRepo(owner, name string) *Repo { return w.formerNames[fullName(owner, name)] }

// Rename gives the repository another name under its owner. The old one leads to it until somebody takes it.
func (w *World) Rename(actor Actor, r *Repo, name string) error {
	taken := w.Repo(r.Owner.Login, name)
	switch {
	case !validRepoName(name):
		return Invalid(FieldError{Resource: "Repository", Field: "name", Code: "custom", Message: "name is invalid"})
	case taken == r && name == r.Name:
		return nil
	case taken != nil && taken != r:
		return Invalid(FieldError{Resource: "Repository", Field: "name", Code: "custom", Message: "name already exists on this account"})
	}
	from := r.Name
	delete(w.names, fullName(r.Owner.Login, from))
	w.formerNames[fullName(r.Owner.Login, from)] = r
	delete(w.formerNames, fullName(r.Owner.Login, name))
	r.Name, r.Updated = name, w.stamp
	w.names[fullName(r.Owner.Login, name)] = r
	w.emit(Event{
		Name: "repository", Action: "renamed", Repo: r, Sender: actor.Account,
		Changes: map[string]any{"repository": map[string]any{"name": map[string]any{"from": from}}},
	})
	return nil
}

// Archive makes the repository read-only, or writable again.
func (w *World) Archive(actor Actor, r *Repo, archived bool) {
	if r.Archived == archived {
		return
	}
	r.Archived = archived
	action := "unarchived"
	if archived {
		action = "archived"
	}
	w.emit(Event{Name: "repository", Action: action, Repo: r, Sender: actor.Account})
}

// RepoByID finds a repository by its number; nil for none.
func (w *World) RepoByID(id int64) *Repo { return w.repos[id] }

// Repos lists all repositories by id.
func (w *World) Repos() []*Repo {
	return slices.SortedFunc(maps.Values(w.repos), func(a, b *Repo) int { return int(a.ID - b.ID) })
}

// Tip is the commit that a branch points at, "" where there is no such branch.
func (r *Repo) Tip(branch string) (string, error) { return r.Git.Ref("refs/heads/" + branch) }

// Resolve finds the commit that a branch, a tag, a full ref name or an object id names; "" names the default branch.
// A tag object is followed to its commit. What names nothing is NotFound.
func (r *Repo) Resolve(name string) (*gitrepo.Commit, error) {
	if name == "" || name == "HEAD" {
		name = r.DefaultBranch
	}
	for _, ref := range []string{"refs/heads/" + name, "refs/tags/" + name, name, "refs/" + name} {
		id, err := r.Git.Ref(ref)
		if err != nil {
			return nil, err
		}
		if id != "" {
			return r.peel(id)
		}
	}
	if gitrepo.ValidID(name) {
		return r.peel(name)
	}
	return nil, NotFound()
}

// peel follows a tag object to the commit that it names. Nested tags are not followed further than one step.
func (r *Repo) peel(id string) (*gitrepo.Commit, error) {
	kind, data, err := r.Git.Object(id)
	if err != nil {
		return nil, NotFound()
	}
	if kind == gitrepo.KindTag {
		line, _, _ := strings.Cut(string(data), "\n")
		id = strings.TrimPrefix(line, "object ")
	}
	commit, err := r.Git.Commit(id)
	if err != nil {
		return nil, NotFound()
	}
	return commit, nil
}

// Label finds a label by name, without regard to case; nil for none.
func (r *Repo) Label(name string) *Label {
	return find(r.Labels, func(l *Label) bool { return strings.EqualFold(l.Name, name) })
}

// AddLabel makes a label, or returns the one of that name.
func (w *World) AddLabel(r *Repo, name, colour, description string) (*Label, error) {
	if l := r.Label(name); l != nil {
		return l, nil
	}
	if name == "" || len(name) > 50 {
		return nil, Invalid(FieldError{Resource: "Label", Field: "name", Code: "invalid"})
	}
	if !validColour(colour) {
		return nil, Invalid(FieldError{Resource: "Label", Field: "color", Code: "invalid"})
	}
	l := &Label{ID: w.NextID(), Name: name, Colour: colour, Description: description}
	r.Labels = append(r.Labels, l)
	return l, nil
}

func validColour(colour string) bool {
	return len(colour) == 6 && strings.Trim(strings.ToLower(colour), "0123456789abcdef") == ""
}

// SetDefaultBranch changes the default branch to an existing one.
func (w *World) SetDefaultBranch(r *Repo, branch string) error {
	tip, err := r.Tip(branch)
	if err != nil {
		return err
	}
	if tip == "" {
		return Invalid(FieldError{Resource: "Repository", Field: "default_branch", Code: "invalid", Message: "The branch " + branch + " was not found. Please push that ref first or create it via the Git Data API."})
	}
	if err := r.Git.SetHead(branch); err != nil {
		return err
	}
	r.DefaultBranch = branch
	return nil
}
