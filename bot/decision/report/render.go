package report

import (
	"fmt"
	"regexp"
	"strings"
	"text/template"

	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// render fills the template name from view and fits it into limit bytes.
func render(name string, view any, c *cut, limit int) string {
	t := parse().Lookup(name)
	return c.fit(limit, func() string {
		var b strings.Builder
		if err := t.Execute(&b, view); err != nil {
			// unreachable: the templates are embedded, the views are ours, and a test fills each.
			panic(fmt.Sprintf("fill %s: %v", name, err))
		}
		return tidy(b.String())
	})
}

// parse reads the embedded templates. It is done for each text, which takes less than a millisecond, and
// leaves no package variable.
func parse() *template.Template {
	functions := template.FuncMap{"s": plural}
	return template.Must(template.New("").Funcs(functions).ParseFS(docstemplates.GitHub, "github/*.md"))
}

// plural is "1 finding" or "2 findings"; for templates.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes n with separators.
func thousands(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// blankLines are more than one blank line, which the branches of a template leave.
var blankLines = regexp.MustCompile(`\n{3,}`)

// tidy takes superfluous blank lines away; values hold no line breaks, so none of theirs is touched.
func tidy(s string) string {
	return strings.TrimSpace(blankLines.ReplaceAllString(s, "\n\n")) + "\n"
}
