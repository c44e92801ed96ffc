// Package web are the embedded GitHub's pages for people: who you are, repositories, pull requests with conversation,
// diff, checks, review form and merge box, issues, commits, files, and the deliveries of Apps.
//
// In go requests of browsers on this machine; out come pages, and acts of whom the visitor has chosen to be. Pages are
// rendered here, from state, without scripts; what a page shows is gathered under the world's lock and written after
// it has been given back. There are no passwords: the whole point is to play all parts. It decides nothing that
// package world does not decide, and knows no JSON.
package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed site.css
var stylesheet []byte

//go:embed icon.svg
var icon []byte

// Settings are what the pages are made of.
type Settings struct {
	World *world.World
	// Address is the site's address without a trailing slash.
	Address string
	// Hook is an App's webhook; it gives nil for an App without one.
	Hook func(*world.App) *hookshot.Hook
	// Settle waits, after somebody has acted, until what Apps do about it has been done, so that the next page shows it.
	// It must be quick where nothing happens. nil waits for nothing.
	Settle func(context.Context)
	// Log is told of the pages' own faults.
	Log *slog.Logger
}

// Site serves the pages. It is safe for several goroutines.
type Site struct {
	Settings
	pages    map[string]*template.Template
	sessions *sessions
	handler  http.Handler
}

// New makes the pages.
func New(settings Settings) (*Site, error) {
	s := &Site{Settings: settings, sessions: newSessions()}
	var err error
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	s.handler = s.guarded(s.routes())
	return s, nil
}

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// parsePages reads every page's template together with the frame and the parts that all may use.
func parsePages() (map[string]*template.Template, error) {
	shared, err := template.New("").Funcs(functions()).ParseFS(templates, "templates/frame.html", "templates/parts.html")
	if err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	names, err := templates.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	pages := map[string]*template.Template{}
	for _, file := range names {
		name := strings.TrimSuffix(file.Name(), ".html")
		if name == "frame" || name == "parts" {
			continue
		}
		page, err := shared.Clone()
		if err == nil {
			page, err = page.ParseFS(templates, "templates/"+file.Name())
		}
		if err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
		pages[name] = page
	}
	return pages, nil
}

// page is what a handler answers: a template with what it shows, or content as it is.
type page struct {
	// name is the template's.
	name  string
	title string
	view  any
	// status is 200 unless it says otherwise.
	status int
	// content, with its media type, is sent instead of a template.
	content []byte
	media   string
	// attached has a browser save the content and never show it.
	attached bool
}

// frame is what every page shows around its own part.
type frame struct {
	Title   string
	Visitor *person
	// Leads can be switched to by one click.
	Leads []person
	// Here is the address that switching comes back to.
	Here string
	Now  moment
	View any
}

// write sends a page. It is called without the world's lock.
func (s *Site) write(w http.ResponseWriter, v *visit, p page) {
	if p.status == 0 {
		p.status = http.StatusOK
	}
	if p.content != nil {
		w.Header().Set("Content-Type", p.media)
		if p.attached {
			w.Header().Set("Content-Disposition", "attachment")
		}
		w.WriteHeader(p.status)
		_, _ = w.Write(p.content) // a browser that has gone away is no matter
		return
	}
	v.frame.Title, v.frame.View = p.title, p.view
	var out bytes.Buffer
	if err := s.pages[p.name].ExecuteTemplate(&out, "frame", v.frame); err != nil {
		s.Log.Error("page not written", "page", p.name, "err", err)
		http.Error(w, "this page could not be written: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(p.status)
	_, _ = w.Write(out.Bytes()) // see above
}
