package control_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

func TestRules_eachHasOnePassingAndTwoFailingCases(t *testing.T) {
	cases := map[string]bool{}
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		cases[strings.TrimSuffix(filepath.Base(path), ".txtar")] = true
	}
	for _, rule := range control.Rules() {
		archive, err := txtar.ParseFile("testdata/rules/" + rule.ID + ".txtar")
		if err != nil {
			t.Errorf("%s has no cases: %v", rule.ID, err)
			continue
		}
		delete(cases, rule.ID)
		passing, failing := 0, 0
		for _, f := range archive.Files {
			if strings.HasPrefix(f.Name, "pass: ") {
				passing++
			} else {
				failing++
			}
		}
		if passing < 1 || failing < 2 {
			t.Errorf("%s has %d passing and %d failing cases, want at least 1 and 2", rule.ID, passing, failing)
		}
	}
	for rule := range cases {
		t.Errorf("cases for %s, which is no rule", rule)
	}
}

func TestRules_areCompleteAndNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range control.Rules() {
		if seen[r.ID] {
			t.Errorf("%s stands twice", r.ID)
		}
		seen[r.ID] = true
		if r.Finds == "" || len(r.Serves) == 0 || r.Why == "" || r.Mend == "" || r.Failing == "" || r.Passing == "" {
			t.Errorf("%s is not complete: %+v", r.ID, r)
		}
		if !strings.HasSuffix(r.Why, ".") || strings.HasSuffix(r.Mend, ".") {
			t.Errorf("%s: Why is a sentence, Mend the rest of one: %q, %q", r.ID, r.Why, r.Mend)
		}
		if got, ok := control.RuleNamed(r.ID); !ok || got.Why != r.Why {
			t.Errorf("RuleNamed(%s) = %v, %v", r.ID, got, ok)
		}
	}
	if _, ok := control.RuleNamed("MAT999"); ok {
		t.Error("RuleNamed(MAT999) found a rule")
	}
}

// What the catalogue of the domain paper calls a warning, and nothing else, warns.
func TestRules_severities(t *testing.T) {
	warns := "ENC005 FM006 DAT004 DAT005 STR002 STR006 MAT002 EXI002 EXI003 EXI004 XRF004 XRF006 WSL001"
	for _, r := range control.Rules() {
		want := document.Block
		if strings.Contains(warns, r.ID) {
			want = document.Warn
		}
		if r.Severity != want {
			t.Errorf("%s has severity %s, want %s", r.ID, r.Severity, want)
		}
	}
}

func TestProtected_isLAW74(t *testing.T) {
	for rule, want := range map[string]bool{
		"ENC001": true, "LIM004": true, "HID006": true, "GIT002": true, "CFG001": true, "VER004": true, "SIG009": true, "MRG001": true,
		"FM001": true, "FM002": true, "FM003": true, "FM009": true, "EXC001": true, "EXC002": true, "REC002": true,
		"FM004": false, "FM005": false, "DAT001": false, "STR001": false, "TAB003": false, "MAT006": false, "CON002": false, "REC001": false, "WSL001": false,
	} {
		if got := control.Protected(rule); got != want {
			t.Errorf("Protected(%s) = %v, want %v", rule, got, want)
		}
	}
}
