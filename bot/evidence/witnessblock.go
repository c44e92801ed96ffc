package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// MaxWitnessBlockBytes bounds the block that is read out of a check run; GitHub's own
// limit of output.text is 65,535 characters of at most four bytes.
const MaxWitnessBlockBytes = 4 * 65_535

// MaxCarriedBytes is how large a witness block may grow: beyond it the statements go
// into the ledger, and a new block begins. It leaves a third of a check run's text to
// its words. evidence-format.md 3.4.
const MaxCarriedBytes = 40 << 10

// MaxPostedBytes is how large a witness block may be when it is posted before the
// ledger has taken its statements.
const MaxPostedBytes = 56 << 10

// maxBlockStatements bounds the statements of one block: of the smallest, a hundred
// fill the text of a check run.
const maxBlockStatements = 512

// The fences of the block. Canonical JSON begins with a brace and armour with
// hyphens, so that nothing inside can be taken for the closing fence.
const (
	blockOpen  = "```vidimus-witness"
	blockClose = "```"
)

// ErrWitnessBlock is the cause when a text ends with no readable witness block.
var ErrWitnessBlock = errors.New("no witness block")

// FormatWitnessBlock writes the fenced block that ends the text of our check run:
// each statement on a line of its own, followed by its armoured signature.
func FormatWitnessBlock(statements []Signed) string {
	var b strings.Builder
	b.WriteString(blockOpen + "\n")
	for _, s := range statements {
		b.Write(s.Statement)
		b.WriteString("\n")
		b.Write(s.Signature)
	}
	b.WriteString(blockClose + "\n")
	return b.String()
}

// ReadWitnessBlock reads the last block of a text, which must end with it. CRLF is
// read as LF and white space at the end is passed over, because GitHub may store
// texts so. A block that is cut short or holds anything else gives an error that
// wraps ErrWitnessBlock, and no statement. The statements are not yet believed: see
// Origin.Accept.
func ReadWitnessBlock(text string) ([]Signed, error) {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\n") + "\n"
	start := strings.LastIndex("\n"+text, "\n"+blockOpen+"\n")
	if start < 0 {
		return nil, ErrWitnessBlock
	}
	body := text[start+len(blockOpen)+1:]
	if len(body) > MaxWitnessBlockBytes {
		return nil, fmt.Errorf("%d bytes, more than %d: %w", len(body), MaxWitnessBlockBytes, ErrWitnessBlock)
	}
	var found []Signed
	for body != blockClose+"\n" {
		s, rest, err := cutStatement(body)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w: %w", len(found)+1, err, ErrWitnessBlock)
		}
		if found = append(found, s); len(found) > maxBlockStatements {
			return nil, fmt.Errorf("more than %d statements: %w", maxBlockStatements, ErrWitnessBlock)
		}
		body = rest
	}
	return found, nil
}

// cutStatement takes one statement and its signature off the beginning of a block.
func cutStatement(body string) (Signed, string, error) {
	const begin, end = "-----BEGIN PGP SIGNATURE-----\n", "\n-----END PGP SIGNATURE-----\n"
	statement, rest, ok := strings.Cut(body, "\n")
	if !ok || !strings.HasPrefix(statement, "{") {
		return Signed{}, "", errors.New("a line that is no statement, or the block is cut short")
	}
	if !strings.HasPrefix(rest, begin) {
		return Signed{}, "", errors.New("no signature follows")
	}
	stop := strings.Index(rest, end)
	if stop < 0 {
		return Signed{}, "", errors.New("the signature is cut short")
	}
	stop += len(end)
	return Signed{Statement: []byte(statement), Signature: []byte(rest[:stop])}, rest[stop:], nil
}

// Origin is where statements of a check run must come from: our key, this
// repository, this pull request. That the run is our App's is checked by who read it.
type Origin struct {
	// Keys are those that are current at the ledger's head.
	Keys       Keys
	Repository int64
	// Pull is 0 where any pull request of the repository is taken.
	Pull int
}

// Accepted is a statement that counts as ours, with its bytes as they were.
type Accepted struct {
	Signed
	Read   Statement
	Signer Signer
}

// Refused is a statement that does not count, and why.
type Refused struct {
	Signed
	Err error
}

// Accept tells the statements that are from here from those that are not: a flipped
// byte, another key, repository or pull request. Only witness and verdict statements
// are taken. One that is refused takes none of the others with it, since each is
// signed alone.
func (o Origin) Accept(statements []Signed) (accepted []Accepted, refused []Refused) {
	for _, s := range statements {
		a, err := o.accept(s)
		if err != nil {
			refused = append(refused, Refused{s, err})
			continue
		}
		accepted = append(accepted, a)
	}
	return accepted, refused
}

func (o Origin) accept(s Signed) (Accepted, error) {
	signer, err := o.Keys.Verify(s.Statement, s.Signature)
	if err != nil {
		return Accepted{}, err
	}
	read, err := ReadStatement(s.Statement)
	if err != nil {
		return Accepted{}, err
	}
	var repository facts.Repository
	var pulls []int
	switch p := read.Predicate.(type) {
	case Witness:
		repository = p.Repository
		for _, seen := range p.Observations {
			pulls = append(pulls, seen.Pull)
		}
	case Verdict:
		repository, pulls = p.Repository, p.Pulls
		if o.Pull != 0 && slices.Contains(pulls, o.Pull) {
			pulls = nil // one head may be that of several pull requests
		}
	default:
		return Accepted{}, fmt.Errorf("a statement of the type %s does not belong into a check run", read.PredicateType)
	}
	if repository.ID != o.Repository {
		return Accepted{}, fmt.Errorf("about the repository %d, not %d", repository.ID, o.Repository)
	}
	for _, pull := range pulls {
		if o.Pull != 0 && pull != o.Pull {
			return Accepted{}, fmt.Errorf("about the pull request %d, not %d", pull, o.Pull)
		}
	}
	return Accepted{s, read, signer}, nil
}
