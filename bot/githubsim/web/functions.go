package web

import (
	"html/template"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// functions are what templates may call.
func functions() template.FuncMap {
	return template.FuncMap{
		"markdown": markdown,
		"inc":      func(n int) int { return n + 1 },
		"plural": func(n int, one, many string) string {
			if n == 1 {
				return "1 " + one
			}
			return number(n) + " " + many
		},
	}
}

func errMissing() error { return world.NotFound() }
