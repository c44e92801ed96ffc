// Package reviewpage shows a person what a pull request asks them to sign. A decision
// with its facts and the person who looks goes in, one page of HTML comes out. It is a
// view: it decides nothing, says what the check run says in the same words
// (report.PageOf), and knows no clock, network, disk or session. The same subject gives
// the same bytes.
//
// The page needs no script; one that copies the lines may be there. Everything from
// outside is escaped by html/template, what cannot be seen is written out, links lead to
// the host's web pages or below /review/ only.
package reviewpage
