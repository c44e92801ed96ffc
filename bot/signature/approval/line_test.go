package approval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// digit64 is a digest of one digit, 64 times.
func digit64(digit string) string { return strings.Repeat(digit, 64) }

// policyLine is the line that most tests begin with.
func policyLine() string { return "I sign as ciso: POL-CLOUD 2.10 sha256:" + digit64("a") }

// LAW 1.3: the forms of a statement line, each printed as it was read.
func TestParseLine_readsEveryForm(t *testing.T) {
	for _, c := range []struct {
		claim, text string
		want        approval.Line
	}{
		{"a document", policyLine(), approval.Line{Role: "ciso", ID: "POL-CLOUD", Version: "2.10", SHA256: digit64("a")}},
		{
			"a document with images", policyLine() + " images:sha256:" + digit64("b"),
			approval.Line{Role: "ciso", ID: "POL-CLOUD", Version: "2.10", SHA256: digit64("a"), Images: digit64("b")},
		},
		{
			"a deletion", "I sign as head-of-it: EXI-M365 1.0 deleted sha256:" + digit64("c"),
			approval.Line{Role: "head-of-it", ID: "EXI-M365", Version: "1.0", Deleted: true, SHA256: digit64("c")},
		},
		{
			"the configuration", "I sign as ceo: .vidimus.yml sha256:" + digit64("0"),
			approval.Line{Role: "ceo", Path: ".vidimus.yml", SHA256: digit64("0")},
		},
		{
			"a key, by its owner", "I sign as self: keys/abrannigan.asc sha256:" + digit64("1"),
			approval.Line{Role: "self", Path: "keys/abrannigan.asc", SHA256: digit64("1")},
		},
		{
			"an SSH key that goes", "I sign as ciso: keys/isolheim.pub deleted sha256:" + digit64("2"),
			approval.Line{Role: "ciso", Path: "keys/isolheim.pub", Deleted: true, SHA256: digit64("2")},
		},
	} {
		got, ok := approval.ParseLine(c.text)
		if diff := cmp.Diff(c.want, got); !ok || diff != "" {
			t.Errorf("%s: ParseLine(%q) = %v (-want +got):\n%s", c.claim, c.text, ok, diff)
		}
		if got.String() != c.text {
			t.Errorf("%s: printed as %q, read from %q", c.claim, got.String(), c.text)
		}
	}
}

func TestParseLine_readsNothingElse(t *testing.T) {
	for claim, text := range map[string]string{
		"63 digits":                  policyLine()[:len(policyLine())-1],
		"65 digits":                  policyLine() + "a",
		"12 digits":                  "I sign as ciso: POL-CLOUD 2.10 sha256:aaaaaaaaaaaa",
		"capital digits":             strings.Replace(policyLine(), digit64("a"), digit64("A"), 1),
		"no colon after the role":    strings.Replace(policyLine(), "ciso:", "ciso", 1),
		"a role in capitals":         strings.Replace(policyLine(), "ciso", "CISO", 1),
		"a role with a blank":        strings.Replace(policyLine(), "ciso", "head of it", 1),
		"two blanks":                 strings.Replace(policyLine(), ": ", ":  ", 1),
		"a no-break space":           strings.Replace(policyLine(), "as ", "as\u00a0", 1),
		"no version":                 strings.Replace(policyLine(), " 2.10", "", 1),
		"a version of three numbers": strings.Replace(policyLine(), "2.10", "2.10.1", 1),
		"an id in small letters":     strings.Replace(policyLine(), "POL-CLOUD", "pol-cloud", 1),
		"a path of a document":       strings.Replace(policyLine(), "POL-CLOUD 2.10", "policy/cloud.md", 1),
		"a version for a path":       "I sign as ceo: .vidimus.yml 1.0 sha256:" + digit64("0"),
		"another configuration":      "I sign as ceo: other/.vidimus.yml sha256:" + digit64("0"),
		"a key outside of keys":      "I sign as self: keys/../abrannigan.asc sha256:" + digit64("0"),
		"another algorithm":          strings.Replace(policyLine(), "sha256", "sha1", 1),
		"images without their own":   policyLine() + " images:" + digit64("b"),
		"text behind it":             policyLine() + ", I think",
		"a blank before it":          " " + policyLine(),
		"a blank behind it":          policyLine() + " ",
		"a line break in it":         policyLine() + "\n",
		"a look-alike letter":        strings.Replace(policyLine(), "I sign", "\u0406 sign", 1),
	} {
		if got, ok := approval.ParseLine(text); ok {
			t.Errorf("%s: ParseLine(%q) = %+v, want nothing", claim, text, got)
		}
	}
}

// LAW 1.3: which lines of a body count, and what voids the review.
func TestParseLines_ofABody(t *testing.T) {
	counsel := strings.Replace(policyLine(), "ciso", "counsel", 1)
	for _, c := range []struct {
		claim, body string
		lines       int
		problems    []int // numbers of the lines that void
	}{
		{"nothing", "", 0, nil},
		{"only talk", "Looks well.\nThank you.", 0, nil},
		{"a line between talk", "Looks well.\n" + policyLine() + "\nThank you.", 1, nil},
		{"CRLF", "Looks well.\r\n" + policyLine() + "\r\nThank you.\r\n", 1, nil},
		{"trailing blanks and tabs", policyLine() + " \t ", 1, nil},
		{"in a code fence", "```text\n" + policyLine() + "\n```", 1, nil},
		{"quoted", "> " + policyLine() + "\n>" + policyLine(), 0, nil},
		{"indented, in a list", "  " + policyLine() + "\n- " + policyLine(), 0, nil},
		{"talk about signing", "As I sign as ciso, I wonder.", 0, nil},
		{"two roles", policyLine() + "\n" + counsel, 2, nil},
		{"pasted twice", policyLine() + "\n" + policyLine(), 1, nil},
		{"the same with other digits", policyLine() + "\n" + strings.Replace(policyLine(), digit64("a"), digit64("b"), 1), 1, []int{2}},
		{"the same in another version", policyLine() + "\n" + strings.Replace(policyLine(), "2.10", "2.11", 1), 1, []int{2}},
		{"a rename: the deletion and the addition", policyLine() + "\n" + strings.Replace(policyLine(), "sha256", "deleted sha256", 1), 2, nil},
		{"malformed", "Fine.\nI sign as ciso: everything", 0, []int{2}},
		{"the bare words", "I sign as", 0, []int{1}},
		{"the bare words within a word", "I sign asparagus contracts only", 0, []int{1}},
		{"a right one and a malformed one", policyLine() + "\nI sign as ciso", 1, []int{2}},
		{"a line that goes on after a lone CR", policyLine() + "\rbut not really", 0, []int{1}},
		{"hidden in a comment", "Fine.\n<!--\n" + policyLine() + "\n-->", 0, []int{3}},
		{"after a comment", "<!-- a template -->\n" + policyLine(), 1, nil},
		{"in the second of two comments", "<!-- one --> <!-- two\n" + policyLine() + "\n-->\n" + counsel, 1, []int{2}},
		{"hidden in a processing instruction", "<?note\n" + policyLine() + "\n?>", 0, []int{2}},
		{"hidden in a declaration", "<!NOTE\n" + policyLine() + "\n>", 0, []int{2}},
		{"hidden in CDATA", "<![CDATA[ >\n" + policyLine() + "\n]]>\n" + counsel, 1, []int{2}},
		{"other angle brackets hide nothing", "a < b, <b>c</b>, <!>\n" + policyLine(), 1, nil},
		{"too long", strings.Repeat("x", approval.MaxBodyBytes+1), 0, []int{1}},
	} {
		lines, problems := approval.ParseLines(c.body)
		var numbers []int
		for _, p := range problems {
			numbers = append(numbers, p.Number)
		}
		if diff := cmp.Diff(c.problems, numbers, cmpopts.EquateEmpty()); len(lines) != c.lines || diff != "" {
			t.Errorf("%s: ParseLines gives %d lines, problems at %v; want %d, %v", c.claim, len(lines), numbers, c.lines, c.problems)
		}
	}
}

// A review may carry as many lines as MaxLines, and not one more.
func TestParseLines_isBounded(t *testing.T) {
	body := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "I sign as r: A%d 1.0 sha256:%064x\n", i, i)
		}
		return b.String()
	}
	// The lines are short enough for the bound on bytes not to come first.
	most := min(approval.MaxLines, approval.MaxBodyBytes/len("I sign as r: A1000 1.0 sha256:"+digit64("a")+"\n"))
	if lines, problems := approval.ParseLines(body(most)); len(lines) != most || len(problems) > 0 {
		t.Errorf("%d lines give %d, problems %v", most, len(lines), problems)
	}
	if _, problems := approval.ParseLines(body(approval.MaxLines + 1)); len(problems) == 0 {
		t.Errorf("%d lines are taken", approval.MaxLines+1)
	}
}

// FuzzParseLine: what is read prints as it was read.
func FuzzParseLine(f *testing.F) {
	f.Add(policyLine())
	f.Add("I sign as self: keys/abrannigan.asc sha256:" + digit64("1"))
	f.Add("I sign as head-of-it: EXI-M365 1.0 deleted sha256:" + digit64("c"))
	f.Add("I sign as ciso: POL-CLOUD 2.10 sha256:" + digit64("a") + " images:sha256:" + digit64("b"))
	f.Add("I sign as ceo: .vidimus.yml deleted sha256:" + digit64("0"))
	f.Add("I sign as ")
	f.Fuzz(func(t *testing.T, text string) {
		if line, ok := approval.ParseLine(text); ok && line.String() != text {
			t.Errorf("ParseLine(%q) prints %q", text, line.String())
		}
	})
}

// FuzzParseLines: the lines of any body, put together, are read as the same lines
// without a problem; and a body without the words has neither.
func FuzzParseLines(f *testing.F) {
	f.Add("Looks well.\r\n" + policyLine() + " \r\n> quoted\nI sign as\n")
	f.Add(policyLine() + "\n" + strings.Replace(policyLine(), "sha256", "deleted sha256", 1))
	f.Add("```\nI sign as ceo: .vidimus.yml sha256:" + digit64("0") + "\n```\r")
	f.Fuzz(func(t *testing.T, body string) {
		lines, problems := approval.ParseLines(body)
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(l.String() + "\n")
		}
		again, none := approval.ParseLines(b.String())
		if diff := cmp.Diff(lines, again, cmpopts.EquateEmpty()); diff != "" || len(none) > 0 {
			t.Errorf("lines of %q are read again as (-first +again):\n%s\nproblems %v", body, diff, none)
		}
		if !strings.Contains(body, "I sign as") && len(body) <= approval.MaxBodyBytes && len(lines)+len(problems) > 0 {
			t.Errorf("%q gives lines %v and problems %v", body, lines, problems)
		}
	})
}
