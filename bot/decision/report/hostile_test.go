package report_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// poison puts value into everything in the input that comes from outside: what documents, branches, commits
// and accounts say, and what the roster says, which is signed but is no reason to trust it with GitHub.
func poison(in report.Input, value string) report.Input {
	d := &in.Decision
	d.Repository.Name, d.Repository.Host, d.Catalogue = value, value, value
	d.Documents = slices.Clone(d.Documents)
	for i := range d.Documents {
		doc := &d.Documents[i]
		doc.Title, doc.Effective, doc.Expires, doc.Images = value, value, value, value
		doc.Was = &decision.Was{Version: value, SHA256: value}
		if doc.ID != doc.Path {
			doc.Path = "policy/" + value + ".md"
		}
		doc.Contributors = append(slices.Clone(doc.Contributors), value)
	}
	poisonPeople(&in, value)
	for i := range d.Findings {
		f := &d.Findings[i]
		f.Path, f.Message, f.Fix, f.Rule = value, value, value, value
	}
	for i := range d.Problems {
		p := &d.Problems[i]
		p.Text, p.Mend = value, value
	}
	for i := range d.Signatures {
		s := &d.Signatures[i]
		s.Login, s.Reason, s.SubmittedAt, s.SHA256 = value, value, value, value
	}
	for i := range d.Objections {
		d.Objections[i].Reason = value
	}
	for i := range d.Commits {
		c := &d.Commits[i]
		c.Text, c.Fingerprint, c.Verdict = value, value, value
	}
	in.Proposal.Author.Login, in.Proposal.Branch, in.Proposal.Base, in.Proposal.OpenedAt = value, value, value, value
	in.WaitingSince, in.Now = value, value
	return in
}

func poisonPeople(in *report.Input, value string) {
	in.Config.Organisation = value
	in.Config.People, in.Config.Roles = slices.Clone(in.Config.People), slices.Clone(in.Config.Roles)
	for i := range in.Config.People {
		in.Config.People[i].Name, in.Config.People[i].Login, in.Config.People[i].Emails = value, value, []string{value}
	}
	for i := range in.Config.Roles {
		in.Config.Roles[i].Title = value
	}
	in.Config.Branches, in.Config.Evidence.Branch = []string{value}, value
	in.Links = report.Links{}
	if !strings.HasPrefix(value, "http") { // links are the operator's: a whole one is linked
		in.Links = report.Links{Review: value, Details: value, Site: value}
	}
}

// allowedTags are the only HTML that rendered texts hold: GitHub's own of Markdown, and details of ours.
var allowedTags = regexp.MustCompile(
	`^</?(p|strong|h3|h4|ul|li|table|thead|tbody|tr|th|td|code|pre|blockquote|br|details|summary)` +
		`( class="language-(text|sh|yaml)")?( /)?>$`)

var anyTag = regexp.MustCompile(`<[^>]*>`)

// checkText holds a whole text to the rules: our own markup only, no reference but to pull requests and issues
// by our own numbers, tables with as many cells as heads.
func checkText(t *testing.T, where, markdown string) {
	t.Helper()
	checkTables(t, where, markdown)
	got := rawHTML(t, strings.TrimPrefix(markdown, report.Marker))
	for _, tag := range anyTag.FindAllString(got, -1) {
		if !allowedTags.MatchString(tag) {
			t.Errorf("%s: holds %s", where, tag)
		}
	}
	outside := regexp.MustCompile(`(?s)<code[^>]*>.*?</code>`).ReplaceAllString(got, "")
	seen := html.UnescapeString(anyTag.ReplaceAllString(outside, "\n"))
	seen = regexp.MustCompile(`#(39|41|61|62)\b`).ReplaceAllString(seen, "")
	if found := reference.FindString(seen); found != "" {
		t.Errorf("%s: GitHub would find %q", where, found)
	}
}

// checkTables counts cells in the source, because Markdown drops what is too much.
func checkTables(t *testing.T, where, markdown string) {
	t.Helper()
	columns, fenced := 0, false
	for i, l := range strings.Split(markdown, "\n") {
		fenced = fenced != strings.HasPrefix(l, "```")
		if fenced || !strings.HasPrefix(l, "|") {
			columns = 0
			continue
		}
		cells := strings.Count(l, "|") - 1
		if columns == 0 {
			columns = cells
		}
		if cells != columns || !strings.HasSuffix(l, "|") {
			t.Errorf("%s: line %d has %d cells, the head %d: %s", where, i+1, cells, columns, l)
		}
	}
}

func TestTexts_hostileValuesMakeNoMentionLinkOrMarkup(t *testing.T) {
	all := cases(t)
	for _, value := range hostile(t) {
		if strings.TrimSpace(value) == "" {
			continue
		}
		for _, name := range []string{
			"waiting", "signed", "ended", "blocked-all-at-once", "blocked-own-address", "blocked-configuration-later",
			"waiting-approval", "waiting-nobody", "others", "not-governed-branch",
		} {
			in := poison(copyOf(all[name]), value)
			c := report.CheckRun(in)
			checkText(t, name+" check, "+value, c.Summary)
			checkText(t, name+" details, "+value, c.Text)
			checkText(t, name+" comment, "+value, report.Comment(in))
			if strings.ContainsAny(c.Title, "\n`") || len([]rune(c.Title)) > report.MaxTitle {
				t.Errorf("%s: the title is %q", name, c.Title)
			}
			if c.Details != "" {
				t.Errorf("%s: details link to %q", name, c.Details)
			}
		}
		checkHostileDeviation(t, value)
	}
}

func checkHostileDeviation(t *testing.T, value string) {
	t.Helper()
	in := landed(t, []decision.Deviation{deviationOf(matrix(), decision.EvilMerge, "ciso")}, matrix())
	poisoned := poison(report.Input{Decision: in.Decision, Config: in.Config}, value)
	in.Decision, in.Config, in.Links = poisoned.Decision, poisoned.Config, poisoned.Links
	in.Decision.Deviations = []decision.Deviation{{
		Path: "policy/" + value, ID: value, How: "unheard-of", SHA256: value, SignedSHA256: value,
		Missing: []string{value}, Text: value,
	}}
	in.ID, in.At, in.SeenAt, in.Due, in.Branch, in.By.Login = value, value, value, value, value, value
	in.By.ID = 0
	title, body, _ := report.DeviationIssue(in)
	checkText(t, "issue, "+value, body)
	checkText(t, "deviation, "+value, report.CheckDeviation(in).Summary)
	if strings.ContainsAny(title, "@`\n") {
		t.Errorf("the title of a deviation is %q", title)
	}
}

// copyOf is in with lists of its own.
func copyOf(in report.Input) report.Input {
	in.Decision.Findings = slices.Clone(in.Decision.Findings)
	in.Decision.Problems = slices.Clone(in.Decision.Problems)
	in.Decision.Signatures = slices.Clone(in.Decision.Signatures)
	in.Decision.Objections = slices.Clone(in.Decision.Objections)
	in.Decision.Commits = slices.Clone(in.Decision.Commits)
	return in
}

func TestTexts_ownMarkupIsAllThereIs(t *testing.T) {
	for name, in := range cases(t) {
		in.Links = report.Links{} // links and mentions of ours are tested elsewhere
		in.Proposal.Draft = true
		in.Proposal.Author.Login = ""
		for i := range in.Config.People {
			in.Config.People[i].Login = ""
		}
		c := report.CheckRun(in)
		checkText(t, name+" check", c.Summary)
		checkText(t, name+" details", c.Text)
		checkText(t, name+" comment", report.Comment(in))
	}
}

// TestCommands_takeOnlyWhatAShellTakesAsItIs: a branch or path with a meaning to the shell is in no command.
func TestCommands_takeOnlyWhatAShellTakesAsItIs(t *testing.T) {
	fences := regexp.MustCompile("(?s)```sh\n(.*?)```")
	for _, value := range []string{"x;rm -rf ~", "$(id)", "`id`", "a b", "-fdx", "--exec=id", "a\nb", "a'b", "a\\b", "..", "a/../b", "ключ"} {
		in := blockedCases(t)["blocked-all-at-once"]
		in.Proposal.Branch = value
		in.Config.People = slices.Clone(in.Config.People)
		for i := range in.Config.People {
			in.Config.People[i].Emails = []string{value + "@example.com"}
		}
		in.Decision.Findings = []document.Finding{{Rule: "ENC001", Severity: document.Block, Path: value, Message: "m", Fix: "f"}}
		for _, m := range fences.FindAllStringSubmatch(report.CheckRun(in).Summary, -1) {
			if strings.Contains(m[1], value) {
				t.Errorf("%q stands in the commands\n%s", value, m[1])
			}
		}
		in.Proposal.Branch, in.Proposal.Base = "b", value
		if s := report.CheckRun(in).Summary; strings.Contains(s, "git rebase --keep-base") {
			t.Errorf("commands are given for the base %q:\n%s", value, s)
		}
	}
	for path, want := range map[string]string{
		"policy/a.md": "policy/a.md", "policy/a b.md": "'policy/a b.md'", "policy/$(id).md": "'policy/$(id).md'", "-rf": "", "a'b": "", "a`b": "",
		"a\nb": "", "": "", "policy/..": "'policy/..'",
	} {
		if got := report.ShellPath(path); got != want {
			t.Errorf("ShellPath(%q) = %q, want %q", path, got, want)
		}
	}
}
