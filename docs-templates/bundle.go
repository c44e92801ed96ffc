package docstemplates

import "embed"

// Bundle holds what ships at the top of an evidence bundle: VERIFY.md as it is, and START-HERE.html,
// an html/template that bot/evidence fills in.
//
//go:embed VERIFY.md START-HERE.html
var Bundle embed.FS
