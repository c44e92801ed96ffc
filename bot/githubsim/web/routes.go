package web

import (
	"net/http"
	"strconv"
	"strings"
)

// routes leads each address to its page. The first word of a path says whether it is the site's or an account's: Go's
// own multiplexer could not tell /settings/installations/7 from /OWNER/REPO/pulls.
func (s *Site) routes() http.Handler {
	site, accounts := http.NewServeMux(), http.NewServeMux()
	s.routeSite(site)
	s.routeAccounts(accounts)
	missing := s.show(func(*visit) (page, error) { return page{}, errMissing() })
	site.HandleFunc("/", missing)
	accounts.HandleFunc("/", missing)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch first {
		case "", "login", "logout", "assets", "apps", "avatars", "organizations", "orgs", "settings":
			site.ServeHTTP(w, r)
		default:
			accounts.ServeHTTP(w, r)
		}
	})
}

func (s *Site) routeSite(mux *http.ServeMux) {
	mux.HandleFunc("GET /assets/site.css", asset("text/css; charset=utf-8", stylesheet))
	mux.HandleFunc("GET /assets/icon.svg", asset("image/svg+xml", icon))
	mux.HandleFunc("GET /login", s.getLogin)
	mux.HandleFunc("POST /login", s.postLogin)
	mux.HandleFunc("POST /logout", s.postLogout)
	mux.HandleFunc("GET /{$}", s.show(getFront))
	mux.HandleFunc("GET /avatars/{login}", s.show(getAvatar))
	mux.HandleFunc("GET /orgs/{org}/teams/{team}", s.show(getTeam))
	mux.HandleFunc("GET /apps/{slug}", s.show(getApp))
	mux.HandleFunc("GET /apps/{slug}/deliveries", s.show(getDeliveries))
	mux.HandleFunc("GET /apps/{slug}/deliveries/{id}", s.show(getDelivery))
	mux.HandleFunc("POST /apps/{slug}/deliveries/{id}/attempts", s.act(postAttempt))
	mux.HandleFunc("GET /settings/installations/{id}", s.show(getInstallation))
	mux.HandleFunc("GET /organizations/{org}/settings/installations/{id}", s.show(getInstallation))
}

// routeAccounts leads to people, organisations and repositories.
func (s *Site) routeAccounts(mux *http.ServeMux) {
	mux.HandleFunc("GET /{owner}", s.show(getAccount))
	see := func(pattern string, gather func(*visit) (page, error)) {
		mux.HandleFunc("GET /{owner}/{repo}"+pattern, s.show(inRepo(gather)))
	}
	do := func(pattern string, act func(*visit) (string, error)) {
		mux.HandleFunc("POST /{owner}/{repo}"+pattern, s.act(inRepo(act)))
	}
	see("", getRepo)
	see("/tree/{where...}", getTree)
	see("/blob/{where...}", getTree)
	see("/raw/{where...}", getRaw)
	see("/edit/{where...}", getEdit)
	do("/edit/{where...}", postEdit)
	see("/new/{where...}", getNew)
	do("/new/{where...}", postEdit)
	see("/commits", getHistory)
	see("/commits/{where...}", getHistory)
	see("/commit/{id}", getCommit)
	see("/compare", getCompare)
	see("/compare/{basehead...}", getCompare)
	see("/runs/{id}", getRun)
	do("/runs/{id}/again", postAgain)
	see("/pulls", getPulls)
	do("/pulls", postPull)
	see("/issues", getIssues)
	do("/issues", postIssue)
	see("/issues/{number}", getIssue)
	see("/pull/{number}", getPullOrPatch)
	see("/pull/{number}/commits", getPullCommits)
	see("/pull/{number}/files", getPullFiles)
	see("/pull/{number}/checks", getPullChecks)
	do("/pull/{number}/reviews", postReview)
	do("/pull/{number}/reviews/{id}", postReviewEdit)
	do("/pull/{number}/reviews/{id}/dismiss", postDismiss)
	do("/pull/{number}/merge", postMerge)
	do("/pull/{number}/update-branch", postUpdate)
	do("/pull/{number}/draft", postDraft)
	for _, kind := range []string{"/issues", "/pull"} {
		do(kind+"/{number}/comments", postComment)
		do(kind+"/{number}/comments/{id}", postCommentEdit)
		do(kind+"/{number}/comments/{id}/delete", postCommentDelete)
		do(kind+"/{number}/state", postState)
		do(kind+"/{number}/text", postText)
	}
}

// getPullOrPatch tells /pull/3 from /pull/3.diff and /pull/3.patch, which the API names too.
func getPullOrPatch(v *visit) (page, error) {
	for _, suffix := range []string{".diff", ".patch"} {
		if digits, is := strings.CutSuffix(v.request.PathValue("number"), suffix); is {
			n, err := strconv.Atoi(digits)
			if err != nil {
				return page{}, errMissing()
			}
			return getPatch(v, n)
		}
	}
	return getPull(v)
}

// asset serves what is the same for everybody.
func asset(media string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(content) // a browser that has gone away is no matter
	}
}
