package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// visit is one request. Handlers read and change the world through it, with the lock held.
type visit struct {
	site    *Site
	request *http.Request
	// actor is whom the visitor has chosen to be; its account is nil for nobody.
	actor world.Actor
	// repo is set below /OWNER/REPO.
	repo  *world.Repo
	frame frame
}

// start begins a visit. The world's lock must be held.
func (s *Site) start(r *http.Request) *visit {
	v := &visit{site: s, request: r, actor: world.Actor{Account: s.Visitor(r)}}
	v.frame.Here, v.frame.Now = r.URL.RequestURI(), moment{s.World.Clock.Now()}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		v.frame.Here = local(refererPath(r))
	}
	if v.actor.Account != nil {
		visitor := personOf(v.actor.Account)
		v.frame.Visitor = &visitor
	}
	v.frame.Leads = s.leads(v.actor.Account)
	return v
}

// refererPath is the path of the page that a form stood on, "" where the browser does not say.
func refererPath(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return ""
	}
	return from.RequestURI()
}

// maxLeads bounds the people that every page offers to switch to.
const maxLeads = 8

// leads are the people whom somebody has named as those who play the main parts, or else the first ones.
func (s *Site) leads(visitor *world.Account) []person {
	users := s.World.Accounts(world.KindUser)
	leading := slices.DeleteFunc(slices.Clone(users), func(a *world.Account) bool { return !a.Lead })
	if len(leading) == 0 {
		leading = users
	}
	var people []person
	for _, a := range leading[:min(len(leading), maxLeads)] {
		p := personOf(a)
		p.Current = a == visitor
		people = append(people, p)
	}
	return people
}

// write makes one change, which takes a second of simulated time.
func (v *visit) write(change func() error) error { return v.site.World.Write(change) }

// level is what the visitor may do in the repository.
func (v *visit) level() world.Level { return v.site.World.LevelOf(v.actor, v.repo) }

// number reads a number out of the path; 0, which nothing has, for anything else.
func (v *visit) number(name string) int64 {
	n, err := strconv.ParseInt(v.request.PathValue(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// field reads one field of the form.
func (v *visit) field(name string) string { return v.request.PostFormValue(name) }

// readForm reads the form of a request, and refuses one that is too large or not UTF-8.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return &world.Refusal{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("The form is over %d bytes.", large.Limit)}
		}
		return &world.Refusal{Status: http.StatusBadRequest, Message: "The form cannot be read: " + err.Error()}
	}
	for name, values := range r.PostForm {
		for _, value := range values {
			if !utf8.ValidString(value) {
				return world.Unprocessable(fmt.Sprintf("The field %q is not UTF-8.", name))
			}
		}
	}
	return nil
}

// show makes a handler of what gathers a page.
func (s *Site) show(gather func(*visit) (page, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.World.Lock()
		v := s.start(r)
		p, err := gather(v)
		if err != nil {
			p = v.refused(err, false)
		}
		s.World.Unlock()
		if p.status == http.StatusSeeOther {
			http.Redirect(w, r, p.title, p.status)
			return
		}
		s.write(w, v, p)
	}
}

// act makes a handler of what does something and says where to go on. It has the visitor sign in first.
func (s *Site) act(do func(*visit) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		formError := readForm(r)
		s.World.Lock()
		v := s.start(r)
		var next string
		var err error
		switch {
		case formError != nil:
			err = formError
		case v.actor.Account == nil:
			err = &world.Refusal{Status: http.StatusUnauthorized, Message: "Choose who you are first."}
		default:
			next, err = do(v)
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
		if s.Settle != nil {
			s.Settle(r.Context())
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
	}
}

// inRepo finds the repository of the path before anything else. Who may not see it is told what GitHub tells: that it
// is not there; who is nobody yet is asked to choose.
func inRepo[T any](next func(*visit) (T, error)) func(*visit) (T, error) {
	return func(v *visit) (T, error) {
		var none T
		owner, name := v.request.PathValue("owner"), v.request.PathValue("repo")
		if v.repo = v.site.World.Repo(owner, name); v.repo == nil {
			v.repo = v.site.World.FormerRepo(owner, name)
		}
		if v.repo == nil {
			return none, world.NotFound()
		}
		if err := v.site.World.Require(v.actor, v.repo, world.LevelRead); err != nil {
			return none, err
		}
		return next(v)
	}
}

// refusal is what the page of a refusal shows.
type refusal struct {
	Message string
	// Details are further reasons.
	Details []string
	// Acted: something was to be done, and was not.
	Acted bool
	// Back is the page to go back to.
	Back string
	// Typed is the longest text of the form that was refused, so that nothing is lost.
	Typed string
}

// refused is the page that says why not.
func (v *visit) refused(err error, acted bool) page {
	var refused *world.Refusal
	if !errors.As(err, &refused) {
		v.site.Log.Error("page failed", "path", v.request.URL.Path, "err", err)
		refused = &world.Refusal{Status: http.StatusInternalServerError, Message: "The embedded GitHub has failed: " + err.Error()}
	}
	if refused.Status == http.StatusNotFound && v.actor.Account == nil && !acted {
		return page{status: http.StatusSeeOther, title: SignIn(v.frame.Here)}
	}
	view := refusal{Message: refused.Message, Details: details(refused), Acted: acted, Back: v.frame.Here}
	for _, values := range v.request.PostForm {
		for _, value := range values {
			if len(value) > len(view.Typed) && len(value) > shortestKept {
				view.Typed = value
			}
		}
	}
	return page{name: "refused", title: refused.Message, view: view, status: refused.Status}
}

// shortestKept is the length from which text in a refused form is shown again: shorter ones are names and numbers.
const shortestKept = 41

// details are a refusal's reasons as sentences.
func details(r *world.Refusal) []string {
	var all []string
	for _, detail := range r.Errors {
		switch d := detail.(type) {
		case world.FieldError:
			text := d.Message
			if text == "" {
				text = d.Field + ": " + d.Code
			}
			all = append(all, text)
		case string:
			all = append(all, d)
		}
	}
	return all
}
