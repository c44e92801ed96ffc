// Package redline shows documents as people read them: one version, or what a person sees changed between two.
//
// In go documents as package document parsed them; out comes HTML of the text ([Text]), or a comparison
// ([Compare]) with its changed fields, the responsibilities that change hands, a count and the HTML of the
// differences. Compared is what is shown, never the Markdown: words in prose, cells in tables, rows by their key,
// front matter field by field. Accepting every change of a comparison gives the text of the later version,
// rejecting every change that of the earlier one; both come from the same rendering as the text itself.
//
// Raw HTML is shown as the characters that it is, hidden characters are spelled out, links lead to http, https,
// mailto or wherever the caller says that a path of the repository is to be found. The package knows no clock,
// disk or network; the HTML needs no script and no style attribute. Classes are those of docs-templates/site/site.css.
package redline
