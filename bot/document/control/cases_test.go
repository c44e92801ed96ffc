package control_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

var update = flag.Bool("update", false, "write what the rules find into testdata/rules; read the difference")

// validDocuments is a small organisation, Kestrel Ferries, whose documents have no finding. The cases of a rule are
// edits of it.
const validDocuments = "testdata/valid"

// A case is one file of testdata/rules/RULE.txtar, named "pass: WHY" or "fail: WHY". Its lines are:
//
//	in PATH                what follows edits that document
//	- LINE, + LINE         lines that go and come, in the order of a redline; "  LINE" is context; the lines
//	                       that go, with the context, stand exactly once in the document
//	+q "LINE"              a line that comes, with the escapes of a Go string
//	new PATH               a new document; its lines follow with "+"
//	delete PATH, copy FROM TO, move FROM TO, mode PATH MODE
//	fill PATH N "LINE"     writes a line N times at the end
//	crlf PATH, bom PATH    another way to store the same text
//	swap PATH "OLD" "NEW"  replaces words throughout
//	base                   what stands before is the base of the change, what follows is the change
//	as-of DATE, roles [ROLE ...], heads ROLE ..., moved PATH, restored PATH, severity RULE TO [REASON]
//	want                   the findings follow
type ruleCase struct {
	files  map[string]document.File
	params control.Params
	base   map[string]document.File
	in     string
	fresh  bool // the document is new, all its lines come
	old    []string
	new    []string
}

func kestrelParams() control.Params {
	return control.Params{
		AsOf:            document.NewDate(2026, 11, 24),
		Roles:           []string{"ceo", "ciso", "dpo", "general-counsel", "head-of-harbour", "head-of-it"},
		DepartmentHeads: []string{"head-of-harbour", "head-of-it"},
	}
}

func kestrelFiles(t testing.TB) map[string]document.File {
	t.Helper()
	list, err := document.ReadFS(os.DirFS(validDocuments), ".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]document.File{}
	for _, f := range list {
		f.Mode = document.ModeRegular // whatever the checkout's file system says
		files[f.Path] = f
	}
	return files
}

func sorted(files map[string]document.File) []document.File {
	var list []document.File
	for _, f := range files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b document.File) int { return strings.Compare(a.Path, b.Path) })
	return list
}

func TestCheck_validDocumentsHaveNoFinding(t *testing.T) {
	got := control.Check(document.NewSet(".", sorted(kestrelFiles(t))), kestrelParams())
	if text := printFindings(got); text != noFinding {
		t.Errorf("findings in %s:\n%s", validDocuments, text)
	}
}

func TestCheck_rulesByCase(t *testing.T) {
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		rule := strings.TrimSuffix(filepath.Base(path), ".txtar")
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range archive.Files {
			t.Run(rule+"/"+f.Name, func(t *testing.T) {
				archive.Files[i].Data = runCase(t, rule, f)
			})
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// readCase makes the files and parameters of one case; edits and want are its two halves.
func readCase(t *testing.T, f txtar.File) (c *ruleCase, edits, want string) {
	t.Helper()
	edits, want, _ = strings.Cut(string(f.Data), "want\n")
	c = &ruleCase{files: kestrelFiles(t), params: kestrelParams()}
	for n, line := range strings.Split(edits, "\n") {
		if err := c.line(line); err != nil {
			t.Fatalf("line %d, %q: %v", n+1, line, err)
		}
	}
	if err := c.flush(); err != nil {
		t.Fatal(err)
	}
	c.compareWithBase()
	return c, edits, want
}

// runCase judges one case and returns it with what was found.
func runCase(t *testing.T, rule string, f txtar.File) []byte {
	t.Helper()
	c, edits, want := readCase(t, f)
	findings := control.Check(document.NewSet(".", sorted(c.files)), c.params)
	got := printFindings(findings)
	if diff := cmp.Diff(findings, checkOneByOne(sorted(c.files), c.params)); diff != "" {
		t.Errorf("one by one, with slim documents, the findings differ:\n%s", diff)
	}
	if !*update {
		if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
	}
	fails := slices.ContainsFunc(findings, func(f document.Finding) bool { return f.Rule == rule })
	switch {
	case strings.HasPrefix(f.Name, "fail: ") && !fails:
		t.Errorf("no finding %s in a case that fails", rule)
	case strings.HasPrefix(f.Name, "pass: ") && fails:
		t.Errorf("a finding %s in a case that passes", rule)
	case !strings.HasPrefix(f.Name, "fail: ") && !strings.HasPrefix(f.Name, "pass: "):
		t.Errorf("a case is named \"pass: ...\" or \"fail: ...\"")
	}
	return []byte(edits + "want\n" + got)
}

func checkOneByOne(files []document.File, p control.Params) []document.Finding {
	return concludeOneByOne(files, p).Findings
}

// concludeOneByOne judges as the command does: each document alone, then all of them without their text.
func concludeOneByOne(files []document.File, p control.Params) control.Judgement {
	checker := control.New(document.Layout{Root: "."}, p)
	var readings []control.Reading
	for _, f := range files {
		readings = append(readings, checker.Read(checker.Layout().Read(f)).Slim())
	}
	return checker.Conclude(readings)
}

func (c *ruleCase) line(line string) error {
	for _, prefix := range []string{"- ", "+ ", "  "} {
		if text, ok := strings.CutPrefix(line, prefix); ok || line == strings.TrimSpace(prefix) && line != "" {
			if !ok {
				text = ""
			}
			c.hunk(prefix, text)
			return nil
		}
	}
	if quoted, ok := strings.CutPrefix(line, "+q "); ok {
		text, err := strconv.Unquote(quoted)
		c.hunk("+ ", text)
		return err
	}
	if err := c.flush(); err != nil {
		return err
	}
	return c.directive(strings.Fields(line), line)
}

func (c *ruleCase) hunk(prefix, text string) {
	if prefix != "+ " {
		c.old = append(c.old, text)
	}
	if prefix != "- " {
		c.new = append(c.new, text)
	}
}

// flush applies the hunk that has been read.
func (c *ruleCase) flush() error {
	if len(c.old)+len(c.new) == 0 {
		return nil
	}
	f := c.files[c.in]
	was, is := join(c.old), join(c.new)
	text := "\n" + string(f.Bytes)
	switch {
	case c.fresh && len(c.old) == 0:
		text += is
	case len(c.old) == 0:
		return fmt.Errorf("nothing says where %q comes", c.new)
	case strings.Count(text, "\n"+was) != 1:
		return fmt.Errorf("%q stands %d times in %s", c.old, strings.Count(text, "\n"+was), c.in)
	default:
		text = strings.Replace(text, "\n"+was, "\n"+is, 1)
	}
	f.Bytes = []byte(text[1:])
	c.files[c.in] = f
	c.old, c.new = nil, nil
	return nil
}

func join(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func (c *ruleCase) directive(words []string, line string) error {
	if len(words) == 0 {
		return nil
	}
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch words[0] {
	case "in":
		c.in, c.fresh = arg(1), false
		if _, ok := c.files[c.in]; !ok {
			return fmt.Errorf("no document %s", c.in)
		}
	case "new":
		c.in, c.fresh = arg(1), true
		c.files[c.in] = document.File{Path: c.in, Mode: document.ModeRegular}
	case "delete":
		delete(c.files, arg(1))
	case "copy", "move":
		f := c.files[arg(1)]
		f.Path = arg(2)
		c.files[arg(2)] = f
		if words[0] == "move" {
			delete(c.files, arg(1))
		}
	case "base":
		c.base = map[string]document.File{}
		for path, f := range c.files {
			c.base[path] = f
		}
	default:
		return c.otherDirective(words, arg, line)
	}
	return nil
}

func (c *ruleCase) otherDirective(words []string, arg func(int) string, line string) (err error) {
	f := c.files[arg(1)]
	switch words[0] {
	case "mode":
		f.Mode = arg(2)
		c.files[arg(1)] = f
	case "crlf":
		f.Bytes = []byte(strings.ReplaceAll(string(f.Bytes), "\n", "\r\n"))
		c.files[arg(1)] = f
	case "bom":
		f.Bytes = append([]byte("\ufeff"), f.Bytes...)
		c.files[arg(1)] = f
	case "fill":
		n, errN := strconv.Atoi(arg(2))
		text, errText := strconv.Unquote(line[strings.Index(line, `"`):])
		if errN != nil || errText != nil {
			return fmt.Errorf("fill: %v, %v", errN, errText)
		}
		f.Bytes = append(slices.Clone(f.Bytes), strings.Repeat(text, n)...)
		c.files[arg(1)] = f
	case "swap":
		parts := strings.Split(line, `"`)
		f.Bytes = []byte(strings.ReplaceAll(string(f.Bytes), parts[1], parts[3]))
		c.files[arg(1)] = f
	case "as-of":
		c.params.AsOf, err = document.ParseDate(arg(1))
	case "roles":
		c.params.Roles = words[1:]
		if len(words) == 1 {
			c.params.Roles = nil
		}
	case "heads":
		c.params.DepartmentHeads = words[1:]
	case "moved":
		c.params.MovedBase = map[string]bool{arg(1): true}
	case "restored":
		c.params.Restored = map[string]bool{arg(1): true}
	case "signatories":
		c.params.DefaultSignatories = map[string][]string{arg(1): words[2:]}
	case "severity":
		c.params.Severities = map[string]control.Override{arg(1): {To: document.Severity(arg(2)), Reason: strings.Join(words[min(3, len(words)):], " ")}}
	default:
		return fmt.Errorf("unknown")
	}
	return err
}

// compareWithBase makes the base's documents and the touched paths known, if the case has a base.
func (c *ruleCase) compareWithBase() {
	if c.base == nil {
		return
	}
	c.params.Base = document.NewSet(".", sorted(c.base))
	c.params.Touched = map[string]bool{}
	for path, f := range c.files {
		if string(c.base[path].Bytes) != string(f.Bytes) {
			c.params.Touched[path] = true
		}
	}
	for path := range c.base {
		if _, kept := c.files[path]; !kept {
			c.params.Touched[path] = true
		}
	}
}

const noFinding = "no finding\n"

func printFindings(findings []document.Finding) string {
	if len(findings) == 0 {
		return noFinding
	}
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s:%d:%d-%d %s %s\n  %s\n  mend: %s\n", f.Path, f.Line, f.Column, f.EndColumn, f.Severity, f.Rule, f.Message, f.Fix)
	}
	return b.String()
}
