// Package report turns a decision into what people read on GitHub: the check run, the one comment of a pull
// request, and the check run and issue of a deviation. A decision.Decision with the roster goes in, Markdown
// within GitHub's limits comes out. Each text says first who must do what, in plain words, and repeats the
// law's codes, each with what to do now.
//
// The texts themselves are templates in docs-templates/github, filled from one struct each; everything that
// comes from outside, like titles, names, logins, paths and messages, is escaped before it gets there, so
// that a title can mention nobody, close nothing and break no table. What is too long is cut by whole rows,
// with their number and a link.
//
// The package knows no clock, network or disk. It decides nothing: conclusion, signatures and what is missing
// are the decision's, and the same input gives the same bytes.
package report
