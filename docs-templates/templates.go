// Package docstemplates holds the texts that Vidimus ships: it exists because embedding cannot reach
// upwards, and does nothing but embed. Who uses a text parses it and says what flows into it.
package docstemplates

import "embed"

// GitHub holds the texts that are posted on GitHub, under github/: text/template files whose values
// bot/decision/report fills in, escaped. Each file begins with the struct that it is made for.
//
//go:embed github/*.md
var GitHub embed.FS
