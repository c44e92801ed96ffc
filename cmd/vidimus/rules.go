package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// rulesUsage is the command's page.
const rulesUsage = `usage: vidimus rules [--format FORMAT] [ID]

Lists the rules by which documents, keys and configuration are judged; with an ID,
explains one: what it finds, whom it serves, why, how it is mended, and an example
of each kind.

  --format FORMAT  text or json; default text

  vidimus rules
  vidimus rules MAT004
`

// rulesFormat names the form of the JSON, .github/docs/rules.md.
const rulesFormat = "vidimus-rules/1"

type rulesJSON struct {
	Format    string     `json:"format"`
	Catalogue string     `json:"catalogue"`
	Rules     []ruleJSON `json:"rules"`
}

type ruleJSON struct {
	ID        string            `json:"id"`
	Severity  document.Severity `json:"severity"`
	Protected bool              `json:"protected"` // nobody can lower it
	Finds     string            `json:"finds"`
	Serves    []string          `json:"serves"`
	Why       string            `json:"why"`
	Mend      string            `json:"mend"`
	Failing   string            `json:"failing"`
	Passing   string            `json:"passing"`
}

func newRulesCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "rules [ID]",
		Short: "the rules by which documents, keys and configuration are judged",
		Args:  atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			rules, err := rulesNamed(args)
			if err != nil {
				return err
			}
			return printRules(c.OutOrStdout(), format, rules, len(args) == 1)
		},
	}
	c.SetUsageTemplate(rulesUsage)
	c.SetHelpTemplate(rulesUsage)
	c.Flags().StringVar(&format, "format", "text", "")
	return c
}

// allRules are those about documents, and those about configuration and keys.
func allRules() []control.Rule { return append(control.Rules(), governance.Rules()...) }

// rulesNamed are all rules, or the one that is named, in whatever case.
func rulesNamed(args []string) ([]control.Rule, error) {
	if len(args) == 0 {
		return allRules(), nil
	}
	id := strings.ToUpper(args[0])
	var family []string
	for _, rule := range allRules() {
		if rule.ID == id {
			return []control.Rule{rule}, nil
		}
		if strings.TrimRight(rule.ID, "0123456789") == strings.TrimRight(id, "0123456789") {
			family = append(family, rule.ID)
		}
	}
	hint := "vidimus rules lists them"
	switch {
	case len(family) > 0:
		hint = "there are " + strings.Join(family, ", ")
	case strings.HasPrefix(id, "SIG"):
		hint = "codes of signatures are explained where they stand, in the check on GitHub"
	}
	return nil, &hintedError{fmt.Errorf("there is no rule %s", printable(args[0])), hint}
}

func printRules(w io.Writer, format string, rules []control.Rule, explain bool) error {
	var err error
	switch {
	case format == "json":
		err = printRulesJSON(w, rules)
	case format != "text":
		return &hintedError{fmt.Errorf("unknown format %q", format), "--format text or --format json"}
	case explain:
		_, err = io.WriteString(w, ruleText(rules[0]))
	default:
		_, err = io.WriteString(w, ruleList(rules))
	}
	if err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	return nil
}

func printRulesJSON(w io.Writer, rules []control.Rule) error {
	out := rulesJSON{Format: rulesFormat, Catalogue: control.Catalogue, Rules: []ruleJSON{}}
	for _, r := range rules {
		out.Rules = append(out.Rules, ruleJSON{r.ID, r.Severity, isProtected(r.ID), r.Finds, r.Serves, r.Why, r.Mend, r.Failing, r.Passing})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out) //nolint:wrapcheck // the caller says what was written
}

// ruleList is a line for each rule, with a blank one between families.
func ruleList(rules []control.Rule) string {
	var b strings.Builder
	family := ""
	for _, r := range rules {
		if own := strings.TrimRight(r.ID, "0123456789"); own != family {
			if family != "" {
				b.WriteString("\n")
			}
			family = own
		}
		for i, line := range wrapped(r.Finds, checkWidth-15) {
			if i == 0 {
				fmt.Fprintf(&b, "%-6s  %-5s  %s\n", r.ID, r.Severity, line)
			} else {
				fmt.Fprintf(&b, "%15s%s\n", "", line)
			}
		}
	}
	fmt.Fprintf(&b, "\n%d rules, catalogue %s. vidimus rules ID explains one.\n", len(rules), control.Catalogue)
	return b.String()
}

// isProtected reports whether nobody can lower a rule.
func isProtected(id string) bool {
	_, governs := governance.RuleNamed(id)
	return governs || control.Protected(id)
}

// ruleText explains a rule.
func ruleText(r control.Rule) string {
	var b strings.Builder
	lowering := "an organisation can lower it in .vidimus.yml, with a reason"
	if _, governs := governance.RuleNamed(r.ID); governs {
		lowering = "nobody can change that"
	} else if control.Protected(r.ID) {
		lowering = "nobody can lower it"
	}
	fmt.Fprintf(&b, "%s  %s; %s\n\n", r.ID, r.Severity, lowering)
	for _, part := range []struct{ label, text string }{{"finds", r.Finds}, {"why", r.Why}, {"serves", strings.Join(r.Serves, "; ")}, {"mend", r.Mend}} {
		for i, line := range wrapped(part.text, checkWidth-10) {
			label := part.label
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(&b, "%-8s%s\n", label, line)
		}
	}
	fmt.Fprintf(&b, "\nfails:\n%s\npasses:\n%s", indented(r.Failing), indented(r.Passing))
	if slices.Contains(document.Waivable(), r.ID) {
		b.WriteString("\nAn approved exception can waive it for one service, for at most 12 months.\n")
	}
	return b.String()
}

func indented(s string) string {
	return "    " + strings.ReplaceAll(s, "\n", "\n    ") + "\n"
}
