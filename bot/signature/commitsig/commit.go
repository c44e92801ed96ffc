package commitsig

import (
	"fmt"
	"strings"
	"time"
)

const (
	// MaxCommitBytes bounds a commit object. The largest of 6,000 real signed ones has 45 KB; messages
	// of megabytes exist in imports only.
	MaxCommitBytes = 4 << 20
	// MaxParents bounds the parents of a merge. The widest known merge, in Linux, has 66.
	MaxParents = 256
	// maxCoAuthors bounds the Co-authored-by trailers that are read.
	maxCoAuthors = 1000
)

// Commit is a commit object, parsed.
type Commit struct {
	// Tree and Parents are object ids, 40 lower hex digits, or 64 in a SHA-256 repository.
	Tree    string
	Parents []string
	// Author and Committer are what the commit claims.
	Author, Committer Identity
	// CoAuthors are those named by Co-authored-by lines anywhere in the message, in its order: wherever
	// the line stands, it says who contributed.
	CoAuthors []Identity
	// Message is what follows the headers, as it stands: any bytes but NUL.
	Message string
	// Signed tells whether a signature header is there.
	Signed bool
}

// Identity is a name with an address, as a commit claims it.
type Identity struct {
	Name, Email string
	// When is the claimed time, in the claimed zone; zero for a co-author.
	When time.Time
}

// SyntaxError says what makes bytes no commit, or an ambiguous one, and where.
type SyntaxError struct {
	// Offset counts bytes from the beginning of the object, from 0.
	Offset  int
	Problem string
}

// Error gives the problem with its place.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s (at byte %d)", e.Problem, e.Offset) }

// syntax makes a SyntaxError.
func syntax(offset int, format string, args ...any) error {
	return &SyntaxError{Offset: offset, Problem: fmt.Sprintf(format, args...)}
}

// Parse reads raw, a commit object without its "commit N\x00" header. It takes what git writes, and
// nothing that two readers could understand differently; what it refuses is a *SyntaxError.
// At most MaxCommitBytes bytes, MaxParents parents. Source: gitformat-signature(5), git-fsck(1).
func Parse(raw []byte) (Commit, error) {
	var o object
	if err := o.split(raw); err != nil {
		return Commit{}, err
	}
	c := Commit{
		Tree: string(o.tree), Author: o.author.identity(), Committer: o.committer.identity(),
		Message: string(o.message), Signed: o.signature != nil,
	}
	for _, parent := range o.parents {
		c.Parents = append(c.Parents, string(parent))
	}
	c.CoAuthors = coAuthors(c.Message)
	return c, nil
}

// Identities is Parse for those who need no more of raw than its author and committer.
func Identities(raw []byte) (author, committer Identity, err error) {
	var o object
	if err := o.split(raw); err != nil {
		return Identity{}, Identity{}, err
	}
	return o.author.identity(), o.committer.identity(), nil
}

// coAuthors reads the Co-authored-by lines of a message, without regard to case.
func coAuthors(message string) []Identity {
	const key = "co-authored-by:"
	var found []Identity
	for line := range strings.Lines(message) {
		line = strings.TrimSpace(line)
		if len(line) < len(key) || !strings.EqualFold(line[:len(key)], key) || len(found) == maxCoAuthors {
			continue
		}
		value := strings.TrimSpace(line[len(key):])
		name, rest, _ := strings.Cut(value, "<")
		email, _, _ := strings.Cut(rest, ">")
		found = append(found, Identity{Name: strings.TrimSpace(name), Email: strings.TrimSpace(email)})
	}
	return found
}
