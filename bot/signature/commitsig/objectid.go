package commitsig

import (
	"crypto/sha1" // git's object ids are SHA-1 in most repositories
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
)

// Algorithm is the object format of a repository. The zero value is SHA-1.
type Algorithm string

// The object formats of git.
const (
	SHA1   Algorithm = "sha1"
	SHA256 Algorithm = "sha256"
)

// ObjectID is git's name of raw, a commit object without its "commit N\x00" header, in lower hex.
// Source: git-hash-object(1).
func ObjectID(raw []byte, algorithm Algorithm) string {
	var h hash.Hash
	if algorithm == SHA256 {
		h = sha256.New()
	} else {
		h = sha1.New()
	}
	var text [64]byte // first the header, then the sum in hex
	h.Write(append(strconv.AppendInt(append(text[:0], "commit "...), int64(len(raw)), 10), 0))
	h.Write(raw)
	var sum [sha256.Size]byte
	return string(hex.AppendEncode(text[:0], h.Sum(sum[:0])))
}
