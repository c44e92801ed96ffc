package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
)

// signatureHeader carries the HMAC-SHA-256 of the body. The SHA-1 header beside
// it is never looked at. Source: GitHub Docs, "Validating webhook deliveries".
const signatureHeader = "X-Hub-Signature-256"

// claimed reads the signature that a request claims; ok is false unless there is
// exactly one of the right form.
func claimed(h http.Header) (mac []byte, ok bool) {
	values := h.Values(signatureHeader)
	if len(values) != 1 {
		return nil, false
	}
	digits, found := strings.CutPrefix(values[0], "sha256=")
	if !found || len(digits) != hex.EncodedLen(sha256.Size) {
		return nil, false
	}
	mac, err := hex.DecodeString(digits)
	return mac, err == nil
}

// signed says whether mac is the body's under one of the secrets. It takes the
// same time whichever secret it is and wherever the first difference lies.
func signed(body, mac []byte, secrets [][]byte) bool {
	match := 0
	for _, secret := range secrets {
		h := hmac.New(sha256.New, secret)
		h.Write(body)
		match |= subtle.ConstantTimeCompare(h.Sum(nil), mac)
	}
	return match == 1
}

// usable leaves out empty secrets: anybody could sign with those.
func usable(secrets [][]byte) [][]byte {
	var all [][]byte
	for _, secret := range secrets {
		if len(secret) > 0 {
			all = append(all, secret)
		}
	}
	return all
}
