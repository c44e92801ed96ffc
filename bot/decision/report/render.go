package report

import (
	"errors"
	"fmt"
	"strings"
	"text/template"

	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// render fills the template name from view and fits it into limit bytes.
func render(name string, view any, c *cut, limit int) string {
	t := parse().Lookup(name)
	return c.fit(func() (string, bool) {
		b := bounded{left: limit + maxBlank}
		err := t.Execute(&b, view)
		if err != nil && !errors.Is(err, errFull) {
			// unreachable: the templates are embedded, the views are ours, and a test follows every name in
			// a template through the type of its view.
			panic(fmt.Sprintf("fill %s: %v", name, err))
		}
		text := tidy(b.text.String())
		return text, err == nil && len(text) <= limit
	})
}

// maxBlank is more than what tidy takes away of any text.
const maxBlank = 4 << 10

// bounded takes what fits, so that a text of thousands of rows is not written to its end to be thrown away.
type bounded struct {
	text strings.Builder
	left int
}

var errFull = errors.New("the text is too long")

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errFull
	}
	return b.text.Write(p)
}

// parse reads the embedded templates. It is done for each text, since it takes a millisecond or two and leaves
// no package variable.
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
var blankLines = lazily(`\n{3,}`)

// tidy takes superfluous blank lines away; values hold no line breaks, so none of theirs is touched.
func tidy(s string) string {
	return strings.TrimSpace(blankLines().ReplaceAllString(s, "\n\n")) + "\n"
}
