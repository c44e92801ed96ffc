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
	// Overrides and Impacts came later; they are left out where there is none.
	Overrides []checkOverrideJSON `json:"overrides,omitempty"`
	Impacts   []checkImpactJSON   `json:"impacts,omitempty"`
}

type checkOverrideJSON struct {
	Rule     string            `json:"rule"`
	From     document.Severity `json:"from"`
	To       document.Severity `json:"to"`
	Reason   string            `json:"reason,omitempty"`
	Findings int               `json:"findings"`
}

type checkImpactJSON struct {
	Path      string             `json:"path"`
	Line      int                `json:"line"`
	Column    int                `json:"column"`
	EndColumn int                `json:"endColumn,omitempty"`
	Message   string             `json:"message"`
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
		Findings: findingsJSON(r.findings),
	}
	for _, o := range r.overrides {
		out.Overrides = append(out.Overrides, checkOverrideJSON(o))
	}
	for _, i := range r.impacts {
		out.Impacts = append(out.Impacts, checkImpactJSON{i.Path, i.Line, i.Column, i.EndColumn, i.Message, findingsJSON(i.Findings)})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out) //nolint:wrapcheck // the caller says what was written
}

func findingsJSON(findings []document.Finding) []checkFindingJSON {
	out := make([]checkFindingJSON, 0, len(findings))
	for _, f := range findings {
		out = append(out, checkFindingJSON(f))
	}
	return out
}
