// Package commitsig judges the signature of one commit.
//
// In go the raw bytes of a commit object, a keyring.Ring of the governed branch, and the time at which
// the commit was first seen; out comes a Verdict: one word, whose key it was, and a sentence for
// people. What cannot be proven is a verdict, never an error. Only Good counts, and Vouched where a
// rule says that the host's word is enough.
//
// The signed payload is cut from the raw bytes exactly as git cuts it. Whatever git and another reader
// could understand differently is Malformed, with the offset: two signature headers, text around the
// armour, headers that git hides from the signature. The commit's own times are its author's claim and
// decide nothing. There is no clock, disk or network here.
//
// The law is LAW.md 4 and DESIGN.md, "Commit signatures"; .github/docs/commit-verdicts.md explains the
// words to people.
package commitsig
