package wire

import (
	"crypto"
	"crypto/md5"  // only to tell "weak" from "bad": a weak digest never counts
	"crypto/sha1" // the same as MD5
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"hash"
	"strconv"

	"golang.org/x/crypto/ripemd160" //lint:ignore SA1019 only to honour old revocations and to tell "weak" from "bad"
)

// Hash is an OpenPGP digest algorithm by its number. Source: RFC 9580 §9.5.
type Hash uint8

// String is the digest's name as people know it.
func (h Hash) String() string {
	switch h {
	case 1:
		return "MD5"
	case 2:
		return "SHA-1"
	case 3:
		return "RIPEMD-160"
	case 8:
		return "SHA-256"
	case 9:
		return "SHA-384"
	case 10:
		return "SHA-512"
	case 11:
		return "SHA-224"
	case 12:
		return "SHA3-256"
	case 14:
		return "SHA3-512"
	}
	return "digest " + strconv.Itoa(int(h))
}

// Weak tells whether the digest is refused: two texts with one MD5, SHA-1 or RIPEMD-160 can be made.
func (h Hash) Weak() bool { return h >= 1 && h <= 3 }

// Known tells whether the digest can be computed here.
func (h Hash) Known() bool { return h.crypto() != 0 }

// new starts a digest; nil for those that are not computed here.
func (h Hash) new() hash.Hash {
	switch h {
	case 1:
		return md5.New()
	case 2:
		return sha1.New()
	case 3:
		return ripemd160.New()
	case 8:
		return sha256.New()
	case 9:
		return sha512.New384()
	case 10:
		return sha512.New()
	case 11:
		return sha256.New224()
	case 12:
		return sha3.New256()
	case 14:
		return sha3.New512()
	}
	return nil
}

// crypto gives the standard library's name of the digest, 0 for none.
func (h Hash) crypto() crypto.Hash {
	switch h {
	case 1:
		return crypto.MD5
	case 2:
		return crypto.SHA1
	case 3:
		return crypto.RIPEMD160
	case 8:
		return crypto.SHA256
	case 9:
		return crypto.SHA384
	case 10:
		return crypto.SHA512
	case 11:
		return crypto.SHA224
	case 12:
		return crypto.SHA3_256
	case 14:
		return crypto.SHA3_512
	}
	return 0
}

// saltLength is what a signature of version 6 must salt with. Source: RFC 9580 §9.5, table 23.
func (h Hash) saltLength() int {
	switch h {
	case 8, 11, 12:
		return 16
	case 9:
		return 24
	case 10, 14:
		return 32
	}
	return 0
}
