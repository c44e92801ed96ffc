package store

import (
	"fmt"
	"strings"
)

// maxTextBytes bounds names and identifiers of the cache: Git refuses longer
// ref names on most file systems, GitHub's owner/name has at most 140.
const maxTextBytes = 400

// checkObjectID accepts what Git names objects with: 40 or 64 lower-case hex
// digits.
func checkObjectID(what, id string) error {
	if (len(id) == 40 || len(id) == 64) && isHex(id) {
		return nil
	}
	return fmt.Errorf("%s %.80q is no object id", what, id)
}

// checkDigest accepts a SHA-256 as 64 lower-case hex digits, or nothing.
func checkDigest(what, digest string) error {
	if digest == "" || len(digest) == 64 && isHex(digest) {
		return nil
	}
	return fmt.Errorf("%s %.80q is no sha256", what, digest)
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }
