package server

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/vidimus-bot/vidimus/bot/service/reviewpage"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// pagePolicy lets a page have its own style, pictures, script and form, and nothing else;
// nobody may frame it.
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// writePage writes a page; no-store, nosniff and no-referrer are set for every answer.
func writePage(w http.ResponseWriter, status int, html []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	w.WriteHeader(status)
	_, _ = w.Write(html) // the reader may be gone
}

func writeNotice(w http.ResponseWriter, status int, n reviewpage.Notice) {
	html, err := reviewpage.RenderNotice(n)
	if err != nil {
		http.Error(w, n.Heading, status) // unreachable: the template is embedded, and a test fills it
		return
	}
	writePage(w, status, html)
}

// notFound says the same for what does not exist and for what is not for this person.
func (r *reviews) notFound(w http.ResponseWriter, _ *http.Request, who session) {
	writeNotice(w, http.StatusNotFound, reviewpage.Notice{
		Heading: "There is no such review for you", Viewer: who.Login,
		Text: []string{"Either there is no such pull request, or Vidimus does not look after it, or your GitHub account may not read its repository."},
		Notes: []string{
			"If you think that you should see it: open the pull request on GitHub. Whoever can read it there can read it here a moment later.",
			"You may be signed in with another account than you think; sign out to change it.",
		},
	})
}

// askToSignIn says the same for every address.
func (r *reviews) askToSignIn(w http.ResponseWriter, q *http.Request, at address) {
	to := url.Values{"to": {at.path()}}
	if q.URL.Query().Get("since") == "signed" {
		to.Set("to", at.path()+"?since=signed")
	}
	writeNotice(w, http.StatusOK, reviewpage.Notice{
		Heading: "Sign in to read this review",
		Text:    []string{"GitHub tells Vidimus who you are. Whoever may read the repository on GitHub may read the review here."},
		Href:    "/review/sign-in?" + to.Encode(), Link: "Sign in with GitHub",
		Notes: []string{
			"Vidimus asks for no permission. It learns your login and number, keeps no token, and can do nothing in your name: signatures are given on GitHub.",
		},
	})
}

func (r *reviews) slowDown(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(pageWait.Seconds())))
	writeNotice(w, http.StatusTooManyRequests, reviewpage.Notice{
		Heading: "Too many requests", Text: []string{"Too many pages were asked for at once. Load this one again in a few seconds."},
	})
}

// later says that the same page can be shown in a moment.
func (r *reviews) later(w http.ResponseWriter, q *http.Request, at address, err error) {
	r.server.config.Log.WarnContext(q.Context(), "review page not yet", "repo", at.Repo, "pull", at.Number, "err", err)
	w.Header().Set("Retry-After", strconv.Itoa(int(pageWait.Seconds())))
	writeNotice(w, http.StatusServiceUnavailable, reviewpage.Notice{
		Heading: "This review is being read", Text: []string{"Vidimus is reading what it needs from GitHub, or GitHub does not answer at the moment. Load this page again in a few seconds."},
		Notes: []string{"The check on the pull request says what was decided last."},
	})
}

// fault says that we could not do our work.
func (r *reviews) fault(w http.ResponseWriter, q *http.Request, at address, err error) {
	r.server.config.Log.ErrorContext(q.Context(), "review page failed", "repo", at.Repo, "pull", at.Number, "err", err)
	writeNotice(w, http.StatusInternalServerError, reviewpage.Notice{
		Heading: "This page could not be made", Text: []string{"The fault is Vidimus’. Its log says more; please tell whoever runs it."},
		Notes: []string{"You can read and sign the change on GitHub: the check on the pull request holds the lines."},
	})
}

// asset serves style, seal and script: the same for everybody.
func asset(w http.ResponseWriter, q *http.Request) {
	files, name, media := docstemplates.Review, "", ""
	switch q.PathValue("name") {
	case "site.css":
		files, name, media = docstemplates.Site, "site/site.css", "text/css; charset=utf-8"
	case "seal.svg":
		files, name, media = docstemplates.Site, "site/seal.svg", "image/svg+xml"
	case "review.css":
		name, media = "review/review.css", "text/css; charset=utf-8"
	case "review.js":
		name, media = "review/review.js", "text/javascript; charset=utf-8"
	default:
		http.NotFound(w, q)
		return
	}
	raw, err := files.ReadFile(name)
	if err != nil {
		http.NotFound(w, q) // unreachable: the files are embedded
		return
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Cache-Control", "max-age=300")
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	_, _ = w.Write(raw) // the reader may be gone
}
