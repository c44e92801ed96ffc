package githubsim

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/rest"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxPushBytes bounds what a git client sends in one request; GitHub refuses pushes over 2 GiB, and nothing that is
// made to try a policy comes near this.
const maxPushBytes = 256 << 20

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, text) // a client that has gone away is no matter
}

// serveSite answers what is not API: git clients, published keys, and pages for people.
func (s *Sim) serveSite(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	login, isKey := strings.CutSuffix(parts[0], ".gpg")
	switch {
	case len(parts) == 1 && isKey:
		s.serveKeys(w, login)
	case gitService(r) != "":
		s.serveGit(w, r)
	case len(parts) == 2 && strings.HasSuffix(parts[1], ".git") && r.Method == http.MethodGet:
		http.Redirect(w, r, strings.TrimSuffix(r.URL.Path, ".git"), http.StatusSeeOther) // who pastes the address of a clone
	default:
		s.pages.ServeHTTP(w, r)
	}
}

// serveKeys publishes the OpenPGP keys of a user, as GitHub does at /LOGIN.gpg.
func (s *Sim) serveKeys(w http.ResponseWriter, login string) {
	s.world.Lock()
	defer s.world.Unlock()
	a := s.world.Account(login)
	if a == nil {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	var keys strings.Builder
	for _, k := range a.Keys {
		keys.WriteString(strings.TrimSpace(k.Public.Armored) + "\n\n")
	}
	if keys.Len() == 0 {
		keys.WriteString("-----BEGIN PGP PUBLIC KEY BLOCK-----\nNote: This user hasn't uploaded any GPG keys.\n\n\n=twTO\n-----END PGP PUBLIC KEY BLOCK-----\n")
	}
	writeText(w, keys.String())
}

// Services of git clients.
const (
	uploadPack  = "git-upload-pack"
	receivePack = "git-receive-pack"
)

// gitService is the service that a git client's request is about; "" for other requests. The path is
// /OWNER/REPO.git/info/refs to begin with, then /OWNER/REPO.git/SERVICE.
func gitService(r *http.Request) string {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	if len(parts) != 3 {
		return ""
	}
	service := parts[2]
	if r.Method == http.MethodGet && service == "info/refs" {
		service = r.URL.Query().Get("service")
	} else if r.Method != http.MethodPost {
		return ""
	}
	if service != uploadPack && service != receivePack {
		return ""
	}
	return service
}

// gitRefusal is an answer to a git client that it shows to its user.
type gitRefusal struct {
	status int
	text   string
}

// serveGit answers a git client. Fetching runs beside everything else; a push holds the world until all that follows
// from it has followed.
func (s *Sim) serveGit(w http.ResponseWriter, r *http.Request) {
	service := gitService(r)
	actor, repo, refused := s.gitAccess(r, service)
	if refused != nil {
		if refused.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
		http.Error(w, refused.text, refused.status)
		return
	}
	body, err := gitBody(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	// A CGI program reads a body of known length, and neither chunks nor gzip.
	r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	r.Header.Del("Content-Encoding")
	exchange := gitrepo.Exchange{Path: "/" + service, Login: actor.Name()}
	switch {
	case r.Method == http.MethodGet:
		exchange.Path = "/info/refs"
		repo.Git.Serve(w, r, exchange)
	case service == uploadPack:
		repo.Git.Serve(w, r, exchange)
	default:
		s.servePush(w, r, push{actor: actor, repo: repo, exchange: exchange, body: body})
	}
}

func gitBody(r *http.Request) ([]byte, error) {
	var source io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, fmt.Errorf("read request: %w", err)
		}
		source = unzipped
	}
	body, err := io.ReadAll(io.LimitReader(source, maxPushBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if len(body) > maxPushBytes {
		return nil, fmt.Errorf("the request is over %d bytes", maxPushBytes)
	}
	return body, nil
}

// gitAccess finds actor and repository of a git client's request, or says why not.
func (s *Sim) gitAccess(r *http.Request, service string) (world.Actor, *world.Repo, *gitRefusal) {
	s.world.Lock()
	defer s.world.Unlock()
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	name := strings.TrimSuffix(parts[1], ".git")
	repo := s.world.Repo(parts[0], name)
	if repo == nil {
		repo = s.world.FormerRepo(parts[0], name) // GitHub redirects; a client sees no difference
	}
	header := r.Header.Get("Authorization")
	var actor world.Actor
	if header != "" {
		token := s.world.TokenOf(rest.Credentials(header))
		if token == nil {
			return actor, nil, &gitRefusal{http.StatusUnauthorized, "Invalid username or token. Password authentication is not supported for Git operations."}
		}
		actor = rest.ActorOf(token)
	}
	visible := repo != nil && s.world.LevelOf(actor, repo) > world.LevelNone
	switch {
	case header == "" && (!visible || service == receivePack):
		return actor, nil, &gitRefusal{http.StatusUnauthorized, "No anonymous write access."}
	case !visible:
		return actor, nil, &gitRefusal{http.StatusNotFound, "Repository not found."}
	case service == receivePack && repo.Archived:
		return actor, nil, &gitRefusal{http.StatusForbidden, "This repository was archived so it is read-only."}
	case !s.mayGit(actor, repo, service):
		return actor, nil, &gitRefusal{http.StatusForbidden, fmt.Sprintf("Permission to %s.git denied to %s.", repo.FullName(), actor.Name())}
	}
	return actor, repo, nil
}

func (s *Sim) mayGit(actor world.Actor, repo *world.Repo, service string) bool {
	needs, level := world.LevelRead, "read"
	if service == receivePack {
		needs, level = world.LevelWrite, "write"
	}
	if actor.Installation() != nil && (repo.Private || service == receivePack) && !world.Grants(actor.Token.Permissions, "contents", level) {
		return false
	}
	return s.world.LevelOf(actor, repo) >= needs
}

// visitor is whom the browser that sent r has chosen to be on the pages, nil for nobody yet: web.SignIn is where to
// send it then. The world's lock must be held.
func (s *Sim) visitor(r *http.Request) *world.Account { return s.pages.Visitor(r) }
