// Package document turns the files of a governed repository into typed documents.
//
// In go the bytes and modes of files as Git stores them; out come a [Set] of [Document] values, each parsed
// once, and the findings that reading alone can make: what is not a regular file, not UTF-8, not front matter,
// hidden, or too large to be read by a person. Rules on the content live in the package control below this
// one; both use the same parse, the same digest and the same types of document ([Types]).
//
// A bad document is a result and never an error: [Parse] accepts any bytes and says what is wrong with them.
// The package knows no clock, network, disk or log, and never changes a byte of what it was given.
package document
