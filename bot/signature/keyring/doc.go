// Package keyring holds the public keys that stand in the governed repository's keys/ folder and the
// people they belong to.
//
// In go the bytes of the key files and the roster, both as of one commit of the governed branch; out
// come a Ring, in which keys are found by fingerprint or key id and people by address, and findings
// about the files. Every self-signature, binding and revocation is verified once, in New; what does
// not verify has no effect, so a stray or forged packet takes nobody's key away. Whether a key may
// sign is a question with a time in it, answered by Key.At.
//
// User ids on keys decide nothing: a key belongs to the person whose file holds it. Package wire, in
// the folder below, reads the bytes. There is no clock, disk or network here.
package keyring
