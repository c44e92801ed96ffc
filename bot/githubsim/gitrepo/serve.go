package gitrepo

import (
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"os/exec"
)

// Exchange is one smart-HTTP request of a git client, already let in.
type Exchange struct {
	// Path is what follows the repository in the URL: /info/refs, /git-upload-pack or /git-receive-pack.
	Path string
	// Login is the account that asks; git-receive-pack serves nobody without one.
	Login string
}

// Serve answers the request by git http-backend. The body must have a known length: a CGI program cannot read chunks.
func (r *Repository) Serve(w http.ResponseWriter, request *http.Request, exchange Exchange) {
	git, err := exec.LookPath("git")
	if err != nil {
		http.Error(w, "git is not installed", http.StatusInternalServerError)
		return
	}
	inner := request.Clone(request.Context())
	inner.URL.Path = exchange.Path
	for _, secret := range []string{"Authorization", "Cookie"} {
		inner.Header.Del(secret)
	}
	environment := append(Environment(),
		"GIT_PROJECT_ROOT="+r.dir,
		"GIT_HTTP_EXPORT_ALL=1",
		"REMOTE_USER="+exchange.Login,
		"GIT_PROTOCOL="+request.Header.Get("Git-Protocol"),
	)
	handler := cgi.Handler{Path: git, Args: []string{"http-backend"}, Env: environment, Stderr: io.Discard, Logger: log.New(io.Discard, "", 0)}
	handler.ServeHTTP(w, inner)
}
