package document

import (
	"cmp"
	"slices"
)

// Severity says whether a finding stops the merge. The string is the word that users see.
type Severity string

const (
	// Block stops the merge: the required check fails.
	Block Severity = "block"
	// Warn is shown and stops nothing.
	Warn Severity = "warn"
)

// Finding is one thing that is wrong with one place of the governed repository.
//
// Line and Column count from 1; Column counts Unicode code points of the raw line (tabs and combining marks
// are one each, the byte order mark is one). EndColumn is the column after the last marked code point on
// the same line. Column 0 means the whole line, Line 0 the whole file. Message says what is wrong in this
// document, as sentences; Fix says what to do, beginning in lower case, as it follows the word "mend:".
// Both are plain text that may quote the document: whoever prints them escapes for the place they go to.
type Finding struct {
	Rule      string   `json:"rule"`
	Severity  Severity `json:"severity"`
	Path      string   `json:"path"`
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	EndColumn int      `json:"endColumn,omitempty"`
	Message   string   `json:"message"`
	Fix       string   `json:"fix"`
}

// Span is a place on one line, with the units of [Finding].
type Span struct{ Line, Column, EndColumn int }

// SortFindings orders findings by path, line, column and rule, then by what they say, so that the same
// findings always stand in the same order.
func SortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.EndColumn, b.EndColumn),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// Blocking reports whether one of the findings stops the merge. A severity that is not known blocks.
func Blocking(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity != Warn })
}
