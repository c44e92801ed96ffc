package governance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

const configuration = `version: 1
organisation: Kestrel Ferries
root: .
branches: [main]
people:
  aoife: {github: 1, login: aoife, name: Aoife, emails: [aoife@kestrel.example]}
  tomasz: {github: 2, login: tomasz, name: Tomasz, emails: [tomasz@kestrel.example]}
roles:
  ciso: {title: CISO, holders: [aoife]}
  head-of-it: {title: Head of IT, holders: [tomasz]}
rules:
  - for: {type: record, criticality: critical}
    require: ciso
    level: statement
  - for: {path: "policy/**"}
    require: ciso
    level: statement
config: {require: {all: [ciso, head-of-it]}, level: statement}
`

// Public keys made for these tests with ssh-keygen -t ed25519.
const (
	keyOfAoife  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINJ50eC+nGAtJlfGdTme6qk6jomX1CXseGxi/4VdNvS/\n"
	keyOfTomasz = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOT9LmmT4fOkBVtl1ZodP3M40GiRgAFUpTAi6fq4qqxI\n"
	keyOfNobody = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPgwBzfMPbpgaqxlAld9kFYrqV8/97F8Ij3/7p+YH27S\n"
)

func file(path, content string) document.File {
	return document.File{Path: path, Mode: document.ModeRegular, Bytes: []byte(content)}
}

// kestrel is what the governed branch holds, with files in the place of those of the same path; one without Mode is gone.
func kestrel(instead ...document.File) []document.File {
	files := []document.File{file(repoconfig.Path, configuration), file("keys/aoife.pub", keyOfAoife), file("keys/tomasz.pub", keyOfTomasz)}
	for _, f := range instead {
		var kept []document.File
		for _, old := range files {
			if old.Path != f.Path {
				kept = append(kept, old)
			}
		}
		if files = kept; f.Mode != "" {
			files = append(files, f)
		}
	}
	return files
}

func edited(t *testing.T, old, with string) document.File {
	t.Helper()
	if strings.Count(configuration, old) != 1 {
		t.Fatalf("%q stands %d times in the configuration", old, strings.Count(configuration, old))
	}
	return file(repoconfig.Path, strings.Replace(configuration, old, with, 1))
}

// rules are rule and path of findings, in order.
func rules(findings []document.Finding) []string {
	document.SortFindings(findings)
	found := []string{}
	for _, f := range findings {
		found = append(found, f.Path+" "+f.Rule)
	}
	return found
}

func TestRead_faultsSayWhyAndNothingUnreadableCounts(t *testing.T) {
	for name, c := range map[string]struct {
		files    []document.File
		readable bool
		want     []string
	}{
		"as it is":              {kestrel(), true, []string{}},
		"nothing":               {nil, false, []string{".vidimus.yml CFG001"}},
		"a symbolic link":       {[]document.File{{Path: repoconfig.Path, Mode: document.ModeSymlink}}, false, []string{".vidimus.yml CFG001"}},
		"no YAML":               {kestrel(file(repoconfig.Path, "{")), false, []string{".vidimus.yml CFG001"}},
		"a stranger as holder":  {kestrel(edited(t, "holders: [aoife]", "holders: [aiofe]")), false, []string{".vidimus.yml CFG003"}},
		"what is not judged":    {kestrel(edited(t, "config:", "receipts: {roles: [ciso], due-days: 14}\nconfig:")), true, []string{".vidimus.yml CFG004"}},
		"other files than ours": {append(kestrel(), file("policy/cloud.md", "{")), true, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			charter := governance.Read(c.files)
			if got := rules(charter.Faults); charter.Readable != c.readable || cmp.Diff(c.want, got) != "" {
				t.Errorf("Read: readable %v, faults %q; want %v, %q", charter.Readable, got, c.readable, c.want)
			}
			if _, known := charter.Ring.Person("aoife"); known != c.readable {
				t.Errorf("the ring knows Aoife: %v, want %v", known, c.readable)
			}
		})
	}
}

func TestChange_leavesNothingThatTheNextCannotBeJudgedBy(t *testing.T) {
	gone := func(path string) document.File { return document.File{Path: path} }
	for name, c := range map[string]struct {
		instead []document.File
		branch  string
		want    []string
	}{
		"nothing":                    {nil, "main", []string{}},
		"one key of two owners":      {[]document.File{file("keys/tomasz.pub", keyOfAoife)}, "main", []string{"keys/tomasz.pub KEY005"}},
		"a secret key":               {[]document.File{file("keys/tomasz.pub", "-----BEGIN OPENSSH PRIVATE KEY-----\n")}, "main", []string{"keys/tomasz.pub KEY002"}},
		"a key of nobody":            {[]document.File{file("keys/nia.pub", keyOfNobody)}, "main", []string{"keys/nia.pub KEY006"}},
		"its person comes with it":   {[]document.File{file("keys/nia.pub", keyOfNobody), edited(t, "roles:", "  nia: {github: 3, login: nia, name: Nia, emails: [nia@kestrel.example]}\nroles:")}, "main", []string{}},
		"a key that is a link":       {[]document.File{{Path: "keys/tomasz.pub", Mode: document.ModeSymlink}}, "main", []string{}}, // GIT001 tells
		"no configuration":           {[]document.File{gone(repoconfig.Path)}, "main", []string{".vidimus.yml CFG001"}},
		"an unreadable one":          {[]document.File{file(repoconfig.Path, "version: 2\n"), file("keys/tomasz.pub", keyOfAoife)}, "main", []string{".vidimus.yml CFG001", "keys/tomasz.pub KEY005"}},
		"a link in its place":        {[]document.File{{Path: repoconfig.Path, Mode: document.ModeSymlink}}, "main", []string{".vidimus.yml CFG001"}},
		"an empty one":               {[]document.File{file(repoconfig.Path, "# soon\n")}, "main", []string{".vidimus.yml CFG001"}},
		"what is not judged":         {[]document.File{edited(t, "config:", "emergency: {holders: [ciso], sign-within: 72h}\nconfig:")}, "main", []string{".vidimus.yml CFG004"}},
		"another root":               {[]document.File{edited(t, "root: .", "root: gov")}, "main", []string{".vidimus.yml CFG004"}},
		"without the branch":         {[]document.File{edited(t, "[main]", "[trunk]")}, "main", []string{".vidimus.yml CFG004"}},
		"without it, unknown branch": {[]document.File{edited(t, "[main]", "[trunk]")}, "", []string{}},
		"one branch more":            {[]document.File{edited(t, "[main]", "[main, trunk]")}, "main", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			change := governance.Change{Before: governance.Read(kestrel()), After: kestrel(c.instead...), Branch: c.branch, AsOf: document.NewDate(2026, 11, 24)}
			got := rules(change.Judge())
			if name == "an unreadable one" { // each missing key is told; the rule counts
				got = uniq(got)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Judge (-want +got):\n%s", diff)
			}
		})
	}
}

func uniq(list []string) []string {
	var once []string
	for _, s := range list {
		if len(once) == 0 || once[len(once)-1] != s {
			once = append(once, s)
		}
	}
	return once
}

// In a founding the configuration is read once, and its faults are the charter's.
func TestChange_foundingTellsItsFaultsOnce(t *testing.T) {
	own := kestrel(edited(t, "config:", "receipts: {roles: [ciso], due-days: 14}\nconfig:"))
	charter := governance.Read(own)
	change := governance.Change{Before: charter, After: own, Founding: true, AsOf: document.NewDate(2026, 11, 24)}
	if got := rules(append(change.Judge(), charter.Faults...)); !cmp.Equal(got, []string{".vidimus.yml CFG004"}) {
		t.Errorf("findings %q", got)
	}
}

func TestFounding_holdsConfigurationAndTheHostsOwnKeys(t *testing.T) {
	own := kestrel(file("keys/web-flow.pub", keyOfNobody))
	founding := governance.Founding{Files: own, Changed: []string{repoconfig.Path, "keys/aoife.pub", "policy/cloud.md"}}
	if got, want := rules(founding.Judge()), []string{"keys/web-flow.pub CFG006", "policy/cloud.md CFG006"}; !cmp.Equal(got, want) {
		t.Errorf("without the host's keys: %q, want %q", got, want)
	}
	founding.HostUnknown = true
	if got, want := rules(founding.Judge()), []string{"policy/cloud.md CFG006"}; !cmp.Equal(got, want) {
		t.Errorf("where nobody asked the host: %q, want %q", got, want)
	}
}

func TestKeyChange_whoSignsIt(t *testing.T) {
	aoife, tomasz := file("keys/nia.pub", keyOfAoife), file("keys/nia.pub", keyOfTomasz)
	config, none := file(repoconfig.Path, configuration), document.File{}
	for name, c := range map[string]struct {
		change    governance.KeyChange
		consent   governance.Consent
		ownerless bool
	}{
		"a new key":                        {governance.KeyChange{Path: "keys/aoife.pub", After: aoife, Next: config}, governance.ByRuleAndOwner, false},
		"a new key of nobody":              {governance.KeyChange{Path: "keys/nia.pub", After: aoife, Next: config}, governance.ByRuleAndOwner, true},
		"another key":                      {governance.KeyChange{Path: "keys/nia.pub", Before: aoife, After: tomasz, Next: config}, governance.ByRuleAndOwner, true},
		"a key goes, its person stays":     {governance.KeyChange{Path: "keys/aoife.pub", Before: aoife, Next: config}, governance.ByRuleAndOwner, false},
		"a key goes with its person":       {governance.KeyChange{Path: "keys/nia.pub", Before: aoife, Next: config}, governance.ByRule, false},
		"a key goes and the configuration": {governance.KeyChange{Path: "keys/aoife.pub", Before: aoife, Next: none}, governance.ByRuleAndOwner, false},
		"the host's":                       {governance.KeyChange{Path: "keys/web-flow.asc", After: aoife, Next: config}, governance.ByRule, false},
		"ours":                             {governance.KeyChange{Path: "keys/vidimus.asc", Before: aoife, After: tomasz, Next: config}, governance.ByRule, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, ownerless := c.change.Ownerless(governance.Read(kestrel()).Config)
			if got := c.change.Consent(); got != c.consent || ownerless != c.ownerless {
				t.Errorf("consent %v, ownerless %v (%s); want %v, %v", got, ownerless, f.Message, c.consent, c.ownerless)
			}
			if ownerless && (f.Rule != governance.RuleUnknown || f.Path != c.change.Path || f.Severity != document.Block) {
				t.Errorf("finding %+v", f)
			}
		})
	}
}

// A document is as critical as any document of its service says. LAW 2.1.
func TestCovers_byTheMostCriticalOfItsService(t *testing.T) {
	config := governance.Read(kestrel()).Config
	kin := func(said string) func(string) []*document.Document {
		return func(string) []*document.Document {
			return []*document.Document{{ServiceID: "booking", Criticality: said}}
		}
	}
	record := &document.Document{Type: "record", ServiceID: "booking", Criticality: "low"}
	for name, c := range map[string]struct {
		rule int
		path string
		d    *document.Document
		kin  string
		want bool
	}{
		"it says low, nobody says more":     {0, "records/a.md", record, "low", false},
		"its register says critical":        {0, "records/a.md", record, "critical", true},
		"it is of no service":               {0, "records/a.md", &document.Document{Type: "record", Criticality: "low"}, "critical", false},
		"another type":                      {0, "exit/a.md", &document.Document{Type: "exit-plan", Criticality: "critical"}, "", false},
		"a rule of paths takes any":         {1, "policy/a.md", record, "", true},
		"also what cannot be read":          {1, "policy/a.md", nil, "", true},
		"a rule of types not what is not":   {0, "records/a.md", nil, "critical", false},
		"and a rule of paths not elsewhere": {1, "records/a.md", record, "", false},
	} {
		if got := governance.Covers(config.Rules[c.rule], c.path, c.d, kin(c.kin)); got != c.want {
			t.Errorf("%s: Covers(rules[%d], %s) = %v, want %v", name, c.rule, c.path, got, c.want)
		}
	}
}

// Where nothing is configured nobody can own a key; a secret one is told all the same.
func TestRoleless_saysWhatAFileIsAndNotWhose(t *testing.T) {
	files := []document.File{file("keys/aoife.pub", keyOfAoife), file("keys/x.pub", "-----BEGIN OPENSSH PRIVATE KEY-----\n")}
	if got, want := rules(governance.Roleless(files)), []string{"keys/x.pub KEY002"}; !cmp.Equal(got, want) {
		t.Errorf("Roleless = %q, want %q", got, want)
	}
}

// Each rule is explained, whole, under an id that the catalogue of documents does not have, with the severity that its
// findings have.
func TestRules_areExplainedAndWeighAsTheirFindings(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range governance.Rules() {
		if _, twice := control.RuleNamed(r.ID); twice || seen[r.ID] {
			t.Errorf("%s stands twice", r.ID)
		}
		seen[r.ID] = true
		for _, text := range []string{r.Finds, r.Why, r.Mend, r.Failing, r.Passing, string(r.Severity), strings.Join(r.Serves, "")} {
			if text == "" {
				t.Errorf("%s lacks a part: %+v", r.ID, r)
			}
		}
	}
	files := kestrel(
		file("keys/tomasz.pub", keyOfAoife), file("keys/nia.pub", "a line\n"+keyOfNobody), file("keys/x.pub", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
		file("keys/y.pub", "no key\n"))
	findings := append(governance.Read(files).KeyFindings, governance.Unruled("records/a.md"))
	told := map[string]bool{}
	for _, f := range findings {
		told[f.Rule] = true
		if r, ok := governance.RuleNamed(f.Rule); !ok || r.Severity != f.Severity {
			t.Errorf("%s of severity %s is in the catalogue: %v, %s", f.Rule, f.Severity, ok, r.Severity)
		}
	}
	for _, rule := range []string{"KEY001", "KEY002", "KEY005", "KEY006", "KEY009", "CFG002"} {
		if !told[rule] {
			t.Errorf("the files give no %s", rule)
		}
	}
}
