package gitstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
)

// ErrNotFound is returned for an object or reference that the mirror does not
// hold. After a fetch it means that the remote does not have it (any more).
var ErrNotFound = errors.New("not in the mirror")

// Store is a folder of mirrors, one for each repository, named by numeric id so
// that a rename changes nothing.
type Store struct {
	dir     string
	mu      sync.Mutex
	mirrors map[int64]*Mirror
}

// Open makes a store in dir, which is created when it is needed first.
func Open(dir string) *Store { return &Store{dir: dir, mirrors: map[int64]*Mirror{}} }

// Remote is where a mirror fetches from and pushes to. Token may be empty.
type Remote struct {
	URL   string
	Token string
}

// Mirror is one bare repository. All methods may be called at once; they take
// turns, because go-git's storage is not made for more.
type Mirror struct {
	mu    sync.Mutex
	repo  *git.Repository
	graph map[string]node   // commit → parents and tree; immutable, so never stale
	files map[string]hashed // blob → SHA-256 and size
}

// Mirror opens the mirror of a repository, or makes an empty one.
func (s *Store) Mirror(repository int64) (*Mirror, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.mirrors[repository]; ok {
		return m, nil
	}
	path := filepath.Join(s.dir, strconv.FormatInt(repository, 10)+".git")
	repo, err := git.PlainOpen(path)
	if errors.Is(err, git.ErrRepositoryNotExists) {
		repo, err = git.PlainInit(path, true)
	}
	if err != nil {
		return nil, fmt.Errorf("open mirror of repository %d: %w", repository, err)
	}
	m := newMirror(repo)
	s.mirrors[repository] = m
	return m, nil
}

// OpenRepository opens any repository on disk for reading: a bare one, a work tree,
// one that git worktree made, or a folder inside of one.
func OpenRepository(path string) (*Mirror, error) {
	// Looking upwards never tries the folder itself, and would find another
	// repository around a bare one.
	repo, err := git.PlainOpenWithOptions(path, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if errors.Is(err, git.ErrRepositoryNotExists) {
		repo, err = git.PlainOpenWithOptions(path, &git.PlainOpenOptions{EnableDotGitCommonDir: true, DetectDotGit: true})
	}
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", path, err)
	}
	return newMirror(repo), nil
}

func newMirror(repo *git.Repository) *Mirror {
	return &Mirror{repo: repo, graph: map[string]node{}, files: map[string]hashed{}}
}

// Fetch brings all branches, and the heads of the pull requests named.
func (m *Mirror) Fetch(ctx context.Context, r Remote, pulls ...int) error {
	specs := []config.RefSpec{"+refs/heads/*:refs/heads/*"}
	for _, n := range pulls {
		specs = append(specs, config.RefSpec(fmt.Sprintf("+refs/pull/%d/head:refs/pull/%d/head", n, n)))
	}
	return m.fetch(ctx, r, specs)
}

// FetchCommit brings one commit by its id, for a review that was bound to a
// commit which no reference holds any more. ErrNotFound if the remote does not
// give it.
func (m *Mirror) FetchCommit(ctx context.Context, r Remote, id string) error {
	if !plumbing.IsHash(id) {
		return fmt.Errorf("fetch commit %q: %w", id, ErrNotFound)
	}
	if _, err := m.Commit(id); err == nil {
		return nil
	}
	spec := config.RefSpec(id + ":refs/vidimus/kept/" + id)
	if err := m.fetch(ctx, r, []config.RefSpec{spec}); err != nil {
		return fmt.Errorf("%w: %w", err, ErrNotFound)
	}
	return nil
}

func (m *Mirror) fetch(ctx context.Context, r Remote, specs []config.RefSpec) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	remote := git.NewRemote(m.repo.Storer, &config.RemoteConfig{Name: "origin", URLs: []string{r.URL}})
	err := remote.FetchContext(ctx, &git.FetchOptions{
		RemoteName: "origin", RefSpecs: specs, Auth: r.auth(), Tags: git.NoTags, Force: true, Prune: false,
	})
	if errors.Is(err, git.NoErrAlreadyUpToDate) || errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", r.URL, err)
	}
	return nil
}

// Prune removes a branch that the remote has no more. Its commits stay in the mirror.
func (m *Mirror) Prune(ctx context.Context, r Remote, branch string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	remote := git.NewRemote(m.repo.Storer, &config.RemoteConfig{Name: "origin", URLs: []string{r.URL}})
	tip, err := remoteTip(ctx, remote, r, branch)
	if err != nil {
		return fmt.Errorf("look for branch %s: %w", branch, err)
	}
	if tip != "" {
		return nil
	}
	if err := m.repo.Storer.RemoveReference(plumbing.NewBranchReferenceName(branch)); err != nil {
		return fmt.Errorf("forget branch %s: %w", branch, err)
	}
	return nil
}

// remoteTip is where a branch of the remote stands, "" if it has none of the name.
func remoteTip(ctx context.Context, remote *git.Remote, r Remote, branch string) (string, error) {
	refs, err := remote.ListContext(ctx, &git.ListOptions{Auth: r.auth()})
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("list branches of %s: %w", r.URL, err)
	}
	for _, ref := range refs {
		if ref.Name() == plumbing.NewBranchReferenceName(branch) {
			return ref.Hash().String(), nil
		}
	}
	return "", nil
}

func (r Remote) auth() transport.AuthMethod {
	if r.Token == "" {
		return nil
	}
	return &http.BasicAuth{Username: "x-access-token", Password: r.Token}
}

// Branch is the commit at which a branch stood at the last fetch.
func (m *Mirror) Branch(name string) (string, error) {
	return m.reference(plumbing.NewBranchReferenceName(name))
}

// PullHead is the head of a pull request at the last fetch that named it.
func (m *Mirror) PullHead(number int) (string, error) {
	return m.reference(plumbing.ReferenceName(fmt.Sprintf("refs/pull/%d/head", number)))
}

func (m *Mirror) reference(name plumbing.ReferenceName) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ref, err := m.repo.Storer.Reference(name)
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return "", fmt.Errorf("reference %s: %w", name, ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("read reference %s: %w", name, err)
	}
	return ref.Hash().String(), nil
}

// raw reads one object's bytes, at most limit of them; whole says whether that
// was all. The caller holds the lock.
func (m *Mirror) raw(kind plumbing.ObjectType, id plumbing.Hash, limit int64) (data []byte, whole bool, err error) {
	object, err := m.repo.Storer.EncodedObject(kind, id)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, false, fmt.Errorf("%s %s: %w", kind, id, ErrNotFound)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	if object.Size() > limit {
		return nil, false, nil
	}
	reader, err := object.Reader()
	if err != nil {
		return nil, false, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	data, err = io.ReadAll(io.LimitReader(reader, limit+1))
	if cerr := reader.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	return data, int64(len(data)) <= limit, nil
}

// Branches are all branches with their commits, as of the last fetch.
func (m *Mirror) Branches() (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	refs, err := m.repo.Branches()
	if err != nil {
		return nil, fmt.Errorf("list branches: %w", err)
	}
	defer refs.Close()
	found := map[string]string{}
	err = refs.ForEach(func(ref *plumbing.Reference) error {
		found[ref.Name().Short()] = ref.Hash().String()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list branches: %w", err)
	}
	return found, nil
}
