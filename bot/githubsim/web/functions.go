package web

import (
	"html/template"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// functions are what templates may call.
func functions() template.FuncMap {
	return template.FuncMap{}
}

func errMissing() error { return world.NotFound() }
