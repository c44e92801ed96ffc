// Package decisiontest makes up histories of a governed repository, for tests of
// the decision: a script goes in (people, commits, reviews, what the App heard of
// them, a landing), a facts.Snapshot comes out, as the App would have gathered it.
//
// The package plays Git, GitHub and the App in one process, without network, disk
// or clock. Commits are real objects with real OpenPGP signatures; merge bases,
// ranges, governed trees and digests are computed here, by simple code of its
// own, so that a mistake in the product is not repeated in its test. The same
// script gives the same bytes in every run: keys come from fixed seeds, and time
// advances by a minute with each act.
//
// A script that makes no sense (an unknown person, a review of nothing) panics:
// that is a mistake of the test's author, never of an input.
package decisiontest
