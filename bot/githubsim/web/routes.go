package web

import (
	"net/http"
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
}

func (s *Site) routeAccounts(_ *http.ServeMux) {
}

// asset serves what is the same for everybody.
func asset(media string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(content) // a browser that has gone away is no matter
	}
}
