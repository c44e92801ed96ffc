package githubsim

import (
	"html/template"
	"net/http"
	"net/url"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/githubsim/web"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxAnswerForm bounds the form by which somebody lets a client know who they are.
const maxAnswerForm = 16 << 10

// authorisation is one request to /login/oauth/authorize.
type authorisation struct {
	client    *oauthClient
	redirect  string
	state     string
	challenge string
}

// readAuthorisation reads a request. ok is false where nobody is to be sent anywhere: an unknown client, or an address
// that is not its own.
func (s *Sim) readAuthorisation(q url.Values) (authorisation, bool) {
	a := authorisation{client: s.oauth.client(q.Get("client_id")), state: q.Get("state")}
	if a.client == nil {
		return a, false
	}
	if q.Get("code_challenge_method") == "S256" {
		a.challenge = q.Get("code_challenge")
	}
	var ok bool
	a.redirect, ok = a.client.redirect(q.Get("redirect_uri"))
	return a, ok
}

// back is the address to which somebody returns, with what came of it.
func (a authorisation) back(fields map[string]string) string {
	u, err := url.Parse(a.redirect)
	if err != nil {
		return a.client.CallbackURL // unreachable: it was parsed when the request was read
	}
	q := u.Query()
	for name, value := range fields {
		q.Set(name, value)
	}
	if a.state != "" {
		q.Set("state", a.state)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// origin is scheme and host of the address to return to; the page's form may lead there.
func (a authorisation) origin() string {
	u, err := url.Parse(a.redirect)
	if err != nil {
		return "" // unreachable: it was parsed when the request was read
	}
	return u.Scheme + "://" + u.Host
}

// serveAuthorise asks the visitor whether the client may know who they are: GET /login/oauth/authorize. Who is nobody
// yet chooses first who to be.
func (s *Sim) serveAuthorise(w http.ResponseWriter, r *http.Request) {
	a, ok := s.readAuthorisation(r.URL.Query())
	if !ok {
		s.refuseAuthorisation(w, a)
		return
	}
	again := "/login/oauth/authorize?" + r.URL.RawQuery
	visitor := s.whoAsks(r)
	if visitor == nil {
		http.Redirect(w, r, web.SignIn(again), http.StatusSeeOther)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' "+a.origin()+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	view := authoriseView{Client: a.client.Name, Action: again, Other: web.SignIn(again), Login: visitor.Login, Name: visitor.Name}
	if err := authorisePage().Execute(w, view); err != nil {
		s.config.Log.Error("page to authorise", "err", err)
	}
}

// whoAsks is the visitor, with the world's lock taken for the moment of looking.
func (s *Sim) whoAsks(r *http.Request) *world.Account {
	s.world.Lock()
	defer s.world.Unlock()
	return s.visitor(r)
}

// refuseAuthorisation is GitHub's answer to a client that it does not know, and to a foreign address.
func (s *Sim) refuseAuthorisation(w http.ResponseWriter, a authorisation) {
	if a.client == nil {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	http.Error(w, "Be careful! The redirect_uri is not associated with this application.", http.StatusBadRequest)
}

// serveAuthorised sends the visitor back with a code, or with a refusal: POST /login/oauth/authorize.
func (s *Sim) serveAuthorised(w http.ResponseWriter, r *http.Request) {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		http.Error(w, "This form came from a page of another site.", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxAnswerForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	a, ok := s.readAuthorisation(r.URL.Query())
	visitor := s.whoAsks(r)
	switch {
	case !ok:
		s.refuseAuthorisation(w, a)
		return
	case visitor == nil:
		http.Redirect(w, r, web.SignIn("/login/oauth/authorize?"+r.URL.RawQuery), http.StatusSeeOther)
		return
	case r.PostForm.Get("authorize") != "1":
		http.Redirect(w, r, a.back(map[string]string{
			"error": "access_denied", "error_description": "The user has denied your application access.",
		}), http.StatusFound)
		return
	}
	now := s.Now()
	code := s.oauth.give(grant{client: a.client, user: visitor, redirect: a.redirect, challenge: a.challenge, ends: now.Add(codeLife)}, now)
	http.Redirect(w, r, a.back(map[string]string{"code": code}), http.StatusFound)
}

// authoriseView fills the page.
type authoriseView struct{ Client, Action, Other, Login, Name string }

// authorisePage is plain on purpose: it stands for GitHub's own page.
var authorisePage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("authorise").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Authorize {{.Client}} · Embedded GitHub</title>
<link rel="stylesheet" href="/assets/site.css">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
</head>
<body>
<main id="main">
<h1>Authorize {{.Client}}</h1>
<p class="lead"><strong>{{.Client}}</strong> wants to know who you are. You are <strong>{{with .Name}}{{.}}{{else}}{{.Login}}{{end}}</strong> ({{.Login}}).</p>
<p>It asks for no permission: it can read public data only, and can do nothing in your name.</p>
<form method="post" action="{{.Action}}">
<p><button type="submit" name="authorize" value="1">Authorize as {{.Login}}</button> <button type="submit" name="authorize" value="0">Cancel</button></p>
</form>
<p><a href="{{.Other}}">Be somebody else first</a></p>
</main>
</body>
</html>
`))
})
