package main

import (
	"encoding/json"
	"io"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// checkFormat names the form of the JSON, .github/docs/check-json.md. Fields may be added and are never renamed.
const checkFormat = "vidimus-check/1"

// checkJSON is the published form of a check.
type checkJSON struct {
	Format    string             `json:"format"`
	Catalogue string             `json:"catalogue"`
	AsOf      string             `json:"asOf"`
	Documents int                `json:"documents"`
	Findings  []checkFindingJSON `json:"findings"`
}

type checkFindingJSON struct {
	Rule      string            `json:"rule"`
	Severity  document.Severity `json:"severity"`
	Path      string            `json:"path"`
	Line      int               `json:"line"`
	Column    int               `json:"column"`
	EndColumn int               `json:"endColumn,omitempty"`
	Message   string            `json:"message"`
	Fix       string            `json:"fix"`
}

// printCheckJSON writes one object, indented, with a line end.
func printCheckJSON(w io.Writer, r checkResult) error {
	out := checkJSON{
		Format: checkFormat, Catalogue: control.Catalogue, AsOf: r.asOf.String(), Documents: r.documents,
		Findings: make([]checkFindingJSON, 0, len(r.findings)),
	}
	for _, f := range r.findings {
		out.Findings = append(out.Findings, checkFindingJSON(f))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out) //nolint:wrapcheck // the caller says what was written
}
