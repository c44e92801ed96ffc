package control

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// problem is what is wrong with a value, as the end of a sentence, and the mend; the zero problem is none.
type problem struct{ what, mend string }

// formProblem judges one scalar by the form that its field asks for.
func (c *Checker) formProblem(rule document.FieldRule, v document.Value, s *spec) problem {
	switch rule.Form {
	case document.Word:
		if !slices.Contains(rule.Allowed, v.Text) {
			return problem{"which is none of " + list(rule.Allowed, "or"), oneOf(v.Text, rule.Allowed)}
		}
	case document.Slug:
		return slugProblem(v.Text)
	case document.Role:
		return c.roleProblem(v.Text)
	case document.Country:
		if !isCountry(v.Text) {
			return problem{"which is no country code", countryMend(v.Text)}
		}
	case document.Day:
		return dayProblem(v.Text, rule.Allowed)
	case document.Number:
		return numberProblem(rule, v)
	case document.Flag:
		return flagProblem(v)
	case document.Edition:
		return editionProblem(rule.Key, v)
	case document.Identifier:
		return c.identifierProblem(rule.Key, v.Text, s)
	case document.Language:
		if !isLanguageTag(v.Text) {
			return problem{"which is no language tag", "write a BCP 47 tag, for example en-IE"}
		}
	case document.Hash:
		if len(v.Text) != 64 || strings.Trim(v.Text, "0123456789abcdef") != "" {
			return problem{"which is no SHA-256", "write the 64 lower-case hex digits that sha256sum prints"}
		}
	}
	return problem{}
}

func slugProblem(s string) problem {
	if isSlug(s) {
		return problem{}
	}
	mend := "write lower-case letters, digits and single hyphens"
	if meant := strings.Trim(strings.ToLower(strings.Join(strings.FieldsFunc(s, notSlug), "-")), "-"); isSlug(meant) {
		mend = "write " + meant
	}
	return problem{"which is not a name in lower-case letters, digits and hyphens", mend}
}

func notSlug(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}

func isSlug(s string) bool {
	if s == "" || len(s) > 100 || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(s, "--") {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// roleProblem asks the roster, if there is one.
func (c *Checker) roleProblem(role string) problem {
	if c.roles[role] || c.roles == nil && isSlug(role) {
		return problem{}
	}
	if c.roles == nil {
		return problem{"which is not a role's name", slugProblem(role).mend}
	}
	mend := "write a role of the roster, or add this one to it in a change of its own"
	if meant := nearest(role, c.p.Roles); meant != "" {
		mend = "write " + meant
	}
	return problem{"a role that the roster does not know", mend}
}

func dayProblem(s string, allowed []string) problem {
	if slices.Contains(allowed, s) {
		return problem{}
	}
	if _, err := document.ParseDate(s); err == nil {
		return problem{}
	}
	mend := "write the day as YYYY-MM-DD, for example 2026-11-24"
	if len(allowed) > 0 {
		mend += ", or " + list(allowed, "or")
	}
	if len(s) == len("2026-11-24") && strings.Trim(s, "0123456789-") == "" {
		return problem{"which is not a day of the calendar", mend}
	}
	return problem{"which is not a date of the form YYYY-MM-DD", mend}
}

func numberProblem(rule document.FieldRule, v document.Value) problem {
	digits := strings.Trim(v.Text, "0123456789") == "" && v.Text != ""
	switch n, err := strconv.Atoi(v.Text); {
	case digits && v.Quoted:
		return problem{"text in quotes instead of a number", fmt.Sprintf("write %s without quotes", v.Text)}
	case !digits:
		return problem{"which is not a whole number", numberMend(v.Text)}
	case len(v.Text) > 1 && v.Text[0] == '0':
		return problem{"which YAML reads as another number because of the leading zero", fmt.Sprintf("write %d", n)}
	case err != nil || n > rule.Limit():
		return problem{fmt.Sprintf("more than %d", rule.Limit()), "check the unit: hours and days are meant as the name says"}
	case n < rule.Min:
		return problem{fmt.Sprintf("less than %d", rule.Min), fmt.Sprintf("write %d or more", rule.Min)}
	}
	return problem{}
}

// numberMend offers the digits that a text such as "72 hours" begins with.
func numberMend(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	first = strings.TrimRight(first, "hd")
	if n, err := strconv.Atoi(first); err == nil && n >= 0 {
		return fmt.Sprintf("write only digits, for example %d", n)
	}
	return "write only digits, for example 72"
}

func flagProblem(v document.Value) problem {
	switch {
	case (v.Text == "true" || v.Text == "false") && !v.Quoted:
		return problem{}
	case v.Quoted && (v.Text == "true" || v.Text == "false"):
		return problem{"text in quotes instead of true or false", fmt.Sprintf("write %s without quotes", v.Text)}
	case slices.Contains([]string{"yes", "on", "y"}, strings.ToLower(v.Text)) || strings.EqualFold(v.Text, "true"):
		return problem{"which is neither true nor false", "write true"}
	case slices.Contains([]string{"no", "off", "n"}, strings.ToLower(v.Text)) || strings.EqualFold(v.Text, "false"):
		return problem{"which is neither true nor false", "write false"}
	}
	return problem{"which is neither true nor false", "write true or false"}
}

func editionProblem(key string, v document.Value) problem {
	edition, err := document.ParseVersion(v.Text)
	if err != nil {
		return problem{"which is not two numbers with a dot", fmt.Sprintf(`write two numbers in quotes, for example %s: "1.0"`, key)}
	}
	if !v.Quoted {
		what := "a number without quotes"
		if edition.Minor > 0 && edition.Minor%10 == 0 {
			what = fmt.Sprintf("which without quotes is the number %d.%s", edition.Major, strings.TrimRight(strconv.Itoa(edition.Minor), "0"))
		}
		return problem{what, fmt.Sprintf("write %s: %q", key, edition)}
	}
	return problem{}
}

// identifierProblem judges an id; one's own must carry the prefix of its type, and those of exceptions EXC.
func (c *Checker) identifierProblem(key, id string, s *spec) problem {
	prefix, words, ok := strings.Cut(id, "-")
	if !ok || len(id) > 100 || !isSlug(strings.ToLower(words)) || strings.ToUpper(id) != id {
		return problem{"which is not a prefix and upper-case words joined by hyphens", "write " + idMeant(key, id, s)}
	}
	want := ""
	switch key {
	case "id":
		want = s.Prefix
	case "exceptions":
		want = "EXC"
	}
	if want != "" && prefix != want {
		return problem{fmt.Sprintf("which does not begin with %s-", want), fmt.Sprintf("write %s-%s", want, words)}
	}
	if want == "" && !slices.ContainsFunc(c.specs, func(s *spec) bool { return s.Prefix == prefix }) {
		return problem{fmt.Sprintf("and %s- begins the ids of no type", prefix), "write the id as the document has it"}
	}
	return problem{}
}

// idMeant returns the id in the form that it should have; an example where that cannot be told.
func idMeant(key, id string, s *spec) string {
	words := strings.FieldsFunc(id, notSlug)
	meant := strings.ToUpper(strings.Join(words, "-"))
	if len(words) < 2 || len(meant) > 100 || key == "id" && strings.ToUpper(words[0]) != s.Prefix {
		return exampleID(key, s)
	}
	return meant
}

func isLanguageTag(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) < 1 || len(part) > 8 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
		if i == 0 && (len(part) < 2 || len(part) > 3 || strings.ContainsAny(part, "0123456789")) {
			return false
		}
	}
	return true
}

func exampleID(key string, s *spec) string {
	switch {
	case key == "exceptions":
		return "EXC-2026-001"
	case key == "id" && s.Name == "cloud-usage-policy":
		return "POL-CLOUD"
	case key == "id" && s.Name != "exception":
		return s.Prefix + "-NAME-OF-SERVICE"
	case key == "id":
		return "EXC-2026-001"
	}
	return "POL-CLOUD"
}

// example returns what a field could hold, as it would be written.
func example(rule document.FieldRule) string {
	one := exampleValue(rule)
	if rule.List {
		return "[" + one + "]"
	}
	return one
}

func exampleValue(rule document.FieldRule) string {
	switch rule.Form {
	case document.Word:
		return rule.Allowed[0]
	case document.Slug:
		return "name-of-service"
	case document.Role:
		return "head-of-it"
	case document.Country:
		return "IE"
	case document.Day:
		return "2026-11-24"
	case document.Number:
		return strconv.Itoa(max(rule.Min, min(rule.Limit(), 72)))
	case document.Flag:
		return "true"
	case document.Edition:
		return `"1.0"`
	case document.Identifier:
		return "EXC-2026-001"
	case document.Language:
		return "en-IE"
	case document.Levels:
		return "{confidential: cmk}"
	case document.Hash:
		return strings.Repeat("0", 64)
	default:
		return "some words"
	}
}
