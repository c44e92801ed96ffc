package main

import (
	"crypto/elliptic"

	goecdsa "github.com/ProtonMail/go-crypto/openpgp/ecdsa"
)

// curveOf gives the standard library's curve of a key; only P-256 is measured.
func curveOf(*goecdsa.PublicKey) elliptic.Curve { return elliptic.P256() }
