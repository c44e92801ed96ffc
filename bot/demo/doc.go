// Package demo plays the life of one policy change: it starts the embedded
// GitHub and the App in one process on loopback, with the people and documents of
// the fictional Northquay Logistics, and lets them act through GitHub's own API
// and Git. What it tells was read back from GitHub or from the evidence; an
// expectation that does not hold ends it with an error.
//
// Nothing leaves the computer, and nothing is needed but Git: the keys are made at
// run time, in process.
package demo
