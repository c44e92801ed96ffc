package wire

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/binary"
	"math/big"

	"golang.org/x/crypto/ssh"
)

// verifySecurityKey checks a signature made by a FIDO security key. x/crypto/ssh refuses those made
// without a touch, as a login would; ssh-keygen and git accept them in files and commits, and so do we:
// the key signed, whether its holder was asked to touch it is the key's own setting.
// Source: PROTOCOL.u2f, "SSH U2F signatures"; PROTOCOL.sshsig, "Signed Data".
func (s *SSHSignature) verifySecurityKey(data [][]byte) bool {
	h := s.parsed.HashAlgorithm.Hash()
	for _, part := range data {
		h.Write(part)
	}
	signed := []byte("SSHSIG")
	for _, field := range [][]byte{[]byte(s.Namespace), nil, []byte(s.Digest), h.Sum(nil)} {
		signed = append(binary.BigEndian.AppendUint32(signed, uint32(len(field))), field...)
	}
	key := &cursor{body: s.parsed.PublicKey.Marshal()}
	value := &cursor{body: s.value}
	kind := string(key.sshString())
	if kind != string(value.sshString()) {
		return false
	}
	signature, flagsAndCounter := value.sshString(), value.take(5)
	switch kind {
	case ssh.KeyAlgoSKED25519:
		point, application := key.sshString(), key.sshString()
		return len(point) == ed25519.PublicKeySize && !key.short && !value.short &&
			ed25519.Verify(point, fidoMessage(application, flagsAndCounter, signed), signature)
	case ssh.KeyAlgoSKECDSA256:
		key.sshString() // the curve's name
		point, application := key.sshString(), key.sshString()
		return !key.short && !value.short && verifyP256(point, fidoMessage(application, flagsAndCounter, signed), signature)
	}
	return false
}

// fidoMessage is what a security key signs for a message.
func fidoMessage(application, flagsAndCounter, message []byte) []byte {
	app, digest := sha256.Sum256(application), sha256.Sum256(message)
	out := append(app[:], flagsAndCounter...)
	return append(out, digest[:]...)
}

// verifyP256 checks an ECDSA signature on P-256, two SSH numbers, over the SHA-256 of message.
func verifyP256(point, message, signature []byte) bool {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return false
	}
	c := &cursor{body: signature}
	r, s := c.sshNumber(), c.sshNumber()
	digest := sha256.Sum256(message)
	return !c.short && c.at == len(signature) && ecdsa.Verify(key, digest[:], r, s)
}

// sshNumber reads a positive number, which is written in one way only: no more leading zeros than keep
// it from being negative. Another way makes the cursor short. Source: RFC 4251 §5, mpint.
func (c *cursor) sshNumber() *big.Int {
	b := c.sshString()
	if len(b) == 0 || b[0] >= 0x80 || b[0] == 0 && (len(b) == 1 || b[1] < 0x80) {
		c.short = true
	}
	return new(big.Int).SetBytes(b)
}
