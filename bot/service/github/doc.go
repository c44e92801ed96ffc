// Package github is the only one that touches go-github: tokens, reads and writes
// of a GitHub App, and GitHub's limits. What GitHub says comes out as plain
// values of ours, bounded and with times in one form; what is written goes in as
// such. Nothing here judges an answer, and nothing is read from the environment.
//
// The clock is GitHub's: every answer carries a date, and Now is our clock moved
// by the difference. Tokens expire by it, and what we saw first is told by the
// same clock as what people did, so that the two can be compared.
package github
