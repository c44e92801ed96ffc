package repoconfig_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// TestRead_findings: each archive holds configurations and, beside each, what is
// said of it. NAME.yml goes in, NAME.findings comes out.
func TestRead_findings(t *testing.T) {
	archives, err := filepath.Glob("testdata/findings/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata/findings (error %v)", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { checkArchive(t, name) })
	}
}

func checkArchive(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]string{}
	for _, f := range archive.Files {
		golden[f.Name] = string(f.Data)
	}
	var rewritten []txtar.File
	for _, f := range archive.Files {
		base, isConfig := strings.CutSuffix(f.Name, ".yml")
		if !isConfig {
			continue
		}
		_, findings := repoconfig.Read(f.Data)
		got := print(findings)
		if want := golden[base+".findings"]; got != want && !*update {
			t.Errorf("%s: Read tells (-want +got):\n%s", f.Name, cmp.Diff(want, got))
		}
		rewritten = append(rewritten, f, txtar.File{Name: base + ".findings", Data: []byte(got)})
	}
	if *update {
		archive.Files = rewritten
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// print shows findings as a person sees them; "none" is none.
func print(findings []document.Finding) string {
	if len(findings) == 0 {
		return "none\n"
	}
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%d:%d %s %s: %s\n    mend: %s\n", f.Line, f.Column, f.Rule, f.Severity, f.Message, f.Fix)
	}
	return b.String()
}

// Everything that a configuration can say of version 1, and how it is understood;
// it must be understood so for ever. The parts that are read and not judged yet
// are told as Later.
func TestRead_version1StaysReadable(t *testing.T) {
	raw, err := os.ReadFile("testdata/version-1/vidimus.yml")
	if err != nil {
		t.Fatal(err)
	}
	c, findings := repoconfig.Read(raw)
	if len(findings) > 0 {
		t.Fatalf("Read tells %s", print(findings))
	}
	got := describe(c)
	golden := "testdata/version-1/understood.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("version 1 is understood otherwise (-want +got):\n%s", diff)
	}
}

// describe writes a configuration out in words.
func describe(c repoconfig.Config) string {
	var b strings.Builder
	fmt.Fprintf(&b, "organisation %q, root %q, branches %v, time zone %s, law %d\n", c.Organisation, c.Root, c.Branches, c.TimeZone, c.Law)
	for _, p := range c.People {
		fmt.Fprintf(&b, "person %s: account %d (%s), %q, %v, department %q, approvals sign %v\n", p.Slug, p.GitHub, p.Login, p.Name, p.Emails, p.Department, p.ApprovalSigns)
	}
	for _, r := range c.Roles {
		fmt.Fprintf(&b, "role %s: %q, held by %v\n", r.ID, r.Title, r.Holders)
	}
	for _, r := range append(c.Rules, c.Governance) {
		fmt.Fprintf(&b, "rule %d (line %d): for %+v: %s at level %s, host-key commits %v, several roles %v\n",
			r.Index, r.Line, r.For, requirement(r.Require), r.Level, r.HostKeyCommits, r.SeveralRoles)
	}
	fmt.Fprintf(&b, "may dismiss %v, evidence on %q\n", c.MayDismiss, c.Evidence.Branch)
	for _, bot := range c.Bots {
		fmt.Fprintf(&b, "bot %d (%s) %v\n", bot.GitHub, bot.Login, bot.Emails)
	}
	for _, rule := range slices.Sorted(maps.Keys(c.Severities)) {
		fmt.Fprintf(&b, "severity of %s: %s, because %q\n", rule, c.Severities[rule].To, c.Severities[rule].Reason)
	}
	for _, own := range c.Types {
		fmt.Fprintf(&b, "type %+v\n", own)
	}
	for _, l := range c.Later {
		fmt.Fprintf(&b, "later, line %d: %s\n", l.Line, l.Feature)
	}
	return b.String()
}

// requirement writes one out in words.
func requirement(r approval.Requirement) string {
	list := func(rs []approval.Requirement) string {
		var parts []string
		for _, child := range rs {
			parts = append(parts, requirement(child))
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	switch {
	case r.Role != "":
		return r.Role
	case len(r.All) > 0:
		return "all of " + list(r.All)
	case len(r.Any) > 0:
		return "any of " + list(r.Any)
	}
	return fmt.Sprintf("%d of %s", r.Count, list(r.Of))
}

// minimal is the least configuration that is readable; more is added to it.
const minimal = `version: 1
organisation: Northquay Logistics DAC
branches: [main]
people:
  abrannigan: {github: 61000102, login: abrannigan-nq, name: Aoife Brannigan, emails: [aoife@northquay.example]}
roles:
  ciso: {title: Chief Information Security Officer, holders: [abrannigan]}
rules:
  - {for: {path: "**"}, require: ciso, level: statement}
config: {require: ciso, level: statement}
`

// What is built to be large, or to be read otherwise than it looks, is refused
// quickly, whole and without a panic.
func TestRead_hostileYAML(t *testing.T) {
	for claim, c := range map[string]struct {
		raw  string
		want string // the rule that is told
	}{
		"a bomb of aliases": {"a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n" +
			"d: &d [*c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e]\n" + minimal, "CFG001"},
		"an anchor that nothing uses":        {strings.Replace(minimal, "organisation: ", "organisation: &name ", 1), "CFG001"},
		"a merge key":                        {minimal + "evidence: {<<: {branch: evidence}}\n", "CFG001"},
		"a tag":                              {strings.Replace(minimal, "version: 1", "version: !!int \"1\"", 1), "CFG001"},
		"an own tag":                         {strings.Replace(minimal, "ciso: {", "ciso: !role {", 1), "CFG001"},
		"nested very deep":                   {minimal + "receipts: " + strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + "\n", "CFG001"},
		"nested just too deep":               {minimal + "receipts: " + strings.Repeat("[", 24) + strings.Repeat("]", 24) + "\n", "CFG001"},
		"too many values":                    {minimal + "receipts: [" + strings.Repeat("x, ", 60_000) + "]\n", "CFG001"},
		"too long":                           {minimal + "# " + strings.Repeat("x", repoconfig.MaxBytes), "CFG001"},
		"a key twice":                        {minimal + "organisation: Other\n", "CFG001"},
		"two documents":                      {minimal + "---\n" + minimal, "CFG001"},
		"empty":                              {"", "CFG001"},
		"only a comment":                     {"# nothing\n", "CFG001"},
		"a list":                             {"[1, 2]\n", "CFG001"},
		"null":                               {"null\n", "CFG001"},
		"no UTF-8":                           {"version: 1\norganisation: \"\xff\xfe\"\n", "CFG001"},
		"a NUL":                              {"version: 1\norganisation: a\x00b\n", "CFG001"},
		"a bidirectional override in a name": {strings.Replace(minimal, "Aoife Brannigan", "\"Aoife\u202e Brannigan\"", 1), "CFG001"},
		"an invisible character in a name":   {strings.Replace(minimal, "Aoife Brannigan", "\"Aoife\u200b Brannigan\"", 1), "CFG001"},
		"a tab as indentation":               {"version: 1\n\torganisation: x\n", "CFG001"},
		"an account id beyond 2^53":          {strings.Replace(minimal, "61000102", "9007199254740993", 1), "CFG001"},
		"an account id in octal":             {strings.Replace(minimal, "61000102", "0o350605766", 1), "CFG001"},
		"an account id as text":              {strings.Replace(minimal, "61000102", "\"61000102\"", 1), "CFG001"},
		"an account id below zero":           {strings.Replace(minimal, "61000102", "-1", 1), "CFG001"},
	} {
		t.Run(claim, func(t *testing.T) {
			_, findings := repoconfig.Read([]byte(c.raw))
			if len(findings) == 0 {
				t.Fatal("Read tells nothing, want " + c.want)
			}
			for _, f := range findings {
				if f.Severity != document.Block || f.Path != repoconfig.Path || f.Message == "" || f.Fix == "" {
					t.Errorf("finding %+v does not block, or names no place, text or mend", f)
				}
			}
			if findings[0].Rule != c.want {
				t.Errorf("Read tells %s, want %s first", print(findings), c.want)
			}
		})
	}
}

func TestRead_minimalIsReadable(t *testing.T) {
	c, findings := repoconfig.Read([]byte(minimal))
	if len(findings) > 0 {
		t.Fatalf("Read tells %s", print(findings))
	}
	if c.Root != "." || c.TimeZone.String() != "UTC" || c.Law != 1 || c.Evidence.Branch != "evidence" {
		t.Errorf("defaults are root %q, zone %s, law %d, evidence %q", c.Root, c.TimeZone, c.Law, c.Evidence.Branch)
	}
	if r := c.Governance; r.HostKeyCommits || r.SeveralRoles || r.Level != approval.LevelStatement || r.Index != -1 {
		t.Errorf("the config rule is read as %+v, want the strict one", r)
	}
}

// What is left out of a rule is strict, and there is no default level. LAW 2.1.
func TestRead_whatIsLeftOutIsStrict(t *testing.T) {
	c, _ := repoconfig.Read([]byte(minimal))
	if r := c.Rules[0]; r.HostKeyCommits || r.SeveralRoles {
		t.Errorf("a rule without commits and several-roles is read as %+v", r)
	}
	_, findings := repoconfig.Read([]byte(strings.Replace(minimal, "require: ciso, level: statement}\nconfig", "require: ciso}\nconfig", 1)))
	if len(findings) == 0 {
		t.Error("a rule without level is readable")
	}
}

// Limits of one requirement: at most 24 roles, five levels of nesting.
func TestRead_requirementsAreBounded(t *testing.T) {
	roles, names := "", []string{}
	for i := range 30 {
		roles += fmt.Sprintf("  r%d: {title: Role, holders: [abrannigan]}\n", i)
		names = append(names, fmt.Sprintf("r%d", i))
	}
	with := func(require string) string {
		raw := strings.Replace(minimal, "rules:\n", roles+"rules:\n", 1)
		return strings.Replace(raw, "require: ciso, level: statement}\nconfig", "require: "+require+", level: statement}\nconfig", 1)
	}
	for _, c := range []struct {
		claim, require string
		readable       bool
	}{
		{"24 roles", "{all: [" + strings.Join(names[:24], ", ") + "]}", true},
		{"25 roles", "{all: [" + strings.Join(names[:25], ", ") + "]}", false},
		{"one role counted twice", "{count: 2, of: [r1, r1]}", false},
		{"four levels", "{all: [{any: [{all: [{any: [r1, r2]}]}]}]}", true},
		{"six levels", "{all: [{any: [{all: [{any: [{all: [{any: [r1]}]}]}]}]}]}", false},
		{"count 0", "{count: 0, of: [r1, r2]}", false},
		{"count above the list", "{count: 3, of: [r1, r2]}", false},
		{"an empty list", "{all: []}", false},
		{"nothing", "{}", false},
		{"all and any at once", "{all: [r1], any: [r2]}", false},
		{"count without of", "{count: 1}", false},
		{"the reserved role self", "self", false},
	} {
		_, findings := repoconfig.Read([]byte(with(c.require)))
		if (len(findings) == 0) != c.readable {
			t.Errorf("%s: Read tells %s, want readable %v", c.claim, print(findings), c.readable)
		}
	}
}

// Match is by type, path, id and criticality; all that are given must match.
func TestMatch_allThatIsGivenMustMatch(t *testing.T) {
	for _, c := range []struct {
		claim string
		match repoconfig.Match
		want  bool
	}{
		{"nothing given", repoconfig.Match{}, true},
		{"the type", repoconfig.Match{Types: []string{"exit-plan"}}, true},
		{"another type", repoconfig.Match{Types: []string{"record"}}, false},
		{"one of two types", repoconfig.Match{Types: []string{"record", "exit-plan"}}, true},
		{"the type and another id", repoconfig.Match{Types: []string{"exit-plan"}, IDs: []string{"EXI-OTHER"}}, false},
		{"the criticality", repoconfig.Match{Criticalities: []string{"critical"}}, true},
		{"a folder with all below", repoconfig.Match{Paths: []string{"exit/**"}}, true},
		{"a folder alone", repoconfig.Match{Paths: []string{"exit/*"}}, false},
		{"a folder's name as the beginning of another", repoconfig.Match{Paths: []string{"exi/**"}}, false},
		{"everything", repoconfig.Match{Paths: []string{"**"}}, true},
		{"a pattern in the middle of a name", repoconfig.Match{Paths: []string{"exit/cloud/m*5.md"}}, true},
		{"another case", repoconfig.Match{Paths: []string{"Exit/**"}}, false},
	} {
		if got := c.match.Matches("exit-plan", "exit/cloud/m365.md", "EXI-M365", "critical"); got != c.want {
			t.Errorf("%s: Matches = %v, want %v", c.claim, got, c.want)
		}
	}
}

// FuzzRead: whatever stands in the file, Read ends, does not panic, and says the
// same each time.
func FuzzRead(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(strings.Replace(minimal, "ciso, level", "{count: 1, of: [ciso]}, level", 1)))
	f.Add([]byte("? [complex, key]\n: value\n"))
	f.Add([]byte("version: 1\nrules: [{}]\npeople: {a: [], b: {}}\nroles: {x: {holders: [a]}}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, findings := repoconfig.Read(raw)
		again, same := repoconfig.Read(raw)
		if print(findings) != print(same) || describe(c) != describe(again) {
			t.Errorf("two readings of %q differ", raw)
		}
		if len(findings) == 0 && (len(c.Branches) == 0 || len(c.Governance.Require.Roles()) == 0) {
			t.Errorf("%q is readable, without a branch or a rule for itself", raw)
		}
	})
}

// An empty file is said to be empty, not to be something else than YAML.
func TestRead_emptyFileIsSaidToBeEmpty(t *testing.T) {
	for _, raw := range []string{"", "\n\n", "# soon\n"} {
		_, findings := repoconfig.Read([]byte(raw))
		if len(findings) != 1 || findings[0].Message != "the file is empty" || findings[0].Rule != "CFG001" {
			t.Errorf("Read(%q): %+v", raw, findings)
		}
	}
}
