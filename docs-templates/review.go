package docstemplates

import "embed"

// Review holds what the review page is made of besides the parts of Site, under review/: html/template files that
// bot/service/reviewpage fills in, its stylesheet, and the one small script. Each template begins with the value it
// is made for.
//
//go:embed review
var Review embed.FS
