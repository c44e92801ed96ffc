// Package site makes the evidence site: the pages that people read instead of the records.
//
// In go a ledger with its records, and the little that they do not hold ([Options]); out come all files of the
// site by their path below site/ ([Files]). The pages are a function of ledger and records, the same bytes
// whenever they are made: "today" is the day of the last entry. Every figure is counted from the records, from the
// documents on the governed branch, or from the rules that package control applies to them; what is not recorded is
// said to be not recorded. No page proves anything: each leads to the statement, the review, the witness and the
// bytes under records/ that do.
//
// [Document] is the page of one document as it is rendered at its publication; a record keeps it.
//
// Pages work from a folder without a server, need no script and load nothing from elsewhere. Whatever comes from
// outside, names, titles, logins, cells, addresses, is escaped by html/template and cannot carry control characters.
// Addresses of versions never change or vanish: see .github/docs/site.md. The package knows no clock, network or disk.
package site
