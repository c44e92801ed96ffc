// Package audit judges evidence offline: a bundle, or the tree of an evidence branch,
// goes in as an fs.FS; a Report comes out that says row by row what holds, what is
// worth knowing, and what does not hold. It asks nobody: no network, no clock, no
// GitHub.
//
// It checks the files against their lists, the signatures against the key that the
// auditor pinned, the ledger's chain and roots, each statement against the bytes, the
// facts and the decision that it names, the reviews against what was witnessed, the
// records against the Git history; and it decides every case again from its facts.
//
// With the publisher, package evidence, it shares the formats (readers of statements,
// entries, lists and keys) and nothing that makes a record, so that a mistake there is
// not repeated here. What was published by mistake or on purpose with the true key is
// found where it contradicts itself.
package audit
