package report_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

const many = 3_000

// manyDocuments makes a change of 3,000 documents with long titles, each for the Head of IT and the CISO.
func manyDocuments() []decision.Document {
	list := make([]decision.Document, many)
	for i := range list {
		d := matrix()
		d.ID = fmt.Sprintf("SRM-SERVICE-%04d", i)
		d.Path = fmt.Sprintf("matrices/service-%04d.md", i)
		d.Title = fmt.Sprintf("Shared responsibility of service %04d %s", i, strings.Repeat("ś|", 200))
		d.SHA256 = fmt.Sprintf("%064x", i)
		list[i] = d
	}
	return list
}

// everythingMany is an input in which every list is long.
func everythingMany(t testing.TB, state decision.State) report.Input {
	in := about(t, decided(state, manyDocuments()...))
	d := &in.Decision
	d.Commits = nil
	for i := range d.Documents {
		doc := &d.Documents[i]
		s := refused(*doc, "abrannigan", "ciso", "SIG003", fmt.Sprintf("the text changed after it was signed, %d", i))
		s.SHA256 = fmt.Sprintf("%064x", i+many)
		d.Signatures = append(d.Signatures, s)
		d.Findings = append(d.Findings, document.Finding{
			Rule: "TAB004", Severity: document.Block, Path: doc.Path, Line: i + 1, Column: 3, EndColumn: 9,
			Message: strings.Repeat("a cell is blank ", 40), Fix: strings.Repeat("fill it ", 40),
		}, document.Finding{Rule: "WSL001", Severity: document.Warn, Path: doc.Path, Line: 1, Message: strings.Repeat("vague ", 90), Fix: "be exact"})
		c := goodCommit(fmt.Sprintf("%040x", i))
		c.Counts, c.Verdict, c.Text = false, "unsigned", "The commit is not signed."
		d.Commits = append(d.Commits, c)
		d.Problems = append(d.Problems, decision.Problem{Code: "SIG009", Commit: c.ID, Text: c.Text})
		d.Objections = append(d.Objections, decision.Objection{Review: int64(i), Person: "dquilligan", Reason: strings.Repeat("no ", 300)})
	}
	if state != decision.StateBlocked {
		d.Findings, d.Problems, d.Objections = nil, nil, nil
	}
	return in
}

func TestCheckRun_threeThousandDocumentsFitByWholeRows(t *testing.T) {
	for _, state := range []decision.State{decision.StateWaiting, decision.StateSigned, decision.StateBlocked} {
		in := everythingMany(t, state)
		in.Reserve = 20_000
		c := report.CheckRun(in)
		if len(c.Summary) > report.MaxBodyBytes || len(c.Summary) < report.MaxBodyBytes/2 {
			t.Errorf("%s: the summary has %d bytes of %d", state, len(c.Summary), report.MaxBodyBytes)
		}
		if limit := report.MaxBodyBytes - in.Reserve; len(c.Text) > limit || len(c.Text) < limit/2 {
			t.Errorf("%s: the details have %d bytes of %d", state, len(c.Text), limit)
		}
		comment := report.Comment(in)
		if len(comment) > report.MaxBodyBytes {
			t.Errorf("%s: the comment has %d bytes", state, len(comment))
		}
		for where, s := range map[string]string{"summary": c.Summary, "details": c.Text, "comment": comment} {
			checkTables(t, string(state)+" "+where, s)
			if !strings.Contains(s, "did not fit") {
				t.Errorf("%s: the %s does not say that rows are missing", state, where)
			}
		}
		if len([]rune(c.Title)) > report.MaxTitle {
			t.Errorf("%s: the title has %d letters", state, len([]rune(c.Title)))
		}
	}
}

// TestCheckRun_cutRowsAreCounted: what is shown and what is said to be missing is everything.
func TestCheckRun_cutRowsAreCounted(t *testing.T) {
	in := everythingMany(t, decision.StateWaiting)
	s := report.CheckRun(in).Summary
	rows := strings.Count(s, "<br>`SRM-SERVICE-")
	m := regexp.MustCompile(`\*\*([0-9,]+) more rows\*\* did not fit\. The \[review page\]\(https://vidimus`).FindStringSubmatch(s)
	if m == nil {
		t.Fatalf("the summary does not say how many documents are missing, with a link")
	}
	if left, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", "")); rows == 0 || rows+left != many {
		t.Errorf("%d documents are shown and %d said to be missing, of %d", rows, left, many)
	}
	lines := 0
	for _, l := range strings.Split(s, "\n") {
		if strings.HasPrefix(l, "I sign as") {
			if _, ok := approval.ParseLine(l); !ok {
				t.Errorf("a line to copy is no statement line: %s", l)
			}
			lines++
		}
	}
	m = regexp.MustCompile(`\*\*([0-9,]+) more lines\*\* did not fit here\. Sign these first`).FindStringSubmatch(s)
	if left, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", "")); lines%2 != 0 || lines/2+left != many {
		t.Errorf("%d lines for two roles are shown and %d said to be missing, of %d each", lines, left, many)
	}
}

func TestCheckRun_withoutReviewPageNoLinkIsPromised(t *testing.T) {
	in := everythingMany(t, decision.StateWaiting)
	in.Links = report.Links{}
	for _, s := range []string{report.CheckRun(in).Summary, report.Comment(in)} {
		if strings.Contains(s, "](") || strings.Contains(s, "review page") {
			t.Errorf("there is no review page, and the text links or promises one:\n%.2000s", s)
		}
	}
}

func TestCheckRun_detailsLeaveRoomForTheWitnessBlock(t *testing.T) {
	in := about(t, decided(decision.StateSigned, matrix()))
	for _, reserve := range []int{0, 10_000, report.MaxBodyBytes - 900, report.MaxBodyBytes - 10, report.MaxBodyBytes, 2 * report.MaxBodyBytes} {
		in.Reserve = reserve
		if got, limit := len(report.CheckRun(in).Text), max(0, report.MaxBodyBytes-reserve); got > limit {
			t.Errorf("with %d bytes reserved the details have %d, more than %d", reserve, got, limit)
		}
	}
}

func TestAnnotations_blockingOnesFirstAndAtMostAThousand(t *testing.T) {
	c := report.CheckRun(everythingMany(t, decision.StateBlocked))
	if len(c.Annotations) != report.MaxAnnotations {
		t.Fatalf("%d annotations, want %d", len(c.Annotations), report.MaxAnnotations)
	}
	for i, a := range c.Annotations {
		if a.Level != report.Fail {
			t.Fatalf("annotation %d of %d is a %s, and more blocking findings wait", i, len(c.Annotations), a.Level)
		}
	}
}

func TestAnnotations_placesAreGitHubs(t *testing.T) {
	d := decided(decision.StateBlocked, matrix())
	d.Findings = []document.Finding{
		{Rule: "FM001", Severity: document.Block, Path: "a.md", Message: "whole file", Fix: "f"},
		{Rule: "FM002", Severity: "unheard-of", Path: "a.md", Line: 4, Message: "whole line", Fix: "f"},
		{Rule: "FM003", Severity: document.Warn, Path: "a.md", Line: 5, Column: 7, EndColumn: 7, Message: "empty span", Fix: "f"},
		{Rule: "FM004", Severity: document.Warn, Path: "a.md", Line: 5, Column: 7, EndColumn: 9, Message: "bad \x1b[31m\u202e" + strings.Repeat("é", 70_000), Fix: "f"},
	}
	want := []struct {
		line, start, end int
		level            report.Level
	}{{1, 0, 0, report.Fail}, {4, 0, 0, report.Fail}, {5, 7, 7, report.Warning}, {5, 7, 8, report.Warning}}
	got := report.CheckRun(about(t, d)).Annotations
	if len(got) != len(want) {
		t.Fatalf("%d annotations, want %d", len(got), len(want))
	}
	for i, a := range got {
		w := want[i]
		if a.StartLine != w.line || a.EndLine != w.line || a.StartColumn != w.start || a.EndColumn != w.end || a.Level != w.level {
			t.Errorf("annotation %d is %+v, want %+v", i, a, w)
		}
		if len(a.Message) > report.MaxAnnotationText || strings.ContainsAny(a.Message, "\x1b\u202e") || !strings.Contains(a.Message, "\n") && i < 3 {
			t.Errorf("annotation %d says %.100q, %d bytes", i, a.Message, len(a.Message))
		}
	}
}

// TestDeviationIssue_manyFit: a direct push of thousands of files.
func TestDeviationIssue_manyFit(t *testing.T) {
	documents := manyDocuments()
	var deviations []decision.Deviation
	for _, d := range documents {
		deviations = append(deviations, deviationOf(d, decision.DirectPush))
	}
	in := landed(t, deviations, documents...)
	in.ID = strings.Repeat("DEV-", 100)
	title, body, labels := report.DeviationIssue(in)
	if len([]rune(title)) > report.MaxIssueTitle || len(body) > report.MaxBodyBytes || !strings.Contains(body, "did not fit") {
		t.Errorf("title of %d letters, body of %d bytes", len([]rune(title)), len(body))
	}
	for _, l := range labels {
		if len(l) > 30 {
			t.Errorf("the label %q is too long", l)
		}
	}
	if c := report.CheckDeviation(in); len(c.Summary) > report.MaxBodyBytes || len([]rune(c.Title)) > report.MaxTitle {
		t.Errorf("summary of %d bytes, title %q", len(c.Summary), c.Title)
	}
}

// TestTexts_emptyInputSaysNotSigned: the zero values are safe, and nobody's texts fall over.
func TestTexts_emptyInputSaysNotSigned(t *testing.T) {
	c := report.CheckRun(report.Input{})
	if c.Conclusion != decision.Failure || !strings.HasPrefix(c.Summary, "**Not signed.**") {
		t.Errorf("an empty decision gives %q: %s", c.Conclusion, c.Summary)
	}
	if comment := report.Comment(report.Input{}); !strings.Contains(comment, "Not signed.") {
		t.Errorf("an empty decision has the comment %s", comment)
	}
	if got := report.CheckDeviation(report.Landed{}); got.Conclusion != decision.Success {
		t.Errorf("no deviation gives %q", got.Conclusion)
	}
	_, _, _ = report.DeviationIssue(report.Landed{})
}

func BenchmarkCheckRun(b *testing.B) {
	in := about(b, decided(decision.StateWaiting, matrix(), register()))
	for b.Loop() {
		report.CheckRun(in)
	}
}

func BenchmarkCheckRun_threeThousand(b *testing.B) {
	in := everythingMany(b, decision.StateWaiting)
	for b.Loop() {
		report.CheckRun(in)
	}
}
