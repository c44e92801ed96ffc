package docstemplates

import "embed"

// Site holds what the evidence site is made of, under site/: html/template files that bot/evidence/site and
// bot/document/redline fill in, the stylesheet and the seal. Each template begins with the value it is made for.
//
//go:embed site
var Site embed.FS
