// Package evidence is the form of what Vidimus publishes: statements about
// documents, signatures and deviations, records that hold them with everything
// they rest on, the ledger that chains the records, and the bundle that an auditor
// takes home.
//
// In go a decision with its facts, the witness statements, and the bot's key; out
// come the files of one record and one ledger entry (Publication, Ledger.Append),
// and later the bundle of them all (Bundle). The same goes the other way: Open
// reads a branch or an unpacked bundle and believes nothing that its digests do not
// bear out. Judging all of it is the work of package audit, which shares with this
// one only the formats.
//
// Nothing here knows a clock, a network or randomness: time is handed in, files
// come as fs.FS, and the same input gives the same bytes. Everything is signed with
// OpenPGP, detached over a file's bytes, so that gpg alone checks it. The formats
// are described in .github/docs/evidence.md, ledger.md, predicates.md and
// content-list.md; samples of every version stay in testdata and readable.
package evidence
