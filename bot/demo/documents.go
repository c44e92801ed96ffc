package demo

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

var isoDate = regexp.MustCompile(`\b20[0-9]{2}-[01][0-9]-[0-3][0-9]\b`)

// moveDates moves every date in a text by a number of days, so that an example
// that was in date on one day is in date on another.
func moveDates(text string, days int) string {
	return isoDate.ReplaceAllStringFunc(text, func(d string) string {
		t, err := time.Parse(time.DateOnly, d)
		if err != nil {
			return d // looks like a date and is none
		}
		return t.AddDate(0, 0, days).Format(time.DateOnly)
	})
}

// example reads the documents of Northquay as they would stand on a day: paths in
// the repository → texts. The configuration is among them, people.tsv is not.
func example(today time.Time) (map[string][]byte, error) {
	meant, err := time.Parse(time.DateOnly, docstemplates.ExampleDay)
	if err != nil {
		return nil, fmt.Errorf("day of the example: %w", err)
	}
	days := int(today.UTC().Truncate(24*time.Hour).Sub(meant).Hours() / 24)
	files := map[string][]byte{}
	err = fs.WalkDir(docstemplates.Example(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == "people.tsv" {
			return err
		}
		raw, err := fs.ReadFile(docstemplates.Example(), path)
		files[path] = []byte(moveDates(string(raw), days))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read example: %w", err)
	}
	return files, nil
}

// edit replaces each old text by a new one; each must stand there exactly once.
func edit(text []byte, pairs ...string) ([]byte, error) {
	s := string(text)
	for i := 0; i+1 < len(pairs); i += 2 {
		if n := strings.Count(s, pairs[i]); n != 1 {
			return nil, fmt.Errorf("edit: %q stands %d times in the text", pairs[i], n)
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	return []byte(s), nil
}

// The texts of the life: what Bruno proposes, first with a defect, then mended,
// then with one cell changed.
const (
	matrixPath   = "matrices/azure-platform.md"
	registerPath = "register/azure-platform.md"
	reviewPath   = "assurance/azure-platform.md"

	rowBefore = "| SR-01 | Operating system patching | Provider | Hosts, guest systems and runtime base images of the platform services are patched by the provider; we pin runtimes that are in support | — | SOC 2 type 2 report; runtime support calendar |"
	rowDefect = "| SR-01 | Operating system patching | Shared | Hosts, guest systems and runtimes are patched by the provider; container images are ours | — | SOC 2 type 2 report; runtime support calendar |"
	rowMended = "| SR-01 | Operating system patching | Shared | Provider: hosts, guest systems and platform runtimes. Customer: the container images that we build, rebuilt weekly | head-of-engineering | SOC 2 type 2 report; runtime support calendar |"
	rowFinal  = "| SR-01 | Operating system patching | Shared | Provider: hosts, guest systems and platform runtimes. Customer: the container images that we build, rebuilt weekly | head-of-engineering | SOC 2 type 2 report; image scan report, weekly |"
)

// proposal is Bruno's first text of both documents.
func proposal(matrix, register []byte) (newMatrix, newRegister []byte, err error) {
	newMatrix, err = edit(matrix,
		`version: "2.1"`, `version: "3.0"`,
		"change: editorial", "change: material",
		"change-summary: Evidence column completed for backup and change management.", "change-summary: Container images are ours to patch.",
		rowBefore, rowDefect,
		"Container images that we build would move part of SR-01 to us; none is in use.", "Container images that we build are ours to patch, see SR-01.",
	)
	if err != nil {
		return nil, nil, err
	}
	newRegister, err = edit(register, `version: "2.3"`, `version: "2.4"`)
	return newMatrix, newRegister, err
}
