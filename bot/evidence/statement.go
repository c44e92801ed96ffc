package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// MaxStatementBytes bounds one statement. A review that signs a thousand documents
// fills 1 MB of it; the sentences are the largest part.
const MaxStatementBytes = 8 << 20

// statementType is the in-toto Statement, version 1. Source: in-toto Attestation
// Framework, spec/v1/statement.md.
const statementType = "https://in-toto.io/Statement/v1"

// predicateRoot begins the predicate types of ours; they identify and need not
// resolve.
const predicateRoot = "https://github.com/vidimus-bot/vidimus/predicates/"

// ErrStatement is the cause when bytes are not one of our statements.
var ErrStatement = errors.New("not a statement")

// Statement says something about its subjects, in the words of its predicate. It is
// stored as canonical JSON (RFC 8785) without a final line break.
type Statement struct {
	Subject []Subject
	// PredicateType is the whole URI. Encode sets it from Predicate.
	PredicateType string
	// Predicate is one of DocumentVersion, Signature, Witness, Commits, Deviation,
	// Founding, KeyChange, Verdict, by value; nil when the predicate type is not known
	// to this version: then chain and signature can be checked and the content is "not
	// judged".
	Predicate Predicate
}

// Predicate is what a statement says. The types that are one are listed at
// Statement.
type Predicate interface{ predicate() string }

// Subject is what a statement is about. Only sha256 decides; Git's own names are
// locators. Name is a governed path, "keys/vidimus.asc", a commit's id, or
// "pull/N/content.txt".
type Subject struct {
	Name   string  `json:"name"`
	Digest Digests `json:"digest"`
}

// Digests name the same bytes in different ways; lower-case hex.
type Digests struct {
	SHA256    string `json:"sha256,omitempty"`
	GitBlob   string `json:"gitBlob,omitempty"`
	GitCommit string `json:"gitCommit,omitempty"`
}

// stored is the form of a statement with a known predicate.
type stored[P Predicate] struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     P         `json:"predicate"`
}

// Encode gives the bytes of the statement; a statement without predicate or subject
// has none.
func (s Statement) Encode() ([]byte, error) {
	if s.Predicate == nil || len(s.Subject) == 0 {
		return nil, fmt.Errorf("encode: a predicate and a subject are needed: %w", ErrStatement)
	}
	out := stored[Predicate]{
		Type: statementType, Subject: s.Subject, Predicate: s.Predicate,
		PredicateType: predicateRoot + s.Predicate.predicate(),
	}
	if err := checkForms(out); err != nil {
		return nil, fmt.Errorf("encode %s: %w", s.Predicate.predicate(), err)
	}
	b, err := facts.Canonical(out)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", s.Predicate.predicate(), err)
	}
	return b, nil
}

// ReadStatement reads what Encode writes and refuses everything else: other
// spellings, unknown or missing fields, digests, ids or times of another form. A
// statement with an unknown predicate type is given without its predicate. Errors
// wrap ErrStatement.
func ReadStatement(data []byte) (Statement, error) {
	if len(data) > MaxStatementBytes {
		return Statement{}, fmt.Errorf("%d bytes, more than %d: %w", len(data), MaxStatementBytes, ErrStatement)
	}
	var head struct {
		Type          string    `json:"_type"`
		PredicateType string    `json:"predicateType"`
		Subject       []Subject `json:"subject"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Statement{}, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	if head.Type != statementType {
		return Statement{}, fmt.Errorf("_type is %q: %w", head.Type, ErrStatement)
	}
	name, ours := strings.CutPrefix(head.PredicateType, predicateRoot)
	s, known, err := readPredicate(name, data)
	switch {
	case err != nil:
		return Statement{}, fmt.Errorf("%s: %w: %w", name, ErrStatement, err)
	case !ours || !known:
		return Statement{Subject: head.Subject, PredicateType: head.PredicateType}, nil
	case len(s.Subject) == 0:
		return Statement{}, fmt.Errorf("%s: no subject: %w", name, ErrStatement)
	}
	return s, nil
}

// readPredicate reads data as a statement with the named predicate.
func readPredicate(name string, data []byte) (s Statement, known bool, err error) {
	switch name {
	case DocumentVersion{}.predicate():
		s, err = readStored[DocumentVersion](data)
	case Signature{}.predicate():
		s, err = readStored[Signature](data)
	case Witness{}.predicate():
		s, err = readStored[Witness](data)
	case Commits{}.predicate():
		s, err = readStored[Commits](data)
	case Deviation{}.predicate():
		s, err = readStored[Deviation](data)
	case Founding{}.predicate():
		s, err = readStored[Founding](data)
	case KeyChange{}.predicate():
		s, err = readStored[KeyChange](data)
	case Verdict{}.predicate():
		s, err = readStored[Verdict](data)
	default:
		return Statement{}, false, nil
	}
	return s, true, err
}

func readStored[P Predicate](data []byte) (Statement, error) {
	var s stored[P]
	if err := facts.ReadCanonical(data, &s); err != nil {
		return Statement{}, err
	}
	if err := checkForms(s); err != nil {
		return Statement{}, err
	}
	return Statement{Subject: s.Subject, PredicateType: s.PredicateType, Predicate: s.Predicate}, nil
}
