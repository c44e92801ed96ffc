package main

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// The parts of SARIF that a check fills. Source: OASIS SARIF 2.1.0, sections 3.13 to 3.49.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID            string             `json:"id"`
	Short         sarifText          `json:"shortDescription"`
	Full          sarifText          `json:"fullDescription"`
	Help          sarifText          `json:"help"`
	Configuration sarifConfiguration `json:"defaultConfiguration"`
	Properties    sarifProperties    `json:"properties"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifProperties struct {
	Tags []string `json:"tags"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex *int            `json:"ruleIndex,omitempty"` // absent for what the catalogue does not hold
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// printCheckSARIF writes the findings as a SARIF log with the whole catalogue, for code scanning and other
// readers. Columns count code points, as everywhere.
func printCheckSARIF(w io.Writer, r checkResult) error {
	driver, index := sarifDriver{Name: "Vidimus", Version: release, Rules: []sarifRule{}}, map[string]int{}
	for i, rule := range allRules() {
		index[rule.ID] = i
		driver.Rules = append(driver.Rules, sarifRule{
			ID: rule.ID, Short: sarifText{upperFirst(rule.Finds) + "."}, Full: sarifText{rule.Why}, Help: sarifText{upperFirst(rule.Mend) + "."},
			Configuration: sarifConfiguration{sarifLevel(rule.Severity)}, Properties: sarifProperties{rule.Serves},
		})
	}
	run := sarifRun{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	for _, f := range r.findings {
		result := sarifResult{RuleID: f.Rule, Level: sarifLevel(f.Severity), Message: sarifText{f.Message + " Mend: " + f.Fix + "."}, Locations: sarifPlace(f)}
		if i, known := index[f.Rule]; known {
			result.RuleIndex = &i
		}
		run.Results = append(run.Results, result)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{"https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json", "2.1.0", []sarifRun{run}}) //nolint:wrapcheck // the caller says what was written
}

func sarifLevel(s document.Severity) string {
	if s == document.Warn {
		return "warning"
	}
	return "error"
}

// sarifPlace is where a finding stands; nowhere for the repository as a whole.
func sarifPlace(f document.Finding) []sarifLocation {
	if f.Path == "" {
		return nil
	}
	place := sarifPhysical{Artifact: sarifArtifact{URI: (&url.URL{Path: f.Path}).EscapedPath(), Base: "%SRCROOT%"}}
	if f.Line > 0 {
		place.Region = &sarifRegion{StartLine: f.Line, StartColumn: f.Column}
		if f.EndColumn > f.Column && f.Column > 0 {
			place.Region.EndColumn = f.EndColumn
		}
	}
	return []sarifLocation{{place}}
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
