package commitsig

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// gitNamespace is what an SSH signature of a commit is made for. Source: gpg-interface.c of git.
const gitNamespace = "git"

// claim is a signature that was read: one of the two is set.
type claim struct {
	openpgp *wire.Signature
	ssh     *wire.SSHSignature
}

// read reads the signature header and finds the keys that it names; false ends with a verdict.
func (j *judge) read() (c claim, keys []keyring.Key, ok bool) {
	j.unfolded = unfold(j.unfolded[:0], j.object.signature)
	text := j.unfolded
	switch {
	case bytes.HasPrefix(text, []byte("-----BEGIN "+wire.LabelSSH+"-----")):
		return j.readSSH(text)
	case bytes.HasPrefix(text, []byte("-----BEGIN SIGNED MESSAGE-----")):
		j.say(Unsupported, "The commit is signed with an X.509 certificate, which is not judged here.", again)
		return claim{}, nil, false
	}
	return j.readOpenPGP(text)
}

// unfold appends folded to text without the space that begins each of its lines but the first.
// Source: commit.c, add_header_signature.
func unfold(text, folded []byte) []byte {
	for {
		end := bytes.IndexByte(folded, '\n')
		if end < 0 {
			return append(text, folded...)
		}
		text = append(text, folded[:end+1]...)
		folded = bytes.TrimPrefix(folded[end+1:], []byte(" "))
	}
}

// readOpenPGP reads an armoured OpenPGP signature of a binary document.
func (j *judge) readOpenPGP(text []byte) (c claim, keys []keyring.Key, ok bool) {
	j.verdict.Format = keyring.OpenPGP
	data, err := wire.DearmourInto(j.decoded, text, wire.LabelSignature)
	if err != nil {
		return c, nil, j.refuse(err, text)
	}
	j.decoded = data
	p, err := wire.OnlyPacket(data, wire.TagSignature)
	if err != nil {
		return c, nil, j.refuse(err, nil)
	}
	if j.signature, err = wire.ParseSignature(p.Body); err != nil {
		return c, nil, j.refuse(err, nil)
	}
	s := &j.signature
	j.verdict.Created = s.Created
	if j.terms.Clock == ClaimedTime && s.Created.After(j.verdict.Seen) {
		j.verdict.Seen = s.Created // signed after the date that the commit claims, as git rebase can do
	}
	if s.IssuerID != 0 {
		j.verdict.KeyID = wire.KeyID(s.IssuerID)
	}
	return claim{openpgp: s}, j.ring.Named(s.IssuerFingerprint, s.IssuerID), j.checkOpenPGP(s)
}

// checkOpenPGP refuses signatures of other things than documents, and those that ask for more than is
// understood here.
func (j *judge) checkOpenPGP(s *wire.Signature) bool {
	switch {
	case s.Kind != wire.KindBinary && s.Kind != wire.KindText:
		return j.malformedSignature(0, fmt.Sprintf("a signature of kind %#02x does not sign a document", s.Kind))
	case s.Critical != "":
		return j.say(Unsupported, "The signature asks not to be relied on unless "+s.Critical+" in it is understood, and it is not.", again)
	case s.IssuerID == 0:
		return j.say(UnknownKey, "The signature names no key, so it cannot be told whose it is.", again)
	}
	return true
}

// readSSH reads an armoured SSH signature.
func (j *judge) readSSH(text []byte) (c claim, keys []keyring.Key, ok bool) {
	j.verdict.Format = keyring.SSH
	blob, err := wire.DearmourSSH(text)
	if err != nil {
		return c, nil, j.refuse(err, text)
	}
	s, err := wire.ParseSSHSignature(blob)
	if err != nil {
		return c, nil, j.refuse(err, nil)
	}
	if s.Namespace != gitNamespace {
		return c, nil, j.say(Bad, fmt.Sprintf("The signature was made for %q, not for a commit in git.", s.Namespace), again)
	}
	return claim{ssh: s}, j.ring.Named(s.Key.Fingerprint, 0), true
}

// refuse gives the verdict for a signature that cannot be read. The offset of err counts in text, the
// unfolded header; nil where it counts in the decoded signature. An empty header has always been told as if
// it were decoded, and is by its length, not by nil, which depends on the memory that was there before.
func (j *judge) refuse(err error, text []byte) bool {
	var e *wire.Error
	if !errors.As(err, &e) {
		return j.malformedSignature(0, err.Error()) // unreachable: wire has no other errors
	}
	if e.Unsupported {
		return j.say(Unsupported, "The signature is not judged here: "+e.Problem+".", again)
	}
	if len(text) == 0 {
		return j.malformedSignature(0, fmt.Sprintf("%s (byte %d of the decoded signature)", e.Problem, e.Offset))
	}
	// Each line end before the place was followed by the space that folds the header.
	folds := bytes.Count(text[:min(e.Offset, len(text))], []byte("\n"))
	return j.malformedSignature(e.Offset+folds, e.Problem)
}

// malformedSignature gives the verdict Malformed with the place in the commit, offset being counted
// from the signature's beginning.
func (j *judge) malformedSignature(offset int, problem string) bool {
	j.verdict.Offset = j.object.signatureAt + offset
	return j.say(Malformed, fmt.Sprintf("The signature is malformed at byte %d of the commit: %s.", j.verdict.Offset,
		problem), again)
}

// matches tells whether the claim is by k over the object's payload.
func (c claim) matches(k keyring.Key, o *object) bool {
	if c.ssh != nil {
		return c.ssh.Verify(o.before, o.after)
	}
	return k.Verify(c.openpgp, o.before, o.after)
}

// weakness says why the signature is refused though it may match k, "" if it is not.
func (c claim) weakness(k keyring.Key) string {
	switch {
	case c.ssh != nil:
		return c.ssh.Weak
	case c.openpgp.Hash.Weak():
		return "its digest is " + c.openpgp.Hash.String()
	case !k.LongEnough(c.openpgp.Hash):
		return "its digest, " + c.openpgp.Hash.String() + ", is too short for a key of the kind " + k.Algorithm
	}
	return ""
}

// computable tells whether it can be found out if the claim matches the commit's bytes.
func (c claim) computable() bool {
	if c.ssh != nil {
		return c.ssh.Weak == ""
	}
	return c.openpgp.Kind == wire.KindBinary && c.openpgp.Hash.Known()
}

// algorithm names key and digest.
func (c claim) algorithm(k keyring.Key) string {
	if c.ssh != nil {
		return k.Algorithm + ", " + c.ssh.Digest
	}
	return k.Algorithm + ", " + c.openpgp.Hash.String()
}
