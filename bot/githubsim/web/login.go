package web

import (
	"net/http"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// loginView is what the page shows on which one chooses who to be.
type loginView struct {
	// Back is where one goes on.
	Back string
	// Leads play the main parts, Others the small ones.
	Leads  []person
	Others []person
}

// getLogin shows everybody whom the visitor can be.
func (s *Site) getLogin(w http.ResponseWriter, r *http.Request) {
	s.World.Lock()
	v := s.start(r)
	view := loginView{Back: local(r.URL.Query().Get("return_to"))}
	v.frame.Here = view.Back
	for _, a := range s.World.Accounts(world.KindUser) {
		p := personOf(a)
		p.Current = a == v.actor.Account
		if a.Lead {
			view.Leads = append(view.Leads, p)
		} else {
			view.Others = append(view.Others, p)
		}
	}
	s.World.Unlock()
	v.frame.Leads = nil // they stand on the page
	if strings.HasPrefix(view.Back, "/login/oauth/") {
		letLead(w.Header())
	}
	s.write(w, v, page{name: "login", title: "Who are you?", view: view})
}

// postLogin makes the visitor somebody.
func (s *Site) postLogin(w http.ResponseWriter, r *http.Request) {
	err := readForm(r)
	s.World.Lock()
	v := s.start(r)
	a := s.World.Account(r.PostForm.Get("login"))
	if err == nil && (a == nil || a.Kind != world.KindUser) {
		err = &world.Refusal{Status: http.StatusUnprocessableEntity, Message: "Nobody has the login " + r.PostForm.Get("login") + "."}
	}
	var p page
	if err != nil {
		p = v.refused(err, true)
	}
	s.World.Unlock()
	if err != nil {
		s.write(w, v, p)
		return
	}
	s.signIn(w, r, a)
	http.Redirect(w, r, local(r.PostForm.Get("return_to")), http.StatusSeeOther)
}

// postLogout makes the visitor nobody.
func (s *Site) postLogout(w http.ResponseWriter, r *http.Request) {
	s.signOut(w, r)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
