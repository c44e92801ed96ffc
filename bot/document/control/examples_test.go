package control_test

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// exampleDocuments are the example organisation's documents, outside this repository.
const exampleDocuments = "../../../../shared/example-docs"

// exampleDay is the day on which the example documents have no finding.
var exampleDay = document.NewDate(2026, 11, 24)

func exampleFiles(t testing.TB) []document.File {
	t.Helper()
	if _, err := os.Stat(exampleDocuments); err != nil {
		t.Skipf("no example documents at %s", exampleDocuments)
	}
	files, err := document.ReadFS(os.DirFS(exampleDocuments), ".")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// exampleRoles reads roles and heads of departments from roles.tsv.
func exampleRoles(t testing.TB) (roles, heads []string) {
	t.Helper()
	table, err := fs.ReadFile(os.DirFS(exampleDocuments), "roles.tsv")
	if err != nil {
		t.Skipf("no roles: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		fields := strings.Split(line, "\t")
		roles = append(roles, fields[0])
		if fields[4] == "yes" {
			heads = append(heads, fields[0])
		}
	}
	return roles, heads
}

func TestCheck_exampleDocumentsHaveNoFinding(t *testing.T) {
	roles, heads := exampleRoles(t)
	params := control.Params{AsOf: exampleDay, Roles: roles, DepartmentHeads: heads}
	for _, f := range control.Check(document.NewSet(".", exampleFiles(t)), params) {
		t.Errorf("%s:%d:%d %s %s %s | %s", f.Path, f.Line, f.Column, f.Severity, f.Rule, f.Message, f.Fix)
	}
}

func TestCheck_exampleDocumentsMovedInTimeHaveNoFinding(t *testing.T) {
	roles, heads := exampleRoles(t)
	date := regexp.MustCompile(`\b20\d\d-\d\d-\d\d\b`)
	for _, days := range []int{1, -1, 30, 97, 365, 366, 731, -400, 3000} {
		files := exampleFiles(t)
		for i := range files {
			files[i].Bytes = date.ReplaceAllFunc(bytes.Clone(files[i].Bytes), func(match []byte) []byte {
				day, err := document.ParseDate(string(match))
				if err != nil {
					return match
				}
				return []byte(day.AddDays(days).String())
			})
		}
		params := control.Params{AsOf: exampleDay.AddDays(days), Roles: roles, DepartmentHeads: heads}
		for _, f := range control.Check(document.NewSet(".", files), params) {
			t.Errorf("moved by %d days: %s:%d %s %s", days, f.Path, f.Line, f.Rule, f.Message)
		}
	}
}
