package report_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

var codePattern = regexp.MustCompile(`\b(SIG|MRG|GIT|CFG)[0-9]{3}\b`)

func TestAdvice_everyCodeOfTheLawSaysWhatToDoNow(t *testing.T) {
	for _, code := range report.Codes() {
		if advice := report.Advice(code); !strings.HasSuffix(advice, ".") || strings.Contains(advice, "@") {
			t.Errorf("%s: what to do now is %q", code, advice)
		}
	}
	if report.Advice("XXX999") != "" {
		t.Error("a code that nobody knows has advice")
	}
	law, err := os.ReadFile("../../../../shared/LAW.md")
	if err != nil {
		t.Skip("the law is not beside this checkout: ", err)
	}
	_, codes, _ := strings.Cut(string(law), "## 11. Codes")
	for _, code := range codePattern.FindAllString(codes, -1) {
		if !slices.Contains(report.Codes(), code) {
			t.Errorf("the law has %s, and no text says what to do about it", code)
		}
	}
}

func TestAdvice_everyVerdictThatDoesNotCountSaysWhatToDo(t *testing.T) {
	for _, word := range commitsig.Words() {
		advice := report.Verdict(string(word))
		if (advice == "") != (word == commitsig.Good) {
			t.Errorf("%s: what to do is %q", word, advice)
		}
	}
	if report.Verdict("unheard-of") == "" {
		t.Error("a verdict that nobody knows needs no mending")
	}
}

// TestAdvice_thePageHasEveryCode: .github/docs/check.md is what the texts' codes are looked up in.
func TestAdvice_thePageHasEveryCode(t *testing.T) {
	page, err := os.ReadFile("../../../.github/docs/check.md")
	if err != nil {
		t.Fatal(err)
	}
	onPage := codePattern.FindAllString(string(page), -1)
	for _, code := range report.Codes() {
		if !strings.Contains(string(page), "\n| "+code+" | ") {
			t.Errorf(".github/docs/check.md does not explain %s", code)
		}
	}
	for _, code := range onPage {
		if !slices.Contains(report.Codes(), code) {
			t.Errorf(".github/docs/check.md explains %s, which does not exist", code)
		}
	}
	checkTables(t, ".github/docs/check.md", string(page))
}
