package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// kestrel is a small valid organisation; its documents have no finding on 2026-11-24.
const kestrel = "../../bot/document/control/testdata/valid"

// The scripts run the program in $WORK/repo, which holds Kestrel's documents. "sarif FILE" reads standard output as
// SARIF and compares its results. "check CODE ARGS" runs vidimus check
// and wants the exit code; "shows FILE" compares what it printed, but for the milliseconds; "git ARGS" runs git without
// anybody's configuration; "edit FILE OLD NEW" replaces text.
func TestCheck_scripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/check*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	scripts = append(scripts, "testdata/script/rules.txtar")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv(asVidimus, "1")
			env.Setenv("PROGRAM", program)
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+who+"_NAME", "Aoife")
				env.Setenv("GIT_"+who+"_EMAIL", "aoife@kestrel.example")
			}
			return os.CopyFS(filepath.Join(env.WorkDir, "repo"), os.DirFS(kestrel))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"check": scriptCheck, "git": scriptCheckGit, "edit": scriptEdit, "shows": scriptShows, "sarif": scriptSARIF, "vidimus": scriptRules,
		},
	})
}

func scriptCheck(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: check CODE [ARG...]")
	}
	code := "0"
	if err := ts.Exec(ts.Getenv("PROGRAM"), append([]string{"check"}, args[1:]...)...); err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// scriptRules runs the program; a "!" before it wants exit code 2.
func scriptRules(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(ts.Getenv("PROGRAM"), args...)
	if want := map[bool]string{false: "<nil>", true: "exit status 2"}[neg]; fmt.Sprint(err) != want {
		ts.Fatalf("vidimus %s: %v, want %s", strings.Join(args, " "), err, want)
	}
}

func scriptShows(ts *testscript.TestScript, _ bool, args []string) {
	got := regexp.MustCompile(`\d+ ms`).ReplaceAllString(ts.ReadFile("stdout"), "N ms")
	if want := ts.ReadFile(args[0]); got != want {
		ts.Fatalf("stdout is\n%s\nwant\n%s", got, want)
	}
}

func scriptSARIF(ts *testscript.TestScript, _ bool, args []string) {
	var log sarifLog
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	d.DisallowUnknownFields()
	ts.Check(d.Decode(&log))
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].ColumnKind != "unicodeCodePoints" {
		ts.Fatalf("this is no log of one run: %+v", log)
	}
	rules := log.Runs[0].Tool.Driver.Rules
	var b strings.Builder
	for _, r := range log.Runs[0].Results {
		place := r.Locations[0].Physical
		at := place.Artifact.URI
		if region := place.Region; region != nil {
			at += fmt.Sprintf(" %d:%d-%d", region.StartLine, region.StartColumn, region.EndColumn)
		}
		fmt.Fprintf(&b, "%s %s %s: %s\n", r.Level, r.RuleID, at, r.Message.Text)
		if rules[*r.RuleIndex].ID != r.RuleID {
			ts.Fatalf("result of %s points at the rule %s", r.RuleID, rules[*r.RuleIndex].ID)
		}
	}
	if want := ts.ReadFile(args[0]); b.String() != want {
		ts.Fatalf("results\n%s\nwant\n%s", b.String(), want)
	}
}

func scriptCheckGit(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("git", args...)
	if neg == (err == nil) {
		ts.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
}

func scriptEdit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	name := ts.MkAbs(args[0])
	raw, err := os.ReadFile(name)
	ts.Check(err)
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\e`, "\x1b", `\r`, "\r", `\u202e`, "\u202e").Replace
	if strings.Count(string(raw), unescape(args[1])) != 1 {
		ts.Fatalf("%q stands %d times in %s", args[1], strings.Count(string(raw), unescape(args[1])), args[0])
	}
	ts.Check(os.WriteFile(name, []byte(strings.Replace(string(raw), unescape(args[1]), unescape(args[2]), 1)), 0o644))
}

// Carets count columns of the terminal, not bytes or code points.
func TestNewCellWindow_caretStandsUnderTheMark(t *testing.T) {
	long := strings.Repeat("word ", 30)
	for _, c := range []struct {
		line        string
		column, end int
		text        string
		start, wide int
	}{
		{"abc def", 5, 8, "abc def", 4, 3},
		{"ś def", 3, 6, "ś def", 2, 3},
		{"漢字 def", 4, 7, "漢字 def", 5, 3},
		{"e\u0301 def", 4, 7, "e\u0301 def", 2, 3},
		{"\tdef", 2, 5, "    def", 4, 3},
		{"a\u202edef", 3, 6, `a\u202edef`, 7, 3},
		{"\x1b[31mx", 2, 3, `\u001b[31mx`, 6, 1},
		{"abc", 4, 5, "abc", 3, 1},
		{"abc", 0, 0, "abc", 0, 1},
		{"", 1, 2, "", 0, 1},
		{long, 1, 5, "word word word word word word word word word word word word word …", 0, 4},
		{long, 101, 105, "… " + strings.Repeat("word ", 13) + "…", 22, 4},
		{strings.Repeat("x", 200), 150, 151, "… " + strings.Repeat("x", 66) + " …", 26, 1},
		{strings.Repeat("漢", 100), 60, 61, "… " + strings.Repeat("漢", 33) + " …", 26, 2},
	} {
		got := newCellWindow(c.line, c.column, c.end)
		if got.text != strings.TrimRight(c.text, " ") && got.text != c.text || got.start != c.start || got.width != c.wide {
			t.Errorf("%q at %d-%d: %q, caret %d wide %d; want %q, %d, %d", c.line, c.column, c.end, got.text, got.start, got.width, c.text, c.start, c.wide)
		}
		if width := total(cellsOf(got.text)); width > checkWidth-checkMargin {
			t.Errorf("%q is cut to %d columns, more than fit", c.line, width)
		}
	}
}

func cellsOf(s string) []cell {
	var cells []cell
	for _, r := range s {
		cells = append(cells, newCell(r))
	}
	return cells
}

// What a person calls a repository is found from anywhere in it.
func TestCheckRoot_nearestConfigurationThenDocumentsThenGit(t *testing.T) {
	for _, c := range []struct{ files, from, want string }{
		{".vidimus.yml gov/policy/a.md", "gov/policy", ""},
		{".git/x policy/a.md register/b.md", "policy", ""},
		{".git/x docs/policy/a.md", "docs/policy", "docs"},
		{".git/x docs/example/policy/a.md docs/example/.vidimus.yml", "docs/example/policy", "docs/example"},
		{".git/x src/a.go", "src", ""},
		{"policy/policy/a.md", "policy/policy", ""},
		{"a.md", "", ""},
	} {
		dir := t.TempDir()
		for _, name := range strings.Fields(c.files) {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := checkRoot(filepath.Join(dir, c.from)), filepath.Join(dir, c.want); got != want {
			t.Errorf("%s from %q: %s, want %s", c.files, c.from, got, want)
		}
	}
}

// The JSON is a published form: each field that version 1 has, under its name.
func TestPrintCheckJSON_keepsItsNames(t *testing.T) {
	golden, err := os.ReadFile("testdata/check-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := printCheckJSON(&b, goldenCheck()); err != nil {
		t.Fatal(err)
	}
	if b.String() != string(golden) {
		t.Errorf("JSON differs from testdata/check-1.json:\n%s", b.String())
	}
}

func goldenCheck() checkResult {
	return checkResult{
		asOf: document.NewDate(2026, 11, 24), documents: 2,
		findings: []document.Finding{
			{Rule: "GIT001", Severity: document.Block, Path: "policy/x.bin", Message: "Only <documents> & images.", Fix: "move it"},
			{Rule: "CON002", Severity: document.Warn, Path: "contracts/m365.md", Line: 27, Column: 30, EndColumn: 32, Message: "96 hours \u202e", Fix: "agree on 72 or less"},
		},
	}
}

// A hostile name stays inside its own command: GitHub reads it back as it is, and nothing of it as another property.
func TestAnnotation_hostileNamesStayInTheirPlace(t *testing.T) {
	f := document.Finding{
		Rule: "GIT002", Severity: document.Block, Path: "policy/a,line=9:b%0A\n::warning::x.md", Line: 3,
		Message: "100% of it\r\n::error::is bad \x1b[31m", Fix: "rename, it",
	}
	want := "::error file=policy/a%2Cline=9%3Ab%250A%0A%3A%3Awarning%3A%3Ax.md,line=3,title=GIT002::" +
		`100%25 of it\u000d%0A::error::is bad \u001b[31m%0AMend: rename, it`
	if got := annotation(f); got != want || strings.ContainsAny(got, "\r\n\x1b") {
		t.Errorf("annotation\n%s\nwant\n%s", got, want)
	}
}
